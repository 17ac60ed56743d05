"""Working time over a calendar: which instants count, and how to walk them.

A window is the set of instants whose local wall clock lies in it. So a window that a change of summer time cuts is
shorter or longer in real seconds, one that falls into the skipped hour is empty, and one in the repeated hour is
counted both times. Every instant here is an aware UTC datetime; every duration is in whole real seconds.

It knows no limits, no units and no cases (`core.engine.deadline`), and it asks no clock.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from core.errors import PermanentFailure
from core.scheme.timers import Calendar

HORIZON_DAYS = 400
"""So many local days in a row without a window mean that the calendar has no working time to count."""

REACH_DAYS = 36_525
"""A deadline a hundred years away is a mistake, not a limit: the walk ends there."""

_SECOND = timedelta(seconds=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, half-open, in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> int:
        return (self.end - self.start) // _SECOND

    def clip(self, start: datetime, end: datetime) -> Span:
        """The part between two instants; its `seconds` are 0 where there is none."""
        if start <= self.start and self.end <= end:
            return self
        begins = max(self.start, start)
        return Span(begins, max(begins, min(self.end, end)))


def windows(calendar: Calendar, day: date) -> tuple[tuple[int, int], ...]:
    """The day's windows in minutes after local midnight: make-up day before holiday before weekday."""
    if day in calendar.open:
        return tuple(calendar.open[day])
    if day in calendar.closed:
        return ()
    return calendar.weekdays[day.weekday()]


def day_spans(calendar: Calendar, day: date) -> tuple[Span, ...]:
    """The day's windows as instants, in order; empty on a day of rest."""
    hours = windows(calendar, day)
    return _spans(calendar.time_zone, day, tuple(hours)) if hours else ()


def local_date(calendar: Calendar, instant: datetime) -> date:
    """The date on the calendar's wall at an instant."""
    return instant.astimezone(ZoneInfo(calendar.time_zone)).date()


def working_days(calendar: Calendar, start: datetime) -> Iterator[tuple[Span, ...]]:
    """The spans of each working day from the local date of `start` on, days of rest left out.

    Raises PermanentFailure `calendar-without-working-time` after `HORIZON_DAYS` days of rest in a row, and
    `deadline-out-of-reach` after `REACH_DAYS` days.
    """
    first = day = local_date(calendar, start)
    rested = 0
    while (day - first).days <= REACH_DAYS:
        spans = day_spans(calendar, day)
        if spans:
            rested = 0
            yield spans
        elif (rested := rested + 1) > HORIZON_DAYS:
            raise PermanentFailure("calendar-without-working-time", calendar=calendar.id, day=first.isoformat())
        day += _DAY
    raise PermanentFailure("deadline-out-of-reach", calendar=calendar.id, day=first.isoformat())


def working_spans(calendar: Calendar, start: datetime) -> Iterator[Span]:
    """The stretches of working time from `start` on, the first one cut at `start`; raises as `working_days`."""
    for spans in working_days(calendar, start):
        for span in spans:
            if span.end > start:
                yield span.clip(start, span.end)


def add_working_seconds(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """The earliest instant at which `seconds` of working time have passed since `start`.

    It is inside a window or at its end, never at the start of the next one. With 0 seconds it is `start` itself.
    """
    left = seconds
    if left <= 0:
        return start
    for span in working_spans(calendar, start):
        if left <= span.seconds:
            return span.start + left * _SECOND
        left -= span.seconds
    raise AssertionError("the walk is endless or raises")


def working_spans_between(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Span]:
    """The stretches of working time from `start` to `end`; a calendar without windows has none."""
    day, last = local_date(calendar, start), local_date(calendar, end)
    while day <= last:
        for span in day_spans(calendar, day):
            clipped = span.clip(start, end)
            if clipped.seconds > 0:
                yield clipped
        day += _DAY


def working_seconds(calendar: Calendar, start: datetime, end: datetime) -> int:
    """Working time from `start` to `end`; 0 when `end` is not later."""
    return sum(span.seconds for span in working_spans_between(calendar, start, end))


@lru_cache(maxsize=8192)
def _spans(zone_name: str, day: date, hours: tuple[tuple[int, int], ...]) -> tuple[Span, ...]:
    """Windows of one local date as instants: each window on the wall, cut with each stretch of one UTC offset."""
    midnight = datetime.combine(day, time(), UTC)  # the wall clock written as if it were UTC
    found: list[Span] = []
    for stretch, offset in _stretches(ZoneInfo(zone_name), day):
        for begins, ends in hours:
            on_wall = (midnight + timedelta(minutes=minute) - offset for minute in (begins, ends))
            found.append(Span(*on_wall).clip(stretch.start, stretch.end))
    return _joined(sorted((span for span in found if span.seconds > 0), key=lambda span: span.start))


def _joined(spans: list[Span]) -> tuple[Span, ...]:
    """Spans that touch, as they do around a transition, become one."""
    joined: list[Span] = []
    for span in spans:
        if joined and joined[-1].end == span.start:
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return tuple(joined)


def _stretches(zone: ZoneInfo, day: date) -> list[tuple[Span, timedelta]]:
    """A local date as one stretch of constant UTC offset, or as two around the day's one transition.

    A zone that set its wall clock back across midnight (St. John's until 2011) has that part counted once only.
    """
    midnights = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + _DAY))
    whole = Span(*midnights)  # of a skipped midnight the change itself, of a repeated one the first
    if whole.start >= whole.end:  # a date that the zone skipped
        return []
    before, after = utc_offset(zone, whole.start), utc_offset(zone, whole.end - _SECOND)
    if before == after:
        return [(whole, before)]
    change = transition(zone, whole.start, whole.end)
    return [(Span(whole.start, change), before), (Span(change, whole.end), after)]


def utc_offset(zone: ZoneInfo, instant: datetime) -> timedelta:
    """How far the zone's wall clock is ahead of UTC at an instant."""
    offset = instant.astimezone(zone).utcoffset()
    assert offset is not None  # noqa: S101  ZoneInfo always knows it
    return offset


def transition(zone: ZoneInfo, start: datetime, end: datetime) -> datetime:
    """The first second of the new UTC offset, between two instants around exactly one change of it."""
    before, low, high = utc_offset(zone, start), 0, (end - start) // _SECOND
    while high - low > 1:
        middle = (low + high) // 2
        if utc_offset(zone, start + middle * _SECOND) == before:
            low = middle
        else:
            high = middle
    return start + high * _SECOND
