"""A published revision keeps the data that it was published with, whatever is installed later."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from plugin_folders import days, district, module, write_plugin

from core.factory import Services, build_services
from core.governance.checking import read_locality
from core.governance.demo_cases import open_demo_cases
from core.governance.demo_people import settle_demo_people
from core.governance.plugin_list import list_plugins
from core.governance.publishing import export, publish
from core.manifest.documents import read_documents
from core.manifest.pipeline import check
from core.settings import Settings
from core.store import ManualClock

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday; the minimal district works on Mondays and Tuesdays
OWN = '    announced: [2026]\n    holidays: ["2026-10-01/2026-10-07"]\n    make_up: [{date: "2026-10-10", as: mon}]\n'
SOURCE = district("plugins: [{id: sample}]\n", ("timers.yaml", OWN, "    follows: days\n"))
PROVIDES = "module: hooks\nprovides: {hooks: [deliver_notice], calendars: [days]}\n"
DELIVERS = module("    @hookimpl\n    def deliver_notice(self, notice):\n        return None\n")


class House:
    """An installation that can be started again with other plugins in its folder."""

    def __init__(self, tmp_path: Path, database_url: str) -> None:
        self.plugins = tmp_path / "plugins"
        self.settings = Settings(
            instance=tmp_path / "instance", database_url=database_url, plugins=(self.plugins,), log_level="warning"
        )
        self.install("1.0", '"2026-05-01"')
        self.services = self.start()

    def install(self, version: str, closed: str) -> None:
        write_plugin(self.plugins, "sample", PROVIDES, version, hooks=DELIVERS, calendars__days=days(closed))

    def start(self) -> Services:
        return build_services(self.settings, ManualClock(NOW))

    def again(self) -> Services:
        self.services.store.close()
        self.services = self.start()
        return self.services

    def publish(self) -> Any:
        services = self.services
        return publish(services.store, SOURCE, services.clock.now(), "test", services.plugins.resolve)

    def current(self) -> Any:
        with self.services.store.read("minimal") as reading:
            return self.services.casework.schemes.current(reading)

    def pinned(self, digest: str) -> Any:
        with self.services.store.read("minimal") as reading:
            return self.services.casework.schemes.by_digest(reading, digest)

    def deadlines(self) -> dict[str, Any]:
        """Case → the scheme that it is pinned to and when its clocks are due."""
        found = {}
        with self.services.store.read("minimal") as reading:
            for row in reading.cases.list().rows:
                case = reading.cases.load(row.id, lock=False)
                found[case.id] = (case.scheme, {name: clock.due_at for name, clock in case.clocks.items()})
        return found


@pytest.fixture
def house(tmp_path: Path, database_url: str) -> Iterator[House]:
    made = House(tmp_path, database_url)
    yield made
    made.services.store.close()


def test_an_upgrade_moves_nothing_of_what_is_published(house: House, tmp_path: Path) -> None:
    first = house.publish()
    settle_demo_people(house.services.store, house.current(), tmp_path / "tokens.json", NOW)
    assert open_demo_cases(house.services.casework, "minimal", read_documents(SOURCE)[0].tests()) == 1
    before = house.deadlines()
    house.install("2.0", '"2026-03-03/2026-03-31"')
    house.again()
    scheme = house.current()
    assert scheme.digest == first.revision.scheme_digest
    assert scheme.timers.calendars["office"].closed == {date(2026, 5, 1)}
    assert set(scheme.extensions.deliver_notice) == {"sample"}, "functions are those of the installed version"
    assert house.deadlines() == before

    second = house.publish()
    assert second.changed and second.revision.scheme_digest != first.revision.scheme_digest
    assert house.current().timers.calendars["office"].closed > {date(2026, 3, 3)}
    assert house.deadlines() == before
    assert house.pinned(first.revision.scheme_digest).timers.calendars["office"].closed == {date(2026, 5, 1)}


def test_publishing_again_changes_nothing_while_the_plugin_says_the_same(house: House) -> None:
    assert house.publish().changed
    assert not house.publish().changed
    house.install("1.0", '"2026-05-02"')  # the same version with other data, as when a library behind it is newer
    house.again()
    assert house.publish().changed


def test_export_and_publish_give_the_same_two_digests(house: House, tmp_path: Path) -> None:
    first = house.publish().revision
    export(house.services.store, "minimal", tmp_path / "out")
    source = read_locality(tmp_path / "out")
    other = replace(house.settings, instance=tmp_path / "other", database_url="")
    services = build_services(other, ManualClock(NOW))
    second = publish(services.store, source, NOW, "test", services.plugins.resolve).revision
    services.store.close()
    assert (second.source_digest, second.scheme_digest) == (first.source_digest, first.scheme_digest)


def test_a_plugin_that_is_gone_takes_nothing_with_it(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    first = house.publish()
    shutil.rmtree(house.plugins / "sample")
    services = house.again()
    scheme = house.current()
    assert scheme.digest == first.revision.scheme_digest
    assert scheme.timers.calendars["office"].closed == {date(2026, 5, 1)}
    assert scheme.extensions.deliver_notice == {}
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert {"event": "plugin-not-running", "plugin": "sample", "locality": "minimal"}.items() <= logged[-1].items()
    used = list_plugins(services.plugins, services.store)["districts"]
    assert used == {"minimal": {"sample": {"published": "1.0", "installed": None}}}


def test_only_what_the_manifest_uses_is_part_of_its_meaning(house: House) -> None:
    digest = house.publish().revision.scheme_digest
    nights = days('"2026-06-01"').replace("id: days", "id: nights")
    more = PROVIDES.replace("[days]", "[days, nights]")
    write_plugin(house.plugins, "sample", more, hooks=DELIVERS, calendars__nights=nights)
    house.again()
    assert not house.publish().changed
    found = check(SOURCE, house.services.plugins.resolve).scheme
    assert found.digest == digest and set(found.extensions.holidays) == {"days"}
    with house.services.store.read("minimal") as reading:
        kept = reading.revisions.lock(1)["plugins"]
    assert set(kept["holidays"]) == {"days"} and kept["versions"] == {"sample": "1.0"}
