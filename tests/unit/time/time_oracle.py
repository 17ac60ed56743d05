"""Calendars to reckon with, drawn and fixed, and a second opinion on them: minute by minute, nothing clever.

The oracle shares no code with the engine: it asks the wall clock of each minute. It is exact when windows, starts and
changes of summer time fall on whole minutes.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from core.scheme.label import Label
from core.scheme.timers import Calendar

MINUTE = timedelta(minutes=1)
OFFICE_HOURS = ((510, 720), (840, 1080))  # 08:30-12:00, 14:00-18:00
HALF_DAY = ((510, 720),)
OFFICE = Calendar(
    id="office",
    label=Label("工作日历"),
    time_zone="Asia/Shanghai",
    weekdays=(*[OFFICE_HOURS] * 5, (), ()),
    closed=frozenset({date(2026, 1, 1), *(date(2026, 10, day) for day in range(1, 8))}),
    open={date(2026, 10, 10): OFFICE_HOURS, date(2026, 9, 20): HALF_DAY},
    announced=frozenset({2026}),
)


def calendar(
    zone: str, *windows: tuple[int, int], announced: frozenset[int] = frozenset(range(1980, 2040))
) -> Calendar:
    """The same windows on every day of the week."""
    return Calendar("every-day", Label("每天"), zone, (windows,) * 7, announced=announced)


def at(text: str, zone: str = "Asia/Shanghai", fold: int = 0) -> datetime:
    """A local wall time as UTC: `at("2026-10-10 08:30")`."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def wall(instant: datetime, zone: str = "Asia/Shanghai") -> str:
    return instant.astimezone(ZoneInfo(zone)).strftime("%Y-%m-%d %H:%M:%S")


def working_minutes(calendar: Calendar, start: datetime, end: datetime) -> Iterator[datetime]:
    """Every minute from `start` to `end` whose wall clock lies in a window of its local date."""
    zone, instant = ZoneInfo(calendar.time_zone), start
    while instant < end:
        local = instant.astimezone(zone)
        if counts(calendar, local):
            yield instant
        instant += MINUTE


def counts(calendar: Calendar, local: datetime) -> bool:
    day = local.date()
    if day in calendar.open:
        windows = calendar.open[day]
    elif day in calendar.closed:
        return False
    else:
        windows = calendar.weekdays[day.weekday()]
    return any(begins <= local.hour * 60 + local.minute < ends for begins, ends in windows)


def seconds_by_minutes(calendar: Calendar, start: datetime, end: datetime) -> int:
    return 60 * sum(1 for _ in working_minutes(calendar, start, end))


def due_by_minutes(calendar: Calendar, start: datetime, seconds: int) -> datetime:
    """Where `seconds` of working time are used up."""
    for minute in working_minutes(calendar, start, start + timedelta(days=400)):
        if seconds <= 60:
            return minute + timedelta(seconds=seconds)
        seconds -= 60
    raise AssertionError("not within 400 days")


def due_by_weighed_minutes(calendar: Calendar, start: datetime, amount: Decimal) -> datetime:
    """Where `amount` working days are used up, when each working minute weighs its share of its own day."""
    zone, left = ZoneInfo(calendar.time_zone), Fraction(amount)
    weights: dict[date, Fraction] = {}
    for minute in working_minutes(calendar, start, start + timedelta(days=400)):
        day = minute.astimezone(zone).date()
        if day not in weights:
            around = working_minutes(calendar, minute - timedelta(hours=26), minute + timedelta(hours=26))
            weights[day] = Fraction(1, sum(1 for other in around if other.astimezone(zone).date() == day))
        if left <= weights[day]:
            return minute + timedelta(seconds=ceil(left / weights[day] * 60))
        left -= weights[day]
    raise AssertionError("not within 400 days")


# Each zone with a local date near which something happens to its wall clock.
PLACES: Mapping[str, tuple[date, ...]] = {
    "Asia/Shanghai": (date(2026, 10, 1), date(2026, 12, 31), date(1986, 5, 4), date(1986, 9, 14), date(2028, 2, 29)),
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25), date(2024, 2, 29)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),  # half an hour
    "America/Sao_Paulo": (date(2018, 11, 4), date(2018, 2, 18)),  # at midnight
    "Pacific/Apia": (date(2011, 12, 30),),  # a date that never was
}


@st.composite
def day_windows(draw: st.DrawFn, least: int = 0) -> tuple[tuple[int, int], ...]:
    """Up to three windows of a day on five-minute marks, possibly up to midnight, possibly touching the night."""
    marks = draw(st.lists(st.integers(0, 288), min_size=2 * least, max_size=6, unique=True).map(sorted))
    pairs = zip(marks[::2], marks[1::2], strict=False)
    return tuple((begins * 5, ends * 5) for begins, ends in pairs)


@st.composite
def calendars(draw: st.DrawFn) -> tuple[Calendar, date]:
    """A calendar with at least one weekday's windows, and a date near which its zone does something odd."""
    zone = draw(st.sampled_from(sorted(PLACES)))
    near = draw(st.sampled_from(PLACES[zone]))
    week = [draw(day_windows()) for _ in range(7)]
    week[draw(st.integers(0, 6))] = draw(day_windows(least=1))
    days = st.integers(-2, 6).map(lambda number: near + timedelta(days=number))
    drawn = Calendar(
        id="drawn",
        label=Label("日历"),
        time_zone=zone,
        weekdays=tuple(week),
        closed=draw(st.frozensets(days, max_size=3)),
        open=draw(st.dictionaries(days, day_windows(), max_size=3)),
        announced=draw(st.frozensets(st.sampled_from([near.year, near.year + 1]))),
    )
    return drawn, near


@st.composite
def instants(draw: st.DrawFn, near: date, span_days: int = 4) -> datetime:
    """A whole minute around a date, in UTC."""
    base = datetime(near.year, near.month, near.day, tzinfo=UTC) - timedelta(days=1)
    return base + timedelta(minutes=draw(st.integers(0, span_days * 1440)))
