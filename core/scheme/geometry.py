"""Where a point lies: cells as polygons in a tree of bounding boxes, cells as lists of buildings, units and floors.

Longitude and latitude in degrees, CGCS2000 (`core.scheme.coordinates` converts). Reads no file; judges no scheme
(`core.scheme.coverage` finds overlaps and gaps).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import cos, radians
from typing import Any, TypeAlias

import numpy
import shapely
from shapely.geometry import MultiPolygon, Polygon, shape

from core.errors import Unprocessable

Area: TypeAlias = Polygon | MultiPolygon
METRES_A_DEGREE = 110_574.0
"""Of latitude, where it is fewest."""


def area(cell: str, geometry: Mapping[str, Any]) -> Area:
    """A GeoJSON Polygon or MultiPolygon as a shape; anything else raises Unprocessable `geometry-not-an-area`."""
    try:
        made = shape(geometry)
    except (shapely.errors.ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError) as fault:
        raise Unprocessable("geometry-not-an-area", cell=cell) from fault
    if not isinstance(made, Polygon | MultiPolygon) or made.is_empty:
        raise Unprocessable("geometry-not-an-area", cell=cell)
    return made


class CellIndex:
    """Which cell covers a point. Immutable; on a shared border the lowest code (as text) answers."""

    __slots__ = ("_codes", "_tree")

    def __init__(self, codes: Sequence[str], areas: Sequence[Area]) -> None:
        ordered = sorted(zip(codes, areas, strict=True), key=lambda pair: pair[0])
        self._codes = tuple(code for code, _ in ordered)
        self._tree = shapely.STRtree([outline for _, outline in ordered])

    @classmethod
    def build(cls, geometries: Mapping[str, Mapping[str, Any]]) -> CellIndex:
        """From cell codes and GeoJSON geometries; raises Unprocessable `geometry-not-an-area`."""
        return cls(list(geometries), [area(code, geometry) for code, geometry in geometries.items()])

    def __len__(self) -> int:
        return len(self._codes)

    def locate(self, longitude: float, latitude: float) -> str | None:
        """The cell that covers the point (borders included), or None."""
        hits = self._tree.query(shapely.Point(longitude, latitude), predicate="intersects")
        return self._codes[hits.min()] if len(hits) else None

    def near(self, longitude: float, latitude: float, metres: float) -> tuple[str, ...]:
        """The cells that come within a square of twice so many metres around the point, in order of their codes."""
        north = metres / METRES_A_DEGREE
        east = north / max(cos(radians(latitude)), 0.01)
        square = shapely.box(longitude - east, latitude - north, longitude + east, latitude + north)
        return tuple(self._codes[hit] for hit in sorted(self._tree.query(square, predicate="intersects")))

    def locate_many(self, points: Iterable[tuple[float, float]]) -> list[str | None]:
        """`locate` for many (longitude, latitude) at once, in their order; several times faster each."""
        pairs = numpy.asarray(list(points), dtype=float).reshape(-1, 2)
        which, hits = self._tree.query(shapely.points(pairs), predicate="intersects")
        lowest = numpy.full(len(pairs), len(self._codes))
        numpy.minimum.at(lowest, which, hits)
        named = (*self._codes, None)
        return [named[position] for position in lowest]

    def outside(self, longitude: float, latitude: float) -> bool:
        """Whether no cell covers the point."""
        return self.locate(longitude, latitude) is None


@dataclass(frozen=True)
class BuildingIndex:
    """Cells that are lists of buildings, units and floors: (building, unit, floor) → cell.

    A unit or floor of None stands for all of them; the most specific entry answers, a unit before a floor.
    """

    cells: Mapping[tuple[str, str | None, str | None], str] = field(default_factory=dict)

    def locate(self, building: str, unit: str | None = None, floor: str | None = None) -> str | None:
        """The cell of a floor, a unit or a building, or None."""
        for key in ((building, unit, floor), (building, unit, None), (building, None, floor), (building, None, None)):
            cell = self.cells.get(key)
            if cell is not None:
                return cell
        return None
