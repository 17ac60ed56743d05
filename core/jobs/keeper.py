"""Keeping the lease of the effect that is being carried: one thread that lives while there is something to carry.

Knows no handler and writes no row itself: it is told how a lease is renewed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread

import structlog

from core.store import OutboxItem

log = structlog.get_logger(__name__)


class Keeper:
    """For one worker, which carries one effect at a time. A look every `every` seconds: what was there at the look
    before is renewed, for `longest` seconds at most. So one that hangs loses its lease in the end, and others try."""

    def __init__(self, renew: Callable[[OutboxItem], object], every: float, longest: float) -> None:
        self._renew, self._every, self._most = renew, every, int(longest / every)
        self._item: OutboxItem | None = None
        self._looking = False
        self._lock = Lock()

    @contextmanager
    def keeping(self, item: OutboxItem) -> Iterator[None]:
        """Keep the lease of `item` until the block ends."""
        with self._lock:
            self._item = item
            if not self._looking:
                self._looking = True
                Thread(target=self._look, name="leases", daemon=True).start()
        try:
            yield
        finally:
            with self._lock:
                self._item = None

    def _look(self) -> None:
        before: OutboxItem | None = None
        times, pause = 0, Event()
        while True:
            pause.wait(self._every)
            with self._lock:
                item = self._item
                if item is None and before is None:
                    self._looking = False  # nothing for two looks: the next effect begins another thread
                    return
            times = times + 1 if item is before else 0
            if item is not None and 0 < times <= self._most:
                self._try(item)
            before = item

    def _try(self, item: OutboxItem) -> None:
        try:
            self._renew(item)
        except Exception as error:  # noqa: BLE001  (the database is away: the next renewal may succeed)
            log.warning("lease-not-renewed", id=item.id, error=type(error).__name__)
