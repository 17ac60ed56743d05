"""The instants at which running clocks reach something: what the store keeps as due rows.

Nothing is fired here and no clock is asked; a reach whose instant has passed is listed with that past instant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from math import ceil

from core.engine.calendars import effective
from core.engine.deadline import advance
from core.engine.limits import limit_of
from core.scheme.case import Case, Clock
from core.scheme.scheme import Scheme

SUSPENDED = "suspension:over"
"""The reach at which a suspension ends; no reach that a manifest names has such an id."""


@dataclass(frozen=True, slots=True)
class DueTimer:
    """Reach `reach` of run `occurrence` of `limit` falls at `due_at` (UTC). The first three name it in its case."""

    limit: str
    occurrence: int
    reach: str
    due_at: datetime


def due_timers(case: Case, scheme: Scheme) -> tuple[DueTimer, ...]:
    """Every reach of a running clock that has not fired, and the end of every suspension, the earliest first, then
    by limit and reach.

    `scheme` is the one that the case is pinned to. A share that was already used up when the clock was resumed
    falls at the instant of resumption. Raises PermanentFailure as `core.engine.deadline.deadline`.
    """
    scheme = effective(scheme, case)
    found = [timer for clock in case.clocks.values() for timer in OF_STATE[clock.state](case, clock, scheme)]
    return tuple(sorted(found, key=lambda timer: (timer.due_at, timer.limit, timer.reach)))


def _of_clock(case: Case, clock: Clock, scheme: Scheme) -> Iterator[DueTimer]:
    limit = limit_of(scheme, case, clock.limit)
    calendar = scheme.timers.calendars[limit.calendar]
    for reach in limit.reaches:
        if reach.id in clock.reached:
            continue
        needed = ceil(Fraction(reach.share) * clock.allowed) - clock.elapsed
        due_at = advance(calendar, limit.unit, clock.resumed_at, needed)
        yield DueTimer(clock.limit, clock.occurrence, reach.id, due_at)


def _of_pause(case: Case, clock: Clock, scheme: Scheme) -> Iterator[DueTimer]:
    """A suspension ends by itself after its calendar days, if its limit says so."""
    suspension = limit_of(scheme, case, clock.limit).suspension
    if clock.paused_at is not None and suspension is not None:
        yield DueTimer(clock.limit, clock.occurrence, SUSPENDED, clock.paused_at + timedelta(days=suspension.days))


OF_STATE = {"running": _of_clock, "paused": _of_pause, "stopped": lambda case, clock, scheme: iter(())}
