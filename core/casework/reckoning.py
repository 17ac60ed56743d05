"""Today's calendars for open cases: which deadlines they would move, and moving them. A person decides when.

Cases are gone through a page at a time; what is written is written in groups, each in a transaction, so that it may be
interrupted and begun again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from core.casework.office import Office, situation_of
from core.casework.recording import Made, record_several
from core.engine.command import Reckon
from core.engine.decide import decide
from core.engine.decision import Decision
from core.scheme.case import Case
from core.store import CaseFilter, Reading

PAGE, GROUP = 200, 50
"""Cases looked at in one reading, and moved in one transaction."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A deadline that moves. Instants are UTC; `was` None: it had none, being provisional."""

    case: str
    number: str
    limit: str
    was: datetime | None
    due_at: datetime


def moving(office: Office, locality: str) -> Iterator[tuple[int, tuple[Moved, ...]]]:
    """Page by page: how many open cases were looked at, and the deadlines that today's calendars would move."""
    cursor = None
    while True:
        now = office.clock.now()
        with office.store.read(locality) as reading:
            page = reading.cases.list(CaseFilter(open=True), order="opened_at", cursor=cursor, limit=PAGE)
            cases = [reading.cases.get(row.id) for row in page.rows]
            found = [(case, _decided(office, reading, case, now)) for case in cases]
        yield len(page.rows), tuple(moved for case, decision in found for moved in _moves(case, decision))
        cursor = page.cursor
        if cursor is None:
            return


def move(office: Office, locality: str, case_ids: Sequence[str]) -> int:
    """Apply today's calendars to these cases in one transaction; how many deadlines moved. What has moved already stays
    as it is. Callers give `GROUP` cases at a time."""
    now, moved = office.clock.now(), 0
    with office.store.unit(locality) as unit:
        made = []
        for case in unit.cases.load_several(set(case_ids)).values():
            decision = _decided(office, unit, case, now)
            moved += sum(1 for _ in _moves(case, decision))
            made.append(Made(decision, case.version, office.schemes.by_digest(unit, case.scheme)))
        record_several(unit, made, situation_of(office, unit, None, now).today, now)
        unit.keep()
    return moved


def _decided(office: Office, reading: Reading, case: Case, now: datetime) -> Decision:
    pinned = office.schemes.by_digest(reading, case.scheme)
    return decide(pinned, situation_of(office, reading, None, now), case, Reckon(), now)


def _moves(case: Case, decision: Decision) -> Iterator[Moved]:
    for event in decision.events:
        if event.type == "clock_moved":
            limit = event.data["limit"]
            after = decision.case.clocks[limit].due_at
            if after is not None:
                yield Moved(case.id, case.number, limit, case.clocks[limit].due_at, after)
