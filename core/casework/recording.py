"""What a decision leaves behind: events and snapshot, due timers, outside effects, changed objects. One transaction.

Writes what was decided and decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.casework.noticing import owe
from core.engine.decision import Decision
from core.engine.timers import due_timers
from core.errors import Fault, Unprocessable
from core.scheme.case import Case
from core.scheme.event import Event
from core.scheme.scheme import Scheme
from core.store import Unit


def record(unit: Unit, decision: Decision, version: int, pinned: Scheme, today: Scheme, now: datetime) -> None:
    """Write a decision that was made on `version` (0: a new case). Raises Conflict when it is no longer current, and
    Unprocessable when it links to a case that there is not."""
    if not decision.events:
        return
    _refuse_strangers(unit, decision)
    case = decision.case
    unit.cases.append(case, decision.events, version, cell_path(case, today, pinned))
    unit.timers.replace(case.id, due_timers(case, pinned))
    for event in decision.events:
        if event.type == "noticed":
            owe(unit, today, "notice", f"{case.id}:{event.seq}", _notice(case, event), now)
        elif event.type == "object_changed":
            unit.objects.change(event.data["object"], _change(event.data), now, case_id=case.id)


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


def _notice(case: Case, event: Event) -> dict[str, Any]:
    return {"case": case.id, "number": case.number, "seq": event.seq, **event.data}


def _change(data: Mapping[str, Any]) -> dict[str, Any]:
    changed = {name: data[name] for name in ("kind", "status") if name in data}
    return changed | dict(data.get("values", {}))
