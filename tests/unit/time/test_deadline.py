"""Deadlines in the four units: against an oracle, as properties, and as stories of the office calendar."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from time_oracle import (
    OFFICE,
    OFFICE_HOURS,
    PLACES,
    at,
    calendar,
    calendars,
    due_by_minutes,
    due_by_weighed_minutes,
    instants,
    wall,
)

from core.engine.deadline import (
    INTERVALS_CAP,
    WORKING_UNITS,
    Deadline,
    advance,
    counted_intervals,
    counted_seconds,
    days_off,
    deadline,
)
from core.errors import PermanentFailure
from core.scheme.meaning import UNITS
from core.scheme.timers import Calendar

HOUR = 3600
BERLIN = "Europe/Berlin"
SECOND = timedelta(seconds=1)
AMOUNTS = st.decimals("0.1", "9", places=1)


def due(unit: str, amount: str, start: str, calendar: Calendar = OFFICE) -> str:
    answer = deadline(calendar, unit, Decimal(amount), at(start, calendar.time_zone))
    return wall(answer.due_at, calendar.time_zone)


def busy(calendar: Calendar, start: datetime) -> bool:
    """Whether so much is worked in the fortnight after `start` that every drawn amount fits."""
    return counted_seconds(calendar, "work_hour", start, start + timedelta(days=14)) > 9 * HOUR


@settings(max_examples=60, deadline=None)
@given(data=st.data(), amount=AMOUNTS)
def test_work_hours_end_where_the_wall_clock_says(data: st.DataObject, amount: Decimal) -> None:
    chosen, near = data.draw(calendars())
    start = data.draw(instants(near))
    assume(busy(chosen, start))
    assert deadline(chosen, "work_hour", amount, start).due_at == due_by_minutes(chosen, start, int(amount * HOUR))


@settings(max_examples=50, deadline=None)
@given(data=st.data(), amount=st.decimals("0.1", "3", places=1))
def test_work_days_end_where_the_weighed_minutes_say(data: st.DataObject, amount: Decimal) -> None:
    chosen, near = data.draw(calendars())
    start = data.draw(instants(near))
    assume(sum(map(bool, chosen.weekdays)) >= 2)
    assert deadline(chosen, "work_day", amount, start).due_at == due_by_weighed_minutes(chosen, start, amount)


@settings(max_examples=150, deadline=None)
@given(data=st.data(), unit=st.sampled_from(UNITS), amount=AMOUNTS)
def test_what_is_counted_is_what_is_allowed(data: st.DataObject, unit: str, amount: Decimal) -> None:
    chosen, near = data.draw(calendars())
    start = data.draw(instants(near)) + timedelta(seconds=data.draw(st.integers(0, 59)))
    answer = deadline(chosen, unit, amount, start)
    assert sum(interval.seconds for interval in answer.counted) == answer.allowed > 0
    assert all(interval.end - interval.start == interval.seconds * SECOND for interval in answer.counted)
    assert all(one.end <= other.start for one, other in zip(answer.counted, answer.counted[1:], strict=False))
    assert start <= answer.counted[0].start and answer.counted[-1].end == answer.due_at
    assert advance(chosen, unit, start, answer.allowed) == answer.due_at
    first, last = (int(wall(instant, chosen.time_zone)[:4]) for instant in (start, answer.due_at - SECOND))
    assert answer.years == tuple(range(first, last + 1))
    unknown = unit in WORKING_UNITS and any(year not in chosen.announced for year in answer.years)
    assert answer.provisional == unknown


@settings(max_examples=150, deadline=None)
@given(data=st.data(), unit=st.sampled_from(UNITS), amounts=st.tuples(AMOUNTS, AMOUNTS))
def test_later_start_or_more_time_is_never_due_earlier(
    data: st.DataObject, unit: str, amounts: tuple[Decimal, Decimal]
) -> None:
    chosen, near = data.draw(calendars())
    early, late = sorted([data.draw(instants(near)), data.draw(instants(near))])
    less, more = sorted(amounts)
    assert deadline(chosen, unit, less, early).due_at <= deadline(chosen, unit, less, late).due_at
    assert deadline(chosen, unit, less, early).due_at <= deadline(chosen, unit, more, early).due_at


@settings(max_examples=60, deadline=None)
@given(data=st.data(), days=st.integers(1, 4))
def test_calendar_days_keep_the_wall_time(data: st.DataObject, days: int) -> None:
    zone = data.draw(st.sampled_from(sorted(PLACES)))
    start = data.draw(instants(data.draw(st.sampled_from(PLACES[zone]))))
    chosen = calendar(zone, (0, 1440))
    begins, ends = wall(start, zone), wall(deadline(chosen, "calendar_day", Decimal(days), start).due_at, zone)
    expected = datetime.fromisoformat(begins) + timedelta(days=days)
    unique = at(str(expected), zone) == at(str(expected), zone, fold=1)
    assume(unique and at(begins, zone) == at(begins, zone, fold=1))
    assert datetime.fromisoformat(ends) == expected


@pytest.mark.parametrize(
    ("amount", "start", "end"),
    [
        ("1", "2026-10-09 08:30", "2026-10-09 18:00:00"),  # a whole working day of its own
        ("1", "2026-10-09 07:00", "2026-10-09 18:00:00"),  # before work: from its start
        ("1", "2026-10-08 18:30", "2026-10-09 18:00:00"),  # after work: the next working day, to its end
        ("1", "2026-10-08 18:00", "2026-10-09 18:00:00"),
        ("1", "2026-10-08 10:00", "2026-10-09 10:00:00"),  # the same place of the next working day
        ("1", "2026-10-08 13:00", "2026-10-09 12:00:00"),  # at lunch the morning is used up
        ("1", "2026-10-09 15:30", "2026-10-10 15:30:00"),  # into the make-up Saturday
        ("1", "2026-10-10 15:30", "2026-10-12 15:30:00"),
        ("1", "2026-10-03 11:00", "2026-10-08 18:00:00"),  # reported on a holiday
        ("3", "2026-09-30 10:00", "2026-10-10 10:00:00"),  # over the holiday week
        ("0.5", "2026-10-09 08:30", "2026-10-09 14:15:00"),  # half of 7.5 hours
        ("1.5", "2026-10-09 14:15", "2026-10-10 18:00:00"),
        ("5", "2026-12-30 09:00", "2027-01-06 09:00:00"),  # over the year's end
    ],
)
def test_work_days_of_the_office(amount: str, start: str, end: str) -> None:
    assert due("work_day", amount, start) == end


def test_a_short_working_day_is_a_whole_one() -> None:
    """From 14:00 on Friday (3.5 of 7.5 hours used) to the same share of a half-day Sunday: 98 of 210 minutes."""
    assert due("work_day", "1", "2026-09-18 14:00") == "2026-09-20 10:08:00"
    assert due("work_day", "2", "2026-09-18 08:30") == "2026-09-20 12:00:00"


def test_the_other_units_of_the_office() -> None:
    assert due("urgent_hour", "2", "2026-10-03 23:00") == "2026-10-04 01:00:00"
    assert due("work_hour", "4", "2026-09-30 16:00") == "2026-10-08 10:30:00"
    assert due("work_hour", "0.5", "2026-10-09 11:45") == "2026-10-09 14:15:00"
    assert due("calendar_day", "7", "2026-09-30 16:20") == "2026-10-07 16:20:00"
    assert due("calendar_day", "0.5", "2026-09-30 16:20") == "2026-10-01 04:20:00"
    assert due("calendar_day", "1", "2024-02-28 09:00") == "2024-02-29 09:00:00"
    assert due("calendar_day", "1", "2023-02-28 09:00") == "2023-03-01 09:00:00"
    assert due("work_day", "1", "2028-02-28 10:00") == "2028-02-29 10:00:00"


def test_explanation_of_two_work_days_over_the_holidays() -> None:
    answer = deadline(OFFICE, "work_day", Decimal(2), at("2026-09-30 16:00"))
    lines = [(wall(interval.start)[5:16], wall(interval.end)[11:16], interval.why) for interval in answer.counted]
    assert lines == [
        ("09-30 16:00", "18:00", "counted-working-window"),
        ("10-08 08:30", "12:00", "counted-working-window"),
        ("10-08 14:00", "18:00", "counted-working-window"),
        ("10-09 08:30", "12:00", "counted-working-window"),
        ("10-09 14:00", "16:00", "counted-working-window"),
    ]
    assert answer.allowed == 15 * HOUR
    assert not answer.provisional
    off = days_off(OFFICE, "work_day", at("2026-09-30 16:00"), answer.due_at)
    assert [(one.day.day, one.why) for one in off] == [(day, "not-counted-holiday") for day in range(1, 8)]


def test_make_up_days_and_days_of_rest_are_named() -> None:
    answer = deadline(OFFICE, "work_hour", Decimal(10), at("2026-10-09 15:00"))
    assert [interval.why for interval in answer.counted] == [
        "counted-working-window",
        "counted-make-up-day",
        "counted-make-up-day",
    ]
    assert wall(answer.due_at) == "2026-10-10 17:30:00"
    off = days_off(OFFICE, "work_hour", at("2026-10-10 17:00"), at("2026-10-12 09:00"))
    assert [(str(one.day), one.why) for one in off] == [("2026-10-11", "not-counted-rest-day")]
    assert days_off(OFFICE, "calendar_day", at("2026-10-01 00:00"), at("2026-10-05 00:00")) == ()


def test_units_that_run_through_say_so() -> None:
    urgent = deadline(OFFICE, "urgent_hour", Decimal(2), at("2026-10-03 23:00"))
    daily = deadline(OFFICE, "calendar_day", Decimal(2), at("2026-10-03 23:00"))
    assert [(interval.seconds, interval.why) for interval in urgent.counted] == [(7200, "counted-around-the-clock")]
    assert [(interval.seconds, interval.why) for interval in daily.counted] == [(172_800, "counted-calendar-days")]


@pytest.mark.parametrize(
    ("start", "amount", "years", "provisional"),
    [
        ("2026-12-30 09:00", "2", (2026, 2027), True),
        ("2026-12-30 09:00", "1", (2026,), False),
        ("2026-12-31 08:30", "1", (2026,), False),
        ("2026-12-31 18:00", "1", (2026, 2027), True),
        ("2025-12-31 18:00", "1", (2025, 2026), True),
        ("2026-01-01 00:00", "1", (2026,), False),
    ],
)
def test_a_year_without_announced_holidays_makes_it_provisional(
    start: str, amount: str, years: tuple[int, ...], provisional: bool
) -> None:
    answer = deadline(OFFICE, "work_day", Decimal(amount), at(start))
    assert (answer.years, answer.provisional) == (years, provisional)
    assert not deadline(OFFICE, "urgent_hour", Decimal(amount) * 1000, at(start)).provisional


def test_due_on_the_stroke_of_the_new_year_stays_in_the_old_one() -> None:
    round_the_clock = calendar("Asia/Shanghai", (0, 1440), announced=frozenset({2026}))
    answer = deadline(round_the_clock, "work_hour", Decimal(24), at("2026-12-31 00:00"))
    assert wall(answer.due_at) == "2027-01-01 00:00:00"
    assert (answer.years, answer.provisional) == ((2026,), False)


def test_calendar_days_where_the_wall_clock_jumps() -> None:
    berlin = calendar(BERLIN, (0, 1440))
    assert due("calendar_day", "1", "2026-03-28 02:30", berlin) == "2026-03-29 03:00:00"  # 02:30 is skipped
    assert due("calendar_day", "1", "2026-03-28 12:00", berlin) == "2026-03-29 12:00:00"
    assert deadline(berlin, "calendar_day", Decimal(1), at("2026-03-28 12:00", BERLIN)).allowed == 23 * HOUR
    assert deadline(berlin, "calendar_day", Decimal(1), at("2026-10-24 12:00", BERLIN)).allowed == 25 * HOUR
    assert deadline(berlin, "calendar_day", Decimal("0.5"), at("2026-03-28 12:00", BERLIN)).allowed == 11.5 * HOUR
    assert deadline(berlin, "calendar_day", Decimal("1.5"), at("2026-10-23 12:00", BERLIN)).allowed == 36.5 * HOUR
    first = deadline(berlin, "calendar_day", Decimal(1), at("2026-10-24 02:30", BERLIN))
    assert first.due_at == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)  # the first of the two
    second_pass = deadline(berlin, "calendar_day", Decimal(1), at("2026-10-25 02:10", BERLIN, fold=1))
    assert wall(second_pass.due_at, BERLIN) == "2026-10-26 03:00:00"


def test_work_hours_where_the_wall_clock_jumps() -> None:
    night = calendar(BERLIN, (0, 360))
    assert due("work_hour", "4", "2026-03-29 00:00", night) == "2026-03-29 05:00:00"
    assert due("work_hour", "4", "2026-10-25 00:00", night) == "2026-10-25 03:00:00"


def test_fractions_of_a_second() -> None:
    start = at("2026-10-09 10:00") + timedelta(microseconds=700_000)
    answer = deadline(OFFICE, "work_hour", Decimal("0.0001"), start)
    assert answer.due_at == at("2026-10-09 10:00:01")  # 0.36 s from 10:00:00, rounded up
    assert deadline(OFFICE, "work_hour", Decimal(1), start).due_at == at("2026-10-09 11:00")


def test_no_amount_is_due_at_once() -> None:
    for unit in UNITS:
        answer = deadline(OFFICE, unit, Decimal(0), at("2026-10-03 10:00"))
        assert answer == Deadline(at("2026-10-03 10:00"), (), 0, False, (2026,))


def test_a_long_list_is_cut_and_its_rest_merged() -> None:
    start = at("2026-01-05 08:30")
    listed = counted_intervals(OFFICE, "work_day", start, at("2027-01-05 08:30"))
    everything = counted_intervals(OFFICE, "work_day", start, at("2026-07-05 08:30"))
    assert len(listed) == INTERVALS_CAP + 1 and listed[-1].why == "counted-merged"
    assert listed[: len(everything)] == everything and len(everything) < INTERVALS_CAP
    total = counted_seconds(OFFICE, "work_day", start, at("2027-01-05 08:30"))
    assert sum(interval.seconds for interval in listed) == total
    assert listed[-1].start > listed[-2].end and wall(listed[-1].end) == "2027-01-04 18:00:00"


def test_mistaken_scheme_data_is_an_error_not_a_hang() -> None:
    empty = calendar("Asia/Shanghai")
    for unit in ("work_hour", "work_day"):
        with pytest.raises(PermanentFailure) as raised:
            deadline(empty, unit, Decimal(1), at("2026-10-09 10:00"))
        assert raised.value.code == "calendar-without-working-time"
    assert deadline(empty, "urgent_hour", Decimal(1), at("2026-10-09 10:00")).due_at == at("2026-10-09 11:00")
    for unit in UNITS:
        with pytest.raises(PermanentFailure) as raised:
            deadline(OFFICE, unit, Decimal("1e9"), at("2026-10-09 10:00"))
        assert raised.value.code == "deadline-out-of-reach"
    with pytest.raises(PermanentFailure):
        deadline(OFFICE, "calendar_day", Decimal("1e12"), at("2026-10-09 10:00"))


def test_a_working_day_inside_the_skipped_hour_is_no_working_day() -> None:
    early = replace(calendar(BERLIN, *OFFICE_HOURS), open={date(2026, 3, 29): ((130, 170),)})
    assert due("work_day", "1", "2026-03-28 10:00", early) == "2026-03-30 10:00:00"
