"""Opening the linked cases that decisions asked for: outside effects, each carried out once under a stable id."""

from __future__ import annotations

from uuid import NAMESPACE_URL, uuid5

from core.casework.locating import in_force
from core.casework.office import Office, situation_of
from core.casework.opening import enter
from core.casework.requests import Report
from core.errors import Forbidden, NotFound, PermanentFailure, Unprocessable
from core.scheme.case import Case
from core.store import OutboxItem, Reading

DEEPEST = 8
"""Cases that follow from cases that follow …: a scheme in which opening one asks for the next must come to an end."""


def follow(office: Office, item: OutboxItem) -> None:
    """Open the case that a `case_asked` event owes: at the place and about the object of the one that asked.

    Nothing when it is there already. Raises PermanentFailure `linked-case-refused` when today's scheme refuses it, and
    `linked-cases-too-deep`.
    """
    now = office.clock.now()
    case_id = str(uuid5(NAMESPACE_URL, f"{item.locality}:{item.id}"))
    with office.store.unit(item.locality) as unit:
        if unit.cases.load(case_id, lock=False) is not None:
            return
        parent = unit.cases.get(item.body["case"])
        if _depth(unit, parent) >= DEEPEST:
            raise PermanentFailure("linked-cases-too-deep", parent=parent.id, deepest=DEEPEST)
        situation = situation_of(office, unit, None, now)
        cell = in_force(situation.today, parent.cell, now)
        registered = situation.today.registry.objects.get(parent.object or "")
        thing = parent.object if registered is None or registered.cell == cell else None  # it was another place's
        report = Report(intake=item.body["intake"], category=item.body["category"], cell=cell, object=thing)
        try:
            enter(office, unit, situation, None, report, now, case_id=case_id, parent=parent)
        except (Forbidden, NotFound, Unprocessable) as refused:
            raise PermanentFailure("linked-case-refused", parent=parent.id, because=refused.code) from refused
        unit.keep()


def _depth(reading: Reading, case: Case) -> int:
    """How many cases this one follows from, one from the other."""
    depth, current = 0, case
    while depth < DEEPEST:
        parent = next((other for relation, other in current.links if relation == "parent"), None)
        found = reading.cases.load(parent, lock=False) if parent is not None else None
        if found is None:
            return depth
        depth, current = depth + 1, found
    return depth
