"""Cases and events made by hand: the store does not ask what an event means."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from core.scheme.case import Case, Clock, Owner, Task
from core.scheme.event import Event
from core.store import Unit

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
LOCALITY = "seaside"


def event(seq: int, type: str = "acted", at: datetime = NOW, **data: object) -> Event:
    return Event(seq, type, "account-1", at, at, "scheme-1", "scheme-1", data)


def a_case(case_id: str = "case-1", **changes: object) -> Case:
    case = Case(
        id=case_id,
        number=f"N-{case_id}",
        locality=LOCALITY,
        scheme="scheme-1",
        kind="event",
        intake="report",
        category="0101",
        cell="cell-3",
        channel="app",
        severity="ordinary",
        reporter="account-1",
        opened_at=NOW,
        version=1,
        tracks={"main": "reported"},
    )
    return replace(case, **changes)  # type: ignore[arg-type]


def add(unit: Unit, case: Case, cell_path: str = "/root/town/cell-3/", texts: tuple[str, ...] = ()) -> Case:
    """Write a new case with its first event (more when its version says so)."""
    events = [event(1, "opened", case.opened_at, texts=list(texts))]
    events += [event(seq, at=case.opened_at) for seq in range(2, case.version + 1)]
    unit.cases.append(case, events, 0, cell_path)
    return case


def with_task(case: Case, name: str, owner: Owner, *helpers: Owner, state: str = "open") -> Case:
    task = Task(name, 1, state, owner, NOW, None, helpers)  # type: ignore[arg-type]
    return replace(case, tasks={**case.tasks, name: task}, version=case.version + 1)


def with_clock(case: Case, due_at: datetime | None) -> Case:
    clock = Clock("handling", 1, "running" if due_at else "paused", NOW, NOW, due_at, 3600)
    return replace(case, clocks={"handling": clock}, version=case.version + 1)


def later(**units: float) -> datetime:
    return NOW + timedelta(**units)
