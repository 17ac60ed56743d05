"""Where `now` comes from: the machine's clock, or one that a test sets. Only doors and jobs ask it.

Must not be read by the store, the engine or a use case: they are told the time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time, aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FastClock:
    """Runs `speed` times as fast as the machine's, from `shown` at the machine's `real` on: a day in a minute at 1440.

    Every process of an installation that is given the same three values tells the same time.
    """

    def __init__(self, real: datetime, shown: datetime, speed: float) -> None:
        self.speed = speed
        self._real, self._shown = real.astimezone(UTC), shown.astimezone(UTC)

    def now(self) -> datetime:
        return self._shown + (datetime.now(UTC) - self._real) * self.speed


class ManualClock:
    """Stands still until it is moved."""

    def __init__(self, start: datetime) -> None:
        self._now = start.astimezone(UTC)

    def now(self) -> datetime:
        return self._now

    def advance(self, **units: float) -> datetime:
        """Move by a timedelta's units (`hours=2`); answers the new time."""
        self._now += timedelta(**units)
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now.astimezone(UTC)
