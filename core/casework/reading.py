"""Reading cases: one, many, its events, tasks and contact data. Every answer holds only what the reader may know."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from core.casework.office import Office, seen, situation_of
from core.casework.references import refuse, unknown, unoffered
from core.casework.requests import Answer, Principal, Wanted
from core.casework.texts import ACCESS, contact_of, masked, texts_of
from core.casework.views import attachment_view, case_view, event_view, instant, row_view, task_view, without
from core.casework.visibility import holder_of, path_of, visibility_of
from core.engine.permission import may, sees_reporter
from core.errors import Fault, Forbidden
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.store import CaseFilter, CaseRow


def list_cases(
    office: Office, locality: str, who: Principal, wanted: Wanted, cursor: str | None = None, limit: int = 20
) -> Answer:
    """One page of the cases that `who` may see, newest first."""
    now = office.clock.now()
    scope = {"locality": locality, "account": who.account, **asdict(wanted)}
    position = office.cursors.read(scope, cursor)
    with office.store.read(locality) as reading:
        situation = situation_of(office, reading, who, now)
        chosen = _filter(situation, wanted)
        page = reading.cases.list(
            chosen,
            visibility_of(situation),
            cursor=position[0] if position else None,
            limit=limit,
        )
        body = {
            "cases": [_row(situation, row) for row in page.rows],
            "cursor": office.cursors.make(scope, (page.cursor,)) if page.cursor else None,
        }
    return Answer(200, body)


def list_my_tasks(office: Office, locality: str, who: Principal, cursor: str | None = None, limit: int = 20) -> Answer:
    """The cases in which `who` has an open task, by account, post or organisation."""
    return list_cases(office, locality, who, Wanted(owner="me"), cursor, limit)


def get_case(office: Office, locality: str, who: Principal, case_id: str) -> Answer:
    """The case with its texts, its attachments and the contact data masked."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found = seen(office, reading, who, case_id, now)
        known = sees_reporter(found.situation, found.case, found.pinned, now=now).allowed
        originals = may(found.situation, "view_originals", found.case, now=now, pinned=found.pinned).allowed
        body = case_view(found.case, found.pinned, reporter=known)
        body["texts"] = texts_of(reading, case_id)
        body["contact"] = masked(contact_of(reading, case_id)) if known else {}
        body["attachments"] = [attachment_view(item, place=originals) for item in reading.attachments.of_case(case_id)]
    return Answer(200, body, str(found.case.version))


def get_contact(office: Office, locality: str, who: Principal, case_id: str) -> Answer:
    """The contact data unmasked, for holders of `view_contact`; the reading is recorded before it is answered."""
    now = office.clock.now()
    with office.store.unit(locality) as unit:
        found = seen(office, unit, who, case_id, now)
        for permission in (
            may(found.situation, "view_contact", found.case, now=now, pinned=found.pinned),
            sees_reporter(found.situation, found.case, found.pinned, now=now),
        ):
            if not permission.allowed:
                raise Forbidden("contact-not-visible", reasons=permission.reasons())
        contact = contact_of(unit, case_id)
        if contact:
            unit.payloads.put(case_id, ACCESS, {"account": who.account, "at": instant(now)}, now)
            unit.keep()
    return Answer(200, {"case": case_id, "contact": contact})


def list_events(office: Office, locality: str, who: Principal, case_id: str, after: int, limit: int) -> Answer:
    """The events behind `after`, oldest first; `next` is where to go on, None at the end."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found = seen(office, reading, who, case_id, now)
        known = sees_reporter(found.situation, found.case, found.pinned, now=now).allowed
        events = reading.cases.events(case_id, after, limit)
    hidden = None if known else found.case.reporter
    last = events[-1].seq if events else found.case.version
    body = {
        "events": [event_view(event, hidden=hidden) for event in events],
        "next": last if last < found.case.version else None,
    }
    return Answer(200, body, str(found.case.version))


def list_tasks(office: Office, locality: str, who: Principal, case_id: str) -> Answer:
    """The tasks of a case in their latest occurrence."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found = seen(office, reading, who, case_id, now)
        known = sees_reporter(found.situation, found.case, found.pinned, now=now).allowed
    tasks = [task_view(name, task) for name, task in found.case.tasks.items()]
    body = without({"case": case_id, "tasks": tasks}, None if known else found.case.reporter)
    return Answer(200, body, str(found.case.version))


def _row(situation: Situation, row: CaseRow) -> dict[str, Any]:
    """A list row never names the reporter of a confidential class: its tasks are not read here."""
    today = situation.today
    chain = today.codes.chains.get(row.category, ())
    hidden = any(today.codes.categories[code].confidential for code in chain)
    own = row.reporter == situation.actor.account
    return row_view(row, today, reporter=own or not hidden)


def _filter(situation: Situation, wanted: Wanted) -> CaseFilter:
    """What was asked for in the store's terms; a class, cell or channel that does not exist is a fault."""
    today, flow = situation.today, situation.today.workflow
    faults: list[Fault] = []
    for name, value, options in (
        ("kind", wanted.kind, flow.case_kinds),
        ("category", wanted.category, today.codes.categories),
        ("cell", wanted.cell, today.grid.cells),
        ("alert", wanted.alert, today.timers.alerts),
    ):
        if value is not None and value not in options:
            faults.append(unknown(f"{name}-unknown", value, options, name))
    if wanted.channel is not None and wanted.channel not in flow.channels:
        faults.append(unoffered("channel-unknown", wanted.channel, flow.channels, "channel"))
    if wanted.severity is not None and wanted.severity not in flow.severities:
        faults.append(unoffered("severity-unknown", wanted.severity, flow.severities, "severity"))
    stages = _stages(today, wanted.stage) if wanted.stage is not None else ()
    if wanted.stage is not None and not stages:
        faults.append(unknown("stage-unknown", wanted.stage, _meanings(today), "stage"))
    refuse(faults)
    return CaseFilter(
        number_begins=wanted.q,
        open=wanted.open,
        kinds=_one(wanted.kind),
        categories=_under(today, wanted.category),
        cells=(path_of(today, wanted.cell),) if wanted.cell else (),
        stages=stages,
        severities=_one(wanted.severity),
        alerts=_one(wanted.alert),
        channels=_one(wanted.channel),
        tasks_of=holder_of(situation) if wanted.owner == "me" else None,
        opened_from=wanted.opened_from,
        opened_to=wanted.opened_to,
    )


def _one(value: str | None) -> frozenset[str]:
    return frozenset() if value is None else frozenset((value,))


def _under(today: Scheme, category: str | None) -> frozenset[str]:
    if category is None:
        return frozenset()
    return frozenset(code for code, chain in today.codes.chains.items() if category in chain)


def _stages(today: Scheme, meaning: str) -> tuple[tuple[str, str], ...]:
    """Every (track, stage) of today's workflows with that meaning."""
    found = {
        (track.id, stage.id)
        for kind in today.workflow.case_kinds.values()
        for track in kind.tracks.values()
        for stage in track.stages.values()
        if stage.meaning == meaning
    }
    return tuple(sorted(found))


def _meanings(today: Scheme) -> set[str]:
    kinds = today.workflow.case_kinds.values()
    return {stage.meaning for kind in kinds for track in kind.tracks.values() for stage in track.stages.values()}
