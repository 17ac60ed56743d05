"""路桥: an inspection falls due by itself, and what it finds in the premises becomes cases of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.cli.story import Story
from core.factory import Services, create_app, create_worker
from core.governance.publishing import publish
from core.governance.shares import shares
from core.manifest.source import read_source
from core.manifest.yaml_text import read_yaml
from core.settings import Settings
from core.store import CaseFilter, ManualClock

FOLDER = Path(__file__).parents[3] / "manifests" / "luqiao"
DISTRICT = FOLDER.name
PREMISES = "R331004104-V01-01-001"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Services, ManualClock]]:
    """The scheme's own test of an inspection, played through the API: fire equipment and wiring were faulty."""
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    app = create_app(replace(Settings(), instance=tmp_path_factory.mktemp("lq"), log_level="error"), clock)
    services: Services = app.extensions["gridwright"]
    publish(services.store, read_source(FOLDER), clock.now(), by="test", resolve=services.plugins.resolve)
    document, _ = read_yaml("rentals.yaml", (FOLDER / "tests" / "rentals.yaml").read_bytes())
    told: dict[str, Any] = next(test for test in document.value["tests"] if test["id"] == "inspection")
    worker = create_worker(services)
    Story(app, services.store, worker, clock, DISTRICT, "Asia/Shanghai").play(told)
    worker.run_once()
    yield services, clock
    services.store.close()


def test_each_finding_is_a_case_about_the_same_premises(played: tuple[Services, ManualClock]) -> None:
    services, _clock = played
    with services.store.read(DISTRICT) as reading:
        rows = reading.cases.list(CaseFilter(kinds=frozenset({"event"}))).rows
        cases = [reading.cases.get(row.id) for row in rows]
        (inspection,) = reading.cases.list(CaseFilter(kinds=frozenset({"rental_inspection"}))).rows
    assert sorted((case.category, case.object, case.cell) for case in cases) == [
        ("0316", PREMISES, "331004104-V01-01"),
        ("0319", PREMISES, "331004104-V01-01"),
    ]
    assert all(("parent", inspection.id) in case.links for case in cases)
    assert shares(services.casework, DISTRICT, "solved_at").total == 0, "they are open"


def test_the_premises_are_due_again_a_month_after_their_inspection(played: tuple[Services, ManualClock]) -> None:
    services, clock = played
    clock.set(datetime(2026, 3, 2, 12, tzinfo=UTC))
    found = {item.object: item for item in services.casework.list_inspections(DISTRICT)}
    assert found[PREMISES].due.isoformat() == "2026-04-02"
    assert len(found) == len({*found}) and {item.state for item in found.values()} == {"later"}
