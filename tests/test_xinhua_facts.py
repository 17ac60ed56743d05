"""沧州新华区 says what its source document says, and the check finds each of the difficulties that the article lists.

The document itself is not part of the project; the words that are cited stand here beside their lines.
"""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from district_files import origins

from core.errors import Finding
from core.manifest.pipeline import check
from core.manifest.report import Report
from core.manifest.source import read_source
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

FOLDER = Path(__file__).parent.parent / "manifests" / "xinhua_cangzhou"
CITED = {
    577: "沧州市新华区东环街道办事处下辖的百合社区由旧村改造而来,人口数量由原来的300户村民骤增到6000户业主",
    583: "消防、食品药品安全、市容市貌、环保防霾等都已成为政府日常工作中的必要选项",
    587: "以沧州市新华区为例,自 2015 年初开始在全区探索开展智慧网格化管理工作",
    591: "仅在民政、财政、公安、社保、卫生、计生、城管等少数部门建立了初级的电子办公系统",
    597: "东环办事处为例,其共辖10个社区,其中5个与新华区小赵庄乡下辖的自然村边界交叉",
    601: "百合社区共划分了 18 个基础管理网格,但整个社区的工作人员总计只有 11 人",
    609: "可以采取地方财政支付一半、上级财政配套一半的方式",
    611: "可以将公益性岗位侧重向网格员岗位倾斜",
}
"""Every line of the document that the manifest cites, with words that bear it out."""


@pytest.fixture(scope="module")
def report() -> Report:
    return check(read_source(FOLDER), shipped_plugins().resolve)


@pytest.fixture(scope="module")
def scheme(report: Report) -> Scheme:
    assert isinstance(report.scheme, Scheme)
    return report.scheme


def one(report: Report, code: str) -> Finding:
    (finding,) = [finding for finding in report.findings if finding.code == code]
    return finding


def test_every_cited_line_is_one_whose_words_stand_here() -> None:
    cited: set[int] = set()
    for file, origin in origins(FOLDER):
        assert re.fullmatch(r"demo|standard:gbt_47678_5_2026|seed:S3:[\d,-]+", origin), f"{file}: {origin}"
        if origin.startswith("seed"):
            cited.update(int(number) for number in re.findall(r"\d+", origin.removeprefix("seed:S3:")))
    assert cited == set(CITED)


# -------------------------------------------------------------------------------------------------------- difficulties
def test_the_check_finds_each_difficulty_and_stops_nothing(report: Report) -> None:
    """Each is a warning: the district runs with its difficulties, and nobody is led to overlook them."""
    assert report.errors == 0 and report.ok and (report.warnings, report.waived) == (6, 0)
    shown = [finding for finding in report.findings if finding.severity == "warning"]
    assert Counter(finding.code for finding in shown) == {
        "lint-building-beyond-cell": 1,
        "lint-cell-far-above-rule": 1,
        "lint-division-rule-broken": 2,
        "lint-division-rule-crossed": 1,
        "lint-positions-fewer-than-cells": 1,
    }


def test_a_tower_larger_than_a_grid(report: Report) -> None:
    """Line 597: 仅一栋高层的总户数就超出了200户."""
    found = one(report, "lint-building-beyond-cell").params
    assert found["households"] > found["maximum"] == 300 and found["cells"] == 2


def test_grids_almost_three_times_too_large(report: Report) -> None:
    """Line 597: 利农社区, 3 grids, 面积却比正常网格大上近3倍."""
    found = one(report, "lint-cell-far-above-rule").params
    assert found["rule"] == "size" and found["cells"] == 3
    assert found["cell"].startswith("LN-01") and 2.7 <= found["times"] <= 3


def test_five_communities_cross_villages(report: Report, scheme: Scheme) -> None:
    """Line 597: 共辖10个社区,其中5个与自然村边界交叉; every crossing is written down as contested."""
    found = one(report, "lint-division-rule-crossed").params
    assert (found["pairs"], found["contested"]) == (5, 5)
    communities = [code for code, cell in scheme.grid.cells.items() if cell.parent == "130902004"]
    assert len(communities) == 10
    areas = yaml.safe_load((FOLDER / "grid.yaml").read_text(encoding="utf-8"))["contested_areas"]
    assert len(areas) == 5
    for area in areas:
        ours, theirs = (scheme.grid.chain(cell) for cell in area["cells"])
        assert "130902004" in ours and "130902200" in theirs
        assert area["claimants"] == ["donghuan", "xiaozhaozhuang"] and area["interim_handler"]


def test_eighteen_grids_and_eleven_staff(report: Report, scheme: Scheme) -> None:
    """Lines 577 and 601: 6000 households, 18 grids, 11 people."""
    found = one(report, "lint-positions-fewer-than-cells").params
    assert found == {"post": "baihe_worker", "positions": 11, "cells": 18}
    cells = [cell for cell in scheme.grid.cells.values() if cell.parent == "DH-01"]
    assert sum(cell.households or 0 for cell in cells) == scheme.grid.cells["DH-01"].households == 6000


def test_the_rule_is_two_to_three_hundred_households(report: Report) -> None:
    """Line 597, printed 200,300户; sixteen of the eighteen grids of line 601 are above it."""
    (rule, *_) = yaml.safe_load((FOLDER / "grid.yaml").read_text(encoding="utf-8"))["division_rules"]
    assert (rule["minimum"], rule["maximum"], rule.get("origin")) == (200, 300, None)  # the file's own: line 597
    broken = [finding.params for finding in report.findings if finding.code == "lint-division-rule-broken"]
    assert {found["rule"]: found["cells"] for found in broken} == {"households": 16, "size": 3}


def test_buildings_add_up_to_their_grids(scheme: Scheme) -> None:
    with (FOLDER / "buildings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    held = Counter({row["cell"]: 0 for row in rows})
    for row in rows:
        held[row["cell"]] += int(row["households"])
    assert held == {code: scheme.grid.cells[code].households for code in held} and len(held) == 18
    assert scheme.building_index.locate("B01", "2") == "DH-01-02"


def test_seven_departments_with_a_system_of_their_own(scheme: Scheme) -> None:
    """Line 591."""
    named = [unit.label.zh for unit in scheme.roster.organisations.values() if unit.kind == "department"]
    assert "、".join(named) == "民政、财政、公安、社保、卫生、计生、城管"


def test_no_price_stands_in_the_scheme() -> None:
    """Lines 609 and 611 give none, so `fit` has its prices from whoever asks."""
    assert "cost" not in (FOLDER / "roster.yaml").read_text(encoding="utf-8")
    for path in FOLDER.glob("*.yaml"):
        assert "万元" not in path.read_text(encoding="utf-8")


def test_the_tables_come_from_their_generator(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "generate.py", tmp_path)
    subprocess.run([sys.executable, tmp_path / "generate.py"], check=True, cwd=tmp_path)
    made = {path.name for path in tmp_path.iterdir()} - {"generate.py"}
    assert made == {"cells.csv", "cells.geojson", "buildings.csv"}
    for name in made:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
