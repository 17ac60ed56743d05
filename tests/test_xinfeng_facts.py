"""信丰 says what its source document says: each number against the line that states it, and what the group chat does.

The document itself is not part of the project; the words that are cited stand here beside their lines.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
import yaml
from district_files import origins

from core.manifest.pipeline import check
from core.manifest.source import read_source
from core.scheme.scheme import Scheme
from core.scheme.workflow import Target
from core.testing import shipped_plugins

FOLDER = Path(__file__).parent.parent / "manifests" / "xinfeng"
CITED = {
    133: '信丰县创新"城市网格化+微信群"模式',
    135: "宣芳桥靠市场一百米处空又地出现一堆垃圾请所在网格及时清理",
    137: "将城区划分为35个大网格,每名县领导和若干个责任单位包一个网格,网格长由县领导担任",
    141: "只要拿出手机拍照上传,相关责任人就会立即回应,并将整治结果及时回复上传",
    143: "成功处置占道经营 638 家",
}
"""Every line of the document that the manifest cites, with words that bear it out."""

UNITS = {
    "0101": "家",
    "0102": "户次",
    "0103": "个次",
    "0104": "辆次",
    "0201": "m²",
    "0202": "m²",
    "0301": "张",
    "0302": "块",
    "0303": "张",
    "0304": "m²",
    "0305": "m²",
    "0401": "户",
    "0402": "户",
}
"""How line 143 counts."""


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    report = check(read_source(FOLDER), shipped_plugins().resolve)
    assert (report.errors, report.warnings) == (0, 0)
    assert isinstance(report.scheme, Scheme)
    return report.scheme


def test_every_cited_line_is_one_whose_words_stand_here() -> None:
    cited: set[int] = set()
    for file, origin in origins(FOLDER):
        assert re.fullmatch(r"demo|seed:S3:[\d,-]+", origin), f"{file}: {origin}"
        cited.update(int(number) for number in re.findall(r"\d+", origin.removeprefix("seed:S3:")))
    assert cited == set(CITED)


def test_thirty_five_large_grids_each_under_a_county_leader(scheme: Scheme) -> None:
    """Line 137. How many small ones there are is not said."""
    assert scheme.counts["cells_by_tier"] == {"town": 1, "large_grid": 35, "small_grid": 105}
    assert scheme.roster.positions["large_grid_head"] == 35
    assert {cell.origin for cell in scheme.grid.cells.values() if cell.tier == "small_grid"} == {"demo"}


def test_several_units_take_a_large_grid(scheme: Scheme) -> None:
    """Line 137: 若干个责任单位包一个网格."""
    units = Counter(unit.cell for unit in scheme.roster.organisations.values() if unit.kind == "responsible_unit")
    large = {cell.code for cell in scheme.grid.cells.values() if cell.tier == "large_grid"}
    assert set(units) == large and min(units.values()) > 1


def test_one_department_for_each_small_grid(scheme: Scheme) -> None:
    """Line 137: 每个相关职能部门负责一小格; which has which is a demo."""
    (overlay,) = yaml.safe_load((FOLDER / "grid.yaml").read_text(encoding="utf-8"))["overlays"]
    held = Counter(cell for area in overlay["areas"] for cell in area["cells"])
    small = {cell.code for cell in scheme.grid.cells.values() if cell.tier == "small_grid"}
    assert set(held) == small and set(held.values()) == {1}
    assert all(area["organisation"] in scheme.roster.organisations for area in overlay["areas"])


def test_nobody_dispatches(scheme: Scheme) -> None:
    """Line 137: 对号入座. The one rule names a pool; whoever it matches claims."""
    (rule,) = scheme.dispatch.rules
    assert rule.handler == Target("pool", "group") and rule.layer == "normal"
    assert set(scheme.dispatch.pools["group"].posts) <= set(scheme.roster.posts)


def test_the_chat_is_an_open_channel() -> None:
    chat, _ = yaml.safe_load((FOLDER / "workflow.yaml").read_text(encoding="utf-8"))["channels"]
    assert chat["group_chat"] is True and chat["label"]["zh"] == "信丰县城市网格化管理工作和城管卫生突击分队微信群"


def test_four_steps_of_the_chat(scheme: Scheme) -> None:
    """Lines 137 and 141."""
    actions = scheme.kind("street_matter").actions
    steps = [actions[id].label.zh for id in ("post", "claim", "answer", "post_result")]
    assert steps == ["拍照上传", "对号入座", "立即回应", "整治结果回复上传"]
    assert all(limit.kind == "target" for limit in scheme.timers.limits.values())  # no time limit is given


def test_results_are_counted_in_the_documents_units() -> None:
    tests = yaml.safe_load((FOLDER / "tests" / "counting.yaml").read_text(encoding="utf-8"))["tests"]
    counted = {step["report"]["category"] for test in tests for step in test["steps"] if "report" in step}
    assert counted | {"0102", "0201"} == set(UNITS)  # these two are counted in group.yaml
    for test in tests:
        assert test["steps"][-1]["expect"]["facts"]["unit"] == UNITS[test["steps"][0]["report"]["category"]]


def test_the_documents_figures_are_not_results_of_ours() -> None:
    """Line 143: they stand in the note on the source, and nowhere else."""
    (source,) = yaml.safe_load((FOLDER / "locality.yaml").read_text(encoding="utf-8"))["sources"]
    for figure in ("638家", "1820户（次）", "1320个（次）", "3400余辆（次）", "7841 m²", "12000余张", "3120余块"):
        assert figure in source["note"]["zh"]
    for figure in ("12000余m²", "68900余张", "11300余m²", "3150余m²", "14户", "63户"):
        assert figure in source["note"]["zh"]
    for path in FOLDER.rglob("*.yaml"):
        assert path.name == "locality.yaml" or "68900" not in path.read_text(encoding="utf-8")


def test_the_tables_come_from_their_generator(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "generate.py", tmp_path)
    subprocess.run([sys.executable, tmp_path / "generate.py"], check=True, cwd=tmp_path)
    made = {path.name for path in tmp_path.iterdir()} - {"generate.py"}
    assert made == {"cells.csv", "cells.geojson", "categories.csv"}
    for name in made:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name
