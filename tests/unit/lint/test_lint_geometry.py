"""Lint of outlines: cells of one tier do not overlap, siblings fill their parent, and near-misses stay silent."""

from __future__ import annotations

import json

from lint_source import found

Ring = list[list[float]]
WEST, SOUTH = 108.70, 34.40


def box(west: float, south: float, east: float, north: float) -> Ring:
    """A rectangle, in hundredths of a degree from the district's corner."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    return [[round(WEST + x / 100, 6), round(SOUTH + y / 100, 6)] for x, y in corners]


def drawn(**outlines: Ring | None) -> dict[str, str]:
    """cells.csv and cells.geojson of a district D with towns T and U of two grids each, and the given outlines."""
    cells = [
        "code,tier,parent,label_zh,label_en,kind,households,valid_to,origin",
        "D,district,,区,District,urban,,,demo",
    ]
    for town in ("T", "U"):
        cells.append(f"{town},town,D,镇,town,urban,,,demo")
        cells += [f"{town}{n},grid,{town},格,grid,urban,300,,demo" for n in (1, 2)]
    grid = {"T1": box(0, 0, 1, 1), "T2": box(1, 0, 2, 1), "U1": box(2, 0, 3, 1), "U2": box(3, 0, 4, 1)}
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        for code, ring in (grid | outlines).items()
        if ring is not None
    ]
    return {
        "cells.csv": "\n".join(cells) + "\n",
        "cells.geojson": json.dumps({"type": "FeatureCollection", "features": features}),
        "registry.csv": "code,kind,label_zh,cell,status,owner,maintainer,competent,origin\n"
        "L1,lamp,灯,T1,intact,works,works,centre,demo\n",
        "rules.csv": "id,layer,category,cell,priority,handler\nR9,fallback,,,0,post:head\n",
        "tests/request.yaml": "",
    }


def codes(*edits: tuple[str, str, str], **outlines: Ring | None) -> list[str]:
    files = drawn(**outlines)
    tiers = ("grid.yaml", "  - {id: grid, label", "  - {id: town, label: {zh: 镇, en: town}}\n  - {id: grid, label")
    test = files.pop("tests/request.yaml")
    assert not test
    files["tests/request.yaml"] = TEST
    return found(tiers, *edits, files=files)


TEST = """\
schema: gridwright/scheme_test/1
tests:
  - id: none
    label: {zh: 无, en: none}
    people: {head: {post: head, cell: T1}}
    steps: [{at: "2026-03-02T09:00"}]
"""


def test_cells_that_tile_their_parents() -> None:
    assert codes() == []
    assert codes(T=box(0, 0, 2, 1), U=box(2, 0, 4, 1)) == []


def test_cells_of_two_towns_that_overlap_though_the_towns_have_no_outline() -> None:
    assert codes(U1=box(1.9, 0, 3, 1)) == ["lint-cells-overlap"]


def test_an_overlap_smaller_than_a_car_is_rounding() -> None:
    assert codes(U1=box(1.9999, 0, 3, 0.1)) == []


def test_ground_that_is_declared_contested_may_lie_in_both_cells() -> None:
    area = "contested_areas:\n  - {id: bank, label: {zh: 河岸, en: bank}, cells: [T2, U1], "
    area += "claimants: [works, centre], until: 2026-12-31, interim_handler: {post: head}}\n"
    assert codes(("grid.yaml", "cells: cells.csv", f"{area}cells: cells.csv"), U1=box(1.9, 0, 3, 1)) == []
    other = area.replace("T2, U1", "T1, U1")
    assert codes(("grid.yaml", "cells: cells.csv", f"{other}cells: cells.csv"), U1=box(1.9, 0, 3, 1)) == [
        "lint-cells-overlap"
    ]


def test_a_gap_shows_only_where_the_parents_outline_is_known() -> None:
    assert codes(T2=box(1.2, 0, 2, 1)) == []
    assert codes(T2=box(1.2, 0, 2, 1), T=box(0, 0, 2, 1)) == ["lint-cells-gap"]


def test_a_cell_that_reaches_into_the_next_town() -> None:
    beyond = codes(T2=box(1, 0, 2.2, 1), U1=box(2.2, 0, 3, 1), T=box(0, 0, 2, 1), U=box(2, 0, 4, 1))
    assert sorted(set(beyond)) == ["lint-cell-beyond-parent", "lint-cells-gap"]


def test_a_missing_outline_is_told_once_and_not_as_a_gap_too() -> None:
    assert codes(T2=None, T=box(0, 0, 2, 1)) == ["lint-cell-without-outline"]


def test_a_cell_that_has_ended_neither_overlaps_nor_leaves_a_gap() -> None:
    files = drawn(T1=box(0, 0, 2, 1), T2=box(1, 0, 2, 1), T=box(0, 0, 2, 1))
    files["cells.csv"] = files["cells.csv"].replace(
        "T2,grid,T,格,grid,urban,300,,", "T2,grid,T,格,grid,urban,300,2026-01-01,"
    )
    files["tests/request.yaml"] = TEST
    tiers = ("grid.yaml", "  - {id: grid, label", "  - {id: town, label: {zh: 镇, en: town}}\n  - {id: grid, label")
    assert found(tiers, files=files) == []


def test_cells_are_held_against_the_nearest_cell_above_that_has_an_outline() -> None:
    assert codes(D=box(0, 0, 4, 1)) == []
    assert codes(D=box(0, 0, 5, 1)) == ["lint-cells-gap"]
    assert codes(D=box(0, 0, 3.5, 1)) == ["lint-cell-beyond-parent"]
    assert codes(D=box(0, 0, 5, 1), T=box(0, 0, 2, 1)) == ["lint-cells-gap"]


def test_a_cell_without_outline_under_a_town_without_one() -> None:
    drawn_nowhere = codes(D=box(0, 0, 4, 1), U1=None, U2=None)
    assert drawn_nowhere == ["lint-cell-without-outline", "lint-cell-without-outline"]
    assert codes(T=box(0, 0, 2, 1), T1=None, T2=None) == []
