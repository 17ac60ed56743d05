"""Opening a case: what is reported is judged as a whole, then decided and written in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.casework.forms import Filled, divide, judge
from core.casework.locating import Located, Place, locate_place
from core.casework.lots import lot_of, photographed, repeated
from core.casework.numbering import next_number
from core.casework.office import Office, situation_of
from core.casework.once import once
from core.casework.recording import record
from core.casework.references import claimed_time, evidence_faults, known_in, refuse, unknown, unoffered
from core.casework.requests import Answer, Principal, Repeatable, Report
from core.casework.texts import keep_texts
from core.casework.views import case_view
from core.engine.command import Open
from core.engine.decide import decide
from core.errors import Fault
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.scheme.workflow import IntakeKind
from core.store import Unit, new_id


@dataclass(frozen=True, slots=True)
class Judged:
    """A report after judgement: everything that the engine needs, texts apart."""

    channel: str
    severity: str
    located: Located
    occurred_at: datetime
    facts: Filled
    inputs: Filled


def open_case(office: Office, locality: str, who: Principal, repeat: Repeatable, report: Report) -> Answer:
    """Open a case. 201 with the case; Unprocessable lists every fault; Forbidden says why."""
    now = office.clock.now()
    return once(office, locality, who, repeat, now, lambda unit: _opened(office, unit, who, report, now))


def _opened(office: Office, unit: Unit, who: Principal, report: Report, now: datetime) -> Answer:
    situation = situation_of(office, unit, who, now)
    case = enter(office, unit, situation, who, report, now, case_id=new_id())
    return Answer(201, case_view(case, situation.today, reporter=True), str(case.version))


def enter(
    office: Office,
    unit: Unit,
    situation: Situation,
    who: Principal | None,
    report: Report,
    now: datetime,
    *,
    case_id: str,
    parent: Case | None = None,
) -> Case:
    """Judge the report and write the case under `case_id`; `who` None: the system, for case `parent` that asked for it.

    Raises Unprocessable with every fault, and Forbidden.
    """
    today = situation.today
    judged = _judged(unit, situation, who, report, now)
    kind = today.kind(today.workflow.intake_kinds[report.intake].case_kind)
    point = judged.located.point or (parent.point if parent is not None else None)
    texts = keep_texts(
        unit,
        case_id,
        now,
        kind="report",
        texts={"description": report.description, "facts": judged.facts.texts, "inputs": judged.inputs.texts},
        contact=report.contact,
        retention_days=today.locality.contact_retention_days,
    )
    command = Open(
        case=case_id,
        number=next_number(unit, today, now),
        intake=report.intake,
        category=report.category,
        cell=judged.located.cell,
        channel=judged.channel,
        severity=judged.severity,
        occurred_at=judged.occurred_at,
        point=point,
        object=report.object,
        filing_condition=report.filing_condition,
        facts=judged.facts.values,
        evidence=photographed(unit, kind, report.evidence),
        texts=texts,
        inputs=judged.inputs.values,
        draw=lot_of(office.lot_key, case_id),
        recurs=repeated(unit, kind.recurrence, report.category, judged.located.cell, point, now)
        if kind.recurrence
        else (),
        parent=parent.id if parent is not None else None,
    )
    decision = decide(today, situation, None, command, now)
    record(unit, decision, 0, today, today, now)
    unit.attachments.bind([item.attachment for item in report.evidence], case_id)
    return decision.case


def _judged(unit: Unit, situation: Situation, who: Principal | None, report: Report, now: datetime) -> Judged:
    """Every fault of a report at once, or what follows from it."""
    today = situation.today
    faults: list[Fault] = []
    intake = today.workflow.intake_kinds.get(report.intake)
    if intake is None:
        faults.append(unknown("intake-unknown", report.intake, today.workflow.intake_kinds, "/intake"))
    faults += _category_faults(today, intake, report)
    channel, found = _channel(today, intake, report.channel)
    severity, missed = _severity(today, report)
    occurred_at, untimely = claimed_time(report.occurred_at, now)
    place = Place(report.cell, report.point, report.building, report.object)
    located = locate_place(today, place, now)
    faults += [*found, *missed, *untimely, *located.faults]
    known = known_in(situation, unit)
    if report.object is not None and not known("object", report.object):
        objects = {*today.registry.objects, *situation.objects}
        faults.append(unknown("object-unknown", report.object, objects, "/object"))
    if who is not None:
        faults += evidence_faults(unit, report.evidence, who, None)
    form, asked = _form(today, report.category), _inputs(today, intake)
    if report.category in today.codes.leaves:  # what another class would ask for is not known
        faults += judge(form, report.facts, "/facts", known)
    if intake is not None:
        faults += judge(asked, report.inputs, "/inputs", known)
    refuse(faults)
    return Judged(channel, severity, located, occurred_at, divide(form, report.facts), divide(asked, report.inputs))


def _category_faults(today: Scheme, intake: IntakeKind | None, report: Report) -> list[Fault]:
    codes = today.codes
    if report.category not in codes.categories:
        return [unknown("category-unknown", report.category, codes.categories, "/category")]
    if report.category not in codes.leaves:
        return [Fault("category-not-leaf", "/category", {"value": report.category})]
    faults = []
    kind = today.codes.inherited(report.category, "case_kind")
    if intake is not None and kind is not None and kind != intake.case_kind:
        params = {"value": report.category, "case_kind": kind, "intake": intake.id}
        faults.append(Fault("category-of-another-kind", "/category", params))
    condition = codes.filing_conditions.get(report.filing_condition or "")
    if report.filing_condition is not None and (
        condition is None or condition.category not in codes.chain(report.category)
    ):
        options = [
            item.id
            for item in codes.filing_conditions.values()
            if item.of is None and item.category in codes.chain(report.category)
        ]
        faults.append(unknown("filing-condition-unknown", report.filing_condition, options, "/filing_condition"))
    return faults


def _channel(today: Scheme, intake: IntakeKind | None, given: str | None) -> tuple[str, list[Fault]]:
    """The channel, by default the intake kind's first."""
    offered = tuple(intake.channels) if intake and intake.channels else tuple(today.workflow.channels)
    if given is None:
        return (offered[0], []) if offered else ("", [Fault("field-required", "/channel", {"field": "channel"})])
    if given in offered:
        return given, []
    options = {name: today.workflow.channels.get(name) for name in offered}
    return given, [unoffered("channel-unknown", given, options, "/channel")]


def _severity(today: Scheme, report: Report) -> tuple[str, list[Fault]]:
    """The severity, by default the class's usual one, else the lowest."""
    offered = tuple(today.workflow.severities)
    usual = today.codes.inherited(report.category, "severity")
    severity = report.severity or usual or (offered[0] if offered else "")
    if severity in offered:
        return severity, []
    return severity, [unoffered("severity-unknown", severity, today.workflow.severities, "/severity")]


def _form(today: Scheme, category: str) -> Any:
    """The JSON Schema of the class's form, its own or its nearest ancestor's; without one nothing may be filled in."""
    form = today.codes.inherited(category, "form")
    return today.codes.forms[form] if form is not None else {"type": "object"}


def _inputs(today: Scheme, intake: IntakeKind | None) -> Any:
    if intake is None:
        return {"type": "object"}
    return today.kind(intake.case_kind).actions[intake.opening].inputs or {"type": "object"}
