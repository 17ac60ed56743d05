"""空港 1355 says what its source document says: each number and each name against the line that states it.

The document itself is not part of the project; the words that are cited stand here beside their lines.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from district_files import origins, table, text

from core.manifest.pipeline import check
from core.manifest.source import read_source
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

FOLDER = Path(__file__).parent.parent / "manifests" / "konggang_1355"

CITED = {
    9: "1个网格长负总责，3类网格员履其职，5种信息员摸线索，5名执法员管查处",
    28: "“1”指一个指挥系统平台",
    30: "“3”指组建的3支队伍，即信息员队伍、专业处置队伍和社会事务执法队伍",
    32: "信息员队伍由市容保洁员、企业保安员、街镇治保员、村组委员会、个体经营户等5类人群构成",
    34: "西咸新区空港新城“1355”网络化执法管理工作流程图",
    41: "维稳、公安、安监、市场监管、税务的5类人员",
    45: "17部门132类事件管理和服",
    47: "9大类132小类",
    49: "一般事件随查随处",
    53: "三个街镇的副主任兼任大网格长，机场管理部副总兼任机场片区网格长",
    55: "底张街道划分为6个网格、北杜街道6个网格、太平镇3个网格、机场区域1个网格",
    57: "建立高效运转、信息全面、处置快速的网格化管理运转模式",
    59: "信息员在日常工作中借助专业设备将发现的信息线索上报指挥系统平台和网格长",
    61: "执法网格员24小时不间断巡查，发现信息线索一般事项直接处置",
    65: "专业处置队伍接到指挥系统平台或网格长指令",
    67: "接线人员实行24小时工作制",
    75: "战时，网格员根据网格长的统一指挥",
    77: "普通信息每天汇总上报，重大信息实时上报",
    87: "通过城市管理 App，填写相关信息，现场拍照“破损井盖”进行上报",
    89: "自动新建事件进行“挂账”跟踪",
    93: "不需等待指挥平台的指令，直接填写处置意见，指派相应人员（刘闯）前去处置",
    95: "若网格长在规定时间内没有进行“响应”，指挥平台将进行“主动干预”",
    99: "前往现场查看，符合事实后，协调市政公司对“破损井盖”进行维修或更换",
    101: "“指挥平台”对事件进行实时监控",
    105: "处置人员（刘闯）现场拍照，并将结果反馈至网格长，事件结束",
    107: "将结果归入库中，挂账销号",
}
"""Every line of the document that the manifest cites, with the words that bear it out."""

LINE_OF_ACTION = {
    "report": 59,
    "patrol_report": 61,
    "self_handle": 61,
    "order": 65,
    "hotline_report": 67,
    "triage": 77,
    "assign": 93,
    "refer": 59,
    "platform_assign": 65,
    "confirm_on_site": 99,
    "call_maintainer": 99,
    "repair": 99,
    "feed_back": 105,
    "open_entry": 89,
    "intervene": 95,
    "urge": 67,
    "watch_on": 101,
    "strike_off": 107,
}

STANDARD = """
matter 09003 流浪乞讨
matter 06001 私搭乱建
matter 06002 店面无证装修
matter 06003 违章接坡
matter 06004 建筑物外立面污损
matter 06005 临街阳台、屋顶脏乱差
matter 06009 空调室外机低挂
matter 08016 无证建设
component 01076 公用电梯
component 02038 门（楼号）牌
matter 06032 非正规垃圾填埋场
matter 06046 占用河道
matter 06026 河道污染
matter 06015 沙（河）滩不洁
matter 06048 边坡（挡土墙）破损
matter 06023 堤岸破损
matter 09017 违规占用桥下空间
matter 06007 沿街晾挂
matter 06010 暴露垃圾
matter 06011 积存垃圾渣土
matter 06012 道路不洁
matter 06013 道路破损
matter 06014 道路遗撒（洒）
matter 06017 绿地脏乱
matter 06020 焚烧垃圾、树叶
matter 06021 病虫害
matter 06025 水域不洁
matter 06027 油烟污染
matter 06028 噪声扰民
matter 06029 露天烧烤
matter 06030 乱倒乱排污水、废水
matter 06034 废弃车辆
matter 06036 乱堆杂物
matter 06037 动物尸体
matter 06042 垃圾站（箱）满溢
matter 06045 非法占绿毁绿
matter 07001 非法小广告
matter 07002 街头散发广告
matter 07003 违规户外广告
matter 07006 违规牌匾标识
matter 08001 施工扰民
matter 08002 施工占道
matter 08003 无证掘路
matter 08004 工地扬尘
matter 08005 施工废弃料
matter 08007 施工工地围挡问题
matter 08011 渣土运输车辆未安装密闭装置
matter 09001 无照经营游商
matter 09005 店外经营
matter 09006 占道经营
matter 09008 非法出版物销售
matter 09009 机动车乱停放
matter 09010 非机动车乱停放
matter 09012 占用消防通道
matter 09015 无证餐饮
matter 10001 道路积雪、结冰
matter 10002 架空线缆脱落
component 01001 供水井盖
component 01002 污水井盖
component 01003 雨水井盖
component 01004 雨水箅子
component 01005 电力井盖
component 01006 路灯井盖
component 01007 通信井盖
component 01010 热力井盖
component 01011 燃气井盖
component 01013 消防设施
component 01023 不明井盖
component 01026 沟槽盖板
component 01027 通信交接箱
component 01028 电力设施
component 01031 通信立杆
component 01037 路灯
component 01039 景观灯
component 01046 户外健身设施
component 01048 变压器（箱）
component 01049 燃气调压站（箱）
component 01050 监控电子眼设施
component 01054 充电桩
component 01075 快递柜
component 02001 停车场
component 02004 公交站设施
component 02006 过街天桥
component 02012 路名牌
component 02014 交通信号灯
component 02017 交通护栏
component 02034 无障碍设施
component 03001 公共厕所
component 03003 化粪池
component 03005 垃圾箱
component 03008 宣传栏
component 04001 古树名木
component 04002 行道树
"""
"""The classes that are taken from GB/T 47678.5-2026: kind, code and name as the standard lists them."""


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    report = check(read_source(FOLDER), shipped_plugins().resolve)
    assert (report.errors, report.warnings) == (0, 0)
    assert isinstance(report.scheme, Scheme)
    return report.scheme


def lines(origin: str) -> list[int]:
    """The first and last line of each range that a seed origin names."""
    return [int(number) for number in re.findall(r"\d+", origin.removeprefix("seed:S0:"))]


# ---------------------------------------------------------------------------------------------------------- origins
def test_every_fact_says_where_it_comes_from() -> None:
    for file, origin in origins(FOLDER):
        assert re.fullmatch(r"demo|standard:gbt_47678_5_2026|seed:S0:[\d,-]+", origin), f"{file}: {origin}"


def test_every_cited_line_is_one_whose_words_stand_here() -> None:
    cited = {line for _, origin in origins(FOLDER) if origin.startswith("seed:") for line in lines(origin)}
    assert cited == set(CITED)


def test_every_step_of_the_story_cites_its_own_line() -> None:
    (event, *_) = text(FOLDER, "workflow.yaml")["case_kinds"]
    found = {action["id"]: lines(action["origin"]) for action in event["actions"] if action["origin"] != "demo"}
    assert found == {action: [line] for action, line in LINE_OF_ACTION.items()}


def test_what_the_document_leaves_open_is_a_demo_parameter() -> None:
    """No line gives a time to respond, to handle or to answer."""
    parameters = text(FOLDER, "locality.yaml")["parameters"]
    assert {parameter["id"]: parameter["origin"] for parameter in parameters} == {
        "response_hours": "demo",
        "ordinary_handling_days": "demo",
        "major_handling_hours": "demo",
        "reply_days": "demo",
    }
    assert all(parameter["reason"]["zh"] for parameter in parameters)


def test_every_contradiction_is_settled_with_a_reason() -> None:
    """1355 read twice; 5 officers; 8 or 17 departments, 15 named; 9 majors, 7 named; and what is left open."""
    settled = text(FOLDER, "locality.yaml")["settlements"]
    assert [settlement["id"] for settlement in settled] == [
        "reading_of_1355",
        "five_officers",
        "departments",
        "named_departments",
        "nine_majors",
        "slogan",
        "teams",
        "misprint",
        "intervention",
        "airport",
    ]
    for settlement in settled:
        for part in ("contradiction", "reading", "reason"):
            assert settlement[part]["zh"] and settlement[part]["en"], settlement["id"]
        quoted = re.findall(r"第([\d、–和第行]+)行", settlement["contradiction"]["zh"])
        named = {int(line) for part in quoted for line in re.findall(r"\d+", part)}
        assert named <= set(CITED) | {23, 38, 73, 145}, settlement["id"]


# ------------------------------------------------------------------------------------------------------------ cells
def test_sixteen_grids_under_their_towns(scheme: Scheme) -> None:
    """Line 55: 6 + 6 + 3 + 1. The towns are those of the national code list; the airport area has none."""
    under = Counter(cell.parent for cell in scheme.grid.cells.values() if cell.tier == "grid")
    assert under == {"610404009": 6, "610404010": 6, "610423111": 3, "KG-JC": 1}
    names = {code: scheme.grid.cells[code].label.zh for code in under if code}
    assert names == {"610404009": "底张街道", "610404010": "北杜街道", "610423111": "太平镇", "KG-JC": "机场区域"}


def test_three_tiers(scheme: Scheme) -> None:
    """Line 53: 统一指挥、三级联动."""
    assert [tier.id for tier in scheme.grid.tiers] == ["new_town", "large_grid", "grid"]
    assert scheme.counts["cells_by_tier"] == {"new_town": 1, "large_grid": 4, "grid": 16}


def test_the_airport_area_and_its_one_grid_coincide(scheme: Scheme) -> None:
    """Lines 53 and 55."""
    features = json.loads((FOLDER / "cells.geojson").read_text(encoding="utf-8"))["features"]
    outlines = {feature["properties"]["code"]: feature["geometry"]["coordinates"] for feature in features}
    assert {tuple(point) for point in outlines["KG-JC"][0]} == {tuple(point) for point in outlines["KG-JC-01"][0]}


def test_the_tables_come_from_their_generator(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "generate.py", tmp_path)
    subprocess.run([sys.executable, tmp_path / "generate.py"], check=True, cwd=tmp_path)
    made = {path.name for path in tmp_path.iterdir()} - {"generate.py"}
    assert made == {"cells.csv", "cells.geojson", "registry.csv"}
    for name in made:
        assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes(), name


# ----------------------------------------------------------------------------------------------------------- roster
@pytest.mark.parametrize(
    ("post", "positions"),
    [
        ("office_head", 1),  # line 53
        ("office_deputy", 1),  # line 53
        ("senior_grid_head", 3),  # line 53: 三个街镇
        ("airport_area_head", 1),  # line 53
        ("grid_head", 16),  # lines 9 and 53
        ("land_officer", 16),  # lines 9 and 41: five officers a grid, one of each kind
        ("planning_officer", 16),
        ("environment_officer", 16),
        ("food_officer", 16),
        ("urban_officer", 16),
    ],
)
def test_positions_that_the_document_gives(scheme: Scheme, post: str, positions: int) -> None:
    assert scheme.roster.positions[post] == positions
    assert scheme.roster.posts[post].origin.startswith("seed:S0:")


def test_three_teams_of_five_kinds_each(scheme: Scheme) -> None:
    """Lines 30, 32 and 41."""
    kinds = {team.label.zh: [kind.zh for kind in team.member_kinds.values()] for team in scheme.roster.teams.values()}
    assert kinds == {
        "信息员队伍": ["市容保洁员", "企业保安员", "街镇治保员", "村组委员会", "个体经营户"],
        "专业处置队伍": ["维稳", "公安", "安监", "市场监管", "税务"],
        "社会事务执法队伍": ["国土", "规划", "环保", "食药监", "城市管理"],
    }
    posted = Counter(post.team for post in scheme.roster.posts.values() if post.team)
    assert posted == {"reporters": 5, "specialists": 5, "officers": 5}


def test_seventeen_departments_of_which_fifteen_are_named(scheme: Scheme) -> None:
    """Line 45."""
    departments = [one for one in scheme.roster.organisations.values() if one.kind == "department"]
    named = [one.label.zh for one in departments if one.origin == "seed:S0:45"]
    said = "人社、民政、环保、城管、卫计、文化、公安、综治、党建、工商、食药监、教育、司法、房管、残联"
    assert "、".join(named) == said
    assert len(departments) == 17 and {one.origin for one in departments} == {"seed:S0:45", "demo"}


def test_peace_and_war(scheme: Scheme) -> None:
    """Line 75; a crisis has an authority and an end."""
    modes = {mode.label.zh: mode for mode in scheme.roster.duty_modes.values()}
    assert set(modes) == {"平时", "战时"}
    assert modes["战时"].crisis and modes["战时"].authority == "leading_group" and modes["战时"].max_hours


def test_round_the_clock_work_is_covered() -> None:
    """Lines 61 and 67; five officers a grid patrol in turns, which is the reason beside the waiver."""
    declared = text(FOLDER, "roster.yaml")["duties"]
    duties = {duty["post"]: lines(duty["origin"]) for duty in declared if duty["round_the_clock"]}
    assert duties == {"platform_operator": [67], "urban_officer": [61]}
    (waiver,) = text(FOLDER, "locality.yaml")["waivers"]
    assert waiver["code"] == "lint-round-the-clock-thin" and waiver["reason"]["zh"]


# ---------------------------------------------------------------------------------------------------------- classes
def test_nine_majors_and_132_minors(scheme: Scheme) -> None:
    """Line 47 counts 9 and 132 and names seven majors."""
    assert (scheme.counts["majors"], scheme.counts["minors"], scheme.counts["items"]) == (9, 132, 132)
    majors = [category for category in scheme.codes.categories.values() if category.level == "major"]
    named = [major.label.zh for major in majors if major.origin == "seed:S0:47"]
    assert "、".join(named) == "人、房、地、事、物、五权、组织"
    assert Counter(major.origin for major in majors) == {"seed:S0:47": 7, "demo": 2}


def test_classes_of_the_standard_have_its_names() -> None:
    listed = {tuple(line.split()[:2]): line.split()[2] for line in STANDARD.strip().splitlines()}
    used = {
        (row["kind"], row["standard_code"]): row["label_zh"]
        for row in table(FOLDER, "categories.csv")
        if row["origin"].startswith("standard:")
    }
    assert used == listed


def test_a_class_is_the_standards_exactly_when_it_has_its_code() -> None:
    for row in table(FOLDER, "categories.csv"):
        assert bool(row["standard_code"]) == row["origin"].startswith("standard:"), row["code"]


def test_what_neither_the_document_nor_the_standard_gives_is_demo() -> None:
    minors = Counter(row["origin"] for row in table(FOLDER, "categories.csv") if row["level"] == "minor")
    assert minors == {"standard:gbt_47678_5_2026": 93, "demo": 39}


# --------------------------------------------------------------------------------------------------------- workflow
def test_four_entry_paths_and_the_platform_of_citizens_and_enterprises(scheme: Scheme) -> None:
    """Lines 59, 61, 65 and 67; line 28."""
    kinds = scheme.workflow.intake_kinds
    paths = {kind.id: lines(kind.origin) for kind in kinds.values() if kind.case_kind == "event"}
    assert paths == {"reporter_path": [59], "patrol_path": [61], "order_path": [65], "hotline_path": [67]}
    services = {kind.label.zh: lines(kind.origin) for kind in kinds.values() if kind.public}
    assert services == {"咨询": [28], "投诉": [28], "建议": [28], "企业投资服务": [28]}
    assert len(kinds) == 8


def test_two_lines_that_touch_by_declaration_only(scheme: Scheme) -> None:
    """Lines 87 to 107: 主线 and 暗线."""
    event = scheme.kind("event")
    assert {track.label.zh for track in event.tracks.values()} == {"主线", "暗线"}
    assert [stage.label.zh for stage in event.tracks["dark"].stages.values()] == ["挂账跟踪", "主动干预", "挂账销号"]
    for action in event.actions.values():
        assert not [effect for effect in action.effects if effect.kind == "move"], action.id


def test_the_grid_head_triages_in_three_colours(scheme: Scheme) -> None:
    """Line 77: “红橙黄”三色, by the grid head."""
    assert [label.zh for label in scheme.timers.alerts.values()] == ["黄", "橙", "红"]
    triage = scheme.kind("event").actions["triage"]
    assert {grant.role for grant in triage.who} == {"grid_head"}


def test_ordinary_information_daily_and_major_at_once(scheme: Scheme) -> None:
    """Line 77."""
    modes = {next(iter(cadence.scope.severities)): cadence.mode for cadence in scheme.timers.cadences.values()}
    assert modes == {"ordinary": "daily", "major": "at_once"}


def test_results_go_where_the_document_sends_them(scheme: Scheme) -> None:
    """Lines 59 and 65: to the grid head and the platform, and to whoever reported."""
    told = [
        effect.arguments["target"]
        for effect in scheme.kind("event").actions["feed_back"].effects
        if effect.kind == "notify"
    ]
    assert [(target.kind, target.value) for target in told] == [
        ("post", "grid_head"),
        ("post", "platform_operator"),
        ("reporter", None),
    ]


def test_every_label_reads_in_both_languages() -> None:
    for name in ("locality", "grid", "roster", "categories", "registry", "workflow", "dispatch", "timers"):
        for label in _labels(text(FOLDER, f"{name}.yaml")):
            assert re.search(r"[一-鿿A-Za-z]", label["zh"]), label
            assert not re.search(r"[一-鿿]", label["en"]) and label["en"] == label["en"].strip() != "", label
    for row in table(FOLDER, "categories.csv"):
        assert row["label_en"] and not re.search(r"[一-鿿]", row["label_en"]), row["code"]
    repeated = Counter(row["label_en"] for row in table(FOLDER, "categories.csv"))
    assert [name for name, times in repeated.items() if times > 1] == []


def _labels(value: Any) -> Iterator[dict[str, str]]:
    if isinstance(value, dict):
        if isinstance(value.get("label"), dict):
            yield value["label"]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _labels(item)
