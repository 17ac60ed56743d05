"""How fast a worker goes, and what a pass has done. Plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Ran:
    """What a pass has done: timers fired, effects handed to Redis, effects carried, failures of either kind."""

    fired: int = 0
    queued: int = 0
    carried: int = 0
    failed: int = 0

    def __add__(self, other: Ran) -> Ran:
        return Ran(
            self.fired + other.fired,
            self.queued + other.queued,
            self.carried + other.carried,
            self.failed + other.failed,
        )

    def __bool__(self) -> bool:
        return bool(self.fired or self.queued or self.carried or self.failed)


@dataclass(frozen=True, slots=True)
class Pace:
    """`lease_seconds`: how long a dead worker's rows wait; well over what a `group` of timers takes, and renewed while
    an effect is carried, for `longest_seconds` at most. `batch` rows are claimed at once, `group` timers are fired in
    one transaction, and `batches` bound a pass. `room`: how many effects wait in Redis at most. `attempts`: after so
    many an effect is given up."""

    batch: int = 200
    group: int = 50
    batches: int = 100
    room: int = 1000
    lease_seconds: float = 30.0
    longest_seconds: float = 600.0
    attempts: int = 24
    idle_seconds: float = 1.0
    upkeep_seconds: float = 10.0
    purge_every: timedelta = timedelta(hours=1)
