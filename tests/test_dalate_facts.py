"""达拉特 43321 says what its source document says, each name against the line that states it.

The document itself is not part of the project; the words that are cited stand here. Numbers: district_counts.csv.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from district_files import origins

from core.manifest.pipeline import load
from core.manifest.source import read_source
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

FOLDER = Path(__file__).parent.parent / "manifests" / "dalate_43321"
CITED = {
    50: "11时4分上传指挥中心，中心很快将事件分发给城管部门",
    52: "网格员对处理结果进行最后核实，核实完后反馈给反映人，并给予服务评价",
    54: "走访，发现问题，核实，拍照上传，解决问题，核查结案",
    60: "兴盛园社区",
    62: "部件类 33 项、事件类 112 项",
    64: "网格员会一级一级向上反映，直到旗委、旗政府",
    66: "安排专人进行跟踪处理，直到问题完全解决",
    70: "“综合信息采集和便民服务”APP",
    72: "在调度中心的大屏幕上不时闪过高空摄像头随时摄取的画面",
    76: "发现并征集居民诉求318余件，帮助群众解决实际困难244余件",
    80: "采集上报、核实立案、指挥派遣、处理反馈、核查结案、考核评价1个“六步闭环”工作流程",
    86: "网格联动指挥调度中心、分析研判中心",
    96: "2 名包街道县级领导、8 名包社区街道领导、36 名社区工作人员、104 名网格信息员、39 个职能部门下派 86 名工作人员",
    98: "将具有指挥调度功能的系统、人员、设备全部整",
    102: "公安、环保、消防、城管、市场监管等专业执法管理力量和应急处置力量实名下沉网格",
    116: "网格信息员日常巡查清单",
    120: "200户以上的居民小区和300户左右的平房区",
    122: "由包联县级领导担任一级网格督导员",
    124: "每 100 户左右居民中选派 1 名有志于社区公益事业的居民代表担任网格信息员",
    130: "采集上报—核实立案—指挥派遣—处理反馈—核查结案—考核评价",
}
"""Every line of the document that the manifest cites, with words that bear it out."""
FIELDS = "公共设施、道路交通、市容环境、施工管理、医疗卫生、突发事件、小区管理等多个领域"
LISTS = {"党建责任清单", "综合治理责任清单", "便民服务责任清单"}


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load(read_source(FOLDER), shipped_plugins().resolve)


def test_every_cited_line_is_one_whose_words_stand_here() -> None:
    seeds = {origin.removeprefix("seed:S4:") for _, origin in origins(FOLDER) if origin.startswith("seed:")}
    assert {int(line) for origin in seeds for line in re.findall(r"\d+", origin)} == set(CITED)


def test_the_six_steps_end_with_assessment(scheme: Scheme) -> None:
    """Lines 80 and 130."""
    stages = [stage for stage in scheme.kind("event").tracks["six_steps"].stages.values() if stage.meaning != "voided"]
    assert "、".join(stage.label.zh for stage in stages) in CITED[80]
    assert "—".join(stage.label.zh for stage in stages) == CITED[130]
    assert [stage.label.zh for stage in stages if stage.final] == ["考核评价"]


def test_who_reported_checks_last_and_a_share_is_checked_again(scheme: Scheme) -> None:
    """Line 52; what makes up for it is demo."""
    kind = scheme.kind("event")
    assert kind.checker_policy.waived is not None and not kind.checker_policy.not_reporter
    (drawing,) = [reaction for reaction in kind.reactions if reaction.action == "draw_recheck"]
    assert drawing.after == "check_pass" and drawing.when and "draw < parameter.recheck_share" in drawing.when.source
    (opened,) = [effect for effect in kind.actions["draw_recheck"].effects if effect.kind == "open_task"]
    assert opened.arguments["target"].kind == "elsewhere"


def test_each_level_has_posts_of_its_own(scheme: Scheme) -> None:
    """Lines 122 and 124."""
    found: dict[str | None, set[str]] = {}
    for post in scheme.roster.posts.values():
        found.setdefault(post.tier, set()).add(post.id)
    assert found["level_1"] == {"street_supervisor", "street_head"}
    assert found["level_3"] == {"grid_commissioner", "information_reporter"}
    assert {"community_supervisor", "community_head", "enforcement_instructor", "department_instructor"} < found[
        "level_2"
    ]


def test_reporters_follow_the_households(scheme: Scheme) -> None:
    """Lines 96, 120 and 124: 104 by the ratio, grid by grid, with no grid below its floor."""
    grids = [cell for cell in scheme.grid.cells.values() if cell.tier == "level_3"]
    assert sum(-(-(cell.households or 0) // 100) for cell in grids) == 104
    assert all((cell.households or 0) >= {"estate": 200, "bungalow": 250}[cell.kind or ""] for cell in grids)


def test_dispatch_rests_on_three_lists(scheme: Scheme) -> None:
    """Line 80."""
    assert {rule.basis for rule in scheme.dispatch.rules} == LISTS


def test_seven_fields_are_named(scheme: Scheme) -> None:
    """Line 62."""
    named = {each.label.zh for each in scheme.codes.categories.values() if each.origin == "seed:S4:62"}
    assert named == set(FIELDS.removesuffix("等多个领域").split("、"))


def test_classes_of_the_standard_have_its_names(scheme: Scheme) -> None:
    known = scheme.extensions.code_lists["gbt_30428_2_2013"].classes
    taken = [each for each in scheme.codes.categories.values() if each.standard_code and each.level == "item"]
    assert all(known[each.kind, each.standard_code or ""].label.zh == each.label.zh for each in taken)
    origins_of = Counter(each.origin for each in scheme.codes.categories.values() if each.level == "item")
    assert origins_of == {"standard:gbt_30428_2_2013": 99, "demo": 46}
