"""The sweep: fires due timers from the database, the longest due first. Redis has no say in it.

It decides nothing: firing is a use case that it is given. A failure is recorded on its row and tried again later; it
never stops the pass and never keeps other timers waiting.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from threading import Event

import structlog

from core.jobs.pace import Pace, Ran
from core.store import ClaimedTimer, Clock, Store

Fire = Callable[[str, Sequence[ClaimedTimer]], int]
"""Fire timers of a locality in one transaction, all or none, and mark each as done in it; answers how many fired (fewer
when there was nothing left to fire)."""

log = structlog.get_logger(__name__)


class Sweep:
    """One worker's sweep; `stop` ends it between two transactions."""

    def __init__(self, store: Store, fire: Fire, clock: Clock, owner: str, pace: Pace, stop: Event) -> None:
        self._store = store
        self._fire = fire
        self._clock = clock
        self._owner = owner
        self._pace = pace
        self._stop = stop

    def run_once(self) -> Ran:
        """Fire everything that is due."""
        ran = Ran()
        for _ in range(self._pace.batches):
            now = self._clock.now()  # anew for each batch: a lease counts from when it is taken
            due = self._store.timers.claim_due(now, self._owner, self._pace.lease_seconds, self._pace.batch)
            left = list(due)
            for group in _groups(due, self._pace.group):
                if self._stop.is_set():
                    self._store.timers.release(left, self._owner)
                    return ran
                ran += self._fire_group(group)
                del left[: len(group)]
            if len(due) < self._pace.batch:
                break
        return ran

    def _fire_group(self, group: Sequence[ClaimedTimer]) -> Ran:
        """Fire a group at once; when that fails, each by itself, so that the faulty one is found."""
        try:
            return Ran(fired=self._fire(group[0].locality, group))
        except Exception as error:  # noqa: BLE001  (recorded on the row and tried again)
            if len(group) > 1:
                return sum((self._fire_group([timer]) for timer in group), Ran())
            return self._failed(group[0], error)

    def _failed(self, timer: ClaimedTimer, error: Exception) -> Ran:
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


def _groups(due: Sequence[ClaimedTimer], size: int) -> Iterator[Sequence[ClaimedTimer]]:
    """Neighbours of one locality, at most `size` of them."""
    for _, same in groupby(due, key=lambda timer: timer.locality):
        of_locality = list(same)
        for start in range(0, len(of_locality), size):
            yield of_locality[start : start + size]
