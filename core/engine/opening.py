"""Opening a case: what it names must exist and fit, then the intake's opening action is taken.

The ids, the cell and the facts have been settled by the caller; this module judges them against the scheme and never
looks anything up elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.engine.climbing import count_up
from core.engine.command import Open
from core.engine.conditions import cell_faults, condition_faults
from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.permission import Permission, permit
from core.engine.raising import tell
from core.engine.scope import in_scope
from core.engine.taking import Given, labelled, take
from core.engine.values import Values, object_of
from core.errors import Fault, Forbidden, NotFound, Unprocessable
from core.scheme.label import Label
from core.scheme.workflow import Action, CaseKind, IntakeKind

RECURRENCES = "recurrences"
"""The counter of the closed cases that a new one repeats."""


def open_case(ledger: Ledger, command: Open) -> None:
    """Open the case and take its opening action.

    Raises NotFound `intake-unknown`, `category-unknown`, `cell-unknown`, `object-unknown`; Unprocessable
    `report-unfit` with every fault; Forbidden `action-forbidden`; and what taking the action raises.
    """
    pinned = ledger.pinned
    intake = pinned.workflow.intake_kinds.get(command.intake)
    if intake is None:
        raise NotFound("intake-unknown", value=command.intake)
    kind = pinned.kind(intake.case_kind)
    _require_named(ledger, command)
    faults = [
        *_class_faults(ledger, command, kind),
        *cell_faults(ledger.pinned, command.cell, ledger.now, "/cell"),
        *_manner_faults(ledger, command, intake),
    ]
    if faults:
        raise Unprocessable("report-unfit", faults, first=faults[0].code)
    action = kind.actions[intake.opening]
    ledger.emit("opened", _opened(ledger, command, kind))
    for other in command.recurs:
        ledger.emit("linked", {"relation": "recurrence", "case": other})
    if command.recurs:
        count_up(ledger, RECURRENCES, len(command.recurs))
    if command.parent is not None:
        ledger.emit("linked", {"relation": "parent", "case": command.parent})
    permission = _permission(ledger, kind, action, intake)
    ledger.permission.extend(permission.because)
    if not permission.allowed:
        reasons = [reason.as_dict() for reason in permission.because]
        raise Forbidden("action-forbidden", **labelled(action), reasons=reasons)
    authority = permission.because[0].params
    take(ledger, action, Given(command.inputs, command.evidence, command.texts, authority))
    _tell_at_once(ledger)


def _tell_at_once(ledger: Ledger) -> None:
    """Information that a cadence passes on at once: recorded as a notice when the case has been opened."""
    values = Values(ledger.pinned, ledger.situation, ledger.case, ledger.now)
    for cadence in ledger.pinned.timers.cadences.values():
        if cadence.mode == "at_once" and in_scope(cadence.scope, ledger.case, ledger.pinned, values):
            for target in (cadence.target, *cadence.copies):
                tell(ledger, target, "at_once", cadence=cadence.id)


def _require_named(ledger: Ledger, command: Open) -> None:
    pinned = ledger.pinned
    if command.category not in pinned.codes.categories:
        raise NotFound("category-unknown", value=command.category)
    if command.cell not in pinned.grid.cells:
        raise NotFound("cell-unknown", value=command.cell)
    if command.object is not None and object_of(ledger.situation, command.object, pinned) is None:
        raise NotFound("object-unknown", value=command.object)


def _class_faults(ledger: Ledger, command: Open, kind: CaseKind) -> list[Fault]:
    """A leaf of the code list, whose case kind (its own, or the nearest ancestor's) is the intake's."""
    codes, category = ledger.pinned.codes, command.category
    faults = []
    if category not in codes.leaves:
        faults.append(Fault("category-not-leaf", "/category", {"value": category}))
    kinds = (codes.categories[code].case_kind for code in codes.chain(category))
    wanted = next((found for found in kinds if found is not None), kind.id)
    if wanted != kind.id:
        params = {"value": category, "case_kind": wanted, "intake": command.intake}
        faults.append(Fault("category-of-another-kind", "/category", params))
    condition = command.filing_condition
    if condition is not None:
        faults += condition_faults(ledger.pinned, condition, category, command.cell, "/filing_condition")
    return faults


def _manner_faults(ledger: Ledger, command: Open, intake: IntakeKind) -> list[Fault]:
    workflow = ledger.pinned.workflow
    faults = []
    channels = {name: workflow.channels[name] for name in intake.channels or workflow.channels}
    if command.channel not in channels:
        faults.append(Fault("channel-unknown", "/channel", _offer(command.channel, channels)))
    if command.severity not in workflow.severities:
        faults.append(Fault("severity-unknown", "/severity", _offer(command.severity, workflow.severities)))
    return faults


def _offer(given: str, options: Mapping[str, Label]) -> dict[str, Any]:
    return {"value": given, "allowed": {name: dict(label.as_dict()) for name, label in options.items()}}


def _permission(ledger: Ledger, kind: CaseKind, action: Action, intake: IntakeKind) -> Permission:
    """A public intake is open to whoever reports for itself; all others need a grant."""
    actor = ledger.situation.actor
    if intake.public and "report" in actor.scopes and ledger.case.reporter == actor.account:
        return Permission(True, (Reason("intake-is-public", {"intake": intake.id}),))
    return permit(ledger.situation, ledger.case, kind, action, opening=True, now=ledger.now, pinned=ledger.pinned)


def _filing_condition(ledger: Ledger, command: Open) -> str | None:
    """The one that was chosen, or the only one that the class has in such an area."""
    if command.filing_condition is not None:
        return command.filing_condition
    grade = ledger.pinned.grid.cells[command.cell].grade
    fitting = ledger.pinned.codes.conditions(command.category, grade)
    return fitting[0].id if len(fitting) == 1 else None


def _opened(ledger: Ledger, command: Open, kind: CaseKind) -> dict[str, Any]:
    data: dict[str, Any] = {
        "case": command.case,
        "locality": ledger.pinned.locality.id,
        "number": command.number,
        "kind": kind.id,
        "intake": command.intake,
        "category": command.category,
        "cell": command.cell,
        "channel": command.channel,
        "severity": command.severity,
        "reporter": command.reporter or ledger.account,
        "scheme": ledger.pinned.digest,
        "facts": dict(command.facts),
    }
    if command.point is not None:
        data["point"] = list(command.point)
    if command.draw:
        data["draw"] = command.draw
    optional = {"object": command.object, "filing_condition": _filing_condition(ledger, command)}
    return data | {name: part for name, part in optional.items() if part is not None}
