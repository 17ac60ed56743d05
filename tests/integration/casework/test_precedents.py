"""What was ruled in cases comes back as rules: offered once, contradictions named, and fit to be appended."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from core.casework import Deed, Principal, Repeatable, Report
from core.cli.story import Story
from core.errors import Conflict
from core.factory import Services, create_app, create_worker
from core.governance.precedents import Found, precedents, rows_to_append
from core.governance.publishing import publish
from core.governance.staffing import assign
from core.manifest.pipeline import check, load
from core.manifest.source import read_source, source_of
from core.manifest.yaml_text import read_yaml
from core.settings import Settings
from core.store import ManualClock

ROOT = Path(__file__).parents[3]
MINIMAL = ROOT / "tests" / "manifests" / "positive" / "minimal"
DAXING = ROOT / "manifests" / "daxing_12355"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
UNIT = "{unit: {type: string, format: organisation, title: {zh: 单位, en: unit}}, cell: {type: string, format: cell}}"
RULE = f"""
      - id: settle
        label: {{zh: 确权, en: settle}}
        meaning: rule_ownership
        track: main
        from: [reported, handling]
        who: [{{role: head}}]
        inputs: {{type: object, required: [unit], properties: {UNIT}}}
        effects:
          - correct: {{cell: cell}}
          - assign_task: {{task: handling, target: {{input: unit}}}}
      - id: pass_on
        label: {{zh: 转交, en: pass on}}
        meaning: dispatch
        track: main
        from: [reported, handling]
        who: [{{role: head}}]
        inputs: {{type: object, required: [unit], properties: {UNIT}}}
        effects:
          - assign_task: {{task: handling, target: {{input: unit}}}}
    reactions:"""


def files_with(**changes: tuple[bytes, bytes]) -> dict[str, bytes]:
    """The minimal district with an action that settles whose a case is, and other changes of its files."""
    files = dict(read_source(MINIMAL).files)
    edits = {"workflow.yaml": (b"\n    reactions:", RULE.encode())} | {
        name.replace("_", "."): edit for name, edit in changes.items()
    }
    for name, (old, new) in edits.items():
        assert old in files[name], (name, old)
        files[name] = files[name].replace(old, new, 1)
    return files


@dataclass
class District:
    """The small district on a server, its head, and cases that the head settles."""

    services: Services
    clock: ManualClock
    files: dict[str, bytes]
    keys: Any = field(default_factory=lambda: itertools.count(1))

    def __post_init__(self) -> None:
        self.publish(self.files)
        scheme = load(source_of("minimal", self.files))
        for cell in ("D01", "D02"):
            assign(self.services.store, scheme, "head", "head", NOW, cell=cell)
        assign(self.services.store, scheme, "head", "reporter", NOW, cell="D01")
        account = self.services.store.accounts.by_name("head")
        assert account is not None
        self.head = Principal(account.id, locality="minimal")

    def publish(self, files: dict[str, bytes]) -> None:
        source = source_of("minimal", files)
        with self.services.store.unit("minimal") as unit:
            unit.revisions.publish(files, source.digest, load(source).digest, {}, self.clock.now(), "test")
            unit.keep()
        self.files = files

    def case(self, cell: str = "D01") -> dict[str, Any]:
        report = Report("request", "0101", channel="app", severity="ordinary", cell=cell, facts={"depth_cm": 1})
        found: dict[str, Any] = self.services.casework.open_case("minimal", self.head, self.key(), report).body
        return found

    def settle(self, case: dict[str, Any], unit: str, action: str = "settle", **inputs: str) -> dict[str, Any]:
        """Give a case to an organisation."""
        deed = Deed(action, inputs={"unit": unit, **inputs})
        answer = self.services.casework.act("minimal", self.head, self.key(), case["id"], case["version"], deed)
        found: dict[str, Any] = answer.body
        return found

    def key(self) -> Repeatable:
        number = next(self.keys)
        return Repeatable(f"key-{number}", f"{number}")

    def found(self, since: datetime | None = None) -> Found:
        return precedents(self.services.casework, "minimal", since)

    def rows(self) -> str:
        with self.services.store.read("minimal") as reading:
            today = self.services.casework.schemes.current(reading)
            return rows_to_append(reading, today, self.found().precedents)


@pytest.fixture
def services(tmp_path: Path, database_url: str) -> Iterator[tuple[Services, ManualClock]]:
    clock = ManualClock(NOW)
    app = create_app(replace(Settings(), instance=tmp_path, database_url=database_url, log_level="error"), clock)
    yield app.extensions["gridwright"], clock
    app.extensions["gridwright"].store.close()


@pytest.fixture
def district(services: tuple[Services, ManualClock]) -> District:
    return District(*services, files_with())


def test_a_ruling_becomes_a_rule_at_the_tier_above_the_leaf(district: District) -> None:
    numbers = [district.case("D01")["number"]]  # not ruled
    cases = [district.case("D01"), district.case("D02")]
    for case in cases:
        district.settle(case, "works")
    district.settle(district.case(), "centre", "pass_on")  # given by an action that rules nothing
    (one,) = district.found().precedents
    assert (one.category, one.cell, one.organisation, one.offered) == ("0101", "D", "works", True)
    assert one.cases == tuple(sorted(case["number"] for case in cases)) and numbers[0] not in one.cases
    assert district.rows() == "P-0101-D,normal,0101,D,,,,,,organisation:works,precedent,\n"


def test_the_offered_rows_check_and_are_covered_once_they_hold(district: District) -> None:
    district.settle(district.case(), "works")
    draft = district.files | {"rules.csv": district.files["rules.csv"] + district.rows().encode()}
    before, after = (check(source_of("minimal", files)) for files in (district.files, draft))
    assert after.errors == 0 and len(after.findings) == len(before.findings)
    assert after.scheme is not None and "P-0101-D" in {rule.id for rule in after.scheme.dispatch.rules}
    district.publish(draft)
    assert district.found() == Found((), 1)
    assert district.rows() == ""


def test_a_table_without_an_end_of_line_is_not_run_on(district: District) -> None:
    district.publish(district.files | {"rules.csv": district.files["rules.csv"].rstrip(b"\n")})
    district.settle(district.case(), "works")
    draft = district.files | {"rules.csv": district.files["rules.csv"] + district.rows().encode()}
    assert check(source_of("minimal", draft)).errors == 0


def test_rulings_that_contradict_each_other_are_listed_and_not_offered(district: District) -> None:
    district.settle(district.case("D01"), "works")
    district.settle(district.case("D02"), "centre")
    assert [(one.organisation, one.others, one.offered, one.rule) for one in district.found().precedents] == [
        ("centre", ("works",), False, ""),
        ("works", ("centre",), False, ""),
    ]
    assert district.rows() == ""


def test_a_case_that_is_ruled_again_stands_for_its_last_ruling(district: District) -> None:
    case = district.settle(district.case("D01"), "works")
    district.clock.advance(hours=1)
    district.settle(case, "centre", cell="D02")
    (one,) = district.found().precedents
    assert (one.organisation, one.others, len(one.cases)) == ("centre", (), 1)
    assert district.found(NOW + timedelta(hours=1)).precedents == (one,)
    assert district.found(NOW + timedelta(hours=1, seconds=1)) == Found((), 0)


def test_a_ruling_that_leaves_the_case_where_it_is_counts(district: District) -> None:
    passed = district.settle(district.case(), "works", "pass_on")
    assert district.found() == Found((), 0), "given, not ruled"
    district.settle(passed, "works")
    (one,) = district.found().precedents
    assert (one.organisation, one.cases) == ("works", (passed["number"],))


def test_what_todays_rules_say_already_is_covered(district: District) -> None:
    rules = district.files["rules.csv"] + b"R2,normal,01,,,,,,,organisation:works,,\n"
    district.publish(district.files | {"rules.csv": rules})
    district.settle(district.case(), "works")
    assert district.found() == Found((), 1)


def test_an_id_that_is_taken_is_not_given_again_and_a_rival_is_named(district: District) -> None:
    rules = district.files["rules.csv"] + b"P-0101-D,normal,0101,D,,,,,,organisation:centre,,\n"
    district.publish(district.files | {"rules.csv": rules})
    district.settle(district.case(), "works")
    (one,) = district.found().precedents
    assert (one.rule, one.rival, one.offered) == ("P-0101-D-2", "P-0101-D", True)
    draft = rules + district.rows().encode()
    assert check(source_of("minimal", district.files | {"rules.csv": draft})).errors == 0


def test_what_the_scheme_no_longer_has_is_told_and_not_offered(district: District) -> None:
    district.settle(district.case(), "centre")
    files = {name: body.replace(b"centre", b"office") for name, body in district.files.items()}
    district.publish(files)
    (one,) = district.found().precedents
    assert (one.missing, one.offered) == (("centre",), False)


def test_a_table_that_cannot_say_it_is_refused(district: District) -> None:
    district.settle(district.case(), "works")
    district.publish(district.files | {"rules.csv": b"id,layer,handler\nR9,fallback,post:head\n"})
    with pytest.raises(Conflict) as refused:
        district.rows()
    assert refused.value.params == {"file": "rules.csv", "columns": "category, cell"}


def test_a_shipped_district_takes_its_own_precedents(tmp_path: Path, sqlite_url: str) -> None:
    clock = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
    app = create_app(replace(Settings(), instance=tmp_path, database_url=sqlite_url, log_level="error"), clock)
    services: Services = app.extensions["gridwright"]
    source = read_source(DAXING)
    publish(services.store, source, clock.now(), by="test", resolve=services.plugins.resolve)
    document, _ = read_yaml("t", (DAXING / "tests" / "difficult_cases.yaml").read_bytes())
    told = next(test for test in document.value["tests"] if test["id"] == "four_steps")
    Story(app, services.store, create_worker(services), clock, DAXING.name, "Asia/Shanghai").play(told)
    (one,) = precedents(services.casework, DAXING.name).precedents
    assert (one.category, one.cell, one.organisation) == ("061201", "110115005-P1", "traffic_police")
    with services.store.read(DAXING.name) as reading:
        rows = rows_to_append(reading, services.casework.schemes.current(reading), [one])
    services.store.close()
    draft = dict(source.files) | {"rules.csv": source.files["rules.csv"] + rows.encode()}
    report = check(source_of(DAXING.name, draft), services.plugins.resolve)
    assert report.errors == 0, json.dumps([str(finding) for finding in report.findings])
    assert len(report.findings) == len(check(source, services.plugins.resolve).findings), "nor a new warning"
