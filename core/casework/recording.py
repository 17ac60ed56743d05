"""What a decision leaves behind: events and snapshot, due timers, outside effects, changed objects. One transaction.

Writes what was decided and decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.casework.noticing import Effect, shares
from core.engine.decision import Decision
from core.engine.timers import due_timers
from core.errors import Fault, Unprocessable
from core.scheme.case import Case
from core.scheme.event import Event
from core.scheme.scheme import Scheme
from core.store import Change, Unit


@dataclass(frozen=True, slots=True)
class Made:
    """A decision, the version of the case that it was made on (0: a new case), and the scheme it was made by."""

    decision: Decision
    version: int
    pinned: Scheme


def record(unit: Unit, decision: Decision, version: int, pinned: Scheme, today: Scheme, now: datetime) -> None:
    """Write a decision that was made on `version` (0: a new case). Raises Conflict when it is no longer current, and
    Unprocessable when it links to a case that there is not."""
    record_several(unit, [Made(decision, version, pinned)], today, now)


def record_several(unit: Unit, made: Sequence[Made], today: Scheme, now: datetime) -> None:
    """Write decisions on different cases with as few statements as one takes; raises as `record`."""
    made = [one for one in made if one.decision.events]
    if not made:
        return
    for one in made:
        _refuse_strangers(unit, one.decision)
    unit.cases.append_several([_change_of(one, today) for one in made])
    due = {one.decision.case.id: due_timers(one.decision.case, one.pinned) for one in made}
    unit.timers.replace_several(due, fresh={one.decision.case.id for one in made if one.version == 0})
    unit.outbox.add_several([effect for one in made for effect in _owed(one.decision, today)], now)
    for one in made:
        for event in one.decision.events:
            if event.type == "object_changed":
                unit.objects.change(event.data["object"], _changed(event.data), now, case_id=one.decision.case.id)


def _refuse_strangers(unit: Unit, decision: Decision) -> None:
    """A case may only be linked to one that there is: the engine knows no other case than its own."""
    named = [event.data["case"] for event in decision.events if event.type == "linked"]
    faults = [
        Fault("linked-case-unknown", "/inputs", {"case": other})
        for other in named
        if unit.cases.load(other, lock=False) is None
    ]
    if faults:
        raise Unprocessable("content-invalid", faults)


def cell_path(case: Case, today: Scheme, pinned: Scheme) -> str:
    """`/root/town/cell/`, by today's grid where it still has the cell."""
    chain = today.grid.chains.get(case.cell) or pinned.grid.chains.get(case.cell) or (case.cell,)
    return "/" + "/".join(reversed(chain)) + "/"


def _change_of(made: Made, today: Scheme) -> Change:
    case = made.decision.case
    return Change(case, made.decision.events, made.version, cell_path(case, today, made.pinned))


def _owed(decision: Decision, today: Scheme) -> Iterator[Effect]:
    """The outside effects of a decision."""
    case = decision.case
    for event in decision.events:
        if event.type == "noticed":
            yield from shares(today, "notice", _notice(case, event), f"{case.id}:{event.seq}")
        elif event.type == "case_asked":
            yield "open_case", {"case": case.id, "seq": event.seq, **event.data}, f"{case.id}:{event.seq}"


def _notice(case: Case, event: Event) -> dict[str, Any]:
    return {"case": case.id, "number": case.number, "seq": event.seq, **event.data}


def _changed(data: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: data[name] for name in ("kind", "status") if name in data}
    return changed | dict(data.get("values", {}))
