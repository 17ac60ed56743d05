"""Lint of rosters, divisions and principles: each rule speaks up, and stays silent on a correct near-miss."""

from __future__ import annotations

import pytest
from lint_source import Edit, findings, found

KINDS = ("grid.yaml", "area_kinds:\n", "area_kinds:\n  - {id: rural, label: {zh: 农村, en: rural}}\n")


def duty(post: str, text: str = "round_the_clock: true") -> Edit:
    line = f"duties:\n  - {{id: watch, label: {{zh: 值守, en: watch}}, post: {post}, kind: watch, {text}}}\nduty_modes:"
    return ("roster.yaml", "duty_modes:", line)


def heads(amount: int) -> Edit:
    return ("roster.yaml", "per: cell, amount: 1", f"per: cell, amount: {amount}")


@pytest.mark.parametrize(("amount", "codes"), [(4, ["lint-round-the-clock-thin"]), (5, [])])
def test_a_place_round_the_clock_takes_five_positions(amount: int, codes: list[str]) -> None:
    assert found(duty("head"), heads(amount)) == codes


def test_a_duty_by_day_needs_no_shifts() -> None:
    assert found(duty("head", "days_per_week: 5")) == []


def test_places_are_those_of_the_posts_own_kinds_that_have_not_ended() -> None:
    (finding,) = findings(duty("head"), heads(1))
    assert finding.params == {"post": "head", "found": 2, "needed": 9}
    amount = ("roster.yaml", "per: cell, amount: 1", "per: cell, amount: 5, kinds: [rural]")
    assert found(duty("head"), KINDS, ("cells.csv", "Grid 2,urban", "Grid 2,rural"), amount) == []
    ended = [
        ("cells.csv", "households,origin", "valid_to,origin"),
        ("cells.csv", ",300,demo", ",,demo"),
        ("cells.csv", ",250,demo", ",2026-01-01,demo"),
    ]
    assert "lint-round-the-clock-thin" not in found(duty("head"), heads(5), *ended)


def test_a_duty_of_every_unit_counts_the_units() -> None:
    assert found(duty("crew")) == ["lint-round-the-clock-thin"]
    assert found(duty("crew"), ("roster.yaml", "per: unit, amount: 2", "per: unit, amount: 5")) == []


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("crisis: true", ["lint-crisis-without-end"]),
        ("crisis: true, max_hours: 72", ["lint-crisis-without-end"]),
        ("crisis: true, authority: centre", ["lint-crisis-without-end"]),
        ("crisis: true, authority: centre, max_hours: 72", []),
        ("crisis: false", []),
    ],
)
def test_a_crisis_names_its_authority_and_ends(text: str, codes: list[str]) -> None:
    mode = f"duty_modes:\n  - {{id: alarm, label: {{zh: 战时, en: alarm}}, {text}}}\n"
    assert found(("roster.yaml", "duty_modes:\n", mode)) == codes


# -------------------------------------------------------------------------------------------------------- divisions
def division(text: str) -> Edit:
    rule = f"division_rules:\n  - {{id: size, label: {{zh: 规模, en: size}}, {text}}}\ncells:"
    return ("grid.yaml", "cells:", rule)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("kind: households, tier: grid, minimum: 250, maximum: 300", []),
        ("kind: households, tier: grid, minimum: 251", ["lint-division-rule-broken"]),
        ("kind: households, tier: grid, maximum: 299", ["lint-division-rule-broken"]),
        ("kind: population, tier: grid, maximum: 1", []),
        ("kind: children, tier: grid, within: district, minimum: 2, maximum: 2", []),
        ("kind: children, tier: grid, within: district, minimum: 3", ["lint-division-rule-broken"]),
        ("kind: children, tier: grid, maximum: 1", ["lint-division-rule-broken"]),
        ("kind: area_km2, tier: grid, minimum: 1.01, maximum: 1.03", []),
        ("kind: area_km2, tier: grid, maximum: 1.01", ["lint-division-rule-broken"]),
    ],
)
def test_a_districts_own_rule_for_its_cells(text: str, codes: list[str]) -> None:
    """The two cells have 300 and 250 households and are 0.01° square at 34.4° N: 0.917 km by 1.112 km."""
    assert found(division(text)) == codes


def test_a_cell_that_has_ended_is_bound_by_no_rule() -> None:
    table = "code,tier,parent,label_zh,label_en,kind,households,valid_to,origin\n"
    rows = "D,district,,区,District,urban,,,demo\nD01,grid,D,一,One,urban,300,,demo\n"
    rows += "D02,grid,D,二,Two,urban,9,2026-01-01,demo\n"
    ended = {"cells.csv": table + rows}
    assert "lint-division-rule-broken" not in found(division("kind: households, tier: grid, minimum: 250"), files=ended)
    assert "lint-division-rule-broken" not in found(division("kind: children, tier: grid, maximum: 1"), files=ended)
    still = {"cells.csv": table + rows.replace("2026-01-01", "")}
    assert "lint-division-rule-broken" in found(division("kind: children, tier: grid, maximum: 1"), files=still)


# ------------------------------------------------------------------------------------------------------- principles
def column(id: str, zh: str, en: str) -> list[str]:
    line = f"    columns:\n      - {{id: {id}, label: {{zh: {zh}, en: {en}}}, type: text}}\n"
    return [code for code in found(("registry.yaml", "    columns:\n", line)) if code.startswith("lint-")]


@pytest.mark.parametrize(
    ("id", "zh", "en"),
    [
        ("id_card", "证件", "papers"),
        ("owner_no", "业主身份证号", "owner"),
        ("state", "健康状况", "state"),
        ("mental", "类别", "kind"),
        ("disability", "类别", "kind"),
        ("level", "残疾等级", "level"),
        ("births", "生育情况", "births"),
        ("remark", "备注", "religious belief"),
        ("visits", "上访次数", "visits"),
    ],
)
def test_a_registry_does_not_keep_what_is_peoples_own(id: str, zh: str, en: str) -> None:
    assert column(id, zh, en) == ["lint-registry-column-forbidden"]


@pytest.mark.parametrize(
    ("id", "zh", "en"),
    [
        ("environmental_grade", "环境等级", "environmental grade"),
        ("fundamental", "基础类型", "fundamental type"),
        ("health_permit", "卫生许可证", "health permit"),
        ("access", "残疾人通道", "ramp"),
        ("equipment", "设备编号", "equipment number"),
        ("identity", "标识", "identity plate"),
        ("grid_number", "网格号", "valid number"),
        ("repetition", "重复次数", "repetition"),
    ],
)
def test_a_registry_keeps_what_only_sounds_like_it(id: str, zh: str, en: str) -> None:
    assert column(id, zh, en) == []


def test_the_finding_names_the_subject_in_the_readers_language() -> None:
    line = "    columns:\n      - {id: faith, label: {zh: 备注, en: remark}, type: text}\n"
    (finding,) = findings(("registry.yaml", "    columns:\n", line))
    assert finding.params["subject"] == {"zh": "宗教", "en": "religion"}
