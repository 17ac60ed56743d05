"""Overlaps, gaps, holes and ground beyond the parent: also those that a comparison of neighbours does not show."""

from __future__ import annotations

import pytest
from shapely.geometry import Point, Polygon, box

from core.scheme.coverage import beyond, gaps, invalid, overlaps

# A block of 3 by 3 squares of a hundredth of a degree near 34.4° north: 1,111.95 m by 917.5 m each.
STEP = 0.01
SQUARE_METRES = 1111.95 * 917.5
WEST, SOUTH = 108.70, 34.40
OUTLINE = box(WEST, SOUTH, WEST + 3 * STEP, SOUTH + 3 * STEP)


def tile(column: int, row: int) -> Polygon:
    return box(WEST + column * STEP, SOUTH + row * STEP, WEST + (column + 1) * STEP, SOUTH + (row + 1) * STEP)


def block() -> dict[str, Polygon]:
    return {f"{row}{column}": tile(column, row) for row in range(3) for column in range(3)}


def test_cells_that_tile_are_without_fault() -> None:
    cells = block()
    assert (invalid(cells), overlaps(cells), gaps(cells), gaps(cells, OUTLINE), beyond(cells, OUTLINE)) == (
        {}, (), (), (), {},
    )  # fmt: skip


def test_overlaps_name_both_cells_once_with_their_ground() -> None:
    cells = block() | {"00": box(WEST, SOUTH, WEST + 1.5 * STEP, SOUTH + STEP)}
    (found,) = overlaps(cells)
    assert found.cells == ("00", "01")
    assert found.square_metres == pytest.approx(SQUARE_METRES / 2, rel=0.01)
    assert WEST + STEP < found.longitude < WEST + 1.5 * STEP and SOUTH < found.latitude < SOUTH + STEP


def test_a_cell_within_another_overlaps_it() -> None:
    cells = {"inner": tile(1, 1).buffer(-0.001), "outer": OUTLINE}
    assert [patch.cells for patch in overlaps(cells)] == [("inner", "outer")]


def test_cells_that_only_touch_do_not_overlap() -> None:
    assert overlaps({"a": tile(0, 0), "b": tile(1, 0), "c": tile(1, 1)}) == ()


def test_a_missing_cell_in_the_middle_is_a_gap_with_and_without_an_outline() -> None:
    cells = block()
    del cells["11"]
    for found in (gaps(cells), gaps(cells, OUTLINE)):
        assert [patch.square_metres for patch in found] == [pytest.approx(SQUARE_METRES, rel=0.01)]
        assert tile(1, 1).covers(Point(found[0].longitude, found[0].latitude))


def test_a_missing_cell_at_the_edge_shows_only_against_the_outline() -> None:
    cells = block()
    del cells["01"]
    assert gaps(cells) == ()
    assert [patch.square_metres for patch in gaps(cells, OUTLINE)] == [pytest.approx(SQUARE_METRES, rel=0.01)]


def test_an_island_in_a_gap_is_not_part_of_it() -> None:
    cells = block()
    cells["11"] = tile(1, 1).buffer(-0.002)
    (found,) = gaps(cells)
    assert found.square_metres == pytest.approx(SQUARE_METRES * (1 - 0.36), rel=0.01)
    assert not cells["11"].covers(Point(found.longitude, found.latitude))


def test_a_narrow_gap_counts_from_the_least_area_on() -> None:
    cells = block()
    cells["11"] = box(WEST + STEP + 1e-7, SOUTH + STEP, WEST + 2 * STEP, SOUTH + 2 * STEP)  # a centimetre wide
    (found,) = gaps(cells)
    assert found.square_metres == pytest.approx(10.2, rel=0.02)
    assert gaps(cells, least=11) == ()


def test_ground_beyond_the_parent() -> None:
    cells = block() | {"22": box(WEST + 2 * STEP, SOUTH + 2 * STEP, WEST + 3 * STEP, SOUTH + 4 * STEP)}
    found = beyond(cells, OUTLINE)
    assert list(found) == ["22"]
    assert found["22"][0].square_metres == pytest.approx(SQUARE_METRES, rel=0.01)


def test_an_outline_that_crosses_itself_is_named_with_the_reason() -> None:
    bow_tie = Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert "Self-intersection" in invalid(block() | {"bad": bow_tie})["bad"]
