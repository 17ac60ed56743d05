"""Working time over calendars: against the wall clock of each minute, and on the days on which it goes wrong."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from time_oracle import (
    HALF_DAY,
    OFFICE,
    OFFICE_HOURS,
    at,
    calendar,
    calendars,
    due_by_minutes,
    instants,
    seconds_by_minutes,
    wall,
)

from core.engine.working_time import (
    add_working_seconds,
    day_spans,
    windows,
    working_seconds,
    working_spans,
)
from core.errors import PermanentFailure

HOUR = 3600
BERLIN = "Europe/Berlin"


@settings(max_examples=120, deadline=None)
@given(data=st.data())
def test_working_seconds_are_those_of_the_wall_clock(data: st.DataObject) -> None:
    chosen, near = data.draw(calendars())
    start, end = data.draw(instants(near)), data.draw(instants(near))
    assert working_seconds(chosen, start, end) == seconds_by_minutes(chosen, start, end)


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_adding_arrives_where_the_wall_clock_does(data: st.DataObject) -> None:
    chosen, near = data.draw(calendars())
    start, seconds = data.draw(instants(near)), data.draw(st.integers(1, 4 * 86_400))
    if working_seconds(chosen, start, start + timedelta(days=12)) < seconds:
        return  # too far for the oracle's patience
    due = add_working_seconds(chosen, start, seconds)
    assert due == due_by_minutes(chosen, start, seconds)
    assert working_seconds(chosen, start, due) == seconds
    assert working_seconds(chosen, start, due - timedelta(seconds=1)) == seconds - 1


@settings(max_examples=80, deadline=None)
@given(data=st.data())
def test_working_time_adds_up_over_any_cut(data: st.DataObject) -> None:
    chosen, near = data.draw(calendars())
    base = data.draw(instants(near))
    cuts = sorted(base + timedelta(seconds=data.draw(st.integers(0, 3 * 86_400))) for _ in range(4))
    parts = sum(working_seconds(chosen, start, end) for start, end in pairwise(cuts))
    assert parts == working_seconds(chosen, cuts[0], cuts[-1])


def test_make_up_day_goes_before_holiday_goes_before_weekday() -> None:
    assert windows(OFFICE, date(2026, 10, 9)) == OFFICE_HOURS  # a Friday
    assert windows(OFFICE, date(2026, 10, 1)) == ()  # a Thursday, 国庆
    assert windows(OFFICE, date(2026, 10, 10)) == OFFICE_HOURS  # a Saturday, 调休
    assert windows(OFFICE, date(2026, 9, 20)) == HALF_DAY
    assert windows(OFFICE, date(2026, 10, 11)) == ()
    both = replace(OFFICE, closed=frozenset({date(2026, 10, 10)}))
    assert windows(both, date(2026, 10, 10)) == OFFICE_HOURS


def test_holiday_week_is_jumped_and_the_make_up_saturday_counts() -> None:
    start = at("2026-09-30 17:00")
    due = add_working_seconds(OFFICE, start, HOUR + int(7.5 * HOUR) * 3)
    assert wall(due) == "2026-10-10 18:00:00"  # Wed 1 h, Thu 8th, Fri 9th, Sat 10th


def test_lunch_does_not_count() -> None:
    assert working_seconds(OFFICE, at("2026-10-09 11:00"), at("2026-10-09 15:00")) == 2 * HOUR
    assert wall(add_working_seconds(OFFICE, at("2026-10-09 13:00"), 60)) == "2026-10-09 14:01:00"


def test_arrival_is_the_end_of_a_window_not_the_start_of_the_next() -> None:
    start = at("2026-10-09 10:00")
    assert wall(add_working_seconds(OFFICE, start, 2 * HOUR)) == "2026-10-09 12:00:00"
    assert wall(add_working_seconds(OFFICE, start, 2 * HOUR + 1)) == "2026-10-09 14:00:01"


def test_nothing_to_add_stays_where_it_is() -> None:
    assert add_working_seconds(OFFICE, at("2026-10-03 10:00"), 0) == at("2026-10-03 10:00")


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-29", 5), ("2026-10-25", 7), ("2026-06-01", 6)],
)
def test_a_night_shift_is_as_long_as_the_night(day: str, hours: int) -> None:
    (span,) = day_spans(calendar(BERLIN, (0, 360)), date.fromisoformat(day))
    assert span.seconds == hours * HOUR


def test_a_window_in_the_skipped_hour_is_empty() -> None:
    assert day_spans(calendar(BERLIN, (135, 165)), date(2026, 3, 29)) == ()


def test_a_window_in_the_repeated_hour_counts_both_times() -> None:
    spans = day_spans(calendar(BERLIN, (135, 165)), date(2026, 10, 25))
    assert [span.start for span in spans] == [
        datetime(2026, 10, 25, 0, 15, tzinfo=UTC),
        datetime(2026, 10, 25, 1, 15, tzinfo=UTC),
    ]
    assert [span.seconds for span in spans] == [1800, 1800]


def test_summer_time_in_shanghai() -> None:
    """The zone kept summer time from 1986 to 1991: 09:00 is 00:00 UTC in June and 01:00 UTC in December."""
    assert (
        working_seconds(OFFICE, datetime(1986, 6, 2, 0, 0, tzinfo=UTC), datetime(1986, 6, 2, 0, 30, tzinfo=UTC)) == 1800
    )
    assert (
        working_seconds(OFFICE, datetime(1986, 12, 1, 0, 0, tzinfo=UTC), datetime(1986, 12, 1, 0, 30, tzinfo=UTC)) == 0
    )


def test_a_calendar_without_windows_ends_in_an_error_and_counts_nothing() -> None:
    empty = calendar("Asia/Shanghai")
    with pytest.raises(PermanentFailure) as raised:
        add_working_seconds(empty, at("2026-10-09 10:00"), 1)
    assert raised.value.code == "calendar-without-working-time"
    assert raised.value.params == {"calendar": "every-day", "day": "2026-10-09"}
    assert working_seconds(empty, at("2026-10-09 10:00"), at("2027-10-09 10:00")) == 0


def test_one_working_day_a_year_is_enough() -> None:
    days = {date(2026, 1, 5): OFFICE_HOURS, date(2027, 1, 5): OFFICE_HOURS}
    yearly = replace(calendar("Asia/Shanghai"), open=days)
    assert wall(add_working_seconds(yearly, at("2026-01-06 00:00"), HOUR)) == "2027-01-05 09:30:00"


def test_a_hundred_years_is_out_of_reach() -> None:
    with pytest.raises(PermanentFailure) as raised:
        add_working_seconds(OFFICE, at("2026-10-09 10:00"), 100 * 366 * 86_400)
    assert raised.value.code == "deadline-out-of-reach"


def test_spans_begin_at_the_start_and_leave_out_what_is_over() -> None:
    spans = working_spans(OFFICE, at("2026-10-09 15:00"))
    assert wall(next(spans).start) == "2026-10-09 15:00:00"
    assert wall(next(spans).start) == "2026-10-10 08:30:00"
