"""Inspections that fall due: what is due of each object, and opening one case for each, once.

An object is due so long after its latest closed inspection; one that was never inspected, after it was entered (an
object of the manifest: after the district was published first). Such a case has a stable id, so that any number of
workers open it once. It names premises and things, never whoever lives there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Literal
from uuid import NAMESPACE_URL, uuid5
from zoneinfo import ZoneInfo

from core.casework.chores import of_each
from core.casework.locating import in_force
from core.casework.office import Office, situation_of
from core.casework.opening import enter
from core.casework.requests import Report
from core.engine.values import object_of
from core.errors import Conflict
from core.scheme.inspections import due_day, inspection_class
from core.scheme.registry import Inspection, ObjectKind
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.store import Reading, Unit
from core.store.spans import Entered

A_PASS = 200
"""At most so many cases are opened of a district in one pass, those that are due the longest first."""

AGAIN = timedelta(minutes=10)
"""When what could not be opened is tried again."""


@dataclass(frozen=True, slots=True)
class Due:
    """An object that is inspected: when it was last, by which day it is due, which open case inspects it."""

    object: str
    kind: str
    cell: str
    last: date | None
    due: date
    case: str | None
    state: Literal["later", "due", "late"]

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return given | {"last": self.last and self.last.isoformat(), "due": self.due.isoformat()}


def inspections_of(reading: Reading, situation: Situation, now: datetime) -> list[Due]:
    """Every object that is inspected and in use, the one that is due first at the top."""
    today = situation.today
    if not any(kind.inspection for kind in today.registry.kinds.values()):
        return []
    zone = ZoneInfo(today.locality.time_zone)
    day, since = now.astimezone(zone).date(), reading.spans.since() or now
    entered = reading.spans.entered()
    found: list[Due] = []
    for kind in today.registry.kinds.values():
        if kind.inspection is None:
            continue
        closed, open_now = _cases_of(reading, today, kind.inspection)
        for code, cell in _objects_of(situation, kind, entered):
            base = closed.get(code) or (since if code in today.registry.objects else entered[code].at)
            last = closed[code].astimezone(zone).date() if code in closed else None
            due = due_day(base.astimezone(zone).date(), kind.inspection)
            state: Literal["later", "due", "late"] = "later" if due > day else "due" if due == day else "late"
            found.append(Due(code, kind.id, cell, last, due, open_now.get(code), state))
    return sorted(found, key=lambda item: (item.due, item.object))


def _cases_of(
    reading: Reading, today: Scheme, inspection: Inspection
) -> tuple[Mapping[str, datetime], Mapping[str, str]]:
    """When each object's latest inspection was closed, and its open one."""
    if inspection.intake is None:
        return {}, {}
    case_kind = today.workflow.intake_kinds[inspection.intake].case_kind
    return reading.spans.latest_closed(case_kind), reading.spans.open(case_kind)


def _objects_of(situation: Situation, kind: ObjectKind, entered: Mapping[str, Entered]) -> Iterator[tuple[str, str]]:
    """The objects of a kind that are in use, each with its cell."""
    published = situation.today.registry.objects
    for code in [*published, *(code for code in entered if code not in published)]:
        thing = object_of(situation, code) or {}
        if thing.get("kind") == kind.id and thing.get("status") not in kind.retired:
            yield code, published[code].cell if code in published else entered[code].cell


def list_inspections(office: Office, locality: str) -> list[Due]:
    """What is due in a locality; for whoever runs the installation. NotFound `locality-unknown`."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        return inspections_of(reading, situation_of(office, reading, None, now), now)


class Inspections:
    """A chore for a worker: opens the inspections that are due. Remembers what it has looked at, so that a pass with
    nothing to do reads no case."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._seen: dict[str, tuple[int, datetime]] = {}

    def open_due(self) -> int:
        """Open a case for every object that is due and has none; how many. A district that fails does not keep the
        others waiting: what went wrong is raised at the end, as a group."""
        now = self._office.clock.now()
        return of_each(self._office, "inspections", lambda locality: self._of_locality(locality, now))

    def _of_locality(self, locality: str, now: datetime) -> int:
        with self._office.store.read(locality) as reading:
            revision = reading.revisions.current()
            seen = self._seen.get(locality)
            if revision is None or (seen and seen[0] == revision.number and now < seen[1]):
                return 0
            situation = situation_of(self._office, reading, None, now)
            wanted = [item for item in inspections_of(reading, situation, now) if _to_open(situation, item)]
        opened = 0
        failures: list[Exception] = []
        for item in wanted[:A_PASS]:
            try:
                opened += self._open(locality, item, now)
            except Exception as error:  # noqa: BLE001  (raised at the end; the others are not kept waiting)
                failures.append(error)
        if len(wanted) <= A_PASS:
            again = now + AGAIN if failures else _next_day(situation.today, now)
            self._seen[locality] = (revision.number, again)
        if failures:
            raise ExceptionGroup(locality, failures)
        return opened

    def _open(self, locality: str, item: Due, now: datetime) -> bool:
        """Open the case that inspects an object; False when another worker has."""
        with self._office.store.unit(locality) as unit:
            try:
                _open_one(self._office, unit, item, now)
            except Conflict as clash:
                if clash.code != "case-exists":
                    raise
                return False
            unit.keep()
        return True


def _to_open(situation: Situation, item: Due) -> bool:
    inspection = situation.today.registry.kinds[item.kind].inspection
    return item.state != "later" and item.case is None and bool(inspection and inspection.intake)


def _open_one(office: Office, unit: Unit, item: Due, now: datetime) -> None:
    situation = situation_of(office, unit, None, now)
    today = situation.today
    kind = today.registry.kinds[item.kind]
    placed = None if item.object in today.registry.objects else in_force(today, item.cell, now)
    report = Report(
        intake=(kind.inspection and kind.inspection.intake) or "",
        category=inspection_class(today, kind) or "",
        cell=placed,
        object=item.object,
    )
    enter(office, unit, situation, None, report, now, case_id=stable_id(unit.locality, item))


def stable_id(locality: str, item: Due) -> str:
    """The id of the case that inspects an object by a day: the same one whoever opens it."""
    return str(uuid5(NAMESPACE_URL, f"{locality}:inspection:{item.object}:{item.due.isoformat()}"))


def _next_day(scheme: Scheme, now: datetime) -> datetime:
    """The district's next midnight: until then nothing more falls due."""
    zone = ZoneInfo(scheme.locality.time_zone)
    return datetime.combine(now.astimezone(zone).date() + timedelta(days=1), time(), zone)
