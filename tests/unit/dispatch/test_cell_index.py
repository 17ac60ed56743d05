"""Point and building to cell."""

from __future__ import annotations

from math import inf, nan
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Unprocessable
from core.scheme.geometry import BuildingIndex, CellIndex


def square(west: float, south: float, size: float = 1.0) -> list[list[float]]:
    east, north = west + size, south + size
    return [[west, south], [east, south], [east, north], [west, north], [west, south]]


def polygon(*rings: list[list[float]]) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


# Four squares around (1, 1), given in no order, and an island of two parts with a pond in one.
CELLS = {
    "04": polygon(square(1, 1)),
    "01": polygon(square(0, 0)),
    "03": polygon(square(0, 1)),
    "02": polygon(square(1, 0)),
    "岛": {"type": "MultiPolygon", "coordinates": [[square(5, 5, 3), square(6, 6)], [square(9, 9)]]},
}
INDEX = CellIndex.build(CELLS)


@pytest.mark.parametrize(
    ("point", "cell"),
    [
        ((0.5, 0.5), "01"),
        ((1.5, 0.5), "02"),
        ((0.5, 1.5), "03"),
        ((1.5, 1.5), "04"),
        ((1.0, 1.0), "01"),  # the corner of all four
        ((1.5, 1.0), "02"),  # the border of 02 and 04
        ((1.0, 1.5), "03"),
        ((2.0, 2.0), "04"),  # the outer corner belongs to it
        ((5.5, 5.5), "岛"),
        ((9.5, 9.5), "岛"),
        ((6.5, 6.5), None),  # the pond
        ((6.0, 6.5), "岛"),  # its bank
        ((4.0, 4.0), None),
        ((nan, 0.5), None),
        ((inf, inf), None),
    ],
)
def test_locate(point: tuple[float, float], cell: str | None) -> None:
    assert INDEX.locate(*point) == cell
    assert INDEX.locate_many([(0.5, 0.5), point]) == ["01", cell]
    assert INDEX.outside(*point) is (cell is None)


def test_many_points_in_their_order_and_none_at_all() -> None:
    assert INDEX.locate_many([(1.5, 1.5), (30, 30), (0.1, 0.1), (1.0, 1.0)]) == ["04", None, "01", "01"]
    assert INDEX.locate_many([]) == []


def test_an_index_without_cells_knows_nothing() -> None:
    empty = CellIndex.build({})
    assert (len(empty), empty.locate(1, 1), empty.locate_many([(1, 1)]), empty.outside(1, 1)) == (0, None, [None], True)


quarters = st.integers(-2, 12).map(lambda n: n / 4)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(quarters, quarters), min_size=1, max_size=8))
def test_the_tree_agrees_with_looking_at_every_square(points: list[tuple[float, float]]) -> None:
    corners = {"01": (0, 0), "02": (1, 0), "03": (0, 1), "04": (1, 1)}
    wanted = [
        min((code for code, (x, y) in corners.items() if x <= east <= x + 1 and y <= north <= y + 1), default=None)
        for east, north in points
    ]
    assert INDEX.locate_many(points) == wanted
    assert [INDEX.locate(*point) for point in points] == wanted


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Point", "coordinates": [1, 1]},
        {"type": "LineString", "coordinates": [[1, 1], [2, 2]]},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": [[[1, 1], [2, 2]]]},
        {"type": "Polygon", "coordinates": "square"},
        {"type": "Polygon"},
        {"type": "Circle", "coordinates": [1, 1]},
        {},
    ],
)
def test_what_is_no_area_is_refused_with_its_cell(geometry: dict[str, Any]) -> None:
    with pytest.raises(Unprocessable) as refused:
        CellIndex.build(CELLS | {"05": geometry})
    assert (refused.value.code, refused.value.params) == ("geometry-not-an-area", {"cell": "05"})


def test_building_unit_and_floor_the_most_specific_entry_answers() -> None:
    index = BuildingIndex(
        {
            ("1号楼", None, None): "whole",
            ("1号楼", "2单元", None): "unit",
            ("1号楼", None, "3"): "floor",
            ("1号楼", "2单元", "5"): "flat",
            ("2号楼", "1单元", None): "other",
        }
    )
    asked = {
        ("1号楼", None, None): "whole",
        ("1号楼", "1单元", None): "whole",
        ("1号楼", "2单元", None): "unit",
        ("1号楼", "2单元", "3"): "unit",  # a unit before a floor
        ("1号楼", "2单元", "5"): "flat",
        ("1号楼", "1单元", "3"): "floor",
        ("1号楼", None, "3"): "floor",
        ("1号楼", None, "9"): "whole",
        ("2号楼", "1单元", "1"): "other",
        ("2号楼", None, None): None,
        ("3号楼", None, None): None,
    }
    assert {place: index.locate(*place) for place in asked} == asked
    assert BuildingIndex().locate("1号楼") is None
