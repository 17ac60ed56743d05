"""大兴 12355 says what its source document says: each number against the line that states it, and dispatch as promised.

The document itself is not part of the project; the words that are cited stand here beside their lines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from district_files import origins, table, text

from core.governance.demo_people import positions
from core.governance.sampling import Sample, sample
from core.manifest.pipeline import check
from core.manifest.report import Report
from core.manifest.source import read_source
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

FOLDER = Path(__file__).parent.parent / "manifests" / "daxing_12355"
TABLES = {
    "cells.csv",
    "cells.geojson",
    "categories.csv",
    "filing_conditions.csv",
    "closing_conditions.csv",
    "rules.csv",
}

CITED = {
    2: "建立兩軸機制",
    3: "建立“一二三五五”的網格化管理工作模式",
    4: "按照一個村莊、一個社區、一個園區劃分一個基本網格",
    5: "分為兩種模式",
    6: "搭建了區、鎮(街)、村(社區)三級工作平臺",
    7: "以區市政市容委、社會工委、綜治辦、安監局和屬地牽頭的五大指揮系統",
    8: "實行區、鎮(街)、片、基本網格(村、社區)、單元網格五級管理",
    10: "劃分了734個基本網格,其中社區網格188個,村莊網格469個、園區網格77個",
    13: "按照業務分類梳理出29大類,229小類、769項工作事項",
    14: "現已梳理8000余條派遣規則,90%以上的網格案件可實現系統自動派遣",
    15: "分新城地區六街道、南九鎮農村地區和北五鎮兩街道城鄉結合部等三種區域類型",
    17: "建立網格化管理的八項工作機制",
    18: "建立推動網格化管理常態運轉“七化”機制",
    21: "一是指揮軸牽頭單位明確管理權責歸屬,二是聯合會商綜合執法,三是專題調查材料領導批示專辦,"
    "四是提交五項重點基礎工作聯席會專題研討",
    22: "建立與區委區政府領導工作進展匯報",
}
"""Every line of the document that the manifest cites, with the words that bear it out."""

BASES = {"行业管理", "属地管理", "法规", "三定", "惯例"}
NEW_TOWN = {"001", "002", "003", "009", "010", "011"}
SOUTH = {str(number) for number in range(103, 112)}
NORTH = {"004", "005", "006", "007", "008", "012", "013"}


@pytest.fixture(scope="module")
def report() -> Report:
    return check(read_source(FOLDER), shipped_plugins().resolve)


@pytest.fixture(scope="module")
def scheme(report: Report) -> Scheme:
    assert isinstance(report.scheme, Scheme)
    return report.scheme


@pytest.fixture(scope="module")
def drawn(scheme: Scheme) -> Sample:
    return sample(scheme, 20_000, 1, date(2026, 3, 2))


def lines(origin: str) -> set[int]:
    return {int(number) for number in re.findall(r"\d+", origin.removeprefix("seed:S1:"))}


# ---------------------------------------------------------------------------------------------------------- origins
def test_nothing_is_wrong_and_nothing_is_waived(report: Report) -> None:
    assert (report.errors, report.warnings) == (0, 0)
    assert not [finding for finding in report.findings if finding.waived]


def test_every_fact_says_where_it_comes_from() -> None:
    for origin in {origin for _, origin in origins(FOLDER)}:
        assert re.fullmatch(r"demo|standard:gbt_47678_5_2026|seed:S1:[\d,-]+", origin), origin


def test_every_cited_line_is_one_whose_words_stand_here() -> None:
    cited = {line for _, origin in origins(FOLDER) if origin.startswith("seed:") for line in lines(origin)}
    assert cited == set(CITED)


def test_what_the_document_leaves_open_is_a_demo_parameter() -> None:
    """No line gives a time to receive, handle, check or answer, nor a number of returns."""
    for parameter in text(FOLDER, "locality.yaml")["parameters"]:
        assert parameter["origin"] == "demo" and parameter["reason"]["zh"], parameter["id"]


def test_every_contradiction_is_settled_with_a_reason() -> None:
    settled = {item["id"]: item for item in text(FOLDER, "locality.yaml")["settlements"]}
    assert {
        "eight_mechanisms",
        "platforms_and_levels",
        "parks_without_platform",
        "two_axes",
        "supervision_areas",
    } <= settled.keys()
    for item in settled.values():
        for part in ("contradiction", "reading", "reason"):
            assert item[part]["zh"] and item[part]["en"], item["id"]
        quoted = re.findall(r"第([\d、]+)行", item["contradiction"]["zh"])
        assert {int(line) for part in quoted for line in part.split("、")} <= set(CITED), item["id"]


def test_the_tables_come_from_their_generator(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "generate.py", tmp_path)
    shutil.copytree(FOLDER / "generator", tmp_path / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, tmp_path / "generate.py"], check=True, cwd=tmp_path)
    made = {path.name for path in tmp_path.iterdir() if path.is_file()} - {"generate.py"}
    assert made == TABLES
    for name in made:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


# ------------------------------------------------------------------------------------------------------------- grid
def test_five_tiers_the_fourth_with_734_grids_of_three_kinds(scheme: Scheme) -> None:
    """Lines 8 and 10; the fifth tier has no cells, since the document counts none."""
    assert [tier.label.zh for tier in scheme.grid.tiers] == ["区", "镇（街）", "片", "基本网格", "单元网格"]
    by_tier = scheme.counts["cells_by_tier"]
    assert (by_tier["district"], by_tier["town"], by_tier["basic"], by_tier["unit"]) == (1, 22, 734, 0)
    kinds = scheme.counts["cells_by_kind"]
    assert (kinds["community"], kinds["village"], kinds["park"]) == (188, 469, 77)
    assert scheme.counts["leaf_cells"] == 734


def test_twenty_two_units_in_three_supervision_areas(scheme: Scheme) -> None:
    """Line 15; codes of the national list."""
    found: dict[str | None, set[str]] = {}
    for cell in scheme.grid.cells.values():
        if cell.tier == "town":
            found.setdefault(cell.kind, set()).add(cell.code.removeprefix("110115"))
    assert found == {"new_town": NEW_TOWN, "southern_town": SOUTH, "northern_unit": NORTH}
    (areas, _) = text(FOLDER, "grid.yaml")["overlays"]
    watched = [{code.removeprefix("110115") for code in area["cells"]} for area in areas["areas"]]
    assert watched == [NEW_TOWN, SOUTH, NORTH]


def test_five_command_systems(scheme: Scheme) -> None:
    """Line 7."""
    (_, systems) = text(FOLDER, "grid.yaml")["overlays"]
    leads = [scheme.roster.organisations[area["organisation"]].label.zh for area in systems["areas"][:4]]
    assert leads == ["市政市容委", "社会工委", "综治办", "安监局"]
    assert len(systems["areas"]) == 5 and len(systems["areas"][4]["cells"]) == 22


def test_two_modes(scheme: Scheme) -> None:
    """Line 5; the new town is urban throughout, the south rural throughout."""
    modes: dict[str | None, set[str | None]] = {}
    for leaf in scheme.grid.leaves:
        town = scheme.grid.cells[scheme.grid.chain(leaf)[2]]
        modes.setdefault(town.kind, set()).add(scheme.grid.cells[leaf].grade)
    assert modes == {"new_town": {"urban"}, "southern_town": {"rural"}, "northern_unit": {"urban", "rural"}}


# ---------------------------------------------------------------------------------------------------------- classes
def test_29_majors_229_minors_769_items(scheme: Scheme) -> None:
    """Line 13."""
    assert [scheme.counts[name] for name in ("majors", "minors", "items")] == [29, 229, 769]
    parents = {row["parent"] for row in table(FOLDER, "categories.csv")}
    assert all(row["code"] in parents for row in table(FOLDER, "categories.csv") if row["level"] == "minor")


def test_the_standards_250_classes_come_first_under_their_own_codes() -> None:
    rows = [row for row in table(FOLDER, "categories.csv") if row["level"] == "item"]
    assert Counter(row["origin"] for row in rows) == {"standard:gbt_47678_5_2026": 250, "demo": 519}
    assert all(row["origin"].startswith("standard:") for row in rows[:250])
    codes = Counter((row["kind"], row["standard_code"]) for row in rows[:250])
    assert max(codes.values()) == 1 and Counter(kind for kind, _ in codes) == {"component": 153, "matter": 97}
    for row in table(FOLDER, "categories.csv"):
        assert bool(row["standard_code"]) == row["origin"].startswith("standard:"), row["code"]


def test_every_name_stands_once_and_reads_in_both_languages() -> None:
    rows = table(FOLDER, "categories.csv")
    for row in rows:
        assert re.search(r"[一-鿿]", row["label_zh"]) and row["label_en"], row["code"]
        assert not re.search(r"[一-鿿]", row["label_en"]), row["code"]
    for level in ("major", "minor", "item"):
        for column in ("label_zh", "label_en"):
            names = Counter(row[column] for row in rows if row["level"] == level)
            assert [name for name, times in names.items() if times > 1] == []


def test_every_item_has_filing_and_closing_conditions() -> None:
    """Line 13: 立結案標準."""
    items = {row["code"] for row in table(FOLDER, "categories.csv") if row["level"] == "item"}
    filing = Counter(row["category"] for row in table(FOLDER, "filing_conditions.csv"))
    closing = Counter(row["category"] for row in table(FOLDER, "closing_conditions.csv"))
    assert set(filing) == set(closing) == items
    assert set(filing.values()) == {2} and set(closing.values()) == {1}


# ----------------------------------------------------------------------------------------------------------- roster
def test_three_teams(scheme: Scheme) -> None:
    """Line 15: 1,100 patrol members, 80 supervisors over three areas, 30 operators, 2 a local unit, 1 a department."""
    held = scheme.roster.positions
    assert held["patrol"] == 1100 and held["district_operator"] == 30
    assert held["supervisor_new_town"] + held["supervisor_south"] + held["supervisor_north"] == 80
    assert held["local_operator"] == 2 * 22
    units = scheme.roster.organisations.values()
    assert held["department_operator"] == sum(unit.kind in ("axis", "department") for unit in units)
    for post in ("patrol", "supervisor_south", "district_operator", "local_operator", "department_operator"):
        assert lines(scheme.roster.posts[post].origin) == {15}


def test_management_staff_are_posted_to_every_grid_under_their_names(scheme: Scheme) -> None:
    """Line 15: 實名下沉到網格."""
    posted = {person.cell for person in positions(scheme) if person.post in ("village_cadre", "posted_staff")}
    assert posted == set(scheme.grid.leaves)


def test_the_document_names_four_enforcing_forces(scheme: Scheme) -> None:
    named = [
        unit.label.zh
        for unit in scheme.roster.organisations.values()
        if lines(unit.origin) == {15} and unit.kind == "department"
    ]
    assert "、".join(named) == "公安、交通、城管、工商"


# --------------------------------------------------------------------------------------------------------- workflow
def test_the_ladder_has_four_steps_each_from_the_one_before(scheme: Scheme) -> None:
    """Line 21."""
    actions = scheme.kind("grid_case").actions
    steps = [actions[name] for name in ("name_lead", "consult_jointly", "submit_to_leaders", "submit_to_conference")]
    assert [(sorted(action.sources), action.to) for action in steps] == [
        ([], "ownership"),
        (["ownership"], "joint"),
        (["joint"], "special"),
        (["special"], "conference"),
    ]
    ladder = [action.id for action in actions.values() if action.track == "ladder" and action.to != "settled"]
    assert ladder == ["name_lead", "name_lead_by_class", *(action.id for action in steps[1:])]


# --------------------------------------------------------------------------------------------------------- dispatch
def test_more_than_8000_rules_each_on_one_of_five_bases(scheme: Scheme) -> None:
    """Line 14."""
    assert 8000 < len(scheme.dispatch.rules) < 9000
    assert {rule.basis for rule in scheme.dispatch.rules} == BASES


def test_ninety_of_a_hundred_reports_need_no_person_and_none_is_lost(drawn: Sample) -> None:
    """Line 14, over reports that are drawn without looking at the rules."""
    assert drawn.share >= 0.90
    assert drawn.unanswered == 0


def test_whatever_needs_a_person_says_why_and_is_on_the_operators_list(drawn: Sample) -> None:
    assert {group.handler for group in drawn.by_person} == {"organisation:operation_centre"}
    for group in drawn.by_person:
        assert re.match(r"F-(ownership_unclear|no_department_yet|cross_boundary)-\d{4}\Z", group.rule or "")
