"""A store on each database with cases that have timers, for workers to fire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.scheme.case import Case
from core.scheme.event import Event
from core.store import ManualClock, Store, open_store

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Due:
    limit: str
    occurrence: int
    reach: str
    due_at: datetime


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    store = open_store(database_url, tmp_path / "blobs")
    yield store
    store.close()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(START)


@pytest.fixture
def put_timer(store: Store) -> Callable[..., None]:
    """Commits a case of a locality with one timer."""

    def put(case_id: str, due_at: datetime = START, locality: str = "seaside") -> None:
        case = Case(
            id=case_id,
            number=case_id,
            locality=locality,
            scheme="s",
            kind="event",
            intake="report",
            category="01",
            cell="cell",
            channel="app",
            severity="ordinary",
            reporter="liu",
            opened_at=START,
            version=1,
        )
        with store.unit(locality) as unit:
            unit.cases.append(case, [Event(1, "opened", "liu", START, START, "s", "s", {})], 0, "/cell/")
            unit.timers.replace(case_id, [Due("handling", 1, "due", due_at)])
            unit.keep()

    return put
