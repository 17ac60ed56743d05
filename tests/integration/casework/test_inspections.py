"""Inspections that fall due: one case for each object, opened once, anew after each inspection; never for what is out
of use."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rounds_district import DISTRICT, act, published, source

from core.casework import Inspections, Principal, Repeatable, Report, inspecting
from core.casework.inspecting import Due
from core.errors import NotFound
from core.factory import Services, create_worker
from core.manifest.source import source_of
from core.scheme.inspections import due_day
from core.scheme.registry import Inspection
from core.store import ManualClock

ZONE = ZoneInfo("Asia/Shanghai")
DUE = datetime(2026, 2, 28, 0, 0, tzinfo=ZONE)  # a month after 31 January
District = tuple[Services, ManualClock]


@pytest.fixture
def district(tmp_path: Path, database_url: str) -> Iterator[District]:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=ZONE))
    services = published(tmp_path, database_url, clock)
    yield services, clock
    services.store.close()


def opened(services: Services) -> list[tuple[str | None, str, str, str, bool]]:
    with services.store.read(DISTRICT) as reading:
        rows = reading.cases.list(order="opened_at").rows
    return [(row.object, row.kind, row.category, row.reporter, row.open) for row in rows]


def listed(services: Services) -> dict[str, Due]:
    return {item.object: item for item in services.casework.list_inspections(DISTRICT)}


def test_nothing_is_opened_before_the_day(district: District) -> None:
    services, clock = district
    clock.set(DUE - timedelta(seconds=1))
    assert Inspections(services.casework).open_due() == 0
    assert {item.state for item in listed(services).values()} == {"later"}
    assert listed(services)["L1"].due == date(2026, 2, 28)


def test_on_the_day_a_case_is_opened_for_each_object_in_use(district: District) -> None:
    services, clock = district
    clock.set(DUE)
    assert Inspections(services.casework).open_due() == 2
    assert sorted(opened(services), key=str) == [
        ("L1", "inspection", "0104", "system", True),
        ("L3", "inspection", "0104", "system", True),
    ], "L2 is removed, and benches are not inspected"
    with services.store.read(DISTRICT) as reading:
        (task,) = [
            task for row in reading.cases.list().rows for task in reading.cases.tasks(row.id) if row.object == "L1"
        ]
    assert (task.post, task.cell) == ("head", "D01")


def test_any_number_of_workers_open_it_once(district: District) -> None:
    services, clock = district
    clock.set(DUE)
    first, second = Inspections(services.casework), Inspections(services.casework)
    assert (first.open_due(), second.open_due(), first.open_due()) == (2, 0, 0)
    assert len(opened(services)) == 2


def test_a_worker_that_looked_before_another_opened_opens_nothing_more(district: District) -> None:
    services, clock = district
    clock.set(DUE)
    slow = Inspections(services.casework)
    seen = services.casework.list_inspections(DISTRICT)
    Inspections(services.casework).open_due()
    assert [slow._open(DISTRICT, item, clock.now()) for item in seen] == [False, False]
    assert len(opened(services)) == 2


def test_an_inspection_starts_the_time_anew(district: District) -> None:
    services, clock = district
    clock.set(DUE)
    chore = Inspections(services.casework)
    chore.open_due()
    clock.set(DUE + timedelta(days=3, hours=10))
    assert (listed(services)["L1"].state, listed(services)["L1"].last) == ("late", None)
    with services.store.read(DISTRICT) as reading:
        case = next(row.id for row in reading.cases.list().rows if row.object == "L1")
    act(services, "ann", case, "inspect")
    done = listed(services)["L1"]
    assert (done.last, done.due, done.state, done.case) == (date(2026, 3, 3), date(2026, 4, 3), "later", None)
    clock.set(datetime(2026, 4, 3, 0, 0, tzinfo=ZONE))
    assert chore.open_due() == 1, "L3 is still open and is not opened again"
    assert len(opened(services)) == 3


def test_one_that_a_person_has_opened_is_enough(district: District) -> None:
    services, clock = district
    clock.set(DUE - timedelta(days=1))
    report = Report("inspection", "0104", object="L1")
    services.casework.open_case(DISTRICT, Principal("ann", locality=DISTRICT), Repeatable("by hand", "by hand"), report)
    clock.set(DUE)
    assert Inspections(services.casework).open_due() == 1
    assert [row[0] for row in opened(services)] == ["L1", "L3"]


def test_a_pass_opens_so_many_and_the_next_one_goes_on(district: District, monkeypatch: pytest.MonkeyPatch) -> None:
    services, clock = district
    clock.set(DUE)
    monkeypatch.setattr(inspecting, "A_PASS", 1)
    chore = Inspections(services.casework)
    assert [chore.open_due() for _ in range(3)] == [1, 1, 0]


def test_an_object_that_cannot_be_opened_does_not_keep_the_others_waiting(
    district: District, monkeypatch: pytest.MonkeyPatch
) -> None:
    services, clock = district
    clock.set(DUE)

    def stable_id(locality: str, item: Due) -> str:
        if item.object == "L1":
            raise ValueError(item.object)
        return "another"

    chore = Inspections(services.casework)
    with monkeypatch.context() as broken:
        broken.setattr(inspecting, "stable_id", stable_id)
        with pytest.raises(ExceptionGroup):
            chore.open_due()
    assert [row[0] for row in opened(services)] == ["L3"]
    assert chore.open_due() == 0, "not at once"
    clock.advance(minutes=10)
    assert chore.open_due() == 1
    assert {row[0] for row in opened(services)} == {"L1", "L3"}


def test_the_worker_that_runs_in_production_opens_them(district: District) -> None:
    services, clock = district
    clock.set(DUE)
    assert create_worker(services).run_once().failed == 0
    assert len(opened(services)) == 2


def test_an_inspection_without_an_intake_is_only_listed(tmp_path: Path, sqlite_url: str) -> None:
    clock = ManualClock(DUE)
    services = published(tmp_path, sqlite_url, clock, source(registry=(", intake: inspection}", "}")))
    clock.set(DUE)
    assert Inspections(services.casework).open_due() == 0
    assert listed(services)["L1"].state == "due"
    services.store.close()


def test_a_lamp_in_a_grid_that_ended_is_inspected_in_the_one_that_took_over(tmp_path: Path, sqlite_url: str) -> None:
    clock = ManualClock(DUE)
    files = dict(source().files)
    rows = [line.rsplit(",", 1) for line in files["cells.csv"].decode().splitlines()]
    (head, last), *others = rows
    ended = {"D02": "2026-02-10,D01"}
    lines = [f"{head},valid_to,successors,{last}"]
    lines += [f"{row},{ended.get(row.split(',')[0], ',')},{origin}" for row, origin in others]
    services = published(
        tmp_path, sqlite_url, clock, source_of(DISTRICT, {**files, "cells.csv": "\n".join(lines).encode() + b"\n"})
    )
    clock.set(DUE)
    Inspections(services.casework).open_due()
    with services.store.read(DISTRICT) as reading:
        assert {row.cell for row in reading.cases.list().rows} == {"D01"}
    services.store.close()


def test_a_locality_that_is_not_there(district: District) -> None:
    with pytest.raises(NotFound):
        district[0].casework.list_inspections("nowhere")


@pytest.mark.parametrize(
    ("last", "every", "unit", "due"),
    [
        (date(2026, 1, 31), 1, "month", date(2026, 2, 28)),
        (date(2024, 1, 31), 1, "month", date(2024, 2, 29)),
        (date(2026, 11, 30), 3, "month", date(2027, 2, 28)),
        (date(2026, 12, 31), 1, "day", date(2027, 1, 1)),
        (date(2026, 3, 2), 2, "week", date(2026, 3, 16)),
        (date(2024, 2, 29), 1, "year", date(2025, 2, 28)),
    ],
)
def test_the_day_by_which_the_next_one_is_due(last: date, every: int, unit: str, due: date) -> None:
    assert due_day(last, Inspection(every, unit)) == due  # type: ignore[arg-type]
