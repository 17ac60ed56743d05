"""Lint of crowded, crossing and thinly staffed ground: each rule speaks up, and stays silent on a near-miss."""

from __future__ import annotations

from pathlib import Path

import pytest
from lint_source import Edit, changed, findings, found

from core.manifest.pipeline import check


def rule(text: str) -> Edit:
    entry = f"division_rules:\n  - {{id: small, label: {{zh: 规则, en: rule}}, {text}}}\ngrades:"
    return ("grid.yaml", "grades:", entry)


def contested(text: str) -> Edit:
    entry = f"contested_areas:\n  - {{id: border, label: {{zh: 交界, en: border}}, {text}}}\ncells: cells.csv"
    return ("grid.yaml", "cells: cells.csv", entry)


# --------------------------------------------------------------------------------------------------------- far above
@pytest.mark.parametrize(("maximum", "far"), [(150, True), (151, False)])
def test_twice_the_maximum_is_far_above_it(maximum: int, far: bool) -> None:
    codes = found(rule(f"kind: households, tier: grid, maximum: {maximum}"))
    assert ("lint-cell-far-above-rule" in codes) is far and "lint-division-rule-broken" in codes


def test_the_worst_cell_is_named_with_how_many_times() -> None:
    told = findings(rule("kind: households, tier: grid, maximum: 120"))
    (finding,) = [finding for finding in told if finding.code == "lint-cell-far-above-rule"]
    assert finding.params | {"maximum": 120} == {
        "rule": "small",
        "cells": 2,
        "cell": "D01",
        "value": 300.0,
        "maximum": 120,
        "times": 2.5,
    }


def test_a_rule_without_a_maximum_has_nothing_far_above() -> None:
    assert found(rule("kind: households, tier: grid, minimum: 1")) == []


# --------------------------------------------------------------------------------------------------------- buildings
TOWERS = "cell,building,label_zh,unit,households,origin\nD01,B1,一单元,1,{first},demo\nD02,B1,二单元,2,131,demo\n"
TABLE: Edit = ("grid.yaml", "geometry: cells.geojson", "geometry: cells.geojson\nbuildings: buildings.csv")


@pytest.mark.parametrize(("first", "codes"), [(170, ["lint-building-beyond-cell"]), (169, [])])
def test_a_building_is_the_sum_of_its_parts(first: int, codes: list[str]) -> None:
    table = {"buildings.csv": TOWERS.format(first=first)}
    edits = (TABLE, rule("kind: households, tier: grid, maximum: 300"))
    assert found(*edits, files=table) == codes
    if codes:
        (finding,) = findings(*edits, files=table)
        assert (finding.params["households"], finding.params["cells"]) == (301, 2)


def test_buildings_are_held_against_rules_for_the_lowest_tier_only() -> None:
    table = {"buildings.csv": TOWERS.format(first=170)}
    assert found(TABLE, rule("kind: households, tier: district, maximum: 300"), files=table) == []


# ---------------------------------------------------------------------------------------------------------- crossing
TWO_DISTRICTS = (
    ("cells.csv", "D01,grid,D,", "E,district,,另一区,Other District,urban,,,demo\nD01,grid,D,"),
    ("cells.csv", "D02,grid,D,", "D02,grid,E,"),
)
NEGATIVE = Path(__file__).parents[2] / "manifests" / "negative" / "lint-cells-overlap" / "cells.geojson"
OVERLAP = {"cells.geojson": NEGATIVE.read_text(encoding="utf-8")}
CROSSING = rule("kind: no_crossing, tier: grid, within: district")


def test_cells_of_two_branches_cross_where_they_overlap() -> None:
    assert found(*TWO_DISTRICTS, CROSSING) == []
    codes = found(*TWO_DISTRICTS, CROSSING, files=OVERLAP)
    assert codes == ["lint-cells-overlap", "lint-division-rule-crossed"]


def test_neighbours_of_one_branch_do_not_cross() -> None:
    assert found(CROSSING, files=OVERLAP) == ["lint-cells-overlap"]


BOTH = "cells: [D01, D02], claimants: [works, centre], until: 2026-12-31, interim_handler: {organisation: works}"


def test_contested_ground_still_crosses_and_says_so() -> None:
    area = contested(BOTH)
    (finding,) = findings(*TWO_DISTRICTS, CROSSING, area, files=OVERLAP)
    assert finding.code == "lint-division-rule-crossed"
    assert (finding.params["pairs"], finding.params["contested"]) == (1, 1)


def test_a_contested_part_excuses_the_overlap_of_the_cells_above_it() -> None:
    """Where only a part of each cell is contested, the parts are cells of their own."""
    tiers = ("grid.yaml", "  - {id: grid,", "  - {id: quarter, label: {zh: 片, en: quarter}}\n  - {id: grid,")
    rows = (
        "code,tier,parent,label_zh,label_en,kind,grade,households,origin\n"
        "D,district,,区,District,urban,,,demo\n"
        "Q1,quarter,D,甲,Quarter 1,urban,,,demo\nQ2,quarter,D,乙,Quarter 2,urban,,,demo\n"
        "D01,grid,Q1,第一网格,Grid 1,urban,first,300,demo\nD02,grid,Q2,第二网格,Grid 2,urban,first,250,demo\n"
    )
    drawn = OVERLAP["cells.geojson"].replace('"D01"', '"Q1"').replace('"D02"', '"Q2"')
    area = contested(BOTH)
    plain = found(tiers, files={"cells.csv": rows, "cells.geojson": drawn})
    excused = found(tiers, area, files={"cells.csv": rows, "cells.geojson": drawn})
    assert set(plain) - set(excused) == {"lint-cells-overlap"}


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("claimants: [works, centre], until: 2026-12-31", []),
        ("claimants: [works, centre]", ["lint-contested-open-ended"]),
        ("claimants: [works], until: 2026-12-31", ["lint-contested-open-ended"]),
        ("until: 2026-12-31", ["lint-contested-open-ended"]),
    ],
)
def test_a_contest_has_two_sides_and_an_end(text: str, codes: list[str]) -> None:
    assert found(contested(f"cells: [D01, D02], {text}, interim_handler: {{organisation: works}}")) == codes


# ------------------------------------------------------------------------------------------------------------- staff
def fixed(amount: int, more: str = "") -> Edit:
    return ("roster.yaml", "quota: {per: cell, amount: 1}", f"{more}quota: {{per: fixed, amount: {amount}}}")


@pytest.mark.parametrize(("amount", "codes"), [(1, ["lint-positions-fewer-than-cells"]), (2, [])])
def test_a_fixed_number_of_positions_for_the_cells_of_a_tier(amount: int, codes: list[str]) -> None:
    assert found(fixed(amount)) == codes


def test_only_the_cells_of_the_posts_own_organisation_count() -> None:
    home = ("roster.yaml", "kind: company, parent: centre", "kind: company, parent: centre, cell: D02")
    assert found(fixed(1, "organisation: works, "), home) == []
    assert found(fixed(1, "organisation: works, ")) == ["lint-positions-fewer-than-cells"]


def test_all_are_warnings() -> None:
    report = check(changed(fixed(1), contested("cells: [D01], interim_handler: {organisation: works}")))
    assert report.errors == 0 and report.warnings == 2
