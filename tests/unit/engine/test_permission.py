"""Who may act, read and use a right: every reach, every reason, and that today's scheme decides."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from scheme_builder import (
    AFTER,
    CELL,
    EVENT,
    HANDLERS,
    NEXT_CELL,
    NOW,
    OTHER_TOWN,
    PEOPLE,
    TOWN,
    Story,
    action,
    build_scheme,
    effect,
    lab,
    opening,
    post,
    situation,
)

from core.engine.permission import RIGHTS, may, permit, sees_reporter, visible
from core.errors import Forbidden
from core.scheme.case import Case, Owner, Task
from core.scheme.scheme import Scheme
from core.scheme.situation import SYSTEM_ACTOR, Actor, Assignment, Situation
from core.scheme.workflow import Action, CheckerPolicy, Grant, Target

SCHEME = build_scheme()


def reported(**more: Any) -> Case:
    story = Story()
    story("cleaner", opening(**more))
    assert story.case is not None
    return story.case


def with_task(case: Case, owner: Owner, state: Any = "open", co_handlers: tuple[Owner, ...] = ()) -> Case:
    return replace(case, tasks={"share": Task("share", 1, state, owner, NOW, None, co_handlers)})


def holding(account: str, *own: Assignment, **more: Any) -> Situation:
    return situation(SCHEME, account, {str(number): item for number, item in enumerate(own)}, **more)


def permitted(today: Situation, case: Case, *who: Grant, **more: Any) -> tuple[bool, list[str]]:
    permission = permit(today, case, EVENT, action("deed", "main", "reported", who=who), **more)
    return permission.allowed, [reason.code for reason in permission.because]


GRID_HEAD = Grant("grid_head")


@pytest.mark.parametrize(
    ("cell", "case_cell", "expected"),
    [
        (CELL, CELL, (True, ["role-held"])),
        (TOWN, CELL, (True, ["role-held"])),
        (CELL, TOWN, (False, ["cell-outside-reach"])),
        (NEXT_CELL, CELL, (False, ["cell-outside-reach"])),
        (OTHER_TOWN, CELL, (False, ["cell-outside-reach"])),
        (None, CELL, (False, ["cell-outside-reach"])),
    ],
)
def test_subtree_is_the_assignments_cell_and_all_under_it(
    cell: str | None, case_cell: str, expected: tuple[bool, list[str]]
) -> None:
    case = replace(reported(), cell=case_cell)
    assert permitted(holding("x", Assignment("x", "grid_head", cell)), case, GRID_HEAD) == expected


def test_a_cell_that_today_has_no_more_is_found_in_the_pinned_grid() -> None:
    cells = {code: cell for code, cell in SCHEME.grid.cells.items() if code != CELL}
    now = replace(
        holding("x", Assignment("x", "grid_head", TOWN)), today=replace(SCHEME, grid=replace(SCHEME.grid, cells=cells))
    )
    case = reported()
    assert permitted(now, case, GRID_HEAD)[0] is False
    assert permitted(now, case, GRID_HEAD, pinned=SCHEME)[0] is True


@pytest.mark.parametrize(
    ("owner", "expected"),
    [
        (Owner(organisation="municipal"), True),
        (Owner(organisation="team"), False),
        (Owner(post="maintenance"), True),  # the post's organisation
        (Owner(post="specialist"), False),
        (Owner(account="x"), False),
    ],
)
def test_organisation_needs_an_open_task_of_it(owner: Owner, expected: bool) -> None:
    now = holding("x", Assignment("x", "maintenance"))
    grant = Grant("maintenance_unit")
    case = reported()
    assert permitted(now, with_task(case, owner), grant)[0] is expected
    beside = with_task(case, Owner(organisation="platform"), co_handlers=(owner,))
    assert permitted(now, beside, grant)[0] is expected
    assert permitted(now, with_task(case, owner, "closed"), grant) == (False, ["organisation-has-no-open-task"])


def test_the_assignments_own_organisation_goes_before_its_posts() -> None:
    now = holding("x", Assignment("x", "maintenance", organisation="team"))
    case = with_task(reported(), Owner(organisation="team"))
    assert permitted(now, case, Grant("maintenance_unit"))[0] is True
    assert permitted(now, with_task(case, Owner(organisation="municipal")), Grant("maintenance_unit"))[0] is False


@pytest.mark.parametrize(
    ("assignment", "owner", "expected"),
    [
        (Assignment("x", "specialist"), Owner(account="x"), True),
        (Assignment("x", "specialist"), Owner(account="y"), False),
        (Assignment("x", "specialist", deputy_for="y"), Owner(account="y"), True),
        (Assignment("x", "specialist", CELL), Owner(post="specialist", cell=CELL), True),
        (Assignment("x", "specialist", NEXT_CELL), Owner(post="specialist", cell=CELL), False),
        (Assignment("x", "specialist", CELL), Owner(post="grid_head", cell=CELL), False),
        (Assignment("x", "specialist"), Owner(pool="pool"), True),
        (Assignment("x", "specialist", TOWN), Owner(pool="pool"), True),
        (Assignment("x", "specialist", OTHER_TOWN), Owner(pool="pool"), False),
        (Assignment("x", "specialist"), Owner(pool="other"), False),
        (Assignment("x", "specialist", organisation="team"), Owner(organisation="team"), False),
    ],
)
def test_task_needs_an_open_task_of_the_person(assignment: Assignment, owner: Owner, expected: bool) -> None:
    now = holding("x", assignment)
    assert permitted(now, with_task(reported(), owner), *HANDLERS)[0] is expected
    assert permitted(now, with_task(reported(), owner, "closed"), *HANDLERS) == (False, ["no-open-task-of-actor"])


def test_own_is_for_the_reporter() -> None:
    grant = Grant("information_reporter")
    assert permitted(situation(SCHEME, "cleaner"), reported(), grant)[0] is True
    other = permitted(situation(SCHEME, "cleaner"), replace(reported(), reporter="x"), grant)
    assert other == (False, ["case-not-reported-by-actor"])


def test_a_grants_own_reach_goes_before_the_roles() -> None:
    now = holding("x", Assignment("x", "grid_head", OTHER_TOWN))
    assert permitted(now, reported(), Grant("grid_head", "locality"))[0] is True


def test_a_refusal_lists_why_each_grant_did_not_hold() -> None:
    now = holding("x", Assignment("x", "grid_head", OTHER_TOWN), Assignment("x", "grid_head", NEXT_CELL))
    grants = (GRID_HEAD, Grant("senior_grid_head", duty_mode="wartime"), Grant("platform_operator"))
    permission = permit(now, reported(), EVENT, action("deed", "main", who=grants))
    assert not permission.allowed
    assert [(reason.code, dict(reason.params)) for reason in permission.because] == [
        (
            "cell-outside-reach",
            {"role": "grid_head", "post": "grid_head", "cell": OTHER_TOWN, "case_cell": CELL},
        ),
        ("cell-outside-reach", {"role": "grid_head", "post": "grid_head", "cell": NEXT_CELL, "case_cell": CELL}),
        ("duty-mode-not-in-force", {"role": "senior_grid_head", "duty_mode": "wartime"}),
        ("role-not-held", {"role": "platform_operator"}),
    ]


def test_duty_modes_grant_while_they_hold_only() -> None:
    senior = situation(SCHEME, "senior")
    wartime = replace(senior, duty_mode="wartime")
    grant = Grant("senior_grid_head", duty_mode="wartime")
    assert permitted(senior, reported(), grant)[0] is False
    assert permitted(replace(senior, duty_mode="peacetime"), reported(), grant)[0] is False
    assert permitted(wartime, reported(), grant)[0] is True
    void = EVENT.actions["void"]  # not in its `who`: the roster's duty mode grants it
    assert permit(senior, reported(), EVENT, void).allowed is False
    assert permit(wartime, reported(), EVENT, void).allowed is True


def test_an_assignment_counts_while_it_holds() -> None:
    held = Assignment("x", "grid_head", CELL, valid_from=NOW, valid_to=NOW + timedelta(days=1))
    now = holding("x", held)
    for instant, expected in ((-1, False), (0, True), (86_399, True), (86_400, False)):
        found = permitted(now, reported(), GRID_HEAD, now=NOW + timedelta(seconds=instant))
        assert found[0] is expected


def test_a_token_needs_the_scope() -> None:
    reader = replace(PEOPLE["head"], account="head")
    now = situation(SCHEME, "head", actor=Actor("head", (reader,), frozenset({"read", "report"})))
    assert permitted(now, reported(), GRID_HEAD) == (False, ["token-scope-missing"])
    assert permitted(now, reported(), GRID_HEAD, opening=True)[0] is True


def test_people_take_no_automatic_action_and_the_system_takes_any() -> None:
    automatic = action("deed", "main", automatic=True, who=(Grant("director"),))
    refused = permit(situation(SCHEME, "director"), reported(), EVENT, automatic)
    assert [reason.code for reason in refused.because] == ["action-automatic"]
    assert permit(Situation(SCHEME, SYSTEM_ACTOR), reported(), EVENT, automatic).allowed


def test_an_action_that_nobody_is_granted_is_nobodys() -> None:
    assert permitted(situation(SCHEME, "director"), reported()) == (False, ["action-granted-to-nobody"])


def with_actions(scheme: Scheme, *actions: Action) -> Scheme:
    kind = replace(EVENT, actions={**EVENT.actions, **{item.id: item for item in actions}})
    kinds = {**scheme.workflow.case_kinds, "event": kind}
    return replace(scheme, workflow=replace(scheme.workflow, case_kinds=kinds), digest="today")


def test_todays_scheme_decides_who_and_the_pinned_one_where_today_is_silent() -> None:
    today = with_actions(SCHEME, replace(EVENT.actions["assign"], who=(Grant("platform_operator"),)))
    story = Story(SCHEME, today)
    story("cleaner", opening())
    with pytest.raises(Forbidden):
        story.act("head", "assign", assignee="chuang")
    story.act("operator", "assign", assignee="chuang")
    assert story.events[-1].scheme == "scheme-1"
    assert story.events[-1].today == "today"
    kinds = {name: kind for name, kind in SCHEME.workflow.case_kinds.items() if name != "event"}
    silent = replace(SCHEME, workflow=replace(SCHEME.workflow, case_kinds=kinds))
    assert permit(situation(silent, "head"), reported(), EVENT, EVENT.actions["assign"]).allowed


@pytest.mark.parametrize(
    ("policy", "reporter", "handlers", "expected"),
    [
        (CheckerPolicy(), "x", (), ["checker-is-reporter"]),
        (CheckerPolicy(), "y", ("x",), ["checker-is-handler"]),
        (CheckerPolicy(), "x", ("x",), ["checker-is-reporter", "checker-is-handler"]),
        (CheckerPolicy(), "y", ("z",), ["role-held"]),
        (CheckerPolicy(not_reporter=False), "x", (), ["role-held"]),
        (CheckerPolicy(not_handler=False), "y", ("x",), ["role-held"]),
        (CheckerPolicy(False, False, "两人一格"), "x", ("x",), ["role-held"]),
    ],
)
def test_who_checks_has_neither_reported_nor_handled(
    policy: CheckerPolicy, reporter: str, handlers: tuple[str, ...], expected: list[str]
) -> None:
    check = action("check", "work", "idle", checks=True, who=(Grant("director"),))
    scheme = build_scheme([check], policy=policy)
    case = replace(reported(), kind="lab", reporter=reporter, handlers=frozenset(handlers))
    now = situation(scheme, "x", {"x": Assignment("x", "director")})
    permission = permit(now, case, scheme.kind("lab"), check)
    assert [reason.code for reason in permission.because] == expected
    assert permission.allowed is (expected == ["role-held"])


def test_handling_makes_a_handler_who_may_not_check() -> None:
    story = lab(
        action("fix", "work", "idle", handles=True, who=(Grant("platform_operator"), Grant("director"))),
        action("check", "work", "idle", checks=True, who=(Grant("platform_operator"),)),
    )
    story.act("operator", "fix")
    with pytest.raises(Forbidden) as refused:
        story.act("operator", "check")
    assert refused.value.params["reasons"] == [{"code": "checker-is-handler", "params": {}}]


def test_rights_follow_role_and_reach() -> None:
    case = reported()
    assert may(situation(SCHEME, "director"), "view_contact", case).allowed
    assert may(situation(SCHEME, "head"), "view_contact", case).allowed
    assert not may(situation(SCHEME, "head"), "view_contact", replace(case, cell=NEXT_CELL)).allowed
    assert may(situation(SCHEME, "head"), "view_contact").allowed
    senior = may(situation(SCHEME, "senior"), "view_contact", case)
    assert [reason.code for reason in senior.because] == ["right-not-held"]
    with pytest.raises(KeyError):
        may(situation(SCHEME, "director"), "fly")


def test_administration_needs_a_token_for_it() -> None:
    director = situation(SCHEME, "director")
    assert [reason.code for reason in may(director, "publish").because] == ["token-scope-missing"]
    admin = replace(director, actor=replace(director.actor, scopes=frozenset({"admin"})))
    assert may(admin, "publish").allowed
    assert not may(admin, "view_cases").allowed
    assert set(RIGHTS.values()) == {"read", "admin"}


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        ("cleaner", True),
        ("head", True),
        ("next_head", False),
        ("senior", True),
        ("operator", True),
        ("chuang", False),
        ("fitter", False),
    ],
)
def test_reading_follows_the_reach_of_view_cases(account: str, expected: bool) -> None:
    assert visible(situation(SCHEME, account), reported()).allowed is expected


def test_who_has_an_open_task_reads_the_case_without_any_right() -> None:
    story = Story()
    story("cleaner", opening())
    story.act("head", "assign", assignee="chuang")
    story.act("chuang", "acknowledge")
    assert visible(situation(SCHEME, "chuang"), story.case).allowed
    assert not visible(situation(SCHEME, "fitter"), story.case).allowed
    story.act("chuang", "call_maintainer")
    assert visible(situation(SCHEME, "fitter"), story.case).allowed
    story.act("fitter", "repair")
    assert not visible(situation(SCHEME, "fitter"), story.case).allowed
    story.act("chuang", "feed_back", evidence=(AFTER,))
    assert not visible(situation(SCHEME, "chuang"), story.case).allowed


def test_reading_needs_the_scope_even_for_ones_own_case() -> None:
    now = situation(SCHEME, "cleaner", actor=Actor("cleaner", (PEOPLE["cleaner"],), frozenset({"report"})))
    assert not visible(now, reported()).allowed


def test_a_confidential_class_hides_its_reporter_from_handlers() -> None:
    case = reported(category="06001", object=None)
    plain = reported()

    def sees(account: str, of: Case, pinned: Scheme = SCHEME) -> bool:
        return sees_reporter(situation(SCHEME, account), of, pinned).allowed

    assert sees("cleaner", case)
    assert sees("director", case)
    assert not sees("operator", case)  # may read the case, not who reported it
    assert sees("operator", plain)
    assert not sees("head", case)  # has the right, and the task of dispatching
    assert not sees("director", replace(case, handlers=frozenset({"director"})))
    assert not sees("chuang", plain)  # may not even read it
    open_today = replace(SCHEME, codes=replace(SCHEME.codes, categories={}))
    now = situation(open_today, "operator")
    assert not sees_reporter(now, case, SCHEME).allowed  # it was confidential when it was reported


def test_a_public_intake_is_open_to_whoever_reports_for_itself() -> None:
    resident = Actor("resident", (), frozenset({"report"}))
    story = Story()
    command = opening(intake="hotline", channel="phone")
    decision = story("resident", command, actor=resident)
    assert [reason.code for reason in decision.explanation.permission] == ["intake-is-public"]
    for wrong in (
        {"actor": replace(resident, scopes=frozenset({"read"}))},
        {"actor": resident, "command": opening(intake="hotline", channel="phone", reporter="neighbour")},
        {"actor": resident, "command": opening()},
    ):
        with pytest.raises(Forbidden):
            Story()("resident", wrong.get("command", command), actor=wrong["actor"])


def test_on_opening_a_reach_through_tasks_does_not_restrict_but_cells_do() -> None:
    start = action("start", "work", to="idle", opens=True)
    for grant, expected in (
        (Grant("specialist"), True),
        (Grant("maintenance_unit"), True),
        (Grant("grid_head"), False),
    ):
        own = {"x": Assignment("x", "specialist"), "y": Assignment("x", "maintenance")}
        now = situation(SCHEME, "x", {**own, "z": Assignment("x", "grid_head", NEXT_CELL)})
        found = permit(now, reported(), EVENT, replace(start, who=(grant,)), opening=True)
        assert found.allowed is expected


def test_a_pool_member_claims_and_then_holds_the_task() -> None:
    grants = (Grant("specialist", "task"), Grant("director"))
    story = lab(
        action(
            "offer",
            "work",
            "idle",
            who=grants,
            effects=(effect("open_task", task="share", target=Target("pool", "pool")),),
        ),
        action(
            "claim", "work", "idle", who=grants, effects=(effect("assign_task", task="share", target=Target("actor")),)
        ),
        action("note", "work", "idle", who=grants, effects=(effect("notify", target=post("director"), template="t"),)),
    )
    story.act("director", "offer")
    story.act("chuang", "claim")
    assert story.case.tasks["share"].owner == Owner(account="chuang")
    story.act("chuang", "note")


def test_who_acts_through_tasks_may_open_a_case_too() -> None:
    begin = replace(SCHEME.kind("lab").actions["begin"], who=(Grant("specialist", "task"),))
    lab_kind = replace(SCHEME.kind("lab"), actions={"begin": begin})
    kinds = {**SCHEME.workflow.case_kinds, "lab": lab_kind}
    story = Story(replace(SCHEME, workflow=replace(SCHEME.workflow, case_kinds=kinds)))
    story("chuang", opening(intake="trial", category="07001", evidence=()))
    assert story.case.reporter == "chuang"
