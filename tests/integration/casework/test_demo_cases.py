"""A first start shows demo cases on the way and at their end, and a second start adds none."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.factory import create_app
from core.governance.demo_cases import open_demo_cases
from core.governance.demo_people import settle_demo_people
from core.governance.publishing import publish
from core.manifest.documents import read_documents
from core.manifest.source import read_source
from core.settings import Settings
from core.store import ManualClock

FOLDER = Path(__file__).parents[3] / "manifests" / "konggang_1355"


def test_demo_people_report_and_take_some_cases_to_their_end(tmp_path):
    clock = ManualClock(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    services = create_app(replace(Settings(), instance=tmp_path, log_level="error"), clock).extensions["gridwright"]
    source = read_source(FOLDER)
    publish(services.store, source, clock.now(), "test", services.plugins.resolve)
    with services.store.read(source.id) as reading:
        scheme = services.casework.schemes.current(reading)
    settle_demo_people(services.store, scheme, tmp_path / "tokens.json", clock.now())
    tests = read_documents(source)[0].tests()
    opened = open_demo_cases(services.casework, source.id, tests)
    with services.store.read(source.id) as reading:
        rows = reading.cases.list().rows
    assert opened == len(rows) >= 8
    assert {row.open for row in rows} == {True, False}
    assert {row.kind for row in rows} >= {"event", "consultation", "complaint"}
    assert all(row.reporter.startswith("demo-") for row in rows)
    assert open_demo_cases(services.casework, source.id, tests) == opened  # the same keys get the same answers
    with services.store.read(source.id) as reading:
        assert reading.cases.list().rows == rows
    services.store.close()
