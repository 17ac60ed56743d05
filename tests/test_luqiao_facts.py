"""路桥全科网格 says what its source document says: each number against the line that states it, and the grid over time.

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
from district_files import origins, text

from core.manifest.pipeline import check
from core.manifest.report import Report
from core.manifest.source import read_source
from core.scheme.grid import Cell
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

FOLDER = Path(__file__).parent.parent / "manifests" / "luqiao"
TABLES = {"cells.csv", "cells.geojson", "registry.csv", "rules.csv"}

CITED = {
    177: "四个平台",
    179: "一般在500户左右",
    181: "全区共划分为 615 个网格",
    183: "每个网格都配备1名网格指导员、1名网格长、1名专职网格员和 10 名左右兼职网格员",
    185: "每周进村入户 5 天以上，每天巡查 2 次以上",
    187: "少于2小时",
    189: "公安、消防、安监、民政、市场监管等部门",
    193: "20%、50%、80%、100%、120%",
    197: "有61名专职网格员当选为党支部委员(占10%)",
    199: "建立区、镇、村、网格四级联动处置机制",
    201: "省里要求2天内办理、7天内办结，我区通过红黄牌督办机制，基本实现1天内受理，5天内办结",
    221: "夫妻吵得很厉害",
    223: "油烟老往隔壁邻居的门窗里飘",
    225: "第一网格有 450 户人家",
    227: "马上向辖区派出所和村里报告",
    233: "优化调整为603个网格",
    235: "未达到三星级的，考核奖仅按50%发放",
    261: "全区共划分为615个网格",
    269: "依托全区 615 个网格",
    275: "全部登记在册、纳入二维码管理",
    279: "465 间出租危房或存在严重安全隐患的出租房全部停租",
    283: "出租房屋变动",
    287: "能当场处理尽量当场处理，不能当场处理的通过平台流转",
    291: "服务保障",
    295: "政策咨询",
    299: "劳务纠纷、工伤事故、欠薪问题",
    303: "办理居住证",
    317: "去年11月以来",
    325: "厂房存在安全隐患",
    327: "接到群众反映",
    329: "121户出租户一户一档",
    337: "目前的622个",
    339: "若干名兼职网格员",
    341: "信息掌握到位、矛盾化解到位、治安防控到位、便民服务到位",
    349: "每周至少要进村入户5天以上，每天巡查两次以上，每次不少于两小时",
    353: "我负责的网格约有 600 人",
    355: "非法熟食加工点",
    365: "并上报网格长和新桥镇政府",
    377: "微格长",
}
"""Every line of the document that the manifest cites, with the words that bear it out."""


@pytest.fixture(scope="module")
def report() -> Report:
    return check(read_source(FOLDER), shipped_plugins().resolve)


@pytest.fixture(scope="module")
def scheme(report: Report) -> Scheme:
    assert isinstance(report.scheme, Scheme)
    return report.scheme


def grids(scheme: Scheme, day: date | None = None) -> list[Cell]:
    """The grids in force on a day; None: those without an end."""
    found = [cell for cell in scheme.grid.cells.values() if cell.tier == "grid"]
    if day is None:
        return [cell for cell in found if cell.valid_to is None]
    return [
        cell for cell in found if (cell.valid_from or day) <= day and (cell.valid_to is None or day < cell.valid_to)
    ]


# ---------------------------------------------------------------------------------------------------------- origins
def test_nothing_is_wrong_and_only_small_villages_are_waived(report: Report) -> None:
    assert (report.errors, report.warnings) == (0, 0)
    assert [finding.code for finding in report.findings if finding.waived] == ["lint-division-rule-broken"]


def test_every_fact_says_where_it_comes_from() -> None:
    for origin in {origin for _, origin in origins(FOLDER)}:
        assert re.fullmatch(r"demo|seed:S3:[\d,-]+", origin), origin


def test_every_cited_line_is_one_whose_words_stand_here() -> None:
    seeds = {origin.removeprefix("seed:S3:") for _, origin in origins(FOLDER) if origin.startswith("seed:")}
    cited = {int(number) for origin in seeds for number in re.findall(r"\d+", origin)}
    quoted = re.findall(r"第([\d、–]+)行", (FOLDER / "locality.yaml").read_text(encoding="utf-8"))
    cited |= {int(number) for part in quoted for number in re.findall(r"\d+", part)}
    assert cited - {175, 381} == set(CITED)  # where the five articles begin and end


def test_every_contradiction_is_settled_with_a_reason() -> None:
    settled = {item["id"]: item for item in text(FOLDER, "locality.yaml")["settlements"]}
    assert {"versions_of_the_grid", "two_days", "four_majors", "stars", "misprints", "patrol_days"} <= settled.keys()
    for item in settled.values():
        for part in ("contradiction", "reading", "reason"):
            assert item[part]["zh"] and item[part]["en"], item["id"]


def test_the_tables_come_from_their_generator(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "generate.py", tmp_path)
    shutil.copytree(FOLDER / "generator", tmp_path / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, tmp_path / "generate.py"], check=True, cwd=tmp_path)
    made = {path.name for path in tmp_path.iterdir() if path.is_file()} - {"generate.py"}
    assert made == TABLES
    for name in made:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


# ------------------------------------------------------------------------------------------------------------- grid
@pytest.mark.parametrize(
    ("day", "count"),
    [
        (date(2017, 3, 30), 603),  # 浙江法制报
        (date(2017, 8, 20), 615),  # 浙江新闻
        (date(2017, 9, 20), 615),  # 新华网
        (date(2017, 11, 16), 622),  # 浙江日报
        (None, 622),
    ],
)
def test_603_grids_then_615_then_622(scheme: Scheme, day: date | None, count: int) -> None:
    assert len(grids(scheme, day)) == count


def test_a_grid_that_ended_names_who_took_over_on_that_day(scheme: Scheme) -> None:
    ended = [cell for cell in scheme.grid.cells.values() if cell.valid_to is not None]
    assert len(ended) == 12 + 7
    for cell in ended:
        following = [scheme.grid.cells[code] for code in cell.successors]
        assert [(item.valid_from, item.parent) for item in following] == [(cell.valid_to, cell.parent)] * 2


def test_four_levels_over_the_ten_towns_of_the_national_list(scheme: Scheme) -> None:
    assert [tier.label.zh for tier in scheme.grid.tiers] == ["区", "镇（街道）", "村（居）", "网格"]
    towns = [cell for cell in scheme.grid.cells.values() if cell.tier == "town"]
    assert [(cell.code, cell.label.zh) for cell in towns] == [
        ("331004001", "路南街道"),
        ("331004002", "路桥街道"),
        ("331004003", "路北街道"),
        ("331004004", "螺洋街道"),
        ("331004005", "桐屿街道"),
        ("331004006", "峰江街道"),
        ("331004103", "新桥镇"),
        ("331004104", "横街镇"),
        ("331004106", "金清镇"),
        ("331004107", "蓬街镇"),
    ]


def test_households_by_the_kind_of_grid(scheme: Scheme) -> None:
    """About 500, 300 and 400; only a small village, which is a grid by itself, has fewer."""
    bounds = {"rural": (400, 600), "urban": (240, 360), "urban_village": (320, 480)}
    for cell in grids(scheme):
        least, most = bounds[cell.kind or ""]
        alone = [other.code for other in grids(scheme) if other.parent == cell.parent] == [cell.code]
        if cell.households is not None and not (cell.kind == "rural" and alone and cell.households < least):
            assert least <= cell.households <= most, cell.code
    assert scheme.grid.cells["331004103-V01-01"].households == 450
    assert scheme.grid.cells["331004104-V02-01"].population == 600


# ----------------------------------------------------------------------------------------------- people and worklist
def test_one_instructor_one_head_one_full_time_and_about_ten_part_time_workers_a_grid(scheme: Scheme) -> None:
    positions = scheme.roster.positions
    assert [positions[post] for post in ("instructor", "grid_head", "fulltime_worker")] == [622] * 3
    assert positions["parttime_worker"] == 6220
    assert scheme.roster.posts["parttime_worker"].quota.approximate
    assert positions["party_secretary"] == sum(1 for cell in scheme.grid.cells.values() if cell.tier == "village")


def test_five_days_a_week_and_two_patrols_a_day_of_two_hours(scheme: Scheme) -> None:
    visits, patrols = scheme.roster.duties["visits"], scheme.roster.duties["patrols"]
    assert (visits.post, visits.days_per_week, visits.times) == ("fulltime_worker", 5, None)
    assert (patrols.times, patrols.per, patrols.hours_each, patrols.days_per_week) == (2, "day", 2, 5)
    assert {scheme.kind(duty.case_kind or "").purpose for duty in (visits, patrols)} == {"patrol"}


def test_a_worklist_of_four_kinds_and_a_hundred_items(scheme: Scheme) -> None:
    found = scheme.codes.categories.values()
    assert [item.label.zh for item in found if item.level == "major"] == [
        "信息掌握",
        "矛盾化解",
        "治安防控",
        "便民服务",
    ]
    items = [item for item in found if item.level == "item"]
    assert len(items) == 100
    assert len({item.label.zh for item in items}) == len({item.label.en for item in items}) == 100
    assert Counter(item.origin != "demo" for item in items)[True] >= 45


# --------------------------------------------------------------------------------------------------- clocks and rentals
def test_the_provinces_days_bind_and_the_districts_are_aimed_at(scheme: Scheme) -> None:
    found = {
        limit.id: (limit.kind, limit.layer, limit.start, limit.stop, int(limit.amount), limit.unit)
        for limit in scheme.timers.limits.values()
    }
    assert found == {
        "province_handle": ("limit", "province", "dispatched", "handling", 2, "calendar_day"),
        "province_close": ("limit", "province", "dispatched", "closed", 7, "calendar_day"),
        "local_accept": ("target", "local", "dispatched", "acknowledged", 1, "calendar_day"),
        "local_close": ("target", "local", "dispatched", "closed", 5, "calendar_day"),
    }


def test_a_clock_runs_only_for_what_a_platform_has_handed_down(scheme: Scheme) -> None:
    stages = scheme.kind("event").tracks["main"].stages.values()
    (handed,) = [stage.id for stage in stages if stage.meaning == "dispatched"]
    handing = {action.id for action in scheme.kind("event").actions.values() if action.to == handed}
    assert handing == {"split", "split_to", "hand_down"}


def test_each_level_that_closes_a_case_says_so(scheme: Scheme) -> None:
    closing = [action for action in scheme.kind("event").actions.values() if action.to == "closed"]
    noted = {
        action.id: [effect.arguments.get("value") for effect in action.effects if effect.kind == "set_fact"]
        for action in closing
    }
    assert noted == {"self_handle": ["grid"], "lead_handle": ["grid"], "village_handle": ["village"], "finish": [None]}


def test_every_rental_has_a_code_and_a_file_about_the_premises_only(scheme: Scheme) -> None:
    rental = scheme.registry.kinds["rental"]
    assert rental.qr and rental.family == "premises"
    assert set(rental.columns) == {"rooms", "building_grade"}
    village = [item for item in scheme.registry.objects.values() if item.cell.startswith("331004104-V01-")]
    assert len(village) == 121
    assert rental.inspection is not None and rental.inspection.intake == "rental_inspection"
    assert rental.retired == {"stopped", "demolished"}
