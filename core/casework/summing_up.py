"""Daily summaries: what a cadence's scope has seen since the day before, owed to its target once a day.

The summary is an outside effect with a stable id, so that any number of workers owe it once. It counts and names
cases; it holds no contact data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from core.casework.chores import of_each
from core.casework.noticing import shares
from core.casework.office import Office, situation_of
from core.engine.scope import in_scope
from core.engine.values import Values
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.scheme.timers import Cadence
from core.scheme.workflow import Target
from core.store import CaseFilter, Reading

NAMED = 200
"""At most so many case numbers stand in a summary; the counts are of all."""
CATCH_UP = timedelta(days=7)
"""Summaries of so many days are made good after nobody worked; less than the outbox keeps what was carried."""


class Summaries:
    """Owes the summaries that are due. Remembers what it has looked at, so that a pass with nothing to do compiles no
    scheme and reads no case."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._seen: dict[str, _Seen] = {}

    def owe(self) -> int:
        """Owe every summary whose hour has passed, also those of the days on which nobody worked; how many are new.

        A district that fails does not keep the others waiting: what went wrong is raised at the end, as a group.
        """
        now = self._office.clock.now()
        return of_each(self._office, "summaries", lambda locality: self._of_locality(locality, now))

    def _of_locality(self, locality: str, now: datetime) -> int:
        with self._office.store.read(locality) as reading:
            revision = reading.revisions.current()
            seen = self._seen.get(locality)
            if revision is None or (seen and seen.revision == revision.number and now < seen.next_at):
                return 0
            scheme = self._office.schemes.current(reading)
            after = max(seen.at if seen else now - CATCH_UP, now - CATCH_UP)
            due = [item for item in _due(scheme, after, now) if self._is_new(reading, scheme, *item)]
            situation = situation_of(self._office, reading, None, now) if due else None
            bodies = [_body(reading, situation, cadence, at) for cadence, at in due] if situation else []
        owed = [
            (_stable_id(*item) + (f":copy{number}" if number else ""), body | {"target": _target(target)})
            for item, body in zip(due, bodies, strict=True)
            for number, target in enumerate((item[0].target, *item[0].copies))
            if body["total"]
        ]
        if owed:
            with self._office.store.unit(locality) as unit:
                effects = [effect for id, body in owed for effect in shares(scheme, "summary", body, id)]
                unit.outbox.add_several(effects, now)
                unit.keep()
        self._seen[locality] = _Seen(revision.number, now, _next(scheme, now))
        return len(owed)

    def _is_new(self, reading: Reading, today: Scheme, cadence: Cadence, at: datetime) -> bool:
        """Whether the district had this cadence at that time, and nobody has owed its summary."""
        held = next((one for one in reading.revisions.list() if one.published_at <= at), None)
        ids = (id for _, _, id in shares(today, "summary", {}, _stable_id(cadence, at)))
        if held is None or any(map(reading.outbox.has, ids)):
            return False
        return cadence.id in self._office.schemes.by_digest(reading, held.scheme_digest).timers.cadences


@dataclass(frozen=True, slots=True)
class _Seen:
    """A district as it was looked at last: by which revision, when, and when there is something to do again."""

    revision: int
    at: datetime
    next_at: datetime


def _due(scheme: Scheme, after: datetime, until: datetime) -> list[tuple[Cadence, datetime]]:
    """Each daily summary that falls behind `after` and not behind `until`, the oldest first."""
    found = [
        (cadence, at)
        for cadence in scheme.timers.cadences.values()
        if cadence.mode == "daily" and cadence.at is not None
        for at in instants(cadence.at, scheme.locality.time_zone, after, until)
    ]
    return sorted(found, key=lambda item: (item[1], item[0].id))


def _next(scheme: Scheme, now: datetime) -> datetime:
    return min((at for _, at in _due(scheme, now, now + timedelta(days=2))), default=now + timedelta(days=1))


def instants(minute: int, zone: str, after: datetime, until: datetime) -> Iterator[datetime]:
    """A time of day, in minutes since midnight in the district's zone, on each day on which it falls in between."""
    day, last = after.astimezone(ZoneInfo(zone)).date(), until.astimezone(ZoneInfo(zone)).date()
    while day <= last:
        at = datetime.combine(day, time(*divmod(minute, 60)), ZoneInfo(zone))
        if after < at <= until:
            yield at
        day += timedelta(days=1)


def _stable_id(cadence: Cadence, at: datetime) -> str:
    return f"summary:{cadence.id}:{at.isoformat()}"


def _target(target: Target) -> dict[str, Any]:
    return {"kind": target.kind, "value": target.value}


def _body(reading: Reading, situation: Situation, cadence: Cadence, due: datetime) -> dict[str, Any]:
    begun = datetime.combine(due.date() - timedelta(days=1), due.timetz())
    cases = list(_cases(reading, situation, cadence, begun, due))
    return {
        "cadence": cadence.id,
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
