"""Delivery without Redis: this worker claims what is owed, the longest owed first, and carries it by itself."""

from __future__ import annotations

from datetime import timedelta
from threading import Event

from core.jobs.carrier import Carrier
from core.jobs.pace import Pace, Ran
from core.store import Clock, Store


class Direct:
    """One worker's own delivery; `stop` ends it between two effects."""

    def __init__(self, store: Store, carrier: Carrier, clock: Clock, owner: str, pace: Pace, stop: Event) -> None:
        self._store = store
        self._carrier = carrier
        self._clock = clock
        self._owner = owner
        self._pace = pace
        self._stop = stop

    def run_once(self) -> Ran:
        """Carry everything that is owed."""
        ran = Ran()
        for _ in range(self._pace.batches):
            now = self._clock.now()
            owed = self._store.outbox.claim_due(now, self._owner, self._pace.lease_seconds, self._pace.batch)
            fresh = now + timedelta(seconds=self._pace.lease_seconds / 3)
            for index, item in enumerate(owed):
                if self._stop.is_set():
                    self._store.outbox.release(owed[index:], self._owner)
                    return ran
                if self._clock.now() < fresh:
                    ran += self._carrier.carry_taken(item)
                else:
                    ran += self._carrier.carry(item.locality, item.id, holder=self._owner)
            if len(owed) < self._pace.batch:
                break
        return ran
