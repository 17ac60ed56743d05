"""When running clocks reach something: the rows that the store keeps."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from math import ceil

from clock_story import REACHES, Story, limit, scheme
from hypothesis import given, settings
from hypothesis import strategies as st
from time_oracle import at, calendars, instants, wall

from core.engine.deadline import counted_seconds
from core.engine.timers import DueTimer, due_timers
from core.scheme.meaning import UNITS
from core.scheme.timers import Reaching


def rows(story: Story) -> list[tuple[str, str]]:
    return [(timer.reach, wall(timer.due_at)[5:16]) for timer in due_timers(story.case, story.scheme)]


def test_shares_of_the_limit_fall_in_its_working_time() -> None:
    story = Story(scheme(limit(amount="10")))
    assert due_timers(story.case, story.scheme) == ()
    story.enter("dispatched", at("2026-10-09 10:00"))
    assert rows(story) == [("warning", "10-10 10:30"), ("due", "10-10 14:30"), ("card", "10-12 10:00")]
    first = due_timers(story.case, story.scheme)[0]
    assert first == DueTimer("handling", 1, "warning", at("2026-10-10 10:30"))


def test_the_unit_of_the_limit_is_used() -> None:
    story = Story(scheme(limit(unit="urgent_hour", amount="10")))
    story.enter("dispatched", at("2026-10-09 20:00"))
    assert rows(story) == [("warning", "10-10 04:00"), ("due", "10-10 06:00"), ("card", "10-10 11:00")]


def test_what_has_fired_falls_no_more() -> None:
    story = Story(scheme(limit(amount="10")))
    story.enter("dispatched", at("2026-10-09 10:00"))
    reached = {"limit": "handling", "occurrence": 1, "reach": "due", "due_at": "", "late_seconds": 0}
    story.emit("clock_reached", reached, at("2026-10-10 14:31"))
    assert [reach for reach, _ in rows(story)] == ["warning", "card"]


def test_paused_and_stopped_clocks_have_no_timers() -> None:
    story = Story(scheme(limit(amount="10")))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("suspended", at("2026-10-09 11:00"))
    assert rows(story) == []
    story.enter("handling", at("2026-10-10 14:00"))
    # 1 h of 10 is used: 7 more to the warning, 9 to the due instant, 14 to the card
    assert rows(story) == [("warning", "10-12 11:30"), ("due", "10-12 15:30"), ("card", "10-13 11:00")]
    story.enter("closed", at("2026-10-12 09:00"))
    assert rows(story) == []


def test_what_was_used_up_before_a_pause_falls_at_the_resumption() -> None:
    story = Story(scheme(limit(amount="2")))
    story.enter("dispatched", at("2026-10-09 10:00"))
    story.enter("suspended", at("2026-10-09 11:45"))
    story.enter("handling", at("2026-10-11 21:00"))
    assert rows(story) == [("warning", "10-11 21:00"), ("due", "10-12 08:45"), ("card", "10-12 09:45")]


def test_equal_instants_are_in_order_of_limit_and_reach() -> None:
    twice = (Reaching("b", Decimal(1)), Reaching("a", Decimal(1)), Reaching("early", Decimal("0.5")))
    story = Story(scheme(limit("second", reaches=twice), limit("first", reaches=twice)))
    story.enter("dispatched", at("2026-10-09 08:30"))
    keys = [(timer.reach, timer.limit) for timer in due_timers(story.case, story.scheme)]
    assert keys == [
        ("early", "first"),
        ("early", "second"),
        ("a", "first"),
        ("b", "first"),
        ("a", "second"),
        ("b", "second"),
    ]


@settings(max_examples=60, deadline=None)
@given(data=st.data(), unit=st.sampled_from(UNITS))
def test_the_whole_share_falls_at_the_due_instant(data: st.DataObject, unit: str) -> None:
    chosen, near = data.draw(calendars())
    amount = str(data.draw(st.decimals("0.1", "5", places=1)))
    story = Story(scheme(limit(unit=unit, amount=amount), calendar=chosen))
    now = data.draw(instants(near))
    story.enter("dispatched", now)
    for stage in ("suspended", "handling"):
        now += timedelta(minutes=data.draw(st.integers(0, 600)))
        story.enter(stage, now)
    timers = {timer.reach: timer.due_at for timer in due_timers(story.case, story.scheme)}
    clock = story.clock()
    assert timers["due"] == clock.due_at
    assert timers["warning"] <= timers["due"] <= timers["card"]
    for reach in REACHES:
        needed = ceil(clock.allowed * reach.share)
        left = counted_seconds(chosen, unit, clock.resumed_at, timers[reach.id])
        assert clock.elapsed + left == max(needed, clock.elapsed)


def test_reaches_of_a_case_without_clocks() -> None:
    story = Story(scheme(limit()))
    assert due_timers(replace(story.case, clocks={}), story.scheme) == ()
