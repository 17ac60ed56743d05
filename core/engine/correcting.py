"""Correcting what a case says of itself: class, cell, filing condition. Who answers for it is a matter of dispatch."""

from __future__ import annotations

from typing import Any

from core.engine.conditions import cell_faults, condition_faults
from core.engine.decision import Reason
from core.engine.permission import leaves_confidence
from core.engine.step import Left, Step
from core.errors import Fault, Unprocessable
from core.scheme.scheme import Scheme


def correct(step: Step) -> Left:
    """Set the class, the cell or the filing condition that the inputs name; what is not filled in stays.

    Raises Unprocessable `content-invalid` with a fault for each value that does not fit: a class that is unknown, no
    leaf, or of another kind of case; a cell that is unknown or not in force today.
    """
    ledger, case = step.ledger, step.ledger.case
    wanted = {name: step.inputs.get(step.arguments[name]) for name in CHECKS if name in step.arguments}
    changed = {name: str(value) for name, value in wanted.items() if value is not None and value != getattr(case, name)}
    if not changed:
        return Reason("correction-changes-nothing")
    faults = [fault for name, value in changed.items() for fault in CHECKS[name](step, value)]
    if faults:
        raise Unprocessable("content-invalid", faults)
    was = {name: getattr(case, name) for name in changed}
    data: dict[str, Any] = {**changed, "was": was}
    if changed.keys() & {"category", "cell"} and "filing_condition" not in changed:
        category, cell = changed.get("category", case.category), changed.get("cell", case.cell)
        condition = _still(step, changed) or _filing_condition(ledger.pinned, category, cell)
        if condition != case.filing_condition:
            data["filing_condition"] = condition
    ledger.emit("corrected", data)
    return None


def _still(step: Step, changed: dict[str, str]) -> str | None:
    """The condition that the case has, where it fits what the case says now."""
    case, condition = step.ledger.case, step.ledger.case.filing_condition
    if condition is None or "category" in changed:
        return None
    fits = not condition_faults(step.ledger.pinned, condition, case.category, changed["cell"], "")
    return condition if fits else None


def _category(step: Step, value: str) -> list[Fault]:
    codes, pointer = step.ledger.pinned.codes, f"/inputs/{step.arguments['category']}"
    if value not in codes.categories:
        return [Fault("category-unknown", pointer, {"value": value})]
    if value not in codes.leaves:
        return [Fault("category-not-leaf", pointer, {"value": value})]
    if leaves_confidence(step.ledger.pinned, step.ledger.situation.today, step.ledger.case.category, value):
        return [Fault("category-leaves-confidence", pointer, {"value": value})]
    kind = codes.inherited(value, "case_kind")
    if kind is not None and kind != step.ledger.case.kind:
        return [Fault("category-of-another-kind", pointer, {"value": value, "case_kind": kind, "intake": "-"})]
    return []


def _cell(step: Step, value: str) -> list[Fault]:
    pinned, pointer = step.ledger.pinned, f"/inputs/{step.arguments['cell']}"
    if value not in pinned.grid.cells:
        return [Fault("cell-unknown", pointer, {"value": value})]
    return cell_faults(pinned, value, step.ledger.now, pointer)


def _condition(step: Step, value: str) -> list[Fault]:
    case, arguments = step.ledger.case, step.arguments
    where = {name: step.inputs.get(arguments.get(name, "")) or getattr(case, name) for name in ("category", "cell")}
    pointer = f"/inputs/{arguments['filing_condition']}"
    return condition_faults(step.ledger.pinned, value, str(where["category"]), str(where["cell"]), pointer)


CHECKS = {"category": _category, "cell": _cell, "filing_condition": _condition}


def _filing_condition(pinned: Scheme, category: str, cell: str) -> str | None:
    """The only one that the class has in such an area."""
    found = pinned.grid.cells.get(cell)
    fitting = pinned.codes.conditions(category, found.grade if found else None)
    return fitting[0].id if len(fitting) == 1 else None
