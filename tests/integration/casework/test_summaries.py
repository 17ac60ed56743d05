"""Ordinary information is summed up daily and owed once; major information is passed on at once."""

import io
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from PIL import Image

from core.casework import Principal, Repeatable, Report, Summaries
from core.cli.story import Story
from core.engine.command import Evidence
from core.factory import create_app, create_worker
from core.governance.demo_people import settle_demo_people
from core.governance.publishing import publish
from core.manifest.extension_data import written
from core.manifest.pipeline import load
from core.manifest.source import read_source, source_of
from core.manifest.yaml_text import read_yaml
from core.settings import Settings
from core.store import ManualClock

FOLDER = Path(__file__).parents[3] / "manifests" / "konggang_1355"


@pytest.fixture
def district(tmp_path):
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    app = create_app(replace(Settings(), instance=tmp_path, log_level="error"), clock)
    services = app.extensions["gridwright"]
    publish(services.store, read_source(FOLDER), clock.now(), by="test", resolve=services.plugins.resolve)
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


def report(district, at):
    """A case of ordinary information, opened at `at`."""
    _app, services, clock = district
    clock.set(at)
    with services.store.read(FOLDER.name) as reading:
        scheme = services.casework.schemes.current(reading)
        holding = reading.assignments.holding(at)
    if not holding:
        settle_demo_people(services.store, scheme, services.settings.instance / "tokens.json", at)
        with services.store.read(FOLDER.name) as reading:
            holding = reading.assignments.holding(at)
    here = next(held for held in holding if (held.post, held.cell) == ("street_cleaner", "610404009-01"))
    who, key = Principal(here.account, locality=FOLDER.name), f"{at.isoformat()}"
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "JPEG")
    photo = services.casework.attach(FOLDER.name, who, Repeatable(f"photo {key}", key), picture.getvalue())
    told = Report(
        "reporter_path",
        "05001",
        channel="city_app",
        severity="ordinary",
        cell="610404009-01",
        facts={"state": "broken"},
        evidence=(Evidence("photo", "before", photo.body["id"]),),
    )
    return services.casework.open_case(FOLDER.name, who, Repeatable(key, key), told)


def publish_as_it_is(services, files):
    scheme = load(source_of(FOLDER.name, files), services.plugins.resolve)
    with services.store.unit(FOLDER.name) as unit:
        lock = {"plugins": written(scheme.extensions)}
        unit.revisions.publish(files, "changed", scheme.digest, lock, services.clock.now(), "test")
        unit.keep()


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


def test_days_on_which_nobody_worked_are_made_good_in_order_and_empty_ones_owe_nothing(district):
    _app, services, clock = district
    for day in (2, 4):
        report(district, datetime(2026, 3, day, 1, 0, tzinfo=UTC))
    clock.set(datetime(2026, 3, 6, 12, 0, tzinfo=UTC))
    assert Summaries(services.casework).owe() == 2
    assert [item.body["to"] for item in summaries(services)] == [
        "2026-03-02T18:00:00+08:00",
        "2026-03-04T18:00:00+08:00",
    ]
    assert Summaries(services.casework).owe() == 0, "another worker owes nothing more"
    assert len(summaries(services)) == 2


def test_a_cadence_sums_up_nothing_from_before_it_was_published(district):
    _app, services, clock = district
    report(district, datetime(2026, 3, 1, 9, 0, tzinfo=UTC))
    files = dict(read_source(FOLDER).files)
    files["timers.yaml"] = files["timers.yaml"].replace(b"id: daily,", b"id: evening,")
    clock.set(datetime(2026, 3, 1, 11, 0, tzinfo=UTC))  # 19:00
    publish_as_it_is(services, files)
    Summaries(services.casework).owe()
    assert summaries(services) == []
    report(district, datetime(2026, 3, 2, 9, 0, tzinfo=UTC))
    clock.set(datetime(2026, 3, 2, 11, 0, tzinfo=UTC))
    Summaries(services.casework).owe()
    assert [item.body["cadence"] for item in summaries(services)] == ["evening"]


def test_the_worker_that_runs_in_production_owes_summaries(district):
    _app, services, clock = district
    report(district, datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    clock.set(datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    create_worker(services).run_once()
    assert len(summaries(services)) == 1


def test_a_district_that_fails_does_not_keep_the_others_waiting(district):
    _app, services, clock = district
    with services.store.unit("a_broken_one") as unit:
        unit.revisions.publish({"locality.yaml": b"["}, "s", "d", {}, clock.now(), "test")
        unit.keep()
    report(district, datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    clock.set(datetime(2026, 3, 2, 10, 0, tzinfo=UTC))
    with pytest.raises(ExceptionGroup):
        Summaries(services.casework).owe()
    assert len(summaries(services)) == 1
    assert create_worker(services).run_once().failed == 2, "told by each chore that reads schemes, and not in the way"


def test_major_information_is_passed_on_at_once(district):
    events = play(district, "paths.yaml", "platform_commands_specialists_in_major_matters")
    told = [event["data"] for event in events if event["type"] == "noticed" and event["data"]["template"] == "at_once"]
    assert [(notice["cadence"], notice["target"]["post"]) for notice in told] == [("at_once", "office_head")]


def test_ordinary_information_is_not_passed_on_at_once(district):
    events = play(district, "manhole.yaml", "grid_head_responds")
    assert not [event for event in events if event["data"].get("template") == "at_once"]
