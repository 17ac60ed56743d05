"""The worker: fires due timers, carries owed effects, purges. One pass at a time, or in a thread until stopped.

It decides nothing: firing a timer is a use case that it is given. A failure is recorded on its row and tried again
later; it never stops the pass and never keeps other rows waiting.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event, Thread

import structlog

from core.errors import PermanentFailure, TemporaryFailure
from core.jobs.handlers import Handlers
from core.store import ClaimedTimer, Clock, OutboxItem, Store, new_id

Fire = Callable[[str, str, ClaimedTimer], object]
"""Fire a timer: locality, case id, timer. In the transaction of what it causes it marks the timer as done; False when
there was nothing left to fire."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Ran:
    """What a pass has done."""

    fired: int = 0
    carried: int = 0
    failed: int = 0

    def __add__(self, other: Ran) -> Ran:
        return Ran(self.fired + other.fired, self.carried + other.carried, self.failed + other.failed)


@dataclass(frozen=True, slots=True)
class Pace:
    """`lease_seconds` must exceed what a batch takes; a dead worker's rows wait that long. `batches` bounds a pass,
    so that effects are not kept waiting by a flood of timers. `attempts`: after so many an effect is given up."""

    batch: int = 100
    batches: int = 100
    lease_seconds: float = 60.0
    attempts: int = 24
    idle_seconds: float = 1.0
    purge_every: timedelta = timedelta(hours=1)


class Worker:
    """One worker; many may run on one database. `owner` names it on the rows that it has under lease. `chores` are
    done at the beginning of each pass; each knows by itself whether there is anything to do."""

    def __init__(
        self,
        store: Store,
        fire: Fire,
        handlers: Handlers,
        clock: Clock,
        owner: str | None = None,
        pace: Pace = Pace(),
        chores: Sequence[Callable[[], object]] = (),
    ) -> None:
        self._store = store
        self._fire = fire
        self._handlers = handlers
        self._clock = clock
        self._pace = pace
        self._chores = tuple(chores)
        self._purge_at: datetime | None = None
        self._stop = Event()
        self._thread: Thread | None = None
        self.owner = owner or f"{socket.gethostname()}:{os.getpid()}:{new_id()[-8:]}"

    def run_once(self) -> Ran:
        """One pass: every timer that is due, every effect that is owed, and the purge when it is time."""
        for chore in self._chores:
            chore()
        ran = self.sweep() + self.relay()
        now = self._clock.now()
        if self._purge_at is None or now >= self._purge_at:
            self._store.purge(now)
            self._purge_at = now + self._pace.purge_every
        return ran

    def sweep(self) -> Ran:
        """Fire the timers that are due, the longest due first."""
        ran = Ran()
        for _ in range(self._pace.batches):
            now = self._clock.now()  # anew for each batch: a lease counts from when it is taken
            due = self._store.timers.claim_due(now, self.owner, self._pace.lease_seconds, self._pace.batch)
            for timer in due:
                ran += self._fire_one(timer)
            if len(due) < self._pace.batch or self._stop.is_set():
                break
        return ran

    def relay(self) -> Ran:
        """Carry the effects that are owed, the longest owed first."""
        ran = Ran()
        for _ in range(self._pace.batches):
            now = self._clock.now()
            owed = self._store.outbox.claim_due(now, self.owner, self._pace.lease_seconds, self._pace.batch)
            for item in owed:
                ran += self._carry_one(item)
            if len(owed) < self._pace.batch or self._stop.is_set():
                break
        return ran

    def start(self) -> None:
        """Run passes in a thread until `stop`."""
        if self._thread is not None:
            raise RuntimeError("the worker is running already")
        self._stop.clear()
        self._thread = Thread(target=self.run, name=f"worker {self.owner}", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Let the batch under way end, and wait for it. Leases that remain run out by themselves."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(seconds)
            self._thread = None

    def run(self) -> None:
        """Run passes in this thread until `stop` is called from another one (or a signal's handler)."""
        trouble = 0
        while not self._stop.is_set():
            try:
                self.run_once()
                trouble = 0
            except Exception as error:  # noqa: BLE001  (the database is away: a worker that ends would be missed)
                trouble += 1
                log.error("worker-pass-failed", owner=self.owner, error=type(error).__name__, times=trouble)
            self._stop.wait(min(self._pace.idle_seconds * 2 ** min(trouble, 6), 60.0))

    def _fire_one(self, timer: ClaimedTimer) -> Ran:
        try:
            happened = self._fire(timer.locality, timer.case_id, timer)
        except Exception as error:  # noqa: BLE001  (recorded on the row and tried again)
            self._store.timers.fail(timer, error, self._clock.now())
            log.warning(
                "timer-failed",
                locality=timer.locality,
                case=timer.case_id,
                limit=timer.limit,
                reach=timer.reach,
                attempt=timer.attempts + 1,
                error=type(error).__name__,
            )
            return Ran(failed=1)
        return Ran(fired=0 if happened is False else 1)

    def _carry_one(self, item: OutboxItem) -> Ran:
        try:
            self._handlers.carry(item)
        except Exception as error:  # noqa: BLE001  (recorded on the row; tried again or given up, visibly)
            spent = item.attempts + 1 >= self._pace.attempts
            dead = spent or isinstance(error, PermanentFailure)
            delay = error.delay if isinstance(error, TemporaryFailure) else 0.0
            self._store.outbox.fail(item, error, self._clock.now(), delay=delay, dead=dead)
            log.warning(
                "effect-failed",
                locality=item.locality,
                id=item.id,
                kind=item.kind,
                attempt=item.attempts + 1,
                given_up=dead,
                error=type(error).__name__,
            )
            return Ran(failed=1)
        self._store.outbox.done(item, self._clock.now())
        return Ran(carried=1)
