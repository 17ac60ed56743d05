"""Every refusal: its class, its code, what it says, and that nothing has happened."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from scheme_builder import AFTER, BEFORE, CELL, NOW, Story, action, build_scheme, effect, lab, opening, situation

from core.engine.command import Act, Fire
from core.engine.decide import decide
from core.errors import Conflict, Forbidden, NotFound, Refused, Unprocessable
from core.scheme.workflow import EvidenceRule, Grant, Target

EVERYONE = (Grant("director"), Grant("platform_operator"))


def reported() -> Story:
    story = Story()
    story("cleaner", opening())
    return story


@pytest.mark.parametrize(
    ("wrong", "kind", "code"),
    [
        ({"intake": "none"}, NotFound, "intake-unknown"),
        ({"category": "99"}, NotFound, "category-unknown"),
        ({"cell": "99"}, NotFound, "cell-unknown"),
        ({"object": "none"}, NotFound, "object-unknown"),
        ({"occurred_at": NOW + timedelta(seconds=1)}, Unprocessable, "occurred-in-future"),
        ({"evidence": ()}, Unprocessable, "evidence-missing"),
        ({"evidence": (AFTER,)}, Unprocessable, "evidence-missing"),
        ({"evidence": (replace(BEFORE, kind="audio"),)}, Unprocessable, "evidence-missing"),
    ],
)
def test_a_report_that_names_what_is_not_there(wrong: dict[str, Any], kind: type[Refused], code: str) -> None:
    with pytest.raises(kind) as refused:
        Story()("cleaner", opening(**wrong))
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("wrong", "pointer", "code"),
    [
        ({"category": "05"}, "/category", "category-not-leaf"),
        ({"category": "07001"}, "/category", "category-of-another-kind"),  # the kind is its parent's
        ({"channel": "phone"}, "/channel", "channel-unknown"),
        ({"channel": "pigeon"}, "/channel", "channel-unknown"),
        ({"severity": "awful"}, "/severity", "severity-unknown"),
        ({"filing_condition": "none"}, "/filing_condition", "filing-condition-unknown"),
        ({"filing_condition": "noise"}, "/filing_condition", "filing-condition-unknown"),
    ],
)
def test_a_report_that_does_not_fit(wrong: dict[str, Any], pointer: str, code: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        Story()("cleaner", opening(**wrong))
    assert refused.value.code == "report-unfit"
    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]


def test_all_that_does_not_fit_is_listed() -> None:
    with pytest.raises(Unprocessable) as refused:
        Story()("cleaner", opening(channel="pigeon", severity="awful", category="05"))
    assert len(refused.value.faults) == 3


def test_what_fits_is_taken() -> None:
    Story()("cleaner", opening(filing_condition="broken", severity="major"))
    Story()("operator", opening(intake="hotline", channel="phone", reporter="resident"))


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "fits"),
    [
        (None, date(2026, 3, 2), False),  # the day after the last; NOW is 2 March, 09:00 local
        (None, date(2026, 3, 3), True),
        (date(2026, 3, 3), None, False),
        (date(2026, 3, 2), None, True),
    ],
)
def test_a_cell_that_is_not_in_force(valid_from: date | None, valid_to: date | None, fits: bool) -> None:
    scheme = build_scheme()
    cell = replace(scheme.grid.cells[CELL], valid_from=valid_from, valid_to=valid_to)
    grid = replace(scheme.grid, cells={**scheme.grid.cells, CELL: cell})
    story = Story(replace(scheme, grid=grid))
    if fits:
        story("cleaner", opening())
    else:
        with pytest.raises(Unprocessable) as refused:
            story("cleaner", opening())
        assert refused.value.faults[0].code == "cell-not-in-force"


def test_an_action_that_the_kind_does_not_have() -> None:
    with pytest.raises(NotFound, match="action-unknown"):
        reported().act("head", "fly")


def test_an_action_at_the_wrong_stage_says_where_it_stands_and_where_it_could_be_taken() -> None:
    story = Story()
    story("cleaner", opening())
    story.act("head", "assign", assignee="chuang")
    with pytest.raises(Conflict) as refused:
        story.act("head", "assign", assignee="chuang")
    assert refused.value.code == "action-not-at-stage"
    params = refused.value.params
    assert (params["track"], params["stage"], params["sources"]) == ("main", "dispatched", "reported")
    assert params["label"] == {"zh": "assign", "en": "assign"}


def test_an_opening_action_is_not_taken_twice() -> None:
    story = lab()
    with pytest.raises(Conflict, match="action-not-at-stage"):
        story.act("director", "begin")


def test_a_guard_that_does_not_hold_is_shown_with_what_it_read() -> None:
    story = reported()
    with pytest.raises(Unprocessable) as refused:
        story.act("operator", "platform_assign", assignee="chuang")
    assert refused.value.code == "guard-not-met"
    assert refused.value.params["guard"] == "stage.dark == 'intervening'"
    assert refused.value.params["read"] == {"stage.dark": "tracking"}
    assert refused.value.params["label"]["en"] == "platform_assign"


def test_evidence_is_counted_by_kind_and_meaning() -> None:
    rules = (EvidenceRule("photo", "before", 2), EvidenceRule("document", "other"))
    story = lab(action("hand_in", "work", "idle", who=EVERYONE, evidence=rules))
    with pytest.raises(Unprocessable) as refused:
        story.act("director", "hand_in", evidence=(BEFORE, AFTER))
    found = [(fault.params["kind"], fault.params["minimum"], fault.params["found"]) for fault in refused.value.faults]
    assert found == [("photo", 2, 1), ("document", 1, 0)]
    document = replace(BEFORE, kind="document", meaning="other")
    story.act("director", "hand_in", evidence=(BEFORE, replace(BEFORE, attachment="photo-3"), document))
    assert story.types()[-4:] == ["evidenced", "evidenced", "evidenced", "acted"]


def test_a_claimed_time_in_the_future() -> None:
    story = reported()
    now = situation(story.scheme, "head")
    command = Act("void", story.now + timedelta(seconds=1))
    with pytest.raises(Unprocessable, match="occurred-in-future"):
        decide(story.scheme, now, story.case, command, story.now)


def test_automatic_actions_are_not_for_people() -> None:
    with pytest.raises(Forbidden) as refused:
        reported().act("operator", "strike_off")
    assert [reason["code"] for reason in refused.value.params["reasons"]] == ["action-automatic"]


@pytest.mark.parametrize("value", ["nobody", "head-of-nothing", ""])
def test_an_input_that_names_nobody(value: str) -> None:
    with pytest.raises(Unprocessable) as refused:
        reported().act("head", "assign", assignee=value)
    assert refused.value.code == ("input-unknown-account" if value else "input-required")
    assert refused.value.faults[0].pointer == "/inputs/assignee"


def test_a_task_has_one_open_owner() -> None:
    share = effect("open_task", task="share", target=Target("actor"))
    claim = effect("assign_task", task="share", target=Target("actor"))
    story = lab(
        action("open", "work", "idle", who=EVERYONE, effects=(share,)),
        action("claim", "work", "idle", who=EVERYONE, effects=(claim,)),
        action("close", "work", "idle", who=EVERYONE, effects=(effect("close_task", task="share"),)),
    )
    with pytest.raises(Conflict, match="task-not-open"):
        story.act("director", "claim")
    story.act("director", "open")
    with pytest.raises(Conflict, match="task-already-open"):
        story.act("operator", "open")
    with pytest.raises(Conflict, match="task-has-owner"):
        story.act("operator", "claim")
    story.act("director", "close")
    story.act("operator", "open")
    assert story.case.tasks["share"].occurrence == 2


def test_a_refused_command_leaves_the_case_as_it_was() -> None:
    late = action(
        "late",
        "work",
        "idle",
        to="busy",
        who=EVERYONE,
        effects=(effect("count", counter="returns"), effect("assign_task", task="share", target=Target("actor"))),
    )
    story = lab(late)
    before, events = story.case, list(story.events)
    with pytest.raises(Conflict):
        story.act("director", "late")
    assert story.case is before
    assert story.case.tracks == {"work": "idle"}
    assert story.events == events


def test_commands_need_their_case_and_its_scheme() -> None:
    story = reported()
    now = situation(story.scheme, "head")
    with pytest.raises(NotFound, match="case-unknown"):
        decide(story.scheme, now, None, Act("assign", NOW), NOW)
    with pytest.raises(NotFound, match="case-unknown"):
        decide(story.scheme, now, None, Fire("response", 1, "due", NOW), NOW)
    with pytest.raises(Conflict, match="case-opened-already"):
        story("cleaner", opening())
    with pytest.raises(ValueError, match="pinned"):
        decide(build_scheme(digest="other"), now, story.case, Act("assign", NOW), story.now)
