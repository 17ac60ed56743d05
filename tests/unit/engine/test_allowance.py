"""Extensions and suspensions: as often and as long as the limit allows, by whom it says, and never for ever."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from scheme_builder import OTHER_TOWN, PEOPLE, Story, action, effect, lab, situation

from core.engine.command import Act
from core.engine.decide import decide
from core.engine.timers import SUSPENDED, due_timers
from core.errors import Conflict
from core.scheme.label import Label
from core.scheme.timers import Extension, Limit, Reaching, Suspension
from core.scheme.workflow import Grant

EVERYONE = (Grant("director"), Grant("platform_operator"))
LIMIT = Limit(
    "deal",
    Label("办理"),
    "limit",
    "work",
    "handling",
    "closed",
    Decimal(4),
    "urgent_hour",
    "office",
    reaches=(Reaching("due", Decimal(1), alert="red"),),
)


def busy(limit: Limit) -> Story:
    story = lab(
        action("start", "work", "idle", to="busy", who=EVERYONE),
        action("extend", "work", "busy", who=EVERYONE, effects=(effect("extend_clock", limit="deal"),)),
        action("hold", "work", "busy", who=EVERYONE, effects=(effect("pause_clock", limit="deal"),)),
        action("go_on", "work", "busy", who=EVERYONE, effects=(effect("resume_clock", limit="deal"),)),
        action("say_so", "work", "busy", automatic=True, effects=(effect("count", counter="returns"),)),
        limits=(limit,),
    )
    story.act("director", "start")
    return story


def test_an_extension_moves_the_deadline_and_is_counted() -> None:
    story = busy(replace(LIMIT, extension=Extension(2, amount=Decimal(2))))
    before = story.case.clocks["deal"].due_at
    story.act("director", "extend", minutes=60)
    clock = story.case.clocks["deal"]
    assert (clock.due_at - before, clock.extensions, clock.allowed) == (timedelta(hours=2), 1, 6 * 3600)
    story.fire(minutes=200)
    assert story.case.alert is None
    story.fire(minutes=200)
    assert story.case.alert == "red"


def test_an_extension_by_share_counts_the_limit_as_it_is_declared() -> None:
    story = busy(replace(LIMIT, extension=Extension(2, share=Decimal("0.5"))))
    story.act("director", "extend")
    story.act("director", "extend")
    assert story.case.clocks["deal"].allowed == 8 * 3600


def test_extensions_are_used_up() -> None:
    story = busy(replace(LIMIT, extension=Extension(1, amount=Decimal(1))))
    story.act("director", "extend")
    with pytest.raises(Conflict, match="extension-used-up"):
        story.act("director", "extend")


def test_a_limit_without_extension_has_none() -> None:
    with pytest.raises(Conflict, match="extension-not-declared"):
        busy(LIMIT).act("director", "extend")


def test_the_post_that_approves_has_to_act() -> None:
    story = busy(replace(LIMIT, extension=Extension(2, amount=Decimal(1), approval="director")))
    with pytest.raises(Conflict, match="approval-of-post-needed"):
        story.act("operator", "extend")
    story.act("director", "extend")
    assert story.case.clocks["deal"].extensions == 1


def test_a_suspension_ends_by_itself_and_the_system_says_so() -> None:
    story = busy(replace(LIMIT, suspension=Suspension(3, times=1, action="say_so")))
    story.act("director", "hold")
    (timer,) = due_timers(story.case, story.scheme)
    assert (timer.reach, timer.due_at) == (SUSPENDED, story.now + timedelta(days=3))
    story.fire(minutes=3 * 24 * 60)
    clock = story.case.clocks["deal"]
    assert (clock.state, clock.suspensions, story.case.counts) == ("running", 1, {"returns": 1})
    assert clock.due_at == story.now + timedelta(hours=4) - timedelta(minutes=1)


def test_suspensions_are_used_up() -> None:
    story = busy(replace(LIMIT, suspension=Suspension(3, times=1)))
    story.act("director", "hold")
    story.act("director", "go_on")
    with pytest.raises(Conflict, match="suspension-used-up"):
        story.act("director", "hold")


def test_resuming_in_time_withdraws_the_end_of_the_suspension() -> None:
    story = busy(replace(LIMIT, suspension=Suspension(3)))
    story.act("director", "hold")
    story.act("director", "go_on", minutes=60)
    assert {timer.reach for timer in due_timers(story.case, story.scheme)} == {"due"}


def test_a_paused_clock_is_extended_too() -> None:
    story = busy(replace(LIMIT, extension=Extension(1, amount=Decimal(1)), suspension=Suspension(3)))
    story.act("director", "hold", minutes=60)
    story.act("director", "extend")
    story.act("director", "go_on", minutes=60)
    assert story.case.clocks["deal"].due_at == story.now + timedelta(hours=4)


def test_a_pause_by_stage_ends_by_itself_too() -> None:
    """The cap is on the time that the clock rests, whoever stopped it."""
    limit = replace(LIMIT, pause=frozenset({"closed"}), stop="x_never", suspension=Suspension(10))
    story = lab(
        action("start", "work", "idle", to="busy", who=EVERYONE),
        action("rest", "work", "busy", to="done", who=EVERYONE),
        limits=(limit,),
    )
    story.act("director", "start")
    kind = story.scheme.workflow.case_kinds["lab"]
    stages = {**kind.tracks["work"].stages, "done": replace(kind.tracks["work"].stages["done"], final=False)}
    track = replace(kind.tracks["work"], stages=stages)
    kinds = {**story.scheme.workflow.case_kinds, "lab": replace(kind, tracks={**kind.tracks, "work": track})}
    story.scheme = story.today = replace(story.scheme, workflow=replace(story.scheme.workflow, case_kinds=kinds))
    story.act("director", "rest")
    assert story.case.clocks["deal"].state == "paused"
    story.fire(minutes=10 * 24 * 60)
    assert story.case.clocks["deal"].state == "running"


def test_extensions_count_for_the_case_however_often_it_starts_anew() -> None:
    limit = replace(LIMIT, extension=Extension(1, amount=Decimal(1)))
    story = lab(
        action("start", "work", "idle", to="busy", who=EVERYONE),
        action("extend", "work", "busy", who=EVERYONE, effects=(effect("extend_clock", limit="deal"),)),
        action("again", "work", "busy", who=EVERYONE, effects=(
            effect("stop_clock", limit="deal"), effect("start_clock", limit="deal"),
        )),
        limits=(limit,),
    )  # fmt: skip
    story.act("director", "start")
    story.act("director", "extend")
    story.act("director", "again")
    assert (story.case.clocks["deal"].occurrence, story.case.clocks["deal"].extended) == (2, False)
    with pytest.raises(Conflict, match="extension-used-up"):
        story.act("director", "extend")


def test_an_extended_clock_warns_again() -> None:
    story = busy(replace(LIMIT, extension=Extension(1, amount=Decimal(10))))
    story.fire(minutes=5 * 60)
    assert story.case.clocks["deal"].reached == ("due",)
    story.act("director", "extend")
    assert story.case.clocks["deal"].reached == (), "it lies ahead again"
    assert len(story.fire(minutes=10 * 60)) == 1


def test_a_reach_that_stays_used_up_does_not_fire_again() -> None:
    reaches = (Reaching("half", Decimal("0.5")), Reaching("due", Decimal(1)))
    story = busy(replace(LIMIT, extension=Extension(1, amount=Decimal(1)), reaches=reaches))
    story.fire(minutes=5 * 60)
    story.act("director", "extend")
    assert story.case.clocks["deal"].reached == ("half", "due"), "five hours are over again"


def test_who_approves_does_so_where_the_post_stands() -> None:
    story = busy(replace(LIMIT, extension=Extension(2, amount=Decimal(1), approval="senior_grid_head")))
    kind = story.scheme.workflow.case_kinds["lab"]
    extend = replace(kind.actions["extend"], who=(Grant("senior_grid_head", "locality"),))
    kinds = {**story.scheme.workflow.case_kinds, "lab": replace(kind, actions={**kind.actions, "extend": extend})}
    story.scheme = story.today = replace(story.scheme, workflow=replace(story.scheme.workflow, case_kinds=kinds))
    story.act("senior", "extend")
    elsewhere = replace(PEOPLE["senior"], cell=OTHER_TOWN)
    foreign = situation(story.today, "senior", {**PEOPLE, "senior": elsewhere})
    with pytest.raises(Conflict, match="approval-of-post-needed"):
        decide(story.scheme, foreign, story.case, Act("extend", story.now), story.now)
