"""Firing due timers: a case lives through its instants in their order, each once, whichever worker holds which."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from threading import Barrier

import pytest

from core.cli.story import Story
from core.errors import NotFound
from core.factory import Services, create_app, create_worker
from core.governance.publishing import publish
from core.manifest.source import read_source
from core.manifest.yaml_text import read_yaml
from core.settings import Settings
from core.store import ManualClock

FOLDER = Path(__file__).parents[3] / "manifests" / "konggang_1355"
DISTRICT = FOLDER.name
ORDER = ["warning", "due", "twice"]


@pytest.fixture
def district(tmp_path: Path, database_url: str) -> Iterator[tuple[Services, ManualClock]]:
    """A case is being handled, and all three reaches of its limit have passed while nobody worked."""
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    settings = replace(Settings(), instance=tmp_path, database_url=database_url, log_level="error")
    app = create_app(settings, clock)
    services: Services = app.extensions["gridwright"]
    publish(services.store, read_source(FOLDER), clock.now(), by="test", resolve=services.plugins.resolve)
    document, _ = read_yaml("manhole.yaml", (FOLDER / "tests" / "manhole.yaml").read_bytes())
    told = next(test for test in document.value["tests"] if test["id"] == "grid_head_responds")
    story = Story(app, services.store, create_worker(services), clock, DISTRICT, "Asia/Shanghai")
    story.play({**told, "steps": told["steps"][:3]})
    clock.set(datetime(2026, 3, 31, tzinfo=UTC))
    yield services, clock
    services.store.close()


def reached(services: Services) -> list[str]:
    with services.store.read(DISTRICT) as reading:
        (row,) = reading.cases.list().rows
        assert services.store.verify_chain(DISTRICT, row.id) == ()
        return [event.data["reach"] for event in reading.cases.events(row.id) if event.type == "clock_reached"]


def test_what_was_due_while_nobody_worked_fires_once_in_its_order(district: tuple[Services, ManualClock]) -> None:
    services, _ = district
    worker = create_worker(services)
    assert worker.sweep().fired == 3
    assert reached(services) == ORDER
    assert worker.sweep().fired == 0


def test_a_later_timer_of_a_case_brings_the_earlier_ones_that_another_worker_holds(
    district: tuple[Services, ManualClock],
) -> None:
    services, clock = district
    claimed = services.store.timers.claim_due(clock.now(), "slow", 30, 2)
    (last,) = services.store.timers.claim_due(clock.now(), "quick", 30, 1)
    assert ([timer.reach for timer in claimed], last.reach) == (ORDER[:2], "twice")
    assert services.casework.fire(DISTRICT, [last]) == 3
    assert services.casework.fire(DISTRICT, claimed) == 0, "nothing is left to fire"
    assert reached(services) == ORDER


def test_workers_that_meet_in_a_case_double_and_lose_nothing(district: tuple[Services, ManualClock]) -> None:
    services, clock = district
    claimed = [services.store.timers.claim_due(clock.now(), f"w{number}", 30, 1) for number in range(3)]
    start = Barrier(3)

    def fire(number: int) -> int:
        start.wait()
        return services.casework.fire(DISTRICT, claimed[number])

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(fire, range(3))) == [0, 0, 3]
    assert reached(services) == ORDER


def test_one_that_waits_after_a_failure_does_not_keep_the_later_ones_waiting(
    district: tuple[Services, ManualClock],
) -> None:
    services, clock = district
    (first,) = services.store.timers.claim_due(clock.now(), "w", 30, 1)
    services.store.timers.fail(first, "gone", clock.now())
    assert create_worker(services).sweep().fired == 2
    assert reached(services) == ORDER[1:]
    clock.advance(seconds=5)
    assert create_worker(services).sweep().fired == 1


def test_a_group_with_an_unknown_case_changes_nothing(district: tuple[Services, ManualClock]) -> None:
    services, clock = district
    (first,) = services.store.timers.claim_due(clock.now(), "w", 30, 1)
    with pytest.raises(NotFound):
        services.casework.fire(DISTRICT, [first, replace(first, case_id="nobody")])
    assert reached(services) == []
