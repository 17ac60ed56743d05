"""Why: a case's dispatches, its deadlines, and what the caller may do with it now. Explains, changes nothing."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.casework.office import Office, Seen, seen
from core.casework.references import unknown
from core.casework.requests import Answer, Principal
from core.casework.views import instant, label
from core.engine.clock_explanation import explain_clock
from core.engine.permission import permit
from core.engine.sending import send
from core.engine.values import Values
from core.errors import NotFound
from core.scheme.event import Event
from core.scheme.workflow import Action
from core.store import Reading

MOST_EVENTS = 10_000


def explain(office: Office, locality: str, who: Principal, case_id: str, subject: str) -> Answer:
    """Explain `dispatch`, `deadlines` or `permissions` of a case that `who` may read; NotFound for another subject."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found = seen(office, reading, who, case_id, now)
        if subject not in SUBJECTS:
            fault = unknown("explain-subject-unknown", subject, SUBJECTS, "subject")
            raise NotFound(fault.code, **fault.params, allowed=", ".join(SUBJECTS))
        events = _all_events(reading, case_id)
    body = {"case": case_id, "subject": subject, "at": instant(now)}
    return Answer(200, body | SUBJECTS[subject](found, events, now), str(found.case.version))


def list_actions(office: Office, locality: str, who: Principal, case_id: str) -> Answer:
    """Every action of the case's kind that people take: at its stage or not, permitted or not and why, and what is
    to be filled in and attached."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found = seen(office, reading, who, case_id, now)
    kind = found.pinned.kind(found.case.kind)
    actions = [
        _action(found, action, now) for action in kind.actions.values() if not action.automatic and not action.opens
    ]
    return Answer(200, {"case": case_id, "actions": actions}, str(found.case.version))


def _action(found: Seen, action: Action, now: datetime) -> dict[str, Any]:
    case, kind = found.case, found.pinned.kind(found.case.kind)
    permission = permit(found.situation, case, kind, action, now=now, pinned=found.pinned)
    stage = case.stage(action.track)
    at_stage = stage in action.sources or (stage is None and not action.sources)
    guarded = action.guard is None or action.guard.evaluate(Values(found.pinned, found.situation, case, now)) is True
    return {
        "id": action.id,
        "label": label(action.label, action.id),
        "meaning": action.meaning,
        "track": action.track,
        "from": sorted(action.sources),
        "to": action.to,
        "available": permission.allowed and at_stage and guarded,
        "at_stage": at_stage,
        "guard": {"source": action.guard.source, "holds": guarded} if action.guard is not None else None,
        "permission": permission.as_dict(),
        "evidence": [{"kind": r.kind, "meaning": r.meaning, "minimum": r.minimum} for r in action.evidence],
        "inputs": dict(action.inputs),
    }


def _dispatches(found: Seen, events: tuple[Event, ...], now: datetime) -> dict[str, Any]:
    """The dispatches as they were decided, and what today's rules would decide now."""
    recorded = [
        {"seq": event.seq, "at": instant(event.recorded_at), **event.data}
        for event in events
        if event.type == "dispatched"
    ]
    today = send(found.pinned, found.situation, found.case, now).as_dict()
    return {"recorded": recorded, "today": today | {"digest": found.situation.today.digest}}


def _deadlines(found: Seen, events: tuple[Event, ...], now: datetime) -> dict[str, Any]:
    """Every limit that has run: each run, each stretch, each counted interval."""
    limits = sorted(found.case.clocks)
    return {"deadlines": [explain_clock(found.pinned, events, limit, now).as_dict() for limit in limits]}


def _permissions(found: Seen, events: tuple[Event, ...], now: datetime) -> dict[str, Any]:
    """For each action why the caller may take it, or why not."""
    kind = found.pinned.kind(found.case.kind)
    return {
        "actions": [
            {
                "action": action.id,
                "label": label(action.label, action.id),
                **permit(found.situation, found.case, kind, action, now=now, pinned=found.pinned).as_dict(),
            }
            for action in kind.actions.values()
        ]
    }


SUBJECTS = {"dispatch": _dispatches, "deadlines": _deadlines, "permissions": _permissions}


def _all_events(reading: Reading, case_id: str) -> tuple[Event, ...]:
    events: tuple[Event, ...] = ()
    while len(events) < MOST_EVENTS:
        more = reading.cases.events(case_id, events[-1].seq if events else 0, 1000)
        events += more
        if len(more) < 1000:
            break
    return events
