"""How tracks touch, and what timers set off: order, depth, what is skipped and why, and firing once."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from scheme_builder import NOW, Story, action, build_scheme, effect, guard, lab, opening, situation

from core.engine.command import Fire
from core.engine.decide import decide
from core.engine.taking import MOST_REACTIONS
from core.errors import Unprocessable
from core.scheme.label import Label
from core.scheme.situation import SYSTEM
from core.scheme.timers import Limit, Reaching
from core.scheme.workflow import Grant, Reaction, Target

WHO = (Grant("director"),)


def acted(story: Story) -> list[str]:
    return [event.data["action"] for event in story.events if event.type == "acted"]


def test_reactions_are_taken_in_order_and_depth_first() -> None:
    names = ("go", "first", "second", "under_first")
    story = lab(
        *(action(name, "work", "idle", who=WHO) for name in names),
        reactions=[Reaction("go", "first"), Reaction("go", "second"), Reaction("first", "under_first")],
    )
    decision = story.act("director", "go")
    assert acted(story)[1:] == ["go", "first", "under_first", "second"]
    assert [event.actor for event in decision.events] == ["director", SYSTEM, SYSTEM, SYSTEM]
    assert [dict(reason.params) for reason in decision.explanation.reactions] == [
        {"after": "go", "action": "first"},
        {"after": "first", "action": "under_first"},
        {"after": "go", "action": "second"},
    ]


def test_a_reaction_that_cannot_be_taken_is_skipped_whole_with_its_reason() -> None:
    broken = (effect("count", counter="returns"), effect("assign_task", task="share", target=Target("reporter")))
    story = lab(
        action("go", "work", "idle", who=WHO),
        action("late", "work", "busy"),
        action("guarded", "work", "idle", guard="open.share"),
        action("broken", "work", "idle", to="busy", effects=broken),
        action("for_nobody", "work", "idle", effects=(effect("open_task", task="share", target=Target("actor")),)),
        action("last", "work", "idle"),
        reactions=[Reaction("go", name) for name in ("late", "guarded", "broken", "for_nobody", "last")],
    )
    decision = story.act("director", "go")
    skipped = [event for event in decision.events if event.type == "skipped"]
    assert [(event.data["action"], event.data["because"]["code"]) for event in skipped] == [
        ("late", "action-not-at-stage"),
        ("guarded", "guard-not-met"),
        ("broken", "task-not-open"),
        ("for_nobody", "target-unknown"),
    ]
    assert {event.actor for event in skipped} == {SYSTEM}
    assert story.case.counts == {}
    assert story.case.tracks == {"work": "idle"}
    assert acted(story)[-1] == "last"
    codes = [reason.code for reason in decision.explanation.reactions]
    assert codes == ["reaction-skipped"] * 4 + ["reaction-taken"]
    assert not [reason for reason in decision.explanation.effects if reason.params.get("action") == "broken"]


def test_what_a_skipped_reaction_set_off_is_gone_too() -> None:
    refuses = (effect("move", track="side", stage="first"),)
    story = lab(
        action("go", "work", "idle", who=WHO),
        action("outer", "work", "idle", effects=(effect("raise_alert", input="missing"),)),
        action("inner", "work", "idle", effects=refuses),
        reactions=[Reaction("go", "inner"), Reaction("inner", "outer")],
    )
    story.act("director", "go")
    assert story.case.tracks == {"work": "idle", "side": "first"}  # inner stands, only outer is skipped
    assert [event.data["action"] for event in story.events if event.type == "skipped"] == ["outer"]


def test_a_condition_that_does_not_hold_is_told_but_is_no_event() -> None:
    story = lab(
        action("go", "work", "idle", who=WHO),
        action("on", "work", "idle"),
        reactions=[Reaction("go", "on", guard("input.go"))],
    )
    decision = story.act("director", "go", go=False)
    assert [event.type for event in decision.events] == ["acted"]
    assert [reason.code for reason in decision.explanation.reactions] == ["reaction-condition-not-met"]
    story.act("director", "go", go=True)
    assert acted(story)[-1] == "on"


def test_reactions_that_never_end_are_cut_off() -> None:
    story = lab(
        action("go", "work", "idle", who=WHO),
        action("again", "work", "idle"),
        reactions=[Reaction("go", "again"), Reaction("again", "again"), Reaction("again", "again")],
    )
    story.act("director", "go")
    assert acted(story).count("again") == MOST_REACTIONS == 32
    assert story.events[-1].data["because"]["code"] == "reactions-too-many"


def test_evidence_rules_hold_for_the_system_too() -> None:
    story = Story()
    story("cleaner", opening())
    kind = story.scheme.kind("event")
    intake = replace(kind, reactions=(*kind.reactions, Reaction("open_entry", "feed_back")))
    assert intake.reactions_after["open_entry"][0].action == "feed_back"
    workflow = replace(story.scheme.workflow, case_kinds={**story.scheme.workflow.case_kinds, "event": intake})
    again = Story(replace(story.scheme, workflow=workflow))
    again("cleaner", opening())
    assert again.events[-1].data["because"]["code"] == "action-not-at-stage"


ALARM = Limit(
    "alarm",
    Label("警"),
    "limit",
    "work",
    "accepted",
    "closed",
    Decimal(1),
    "urgent_hour",
    "office",
    reaches=(
        Reaching("half", Decimal("0.5"), alert="yellow", notify=Target("object", "competent"), action="late"),
        Reaching("due", Decimal(1), alert="purple"),
    ),
)


def alarmed() -> Story:
    return lab(action("late", "work", "busy"), action("end", "work", "idle", to="done", who=WHO), limits=[ALARM])


def test_a_reach_raises_tells_and_acts_and_what_cannot_be_is_told() -> None:
    story = alarmed()
    (decision,) = story.fire(40)
    assert [event.type for event in decision.events] == ["clock_reached", "alerted", "skipped"]
    assert decision.events[0].data["late_seconds"] == 600
    assert decision.events[2].data["reaction"] == "alarm.half"
    assert [reason.code for reason in decision.explanation.effects] == ["alert-raised", "object-without-unit"]
    assert story.case.clocks["alarm"].reached == ("half",)
    assert {event.actor for event in decision.events} == {SYSTEM}


def test_a_timer_fires_once_when_due_and_not_before() -> None:
    story = alarmed()
    due = story.case.clocks["alarm"].due_at
    assert due is not None
    command = Fire("alarm", 1, "half", due)
    now = situation(story.scheme, "director")
    early = decide(story.scheme, now, story.case, command, NOW)
    assert (early.events, early.case) == ((), story.case)
    late = NOW + timedelta(minutes=40)
    for wrong in (replace(command, occurrence=2), replace(command, limit="other"), replace(command, reach="x")):
        stale = decide(story.scheme, now, story.case, wrong, late)
        assert (stale.events, stale.case) == ((), story.case)
    story.fire(40)
    assert story.case.clocks["alarm"].reached == ("half",)
    for wrong in (
        command,
        replace(command, occurrence=2),
        replace(command, limit="other"),
        replace(command, reach="x"),
    ):
        again = decide(story.scheme, now, story.case, wrong, story.now)
        assert (again.events, again.case) == ((), story.case)
    story.act("director", "end")
    stopped = decide(story.scheme, now, story.case, Fire("alarm", 1, "due", due), due)
    assert stopped.events == ()


def test_an_undeclared_alert_of_a_limit_is_refused_and_nothing_happens() -> None:
    story = alarmed()
    story.fire(40)
    before = story.case
    with pytest.raises(Unprocessable, match="alert-unknown"):
        story.fire(60)
    assert story.case is before


def test_a_fire_is_the_systems_whoever_carries_it() -> None:
    story = Story(build_scheme())
    story("cleaner", opening())
    (fired,) = story.fire(31)
    assert {event.actor for event in fired.events} == {SYSTEM}
    assert fired.events[0].occurred_at == fired.events[0].recorded_at == story.now


def test_the_system_handles_without_becoming_a_handler() -> None:
    story = lab(
        action("go", "work", "idle", who=WHO),
        action("settle", "work", "idle", handles=True),
        reactions=[Reaction("go", "settle")],
    )
    story.act("director", "go")
    assert acted(story)[-1] == "settle"
    assert story.case.handlers == frozenset()


def test_a_closed_case_closes_once_and_keeps_the_clock_that_closing_started() -> None:
    rating = replace(ALARM, id="rating", start="closed", stop="end", reaches=())
    story = lab(
        action("end", "work", "idle", to="done", who=WHO),
        action("comment", "work", "done", who=WHO),
        action("again", "work", "done", to="idle", who=WHO),
        limits=[rating],
    )
    story.act("director", "end")
    story.act("director", "comment")
    assert story.types().count("closed") == 1
    story.act("director", "again")
    story.act("director", "end")
    assert story.types().count("closed") == 2
    clock = story.case.clocks["rating"]
    assert (clock.occurrence, clock.state) == (2, "running")
