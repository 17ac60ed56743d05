"""Calendars that changed after a case was opened: what differs, and the scheme as it counts for that case.

A case counts by the calendars of the scheme that it pinned, until somebody applies today's to it. Then the days that
differ stand in the case itself, so that the same events always give the same deadlines. Fires nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from core.engine.clocks import still_reached
from core.engine.deadline import advance, counted_seconds, deadline, is_provisional, whole_second
from core.engine.ledger import Ledger
from core.engine.limits import limit_of
from core.scheme.case import Case, Clock
from core.scheme.codec import instant_to_text
from core.scheme.scheme import Scheme
from core.scheme.timers import Calendar, Limit

Difference = Mapping[str, Any]
"""JSON-able: `closed` and `reopened` days, `open` days with their windows, `unmade` ones, `announced` years, and
`weekdays` when the windows of the week differ. Absent: no difference."""


def effective(scheme: Scheme, case: Case | None) -> Scheme:
    """The pinned scheme with the calendars as they count for this case."""
    if case is None or not case.calendars:
        return scheme
    declared = scheme.timers.calendars
    changed = {name: _with(declared[name], each) for name, each in case.calendars.items() if name in declared}
    return replace(scheme, timers=replace(scheme.timers, calendars={**declared, **changed}))


def reckon(ledger: Ledger, pinned: Scheme) -> None:
    """Apply today's calendars to every live clock: record what differs, and move the deadlines that it moves.

    `pinned` is the scheme as it was opened under; the ledger's is the effective one.
    """
    live = [clock for clock in ledger.case.clocks.values() if clock.state != "stopped"]
    used = {limit_of(pinned, ledger.case, clock.limit).calendar for clock in live}
    for name in sorted(used):
        was, now = pinned.timers.calendars[name], ledger.situation.today.timers.calendars.get(name)
        told = difference(was, now) if now is not None else {}
        if now is not None and told != ledger.case.calendars.get(name, {}):
            ledger.emit("calendar_changed", {"calendar": name, "digest": ledger.situation.today.digest, "days": told})
    ledger.pinned = effective(pinned, ledger.case)
    for clock in live:
        limit = limit_of(ledger.pinned, ledger.case, clock.limit)
        moved = _moved(ledger.pinned.timers.calendars[limit.calendar], limit, clock, ledger.now)
        if moved is not None:
            data = {"limit": clock.limit, "occurrence": clock.occurrence, **moved}
            ledger.change_clocks([("clock_moved", data)])


def difference(was: Calendar, now: Calendar) -> Difference:
    """What has to change in one calendar so that it counts like the other."""
    opened = {day: windows for day, windows in now.open.items() if was.open.get(day) != windows}
    told = {
        "closed": _days(now.closed - was.closed),
        "reopened": _days(was.closed - now.closed),
        "open": {day.isoformat(): [list(each) for each in opened[day]] for day in sorted(opened)},
        "unmade": _days(was.open.keys() - now.open.keys()),
        "announced": sorted(now.announced - was.announced),
        "weekdays": [[list(each) for each in day] for day in now.weekdays] if now.weekdays != was.weekdays else [],
    }
    return {name: part for name, part in told.items() if part}


def _with(calendar: Calendar, told: Difference) -> Calendar:
    reopened, unmade = _dates(told.get("reopened", ())), _dates(told.get("unmade", ()))
    opened = {date.fromisoformat(day): _windows(windows) for day, windows in told.get("open", {}).items()}
    return replace(
        calendar,
        closed=(calendar.closed - reopened) | _dates(told.get("closed", ())),
        open={day: windows for day, windows in calendar.open.items() if day not in unmade} | opened,
        announced=calendar.announced | frozenset(told.get("announced", ())),
        weekdays=tuple(_windows(day) for day in told["weekdays"]) if "weekdays" in told else calendar.weekdays,
    )


def _moved(calendar: Calendar, limit: Limit, clock: Clock, now: datetime) -> dict[str, Any] | None:
    """The clock's deadline by this calendar, when it is another one. A run that was never paused or extended is
    reckoned from its start; otherwise what was left when it went on last runs anew."""
    if clock.state != "running":
        return None
    if clock.resumed_at == clock.started_at and not clock.extended:
        found = deadline(calendar, limit.unit, limit.amount, clock.started_at)
        due_at, allowed, provisional = found.due_at, found.allowed, found.provisional
    else:
        allowed = clock.allowed
        due_at = advance(calendar, limit.unit, clock.resumed_at, allowed - clock.elapsed)
        provisional = is_provisional(calendar, limit.unit, clock.started_at, due_at)
    if (due_at, allowed, provisional) == (clock.due_at, clock.allowed, clock.provisional):
        return None
    elapsed = clock.elapsed + counted_seconds(calendar, limit.unit, clock.resumed_at, whole_second(now))
    told = {
        "due_at": instant_to_text(due_at),
        "allowed": allowed,
        "provisional": provisional,
        "reached": still_reached(limit, clock, allowed, elapsed),
    }
    return told | {"was": instant_to_text(clock.due_at)} if clock.due_at is not None else told


def _days(days: Any) -> list[str]:
    return sorted(day.isoformat() for day in days)


def _dates(days: Any) -> frozenset[date]:
    return frozenset(date.fromisoformat(day) for day in days)


def _windows(windows: Any) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in windows)
