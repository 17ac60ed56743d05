"""The worker: sweeps timers, delivers effects, keeps house. One pass at a time, or until stopped.

The three go on beside each other in threads, so that a slow gateway or a Redis that is away never makes a timer late.
It decides nothing; the embedded worker of `gridwright serve` and `gridwright worker` are both this one.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Sequence
from datetime import datetime
from threading import Event, Thread

import structlog

from core.jobs.carrier import Carrier
from core.jobs.direct import Direct
from core.jobs.handlers import Handlers
from core.jobs.pace import Pace, Ran
from core.jobs.redis_queue import RedisQueue
from core.jobs.sweep import Fire, Sweep
from core.store import Clock, Store, new_id

PACE = Pace()
LONGEST_WAIT = 60.0

log = structlog.get_logger(__name__)


class Worker:
    """One worker; many may run on one database. `owner` names it on the rows that it has under lease. `chores` are
    done now and then; each knows by itself whether there is anything to do. With `redis_url` effects go through
    Redis, without it this worker carries them by itself."""

    def __init__(
        self,
        store: Store,
        fire: Fire,
        handlers: Handlers,
        clock: Clock,
        owner: str | None = None,
        pace: Pace = PACE,
        chores: Sequence[Callable[[], object]] = (),
        redis_url: str = "",
    ) -> None:
        self.owner = owner or f"{socket.gethostname()}:{os.getpid()}:{new_id()[-8:]}"
        self._store = store
        self._clock = clock
        self._pace = pace
        self._chores = tuple(chores)
        self._purge_at: datetime | None = None
        self._stop = Event()
        self._threads: list[Thread] = []
        carrier = Carrier(store, handlers, clock, self.owner, pace)
        self._sweep = Sweep(store, fire, clock, self.owner, pace, self._stop)
        self._delivery: Direct | RedisQueue
        if redis_url:
            self._delivery = RedisQueue(store, carrier, clock, pace, self._stop, redis_url)
        else:
            self._delivery = Direct(store, carrier, clock, self.owner, pace, self._stop)

    def run_once(self) -> Ran:
        """One pass: the chores, every timer that is due, every effect that is owed, and the purge when it is time."""
        return self.keep_house() + self.sweep() + self.deliver()

    def sweep(self) -> Ran:
        """Fire the timers that are due, the longest due first."""
        return self._sweep.run_once()

    def deliver(self) -> Ran:
        """Carry the effects that are owed, or have them carried through Redis, the longest owed first."""
        return self._delivery.run_once()

    def keep_house(self) -> Ran:
        """Do the chores, and forget what is past its time. A chore that fails does not keep the others waiting."""
        failed = 0
        for chore in self._chores:
            try:
                chore()
            except Exception as error:  # noqa: BLE001  (done again at the next pass)
                log.error("chore-failed", error=type(error).__name__, chore=getattr(chore, "__qualname__", ""))
                failed += 1
        now = self._clock.now()
        if self._purge_at is None or now >= self._purge_at:
            self._store.purge(now)
            self._purge_at = now + self._pace.purge_every
        return Ran(failed=failed)

    def start(self) -> None:
        """Work in threads until `stop`. One that was asked to end before it began does nothing."""
        if self._threads:
            raise RuntimeError("the worker is running already")
        idle, seldom = self._pace.idle_seconds, self._pace.upkeep_seconds
        for work, seconds in ((self.sweep, idle), (self.deliver, idle), (self.keep_house, seldom)):
            name = f"{work.__name__} {self.owner}"
            thread = Thread(target=self._repeat, args=(work, seconds), name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self, seconds: float = 30.0) -> None:
        """Let what is under way end and wait for it; what was claimed and not begun is given back. It is not started
        again."""
        self.leave()
        for thread in self._threads:
            thread.join(seconds)
        self._threads.clear()

    def leave(self) -> None:
        """Ask it to end, without waiting: for a signal's handler."""
        self._stop.set()

    def run(self) -> None:
        """Work until `leave` or `stop` is called."""
        self.start()
        self._stop.wait()
        self.stop()

    def _repeat(self, work: Callable[[], Ran], seconds: float) -> None:
        trouble = 0
        while not self._stop.is_set():
            try:
                ran = work()
                trouble = 0
                if ran:
                    done = {"fired": ran.fired, "queued": ran.queued, "carried": ran.carried, "failed": ran.failed}
                    log.info("pass", owner=self.owner, **{name: count for name, count in done.items() if count})
            except Exception as error:  # noqa: BLE001  (the database is away: a worker that ends would be missed)
                trouble += 1
                log.error("worker-pass-failed", owner=self.owner, error=type(error).__name__, times=trouble)
            self._stop.wait(min(seconds * 2 ** min(trouble, 6), LONGEST_WAIT))
