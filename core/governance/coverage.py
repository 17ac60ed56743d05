"""Coverage: whether the holders of a post did in a week what its duties ask, by check-in and check-out.

A round is one case: opened by checking in, closed by checking out, both by the server's clock. Where somebody walked is
neither read nor kept. It shows what was done; what follows from it a person decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.casework.office import Office
from core.errors import NotFound
from core.scheme.roster import Duty
from core.store import Held, Reading
from core.store.spans import Span

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Day:
    """A day of one holder: the rounds that count, their hours, and whether that is what the duty asks of a day."""

    date: date
    rounds: int
    hours: float
    enough: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A duty of one holder in the week. `left_out` are rounds that do not count, by why; `met` is None where the week
    alone cannot say: it is not over, the post was not held for long enough, or the duty counts longer periods."""

    duty: str
    account: str
    name: str
    cells: tuple[str, ...]
    days: tuple[Day, ...]
    days_asked: int | None
    left_out: dict[str, int]
    met: bool | None

    @property
    def days_enough(self) -> int:
        return sum(day.enough for day in self.days)

    @property
    def rounds(self) -> int:
        return sum(day.rounds for day in self.days)

    @property
    def hours(self) -> float:
        return round(sum(day.hours for day in self.days), 2)

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        days = [
            {"date": day.date.isoformat(), "rounds": day.rounds, "hours": day.hours, "enough": day.enough}
            for day in self.days
        ]
        return {
            "duty": self.duty,
            "account": self.account,
            "name": self.name,
            "cells": list(self.cells),
            "days": days,
            "days_enough": self.days_enough,
            "days_asked": self.days_asked,
            "rounds": self.rounds,
            "hours": self.hours,
            "left_out": self.left_out,
            "met": self.met,
        }


def coverage(office: Office, locality: str, monday: date | None = None) -> tuple[date, list[Row]]:
    """The week's Monday (of the present week by default) and a row for each duty that is counted and each holder.

    NotFound `locality-unknown`.
    """
    now = office.clock.now()
    with office.store.read(locality) as reading:
        if reading.revisions.current() is None:
            raise NotFound("locality-unknown", locality=locality)
        today = office.schemes.current(reading)
        zone = ZoneInfo(today.locality.time_zone)
        asked = monday or now.astimezone(zone).date()
        week = _Week(asked - timedelta(days=asked.weekday()), zone, now)
        duties = [duty for duty in today.roster.duties.values() if duty.case_kind is not None]
        return week.monday, [row for duty in duties for row in _rows(reading, duty, week)]


@dataclass(frozen=True, slots=True)
class _Week:
    monday: date
    zone: ZoneInfo
    now: datetime

    @property
    def days(self) -> list[date]:
        return [self.monday + timedelta(days=count) for count in range(DAYS_A_WEEK)]

    def start_of(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)

    @property
    def start(self) -> datetime:
        return self.start_of(self.monday)

    @property
    def end(self) -> datetime:
        return self.start_of(self.monday + timedelta(days=DAYS_A_WEEK))


def _rows(reading: Reading, duty: Duty, week: _Week) -> Iterator[Row]:
    """A row for everyone who held the duty's post in the week, in the order in which they were assigned."""
    held: dict[str, list[Held]] = {}
    for one in reading.assignments.held_between(week.start, week.end):
        if one.assignment.post == duty.post:
            held.setdefault(one.assignment.account, []).append(one)
    spans: dict[str, list[Span]] = {}
    for span in reading.spans.between(duty.case_kind or "", week.start, week.end):
        spans.setdefault(span.account, []).append(span)
    for account, holding in held.items():
        counted, left_out = _counted(duty, week, spans.get(account, ()))
        days = tuple(_day(duty, week, day, counted) for day in week.days)
        cells = tuple(dict.fromkeys(one.assignment.cell for one in holding if one.assignment.cell))
        needed = days_asked(duty)
        yield Row(duty.id, account, holding[0].name, cells, days, needed, left_out, _met(duty, week, days, holding))


def _counted(duty: Duty, week: _Week, spans: Iterable[Span]) -> tuple[list[Span], dict[str, int]]:
    """The rounds that count, and how many do not: still open, too short, begun before the one before had ended, or
    begun outside the duty's hours."""
    counted: list[Span] = []
    left_out: dict[str, int] = {}
    for span in spans:
        why = _why_not(duty, week, span, counted[-1] if counted else None)
        if why is None:
            counted.append(span)
        else:
            left_out[why] = left_out.get(why, 0) + 1
    return counted, left_out


def _why_not(duty: Duty, week: _Week, span: Span, before: Span | None) -> str | None:
    local = span.opened_at.astimezone(week.zone)
    minute = local.hour * 60 + local.minute
    if span.closed_at is None:
        return "open"
    if before is not None and before.closed_at is not None and span.opened_at < before.closed_at:
        return "overlapping"
    if duty.hours and not any(start <= minute < end for start, end in duty.hours):
        return "outside-hours"
    if duty.hours_each is not None and _hours(span) < float(duty.hours_each):
        return "short"
    return None


def _hours(span: Span) -> float:
    return (span.closed_at - span.opened_at).total_seconds() / 3600 if span.closed_at else 0.0


def _day(duty: Duty, week: _Week, day: date, counted: Sequence[Span]) -> Day:
    mine = [span for span in counted if span.opened_at.astimezone(week.zone).date() == day]
    asked = (duty.times or 1) if duty.per in (None, "day") else 1
    return Day(day, len(mine), round(sum(map(_hours, mine)), 2), len(mine) >= asked)


def days_asked(duty: Duty) -> int | None:
    """On how many days of a week: as declared; every day for one that is counted by the day; else not asked."""
    if duty.days_per_week is not None:
        return duty.days_per_week
    return DAYS_A_WEEK if duty.per == "day" else None


def _met(duty: Duty, week: _Week, days: Sequence[Day], holding: Sequence[Held]) -> bool | None:
    needed = days_asked(duty)
    rounds = duty.times if duty.per == "week" else None
    if duty.per in ("month", "quarter", "year") or (needed is None and rounds is None):
        return None
    done = sum(day.enough for day in days) >= (needed or 0) and sum(day.rounds for day in days) >= (rounds or 0)
    if done:
        return True
    judged = week.now >= week.end and _days_held(week, holding) >= (needed or DAYS_A_WEEK)
    return False if judged else None


def _days_held(week: _Week, holding: Sequence[Held]) -> int:
    """On how many whole days of the week somebody held the post."""
    return sum(
        any(
            (one.assignment.valid_from is None or one.assignment.valid_from <= week.start_of(day))
            and (one.assignment.valid_to is None or one.assignment.valid_to >= week.start_of(day + timedelta(days=1)))
            for one in holding
        )
        for day in week.days
    )
