"""Reminders: what a cadence wants read and nobody has read in time is reminded of, once, by the same plugins.

A chore of the worker. The mark on the receipt and the owed reminder are one transaction, and the reminder's id is
stable, so that any number of workers remind once.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from core.casework.chores import of_each
from core.casework.noticing import Effect, shares
from core.casework.office import Office
from core.scheme.scheme import Scheme
from core.store import Receipt

BATCH = 500
"""Receipts of a cadence in one transaction."""


class Reminders:
    """Owes the reminders that are due. A district in which nothing is waiting to be read compiles no scheme."""

    def __init__(self, office: Office) -> None:
        self._office = office

    def owe(self) -> int:
        """Owe every reminder whose time has come; how many are new. A district that fails does not keep the others
        waiting: what went wrong is raised at the end, as a group."""
        now = self._office.clock.now()
        return of_each(self._office, "reminders", lambda locality: self._of_locality(locality, now))

    def _of_locality(self, locality: str, now: datetime) -> int:
        with self._office.store.read(locality) as reading:
            if not reading.receipts.waiting():
                return 0
            today = self._office.schemes.current(reading)
        return sum(
            self._of_cadence(locality, today, cadence.id, now - timedelta(minutes=cadence.remind_after), now)
            for cadence in today.timers.cadences.values()
            if cadence.read_receipt and cadence.remind_after is not None
        )

    def _of_cadence(self, locality: str, today: Scheme, cadence: str, until: datetime, now: datetime) -> int:
        owed = 0
        while True:
            with self._office.store.read(locality) as reading:
                due = reading.receipts.unread(cadence, until, BATCH)
            if not due:
                return owed
            with self._office.store.unit(locality) as unit:
                marked = unit.receipts.remind(due, now)
                unit.outbox.add_several([effect for one in marked for effect in _reminder(today, one)], now)
                unit.keep()
            owed += len(marked)


def _reminder(today: Scheme, receipt: Receipt) -> Iterator[Effect]:
    body = {"cadence": receipt.cadence, "notice": receipt.notice, "account": receipt.account}
    if receipt.case_id is not None:
        body["case"] = receipt.case_id
    return shares(today, "reminder", body, f"reminder:{receipt.notice}:{receipt.account}")
