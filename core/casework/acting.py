"""Taking an action on a case: expected version, inputs, evidence, then the engine decides; one transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.casework.forms import Filled, divide, judge
from core.casework.lots import LOTS, photographed
from core.casework.office import Office, seen, situation_of
from core.casework.once import once
from core.casework.recording import record
from core.casework.references import claimed_time, evidence_faults, known_in, refuse, unknown
from core.casework.requests import Answer, Deed, Principal, Repeatable
from core.casework.texts import keep_texts
from core.casework.views import case_view, event_view, without
from core.engine.command import Act
from core.engine.decide import decide
from core.engine.permission import sees_reporter, visible
from core.errors import Fault, Forbidden, NotFound, Stale
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.store import Reading, Unit


def act(
    office: Office, locality: str, who: Principal, repeat: Repeatable, case_id: str, expected: int, deed: Deed
) -> Answer:
    """Take an action. 200 with the case after it; Stale when `expected` is not its version any more."""
    now = office.clock.now()
    return once(
        office, locality, who, repeat, now, lambda unit: _acted(office, unit, who, case_id, expected, deed, now)
    )


def preview(office: Office, locality: str, who: Principal, case_id: str, deed: Deed) -> Answer:
    """What an action would do now, and why, without doing it: 200 with the case after it, the events and the
    explanation. Raises as `act` does, but for the version."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found = seen(office, reading, who, case_id, now)
        inputs, occurred_at = _judged(reading, found.situation, found.pinned, found.case, who, deed, now)
        evidence = photographed(reading, found.pinned.kind(found.case.kind), deed.evidence)
        command = Act(deed.action, occurred_at, inputs.values, evidence)
        undrawn = replace(found.case, draw=LOTS - 1)  # whether a case is drawn is not for its handlers to foresee
        decision = decide(found.pinned, found.situation, undrawn, command, now)
        known = all(
            sees_reporter(found.situation, case, found.pinned, now=now).allowed for case in (found.case, decision.case)
        )
        hidden = None if known else found.case.reporter
        body = {
            "case": case_view(decision.case, found.pinned, reporter=known),
            "events": [event_view(event, hidden=hidden) for event in decision.events],
            "explanation": without(decision.explanation.as_dict(), hidden),
        }
    return Answer(200, body, str(found.case.version))


def _acted(
    office: Office, unit: Unit, who: Principal, case_id: str, expected: int, deed: Deed, now: datetime
) -> Answer:
    situation = situation_of(office, unit, who, now)
    case = unit.cases.load(case_id)
    if case is None:
        raise NotFound("case-unknown", case=case_id)
    pinned = office.schemes.by_digest(unit, case.scheme)
    if case.version != expected:
        reading = visible(situation, case, now=now, pinned=pinned)
        if not reading.allowed:  # the current version is for readers of the case
            raise Forbidden("case-not-visible", reasons=reading.reasons())
        raise Stale("case-has-moved-on", expected=expected, current=case.version)
    inputs, occurred_at = _judged(unit, situation, pinned, case, who, deed, now)
    texts = keep_texts(
        unit,
        case_id,
        now,
        kind="action",
        texts={"action": deed.action, "inputs": inputs.texts, "note": deed.note} if inputs.texts or deed.note else {},
    )
    evidence = photographed(unit, pinned.kind(case.kind), deed.evidence)
    command = Act(deed.action, occurred_at, inputs.values, evidence, texts)
    decision = decide(pinned, situation, case, command, now)
    record(unit, decision, case.version, pinned, situation.today, now)
    unit.attachments.bind([item.attachment for item in deed.evidence], case_id)
    known = sees_reporter(situation, decision.case, pinned, now=now).allowed
    return Answer(200, case_view(decision.case, pinned, reporter=known), str(decision.case.version))


def _judged(
    reading: Reading, situation: Situation, pinned: Scheme, case: Case, who: Principal, deed: Deed, now: datetime
) -> tuple[Filled, datetime]:
    actions = pinned.kind(case.kind).actions
    action = actions.get(deed.action)
    occurred_at, faults = claimed_time(deed.occurred_at, now, _reported(case))
    if action is None:
        offered = [item.id for item in actions.values() if not item.automatic and not item.opens]
        faults.append(unknown("action-unknown", deed.action, offered, "/action"))
        schema = None
    else:
        schema = action.inputs or {"type": "object"}
        faults += judge(schema, deed.inputs, "/inputs", known_in(situation, reading))
    faults += evidence_faults(reading, deed.evidence, who, case.id)
    refuse(_in_order(faults))
    return divide(schema or {}, deed.inputs), occurred_at


def _reported(case: Case) -> datetime:
    """When the case is said to have come about."""
    return case.stamps[0].occurred_at if case.stamps else case.opened_at


def _in_order(faults: list[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.pointer)
