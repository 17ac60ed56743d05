"""Clocks of a case: started, paused, resumed, stopped by stamps and by effects, and what they have counted."""

from datetime import timedelta

import pytest
from clock_story import PAUSING, Story, limit, scheme
from hypothesis import given, settings
from hypothesis import strategies as st
from time_oracle import at, calendars, instants, seconds_by_minutes, wall

from core.engine.clock_explanation import explain_clock
from core.engine.clocks import (
    clock_changes,
    elapsed_now,
    pause_clock,
    resume_clock,
    start_clock,
    stop_clock,
)
from core.engine.deadline import WORKING_UNITS, counted_seconds
from core.engine.evolve_clock import evolve_clock
from core.scheme.meaning import UNITS
from core.scheme.timers import Scope

HOUR = 3600


def kinds(changes: list) -> list[str]:
    return [kind for kind, _ in changes]


def test_start_is_the_stamp_and_the_event_says_all() -> None:
    story = Story(scheme(limit()))
    assert story.enter("reported", at("2026-10-09 09:00")) == []
    assert story.enter("dispatched", at("2026-10-09 10:00")) == [
        (
            "clock_started",
            {
                "limit": "handling",
                "occurrence": 1,
                "started_at": "2026-10-09T02:00:00.000000Z",
                "allowed": 8 * HOUR,
                "due_at": "2026-10-10T02:30:00.000000Z",
                "provisional": False,
                "elapsed": 0,
            },
        )
    ]
    clock = story.clock()
    assert (clock.state, clock.occurrence, clock.allowed, clock.elapsed) == ("running", 1, 8 * HOUR, 0)
    assert wall(clock.due_at) == "2026-10-10 10:30:00"
    assert clock.started_at == clock.resumed_at == at("2026-10-09 10:00")


@pytest.mark.parametrize(("starts_on", "start"), [("occurred", "09:00"), ("recorded", "10:00")])
def test_the_limit_says_which_time_starts_it(starts_on: str, start: str) -> None:
    story = Story(scheme(limit(starts_on=starts_on)))
    story.enter("dispatched", at("2026-10-09 10:00"), occurred=at("2026-10-09 09:00"))
    assert story.clock().started_at == at(f"2026-10-09 {start}")


def test_stop_happens_at_the_servers_time_whatever_is_claimed() -> None:
    story = Story(scheme(limit(starts_on="occurred")))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("closed", at("2026-10-10 11:00"), occurred=at("2026-10-09 10:30"))
    assert story.events[-1].data == {"limit": "handling", "occurrence": 1, "elapsed": int(8.5 * HOUR), "met": False}
    assert story.clock().stopped_at == at("2026-10-10 11:00")


@pytest.mark.parametrize(("closed", "met"), [("10:30:00", True), ("10:30:01", False)])
def test_met_up_to_the_due_instant_and_not_after(closed: str, met: bool) -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("closed", at(f"2026-10-10 {closed}"))
    assert story.events[-1].type == "clock_stopped"
    assert story.events[-1].data["met"] is met
    assert story.clock().state == "stopped"


def test_a_second_start_while_it_runs_or_is_paused_does_nothing() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    assert story.enter("dispatched", at("2026-10-09 11:00")) == []
    story.enter("suspended", at("2026-10-09 11:30"))
    assert story.act("dispatched", at("2026-10-09 11:40")) == []
    assert story.clock().occurrence == 1


def test_rework_starts_the_next_run() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("closed", at("2026-10-09 11:00"))
    assert kinds(story.enter("dispatched", at("2026-10-10 09:00"))) == ["clock_started"]
    clock = story.clock()
    assert (clock.occurrence, clock.elapsed, clock.stopped_at, clock.state) == (2, 0, None, "running")


def test_pause_and_resume_move_the_due_instant_by_what_was_left() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    assert story.enter("suspended", at("2026-10-09 11:00")) == [
        ("clock_paused", {"limit": "handling", "occurrence": 1, "elapsed": HOUR, "held": False})
    ]
    assert story.clock().due_at is None
    assert (
        elapsed_now(story.scheme, story.scheme.timers.limits["handling"], story.clock(), at("2026-10-12 12:00")) == HOUR
    )
    (kind, data), *rest = story.enter("handling", at("2026-10-10 10:00"))
    assert (kind, rest, data["elapsed"], data["provisional"]) == ("clock_resumed", [], HOUR, False)
    assert wall(story.clock().due_at) == "2026-10-12 09:30:00"  # 6 h on Saturday, 1 h on Monday
    assert elapsed_now(
        story.scheme, story.scheme.timers.limits["handling"], story.clock(), at("2026-10-10 11:30")
    ) == int(2.5 * HOUR)


def test_actions_on_a_pausing_stage_leave_the_clock_alone() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("suspended", at("2026-10-09 11:00"))
    assert story.act("comment", at("2026-10-09 11:30")) == []
    assert story.enter("suspended", at("2026-10-09 11:40")) == []


def test_other_tracks_leave_the_clock_alone() -> None:
    story = Story(scheme(limit()))
    assert story.enter("dispatched", at("2026-10-09 10:00"), track="watch") == []
    story.enter("dispatched", at("2026-10-09 10:00"))
    for meaning in ("suspended", "closed"):
        assert story.enter(meaning, at("2026-10-09 11:00"), track="watch") == []


def test_a_start_on_a_pausing_stage_waits_for_the_next_stage() -> None:
    story = Story(scheme(limit(start="urge")))
    story.enter("suspended", at("2026-10-09 09:00"))
    assert kinds(story.act("urge", at("2026-10-09 10:00"))) == ["clock_started", "clock_paused"]
    assert (story.clock().state, story.clock().elapsed) == ("paused", 0)
    story.enter("handling", at("2026-10-10 08:30"))
    assert wall(story.clock().due_at) == "2026-10-12 09:00:00"


def test_stop_while_paused_counts_nothing_more() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("suspended", at("2026-10-09 11:00"))
    story.enter("closed", at("2026-12-01 11:00"))
    assert story.events[-1].data == {"limit": "handling", "occurrence": 1, "elapsed": HOUR, "met": True}


def test_stop_and_start_by_one_meaning_go_from_run_to_run() -> None:
    story = Story(scheme(limit(start="visited", stop="visited", unit="calendar_day", amount="7")))
    assert kinds(story.act("visited", at("2026-10-09 10:00"))) == ["clock_started"]
    assert kinds(story.act("visited", at("2026-10-11 10:00"))) == ["clock_stopped", "clock_started"]
    assert (story.clock().occurrence, story.clock().started_at) == (2, at("2026-10-11 10:00"))


def test_an_overdue_clock_is_due_at_once_when_resumed() -> None:
    story = Story(scheme(limit(amount="1")))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("suspended", at("2026-10-09 12:00"))
    story.enter("handling", at("2026-10-11 09:00"))
    assert story.clock().due_at == at("2026-10-11 09:00")
    assert story.clock().elapsed == 2 * HOUR


def test_limits_of_other_cases_do_not_start() -> None:
    other = limit("major", scope=Scope(severities=frozenset({"major"})))
    story = Story(scheme(limit(), other))
    story.enter("dispatched", at("2026-10-09 10:00"))
    assert list(story.case.clocks) == ["handling"]
    assert start_clock(story.scheme, story.case, "major", at("2026-10-09 10:00"), at("2026-10-09 10:00"), {}) == []


def test_without_a_stamp_nothing_changes() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    assert clock_changes(story.scheme, story.case, None, "suspended", at("2026-10-09 11:00"), {}) == []


def test_provisional_when_resumed_into_an_unannounced_year_and_ever_after() -> None:
    story = Story(scheme(limit(amount="12")))
    story.enter("dispatched", at("2026-12-29 08:30"))
    assert story.clock().provisional is False
    story.enter("suspended", at("2026-12-29 10:30"))
    story.enter("handling", at("2026-12-31 14:00"))
    assert story.clock().provisional is True

    story = Story(scheme(limit(amount="12")))
    story.enter("dispatched", at("2025-12-31 10:00"))
    story.enter("suspended", at("2025-12-31 11:00"))
    story.enter("handling", at("2026-01-05 09:00"))
    assert story.clock().provisional is True  # what was counted in 2025 is still uncertain


def test_effects_start_hold_and_release() -> None:
    story = Story(scheme(limit(start="x_never")))
    now = at("2026-10-09 10:00")
    story.enter("handling", now)
    assert stop_clock(story.scheme, story.case, "handling", now) == []
    assert pause_clock(story.scheme, story.case, "handling", now) == []
    assert resume_clock(story.scheme, story.case, "handling", now) == []
    assert kinds(story.apply(start_clock(story.scheme, story.case, "handling", now, now, {}), now)) == ["clock_started"]
    assert start_clock(story.scheme, story.case, "handling", now, now, {}) == []
    assert resume_clock(story.scheme, story.case, "handling", now) == []

    now = at("2026-10-09 11:00")
    (change,) = story.apply(pause_clock(story.scheme, story.case, "handling", now), now)
    assert change == ("clock_paused", {"limit": "handling", "occurrence": 1, "elapsed": HOUR, "held": True})
    assert pause_clock(story.scheme, story.case, "handling", now) == []
    assert story.enter("checking", at("2026-10-09 11:30")) == []  # a stage does not release what an effect holds

    now = at("2026-10-09 14:00")
    assert kinds(story.apply(resume_clock(story.scheme, story.case, "handling", now), now)) == ["clock_resumed"]
    assert story.clock().held is False
    now = at("2026-10-09 15:00")
    story.apply(stop_clock(story.scheme, story.case, "handling", now), now)
    assert (story.clock().state, story.clock().elapsed) == ("stopped", 2 * HOUR)
    assert story.apply(start_clock(story.scheme, story.case, "handling", now, now, {}), now)[0][1]["occurrence"] == 2


def test_an_effect_may_hold_what_a_stage_has_paused_and_free_it_on_that_stage() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("suspended", at("2026-10-09 11:00"))
    now = at("2026-10-09 11:30")
    assert story.apply(pause_clock(story.scheme, story.case, "handling", now), now)[0][1]["elapsed"] == HOUR
    assert story.enter("handling", now) == []
    story.enter("suspended", now)
    story.apply(resume_clock(story.scheme, story.case, "handling", now), now)
    assert story.act("comment", at("2026-10-09 11:45")) == []
    assert story.clock().state == "running"


def test_an_effect_start_takes_the_time_that_the_limit_names() -> None:
    for starts_on, hour in (("occurred", "09:00"), ("recorded", "10:00")):
        story = Story(scheme(limit(starts_on=starts_on)))
        now = at("2026-10-09 10:00")
        story.apply(start_clock(story.scheme, story.case, "handling", at("2026-10-09 09:00"), now, {}), now)
        assert story.clock().started_at == at(f"2026-10-09 {hour}")


def test_a_reach_is_kept_on_the_clock_until_the_next_run() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    reached = {"limit": "handling", "occurrence": 1, "reach": "warning", "due_at": "", "late_seconds": 0}
    story.emit("clock_reached", reached, at("2026-10-09 17:00"))
    assert story.clock().reached == ("warning",)
    story.enter("closed", at("2026-10-09 17:30"))
    story.enter("dispatched", at("2026-10-09 17:40"))
    assert story.clock().reached == ()


def test_what_cannot_be_folded_is_an_error() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 10:00"))
    opened, started = story.events[0], story.events[-1]
    story.enter("closed", at("2026-10-09 11:00"))
    with pytest.raises(ValueError, match="before clock_started"):
        evolve_clock(None, story.events[-1])
    with pytest.raises(ValueError, match="no event of a clock"):
        evolve_clock(evolve_clock(None, started), opened)


@settings(max_examples=100, deadline=None)
@given(data=st.data(), unit=st.sampled_from(UNITS))
def test_elapsed_is_the_counted_time_outside_the_pauses(data: st.DataObject, unit: str) -> None:
    """Random walks over stages and holds; the sum of what the clock says against the minutes of the wall clock."""
    chosen, near = data.draw(calendars())
    amount = str(data.draw(st.decimals("0.5", "4", places=1)))
    story = Story(scheme(limit(unit=unit, amount=amount), calendar=chosen))
    begin = now = data.draw(instants(near))
    story.enter("dispatched", now)
    running, expected = True, 0
    for _ in range(data.draw(st.integers(0, 6))):
        later = now + timedelta(minutes=data.draw(st.integers(0, 900)))
        if running:
            expected += _oracle(chosen, unit, now, later)
        now = later
        story.enter(data.draw(st.sampled_from(["handling", "suspended", "checking"])), now)
        running = story.stages["main"] not in PAUSING
        assert (story.clock().state == "running") is running
        assert elapsed_now(story.scheme, story.scheme.timers.limits["handling"], story.clock(), now) == expected
        _check_due(story, now)
    story.enter("closed", now)
    assert story.clock().elapsed == expected
    assert story.events[-1].data["met"] is (expected <= story.clock().allowed)
    (run,) = explain_clock(story.scheme, story.events, "handling", now + timedelta(days=9)).runs
    assert run.elapsed == expected == sum(one.seconds for part in run.stretches for one in part.counted)
    assert run.stretches[0].start == begin


def _oracle(calendar, unit, start, end) -> int:
    if unit in WORKING_UNITS:
        return seconds_by_minutes(calendar, start, end)
    return int((end - start).total_seconds())


def _check_due(story: Story, now) -> None:
    """From its last start a running clock has exactly the rest of its allowed time until it is due."""
    clock = story.clock()
    if clock.state != "running":
        return
    calendar = story.scheme.timers.calendars["office"]
    unit = story.scheme.timers.limits["handling"].unit
    left = counted_seconds(calendar, unit, clock.resumed_at, clock.due_at)
    assert left == max(0, clock.allowed - clock.elapsed)
    if clock.elapsed < clock.allowed:
        (run,) = explain_clock(story.scheme, story.events, "handling", now).runs
        ahead = sum(one.seconds for one in run.ahead)
        assert ahead == max(0, clock.allowed - run.elapsed)


def test_seconds_are_not_lost_over_many_short_pauses() -> None:
    """Instants are cut, durations are not rounded: fifty interruptions of no length change nothing."""
    story = Story(scheme(limit(amount="7")))
    now = at("2026-10-09 08:30") + timedelta(milliseconds=400)
    story.enter("dispatched", now)
    for _ in range(50):
        now += timedelta(milliseconds=1700)
        story.enter("suspended", now)
        story.enter("handling", now)
    assert now == at("2026-10-09 08:31:25") + timedelta(milliseconds=400)
    assert elapsed_now(story.scheme, story.scheme.timers.limits["handling"], story.clock(), now) == 85
    assert story.clock().due_at == at("2026-10-09 17:30")
