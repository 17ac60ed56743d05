"""Ordinary information is summed up daily and owed once; major information is passed on at once."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.casework import Summaries
from core.cli.story import Story
from core.factory import create_app, create_worker
from core.governance.publishing import publish
from core.manifest.source import read_source
from core.manifest.yaml_text import read_yaml
from core.settings import Settings
from core.store import ManualClock

FOLDER = Path(__file__).parents[3] / "manifests" / "konggang_1355"


@pytest.fixture
def district(tmp_path):
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    app = create_app(replace(Settings(), instance=tmp_path, log_level="error"), clock)
    services = app.extensions["gridwright"]
    publish(services.store, read_source(FOLDER), clock.now(), "test", services.plugins.resolve)
    yield app, services, clock
    services.store.close()


def play(district, name, test):
    app, services, clock = district
    document, _ = read_yaml(name, (FOLDER / "tests" / name).read_bytes())
    found = next(item for item in document.value["tests"] if item["id"] == test)
    return Story(app, services.store, create_worker(services), clock, "konggang_1355", "Asia/Shanghai").play(found)


def summaries(services):
    with services.store.read("konggang_1355") as reading:
        items = [*reading.outbox.list("waiting"), *reading.outbox.list("done")]
    return [item for item in items if item.kind == "summary"]


def test_ordinary_information_is_summed_up_at_six(district):
    _app, services, clock = district
    play(district, "manhole.yaml", "grid_head_responds")  # reported at 09:00 local time on 2 March
    clock.set(datetime(2026, 3, 2, 9, 59, 59, tzinfo=UTC))
    Summaries(services.casework).owe()
    assert summaries(services) == []
    clock.set(datetime(2026, 3, 2, 10, 0, tzinfo=UTC))  # 18:00 in the district
    Summaries(services.casework).owe()
    (owed,) = summaries(services)
    assert owed.body["total"] == 1
    assert owed.body["by_category"] == {"05001": 1}
    assert owed.body["to"] == "2026-03-02T18:00:00+08:00"


def test_any_number_of_workers_owe_a_summary_once(district):
    _app, services, clock = district
    play(district, "manhole.yaml", "grid_head_responds")
    clock.set(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    first, second = Summaries(services.casework), Summaries(services.casework)
    first.owe()
    second.owe()
    first.owe()
    assert len(summaries(services)) == 1


def test_a_day_without_cases_owes_nothing(district):
    _app, services, clock = district
    play(district, "manhole.yaml", "grid_head_responds")
    clock.set(datetime(2026, 3, 4, 12, 0, tzinfo=UTC))
    Summaries(services.casework).owe()
    assert summaries(services) == []


def test_major_information_is_passed_on_at_once(district):
    events = play(district, "paths.yaml", "platform_commands_specialists_in_major_matters")
    told = [event["data"] for event in events if event["type"] == "noticed" and event["data"]["template"] == "at_once"]
    assert [(notice["cadence"], notice["target"]["post"]) for notice in told] == [("at_once", "office_head")]


def test_ordinary_information_is_not_passed_on_at_once(district):
    events = play(district, "manhole.yaml", "grid_head_responds")
    assert not [event for event in events if event["data"].get("template") == "at_once"]
