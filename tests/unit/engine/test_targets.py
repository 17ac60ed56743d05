"""Whom a target means: posts by the nearest cell, fallbacks, inputs by their format, objects, dispatch with rules."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from scheme_builder import (
    CELL,
    NEXT_CELL,
    NOW,
    PEOPLE,
    TOWN,
    Story,
    action,
    build_scheme,
    effect,
    guard,
    lab,
    opening,
    post,
)

from core.engine.command import Act
from core.engine.decide import decide
from core.engine.decision import Decision
from core.errors import Conflict, Unprocessable
from core.scheme.case import Owner
from core.scheme.dispatch import Rule
from core.scheme.scheme import Scheme
from core.scheme.situation import SYSTEM_ACTOR, Assignment, Situation
from core.scheme.workflow import Grant, Target

FORMATS = {name: {"type": "string", "format": name} for name in ("account", "organisation", "post", "pool")} | {
    "anyone": {"type": "string"}
}


def story(target: Target, rules: Any = ()) -> Story:
    give = action(
        "give",
        "work",
        "idle",
        who=(Grant("director"),),
        inputs={"type": "object", "properties": FORMATS},
        effects=(effect("open_task", task="share", target=target),),
    )
    return lab(give, rules=rules)


def given(
    target: Target, people: Any = PEOPLE, rules: Any = (), today: Scheme | None = None, **inputs: Any
) -> Decision:
    told = story(target, rules)
    staff: dict[str, tuple[Assignment, ...]] = {}
    for assignment in people.values():
        staff[assignment.post] = (*staff.get(assignment.post, ()), assignment)
    now = Situation(
        today or told.scheme, replace(SYSTEM_ACTOR, account="director", assignments=(PEOPLE["director"],)), staff
    )
    return decide(told.scheme, now, told.case, Act("give", NOW, inputs), NOW)


def owner(*args: Any, **more: Any) -> Owner:
    return given(*args, **more).case.tasks["share"].owner


def notes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.explanation.effects if reason.code.startswith("target-")]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ((CELL,), Owner(post="night_watch", cell=CELL)),
        ((TOWN, CELL), Owner(post="night_watch", cell=CELL)),
        ((NEXT_CELL, TOWN), Owner(post="night_watch", cell=TOWN)),
        ((None, TOWN), Owner(post="night_watch", cell=TOWN)),
        ((None,), Owner(post="night_watch")),
    ],
)
def test_a_post_is_sought_in_the_nearest_cell_that_somebody_holds_it_in(cells: Any, expected: Owner) -> None:
    people = {str(number): Assignment(str(number), "night_watch", cell) for number, cell in enumerate(cells)}
    assert owner(post("night_watch"), people) == expected


def test_nobody_there_means_the_fallback_post_and_nobody_at_all_a_vacant_one() -> None:
    people = {name: PEOPLE[name] for name in ("senior", "next_head")}
    decision = given(post("grid_head"), people)
    assert decision.case.tasks["share"].owner == Owner(post="senior_grid_head", cell=TOWN)
    assert notes(decision) == ["target-fallback-post"]
    vacant = given(post("grid_head"), {"next_head": PEOPLE["next_head"]})
    assert vacant.case.tasks["share"].owner == Owner(post="grid_head", cell=CELL)
    assert notes(vacant) == ["target-vacant"]


def test_an_assignment_that_has_ended_holds_no_post() -> None:
    ended = {"head": replace(PEOPLE["head"], valid_to=NOW)}
    assert notes(given(post("grid_head"), ended)) == ["target-vacant"]
    with pytest.raises(Unprocessable):
        given(Target("input", "account"), ended, account="head")


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("account", "chuang", Owner(account="chuang")),
        ("organisation", "team", Owner(organisation="team")),
        ("post", "grid_head", Owner(post="grid_head", cell=CELL)),
        ("pool", "pool", Owner(pool="pool")),
        ("anyone", "chuang", Owner(account="chuang")),
        ("anyone", "team", Owner(organisation="team")),
        ("account", "team", None),
        ("organisation", "chuang", None),
        ("post", "none", None),
        ("pool", "none", None),
        ("anyone", "grid_head", None),
        ("account", None, None),
        ("account", 7, None),
    ],
)
def test_an_input_names_what_its_format_says(name: str, value: Any, expected: Owner | None) -> None:
    if expected is None:
        with pytest.raises(Unprocessable) as refused:
            given(Target("input", name), **{name: value})
        assert refused.value.faults[0].pointer == f"/inputs/{name}"
    else:
        assert owner(Target("input", name), **{name: value}) == expected


def test_plain_targets() -> None:
    assert owner(Target("actor")) == Owner(account="director")
    assert owner(Target("reporter")) == Owner(account="director")
    assert owner(Target("organisation", "team")) == Owner(organisation="team")
    assert owner(Target("pool", "pool")) == Owner(pool="pool")
    assert owner(Target("object", "maintainer")) == Owner(organisation="municipal")
    assert owner(Target("object", "owner")) == Owner(organisation="platform")


@pytest.mark.parametrize(
    ("target", "kind", "code"),
    [
        (Target("object", "competent"), Unprocessable, "object-without-unit"),
        (Target("organisation", "gone"), Unprocessable, "target-unknown"),
        (Target("task", "dispatching"), Conflict, "task-not-opened"),
        (Target("dispatch"), Unprocessable, "dispatch-without-handler"),
    ],
)
def test_targets_that_lead_nowhere(target: Target, kind: type[Conflict | Unprocessable], code: str) -> None:
    with pytest.raises(kind, match=code):
        given(target)


def test_a_case_without_an_object_has_no_maintainer() -> None:
    told = Story(story(Target("object", "maintainer")).scheme)
    told("director", opening(intake="trial", category="07001", evidence=(), object=None))
    with pytest.raises(Unprocessable, match="object-required"):
        told.act("director", "give")


def test_the_owner_of_another_task() -> None:
    second = effect("open_task", task="repair", target=Target("task", "share"))
    first = effect("open_task", task="share", target=Target("organisation", "team"))
    told = lab(action("give", "work", "idle", who=(Grant("director"),), effects=(first, second)))
    told.act("director", "give")
    assert told.case.tasks["repair"].owner == Owner(organisation="team")


RULES = (
    Rule("night", "override", Target("pool", "pool"), window=(0, 480)),
    Rule("airport", "normal", Target("object", "maintainer"), "07", CELL, area_kinds=frozenset({"airport"}),
         grades=frozenset({"A"}), object_kinds=frozenset({"manhole"}), when=guard("parameter.factor > 1"),
         co_handlers=(Target("organisation", "team"), post("grid_head"))),
    Rule("rest", "fallback", post("platform_operator")),
)  # fmt: skip


def test_dispatch_is_recorded_before_the_task_and_its_handlers_are_resolved() -> None:
    decision = given(Target("dispatch"), rules=RULES)
    dispatched, opened = decision.events[-2:]
    assert (dispatched.type, opened.type) == ("dispatched", "task_opened")
    assert dispatched.data["rule"] == "airport"
    assert dispatched.data["digest"] == "scheme-1"
    assert dispatched.data["handler"] == {"kind": "object", "value": "maintainer"}
    share = decision.case.tasks["share"]
    assert share.owner == Owner(organisation="municipal")
    assert share.co_handlers == (Owner(organisation="team"), Owner(post="grid_head", cell=CELL))
    assert decision.explanation.dispatch[0]["rule"] == "airport"


def test_dispatch_is_todays_and_reads_todays_parameters() -> None:
    today = build_scheme(rules=RULES[2:], digest="today")
    decision = given(Target("dispatch"), rules=RULES, today=today)
    assert decision.case.tasks["share"].owner == Owner(post="platform_operator")
    assert decision.events[-2].data["digest"] == "today"
    parameters = {"factor": replace(today.locality.parameters["factor"], value=1)}
    changed = build_scheme(rules=RULES, digest="changed")
    changed = replace(changed, locality=replace(changed.locality, parameters=parameters))
    assert given(Target("dispatch"), today=changed).events[-2].data["rule"] == "rest"


def test_a_rule_may_not_send_a_case_back_to_the_rules() -> None:
    with pytest.raises(Unprocessable, match="dispatch-without-handler"):
        given(Target("dispatch"), rules=(Rule("round", "normal", Target("dispatch")),))


def test_a_rule_that_falls_back_to_a_vacant_post_says_so() -> None:
    decision = given(Target("dispatch"), {}, rules=RULES[2:])
    assert notes(decision) == ["target-vacant"]


def test_a_post_of_the_organisation_that_has_the_task() -> None:
    target = Target("post_of_task", "maintenance", "share")
    give = effect("open_task", task="share", target=Target("organisation", "municipal"))
    tell = effect("notify", target=target, template="t")
    story = lab(action("give", "work", "idle", who=(Grant("director"),), effects=(give, tell)))
    story.act("director", "give")
    assert story.events[-1].data["target"] == {"account": "fitter"}
