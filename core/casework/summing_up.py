"""Daily summaries: what a cadence's scope has seen since the day before, owed to its target once a day.

The summary is an outside effect with a stable id, so that any number of workers owe it once. It counts and names
cases; it holds no contact data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.casework.noticing import owe
from core.casework.office import Office, situation_of
from core.engine.scope import in_scope
from core.engine.values import Values
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.scheme.timers import Cadence
from core.store import CaseFilter, Reading

NAMED = 200
"""At most so many case numbers stand in a summary; the counts are of all."""


class Summaries:
    """Owes the summaries that are due. Remembers what it has owed, so that a pass with nothing to do costs nothing."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._owed: dict[tuple[str, str], datetime] = {}

    def owe(self) -> int:
        """Owe every summary whose hour has passed; how many are new to this process."""
        now = self._office.clock.now()
        return sum(self._of_locality(locality, now) for locality in self._office.store.localities())

    def _of_locality(self, locality: str, now: datetime) -> int:
        with self._office.store.read(locality) as reading:
            situation = situation_of(self._office, reading, None, now)
            scheme = situation.today
            due = {
                cadence.id: latest(cadence, scheme.locality.time_zone, now)
                for cadence in scheme.timers.cadences.values()
                if cadence.mode == "daily" and cadence.at is not None
            }
            fresh = {id: at for id, at in due.items() if self._owed.get((locality, id)) != at}
            bodies = {id: _body(reading, situation, scheme.timers.cadences[id], at) for id, at in fresh.items()}
        for id, at in fresh.items():
            if bodies[id]["total"]:
                with self._office.store.unit(locality) as unit:
                    owe(unit, scheme, "summary", f"summary:{id}:{at.isoformat()}", bodies[id], now)
                    unit.keep()
            self._owed[locality, id] = at
        return len(fresh)


def latest(cadence: Cadence, zone: str, now: datetime) -> datetime:
    """The last time of day of a daily cadence that is not later than `now`, in the district's zone."""
    local = now.astimezone(ZoneInfo(zone))
    at = datetime.combine(local.date(), time(*divmod(cadence.at or 0, 60)), local.tzinfo)
    return at if at <= local else datetime.combine(local.date() - timedelta(days=1), at.timetz())


def _body(reading: Reading, situation: Situation, cadence: Cadence, due: datetime) -> dict[str, Any]:
    begun = datetime.combine(due.date() - timedelta(days=1), due.timetz())
    cases = list(_cases(reading, situation, cadence, begun, due))
    return {
        "cadence": cadence.id,
        "target": {"kind": cadence.target.kind, "value": cadence.target.value},
        "from": begun.isoformat(),
        "to": due.isoformat(),
        "total": len(cases),
        "by_category": dict(sorted(Counter(case.category for case in cases).items())),
        "by_cell": dict(sorted(Counter(case.cell for case in cases).items())),
        "cases": [case.number for case in cases[:NAMED]],
    }


def _cases(reading: Reading, situation: Situation, cadence: Cadence, begun: datetime, due: datetime) -> Iterator[Case]:
    """The cases of a cadence's scope that were opened within a day, newest first."""
    scheme: Scheme = situation.today
    wanted = CaseFilter(opened_from=begun, opened_to=due, kinds=cadence.scope.case_kinds)
    cursor = None
    while True:
        page = reading.cases.list(wanted, cursor=cursor, limit=500)
        for row in page.rows:
            case = reading.cases.load(row.id, lock=False)
            if case is not None and in_scope(cadence.scope, case, scheme, Values(scheme, situation, case, due)):
                yield case
        cursor = page.cursor
        if cursor is None:
            return
