"""When a limit is due, and every interval that was counted on the way: the explanation of a deadline.

Each unit turns an amount into `allowed` seconds of *counted time* once, at the start; from then on only counted
seconds are added and subtracted, so that pauses lose nothing and gain nothing. Counted time is working time for
work_hour and work_day, and all time for urgent_hour and calendar_day. Rules and reasons: docs/reference/deadlines.md.

It knows no case and no clock run (`core.engine.clocks`), and it asks no clock. Instants are cut to whole seconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import islice
from math import ceil, floor
from zoneinfo import ZoneInfo

from core.engine.working_time import (
    REACH_DAYS,
    Span,
    add_working_seconds,
    local_date,
    transition,
    utc_offset,
    windows,
    working_days,
    working_seconds,
    working_spans_between,
)
from core.errors import PermanentFailure
from core.scheme.categories import Unit
from core.scheme.timers import Calendar

WORKING_UNITS: frozenset[str] = frozenset({"work_hour", "work_day"})
"""The units that count working time, and for which a year without announced holidays makes a deadline provisional."""

INTERVALS_CAP = 400
"""An explanation lists so many intervals one by one; the rest is merged into a last one, `counted-merged`."""

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Interval:
    """Counted time: UTC instants, its counted seconds, and the message code that says why it counts."""

    start: datetime
    end: datetime
    seconds: int
    why: str


@dataclass(frozen=True, slots=True)
class DayOff:
    """A local date on which nothing counts, and the message code that says why."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Deadline:
    """`allowed` is the sum of the seconds of `counted`. `years` are the local years from start to due."""

    due_at: datetime
    counted: tuple[Interval, ...]
    allowed: int
    provisional: bool
    years: tuple[int, ...]


def deadline(calendar: Calendar, unit: Unit, amount: Decimal, start: datetime) -> Deadline:
    """When `amount` of `unit` that begins at `start` is over.

    Raises PermanentFailure `calendar-without-working-time` or `deadline-out-of-reach`.
    """
    start = whole_second(start)
    due_at = _due(calendar, unit, Fraction(amount), start)
    counted = counted_intervals(calendar, unit, start, due_at)
    return Deadline(
        due_at=due_at,
        counted=counted,
        allowed=sum(interval.seconds for interval in counted),
        provisional=is_provisional(calendar, unit, start, due_at),
        years=years_touched(calendar, start, due_at),
    )


def whole_second(instant: datetime) -> datetime:
    """The instant in UTC without its fraction of a second: clocks count whole seconds."""
    return instant.astimezone(UTC).replace(microsecond=0)


def advance(calendar: Calendar, unit: Unit, start: datetime, seconds: int) -> datetime:
    """The earliest instant at which `seconds` of the unit's counted time have passed since `start`."""
    if unit in WORKING_UNITS:
        return add_working_seconds(calendar, start, seconds)
    return _later(calendar, start, max(seconds, 0))


def counted_seconds(calendar: Calendar, unit: Unit, start: datetime, end: datetime) -> int:
    """The unit's counted time between two instants, in seconds; 0 when `end` is not later."""
    if unit in WORKING_UNITS:
        return working_seconds(calendar, start, end)
    return Span(start, max(start, end)).seconds


def counted_intervals(calendar: Calendar, unit: Unit, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """Every interval that counts between two instants, at most `INTERVALS_CAP` and one merged rest."""
    if unit in WORKING_UNITS:
        each = _working_intervals(calendar, start, end)
    elif end > start:
        why = "counted-around-the-clock" if unit == "urgent_hour" else "counted-calendar-days"
        each = iter([Interval(start, end, Span(start, end).seconds, why)])
    else:
        each = iter(())
    listed = tuple(islice(each, INTERVALS_CAP))
    rest = list(each)
    return (*listed, _merged(rest)) if rest else listed


def days_off(calendar: Calendar, unit: Unit, start: datetime, end: datetime) -> tuple[DayOff, ...]:
    """The local dates from `start` to `end` that the unit leaves out, at most `INTERVALS_CAP` of them."""
    if unit not in WORKING_UNITS or end <= start:
        return ()
    first, last = local_date(calendar, start), local_date(calendar, end - _SECOND)
    dates = (first + number * _DAY for number in range((last - first).days + 1))
    off = (
        DayOff(day, "not-counted-holiday" if day in calendar.closed else "not-counted-rest-day")
        for day in dates
        if not windows(calendar, day)
    )
    return tuple(islice(off, INTERVALS_CAP))


def years_touched(calendar: Calendar, start: datetime, end: datetime) -> tuple[int, ...]:
    """The local years from `start` to `end`; an end on the stroke of the new year does not touch it."""
    first = local_date(calendar, start).year
    return tuple(range(first, max(first, local_date(calendar, end - _SECOND).year) + 1))


def is_provisional(calendar: Calendar, unit: Unit, start: datetime, end: datetime) -> bool:
    """Whether counting crosses a year whose holidays the calendar does not know yet."""
    return unit in WORKING_UNITS and any(year not in calendar.announced for year in years_touched(calendar, start, end))


def _due(calendar: Calendar, unit: Unit, amount: Fraction, start: datetime) -> datetime:
    if amount <= 0:
        return start
    if unit == "work_day":
        return _after_work_days(calendar, start, amount)
    if unit == "calendar_day":
        return _after_calendar_days(calendar, start, amount)
    return advance(calendar, unit, start, ceil(amount * 3600))


def _after_work_days(calendar: Calendar, start: datetime, amount: Fraction) -> datetime:
    """Each working day weighs one, spread evenly over its own windows, however long they are.

    The share of its day that is used at `start` is the share of the last day that is used at the due instant.
    """
    left = amount
    for spans in working_days(calendar, start):
        total = sum(span.seconds for span in spans)
        passed = sum(span.clip(span.start, start).seconds for span in spans)
        used = Fraction(passed, total)
        if used + left <= 1:
            return _at_position(spans, ceil((used + left) * total))
        left -= 1 - used
    raise AssertionError("the walk is endless or raises")


def _at_position(spans: Iterable[Span], seconds: int) -> datetime:
    """The instant at which `seconds` of a day's working time are used: the end of a window, not the next start."""
    for span in spans:
        if seconds <= span.seconds:
            return span.start + seconds * _SECOND
        seconds -= span.seconds
    raise AssertionError("a position lies inside its day")


def _after_calendar_days(calendar: Calendar, start: datetime, amount: Fraction) -> datetime:
    """The same wall time so many local dates later; a fraction of a day is that fraction of the next date's length."""
    whole = floor(amount)
    due = _same_wall_time(calendar, start, whole)
    if amount == whole:
        return due
    following = _same_wall_time(calendar, start, whole + 1)
    return due + ceil((amount - whole) * Span(due, following).seconds) * _SECOND


def _same_wall_time(calendar: Calendar, start: datetime, days: int) -> datetime:
    """The instant with the wall time of `start` on a later date, never earlier for a later start.

    A wall time that the date skips gives the first instant after the gap. One that it has twice gives the first. A
    start in the second pass of a repeated hour counts as that hour's end.
    """
    if days == 0:
        return start
    if days > REACH_DAYS:
        raise _out_of_reach(calendar, start)
    zone = ZoneInfo(calendar.time_zone)
    here = start.astimezone(zone)
    wall = here.replace(tzinfo=None, fold=0)
    if here.fold:
        first, second = _passes(zone, wall)
        change = transition(zone, first, second + _SECOND)
        wall = (change + utc_offset(zone, first)).replace(tzinfo=None)
    first, second = _passes(zone, wall + days * _DAY)
    return transition(zone, second, first + _SECOND) if second < first else first


def _passes(zone: ZoneInfo, wall: datetime) -> tuple[datetime, datetime]:
    """A wall time as UTC, read with the offset before and with the one after a transition.

    The first is the earlier one where the hour is repeated, the later one where the wall time is skipped.
    """
    return wall.replace(tzinfo=zone).astimezone(UTC), wall.replace(tzinfo=zone, fold=1).astimezone(UTC)


def _later(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    if seconds > REACH_DAYS * 86_400:
        raise _out_of_reach(calendar, start)
    return start + seconds * _SECOND


def _out_of_reach(calendar: Calendar, start: datetime) -> PermanentFailure:
    day = local_date(calendar, start).isoformat()
    return PermanentFailure("deadline-out-of-reach", calendar=calendar.id, day=day)


def _working_intervals(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Interval]:
    for span in working_spans_between(calendar, start, end):
        made_up = local_date(calendar, span.start) in calendar.open
        why = "counted-make-up-day" if made_up else "counted-working-window"
        yield Interval(span.start, span.end, span.seconds, why)


def _merged(rest: list[Interval]) -> Interval:
    seconds = sum(interval.seconds for interval in rest)
    return Interval(rest[0].start, rest[-1].end, seconds, "counted-merged")
