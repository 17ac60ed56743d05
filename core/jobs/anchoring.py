"""The chore of anchoring: every so often, copy where the event chains end to the anchor logs outside the database.

Many workers may have it: the log's own last line says when it was done, and its lock keeps two apart. A failure (the
share is away) is logged and tried again later; it never keeps timers waiting.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import structlog

from core.store import Clock, Store
from core.store.anchoring import anchor

AGAIN = timedelta(minutes=1)
"""How soon to look again: whether another worker has done it, whether a share has come back."""

log = structlog.get_logger(__name__)


class Anchoring:
    """A chore for a worker: anchors each published locality when `every` has passed since it was anchored last."""

    def __init__(self, store: Store, folder: Path, every: timedelta, clock: Clock) -> None:
        self._store, self._folder, self._every, self._clock = store, folder, every, clock
        self._next: datetime | None = None

    def __call__(self) -> int:
        """How many localities were anchored."""
        now = self._clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + min(AGAIN, self._every)
        return sum(self._anchored(locality, now) for locality in self._store.localities())

    def _anchored(self, locality: str, now: datetime) -> bool:
        try:
            return anchor(self._store, self._folder, locality, now, self._every) is not None
        except OSError as error:
            log.error("anchoring-failed", locality=locality, error=type(error).__name__, reason=error.strerror)
            return False
