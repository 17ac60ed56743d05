"""A calendar that changes under open cases: deadlines move when a person says so, as if it had always held."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from scheme_builder import NOW, Story, action, build_scheme, lab, opening

from core.engine.calendars import difference, effective
from core.engine.clock_explanation import explain_clock
from core.engine.command import Reckon
from core.engine.deadline import deadline
from core.engine.evolve import fold
from core.scheme.codec import case_from_dict, case_to_dict
from core.scheme.label import Label
from core.scheme.scheme import Scheme
from core.scheme.timers import Calendar, Limit
from core.scheme.workflow import Grant

LIMIT = Limit("deal", Label("办理"), "limit", "work", "handling", "closed", Decimal(3), "work_day", "office")
DAYS = st.sets(st.dates(date(2026, 2, 20), date(2026, 3, 31)), max_size=12)


def started() -> Story:
    story = lab(action("start", "work", "idle", to="busy", who=(Grant("director"),)), limits=(LIMIT,))
    story.act("director", "start", minutes=0)
    return story


def with_calendar(scheme: Scheme, **changes: object) -> Scheme:
    office = replace(scheme.timers.calendars["office"], **changes)
    return replace(scheme, digest="scheme-2", timers=replace(scheme.timers, calendars={"office": office}))


@given(closed=DAYS, more=DAYS, opened=DAYS, week=st.booleans())
def test_a_difference_makes_one_calendar_count_like_the_other(
    closed: set[date], more: set[date], opened: set[date], week: bool
) -> None:
    was = replace(build_scheme().timers.calendars["office"], closed=frozenset(closed))
    made_up = dict.fromkeys(opened, ((540, 720),))
    weekdays = (was.weekdays[0],) * 6 + ((),) if week else was.weekdays
    now = replace(was, closed=frozenset(more), open=made_up, announced=frozenset({2026, 2027}), weekdays=weekdays)
    scheme = with_calendar(build_scheme())
    scheme = replace(scheme, timers=replace(scheme.timers, calendars={"office": was}))
    story = started()
    case = replace(story.case, calendars={"office": difference(was, now)})
    found: Calendar = effective(scheme, case).timers.calendars["office"]
    assert (found.closed, dict(found.open), found.weekdays) == (now.closed, dict(now.open), now.weekdays)
    assert found.announced >= now.announced


def test_an_announced_holiday_moves_the_deadline_once_it_is_applied() -> None:
    story = started()
    before = story.case.clocks["deal"].due_at
    holiday = with_calendar(story.scheme, closed=frozenset({date(2026, 3, 3)}))
    story.today = holiday
    story("director", Reckon())
    after = story.case.clocks["deal"].due_at
    assert before == NOW + timedelta(days=3) and after == NOW + timedelta(days=4)
    assert after == deadline(holiday.timers.calendars["office"], "work_day", Decimal(3), NOW).due_at
    assert story.types()[-2:] == ["calendar_changed", "clock_moved"]
    assert story("director", Reckon()).events == (), "applied once, it is applied"


def test_what_follows_counts_by_the_changed_calendar() -> None:
    story = started()
    story.today = with_calendar(story.scheme, closed=frozenset({date(2026, 3, 3)}))
    story("director", Reckon())
    assert story.fire(minutes=3 * 24 * 60) == []
    (run,) = explain_clock(story.scheme, story.events, "deal", story.now).runs
    assert [day.day for stretch in run.stretches for day in stretch.off] == [date(2026, 3, 3)]
    assert run.notes[0].code == "deadline-moved"
    assert run.elapsed + sum(interval.seconds for interval in run.ahead) == run.clock.allowed


def test_a_calendar_that_is_taken_back_leaves_nothing_behind() -> None:
    story = started()
    original, before = story.today, story.case.clocks["deal"].due_at
    story.today = with_calendar(story.scheme, closed=frozenset({date(2026, 3, 3)}))
    story("director", Reckon())
    story.today = original
    story("director", Reckon())
    assert (story.case.clocks["deal"].due_at, story.case.calendars) == (before, {})


def test_the_snapshot_survives_the_store() -> None:
    story = started()
    story.today = with_calendar(story.scheme, closed=frozenset({date(2026, 3, 3)}))
    story("director", Reckon())
    assert case_from_dict(case_to_dict(story.case)) == story.case == fold(story.events)


def test_other_clocks_and_closed_cases_are_left_alone() -> None:
    story = Story(build_scheme())
    story("cleaner", opening())
    story.today = with_calendar(story.scheme, closed=frozenset({date(2026, 3, 3)}))
    decision = story("director", Reckon())
    assert [event.type for event in decision.events] == ["calendar_changed"], "an urgent hour knows no holidays"
