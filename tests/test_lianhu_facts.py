"""莲湖 says what its source document says. The document is one paragraph, so that every fact stands on line 3.

The document itself is not part of the project; the words that are cited stand here. Numbers: district_counts.csv.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import yaml
from district_files import table

from core.manifest.pipeline import check
from core.manifest.report import Report
from core.manifest.source import read_source
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

FOLDER = Path(__file__).parent.parent / "manifests" / "lianhu"
STEPS = "通过发现上报、指挥派遣、处置反馈、任务核查、督促办理、结单归档等6个步骤"
STAGES = "构建发现受理、指挥派遣、任务处理、反馈核实“四位一体”的运行机制"
MEMBERS = "网格管理员、网格督导员、城市监督员、城管执法员、环卫保洁员、“三包”督查员、物业管理员等力量"
FURTHER = "进一步增加民情信息员、区域化党建指导员等人员"
FUNCTIONS = "涵盖党的建设、经济发展、城市管理、公共服务、安全稳定等5大功能"
SUBDISTRICTS = [
    "青年路街道",
    "北院门街道",
    "北关街道",
    "红庙坡街道",
    "环城西路街道",
    "西关街道",
    "土门街道",
    "桃园路街道",
    "枣园街道",
]
"""As the national list of divisions has them, from 610104001 to 610104009."""


@pytest.fixture(scope="module")
def report() -> Report:
    return check(read_source(FOLDER), shipped_plugins().resolve)


@pytest.fixture(scope="module")
def scheme(report: Report) -> Scheme:
    assert isinstance(report.scheme, Scheme)
    return report.scheme


def test_the_document_s_own_rule_is_broken_by_its_own_numbers(report: Report, scheme: Scheme) -> None:
    """364 grids are fewer than 134 communities of three: kept, shown, and waived with the reason."""
    (waived,) = [finding for finding in report.findings if finding.waived]
    assert waived.code == "lint-division-rule-broken" and waived.params["rule"] == "grids_of_a_community"
    under = Counter(cell.parent for cell in scheme.grid.cells.values() if cell.tier == "grid")
    assert len(under) == 134 and sum(under.values()) == 364 < 134 * 3
    assert waived.params["cells"] == sum(1 for number in under.values() if not 3 <= number <= 5)


def test_an_area_is_three_or_four_communities_and_a_grid_lies_in_one(scheme: Scheme) -> None:
    """The outlines are held to 不跨社区、不交叉、不遗漏 by the check itself, which finds nothing here."""
    communities = Counter(cell.parent for cell in scheme.grid.cells.values() if cell.tier == "unit")
    assert Counter(communities.values()) == {3: 30, 4: 11}


def test_nine_subdistricts_by_their_own_codes(scheme: Scheme) -> None:
    found = {cell.code: cell.label.zh for cell in scheme.grid.cells.values() if cell.tier == "subdistrict"}
    assert found == {f"61010400{number}": name for number, name in enumerate(SUBDISTRICTS, 1)}


def test_the_six_steps_and_the_four_stages_in_their_order(scheme: Scheme) -> None:
    tracks = scheme.kind("city_case").tracks
    steps, stages = ([stage.label.zh for stage in tracks[name].stages.values()] for name in ("six_steps", "platform"))
    assert "、".join(steps[:6]) in STEPS and steps[6:] == ["作废"]
    assert "、".join(stages) in STAGES


def test_the_two_views_touch_by_reactions_only(scheme: Scheme) -> None:
    kind = scheme.kind("city_case")
    for action in kind.actions.values():
        assert not [effect for effect in action.effects if effect.kind == "move"], action.id
        assert action.automatic or action.track == "six_steps", action.id


def test_seven_members_and_two_more_in_every_grid(scheme: Scheme) -> None:
    teams = scheme.roster.teams
    assert "、".join(kind.zh for kind in teams["seven_members"].member_kinds.values()) in MEMBERS
    assert "、".join(kind.zh for kind in teams["more_members"].member_kinds.values()) in FURTHER
    posted = [post for post in scheme.roster.posts.values() if post.team in ("seven_members", "more_members")]
    assert len(posted) == 9 and {scheme.roster.positions[post.id] for post in posted} == {364}


def test_five_functions_are_shared_out_among_forty_departments() -> None:
    roster = yaml.safe_load((FOLDER / "roster.yaml").read_text(encoding="utf-8"))
    departments = [one for one in roster["organisations"] if one["kind"].endswith("_department")]
    found = Counter(label["zh"] for one in departments for label in one["functions"])
    assert "、".join(found) in FUNCTIONS
    assert found == {"党的建设": 4, "经济发展": 11, "城市管理": 9, "公共服务": 8, "安全稳定": 8}


def test_what_the_standard_has_stands_under_its_code_and_the_rest_counts_down_from_99() -> None:
    rows = table(FOLDER, "categories.csv")
    for row in rows:
        assert bool(row["standard_code"]) == row["origin"].startswith("standard:"), row["code"]
        assert (row["extension"] == "yes") == (row["origin"] == "demo"), row["code"]
        if row["standard_code"]:
            assert row["code"][1:] == row["standard_code"], row["code"]
    own = [row for row in rows if row["extension"]]
    for parent in {row["parent"] for row in own}:
        numbers = [int(row["code"][-2:]) for row in own if row["parent"] == parent]
        assert numbers == list(range(99, 99 - len(numbers), -1)), parent


def test_names_of_the_next_generation_are_mapped_to_its_codes(scheme: Scheme) -> None:
    known = scheme.extensions.code_lists["gbt_30428_2_2013"].classes
    names = {row["code"]: row["label_zh"] for row in table(FOLDER, "categories.csv")}
    for row in table(FOLDER, "mappings.csv"):
        assert known["component", row["to_code"]].label.zh == names[row["from_code"]], row["from_code"]
