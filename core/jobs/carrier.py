"""Carrying one outside effect, whoever brought it here: the row is the truth, the handler does the work.

A row is taken under this worker's lease before its handler is called, and the lease is renewed while the handler
works; so an effect that arrives twice, late, or while another worker carries it does nothing. How it ended is
written on the row. Nothing raises but the database.
"""

from __future__ import annotations

import structlog

from core.errors import PermanentFailure, TemporaryFailure
from core.jobs.handlers import Handlers
from core.jobs.keeper import Keeper
from core.jobs.pace import Pace, Ran
from core.store import Clock, OutboxItem, Store

log = structlog.get_logger(__name__)


class Carrier:
    """What every worker carries effects with. `owner` names it on the rows that it has under lease."""

    def __init__(self, store: Store, handlers: Handlers, clock: Clock, owner: str, pace: Pace) -> None:
        self._store = store
        self._handlers = handlers
        self._clock = clock
        self._owner = owner
        self._pace = pace
        self._keeper = Keeper(self._renew, pace.lease_seconds / 6, pace.longest_seconds)

    def carry(self, locality: str, stable_id: str, holder: str) -> Ran:
        """Carry an effect that `holder` has under lease, or that is free and due; otherwise nothing happens."""
        now = self._clock.now()
        item = self._store.outbox.take(locality, stable_id, holder, self._owner, now, self._pace.lease_seconds)
        return Ran() if item is None else self.carry_taken(item)

    def carry_taken(self, item: OutboxItem) -> Ran:
        """Carry an effect whose lease this worker has, and has not held for long."""
        try:
            with self._keeper.keeping(item):
                self._handlers.carry(item)
        except Exception as error:  # noqa: BLE001  (recorded on the row; tried again or given up, visibly)
            return self._failed(item, error)
        self._store.outbox.done(item, self._clock.now())
        return Ran(carried=1)

    def _failed(self, item: OutboxItem, error: Exception) -> Ran:
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

    def _renew(self, item: OutboxItem) -> None:
        self._store.outbox.renew(item, self._clock.now(), self._pace.lease_seconds)
