"""Whether cells tile their parent: invalid outlines, overlaps, gaps, parts beyond the parent.

Pure geometry for the checks of a manifest; judges nothing: what is too much is the caller's `least` area. Sizes are
square metres, reckoned on a sphere at each place: right to about half a percent.

Cells that are meant to tile may still leave gaps that no comparison of neighbours shows: a missing cell at the edge
leaves none at all. So the union is compared with the parent's outline, and its interior rings are gaps too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import cos, pi, radians

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from core.scheme.geometry import Area

METRES_A_DEGREE = 6371008.8 * pi / 180
LEAST = 1.0


@dataclass(frozen=True, slots=True)
class Patch:
    """A piece of ground: a point inside it (longitude, latitude), its size, and the cells that it lies in (of an
    overlap the two, otherwise none)."""

    longitude: float
    latitude: float
    square_metres: float
    cells: tuple[str, ...] = ()


def invalid(areas: Mapping[str, Area]) -> dict[str, str]:
    """Cells whose outline crosses itself or is otherwise no area, with GEOS's reason. The others need valid areas."""
    return {code: shapely.is_valid_reason(area) for code, area in areas.items() if not area.is_valid}


def overlaps(areas: Mapping[str, Area], least: float = LEAST) -> tuple[Patch, ...]:
    """Pairs of cells that share ground, in the order of their codes, each pair once."""
    codes = sorted(areas)
    shapes = [areas[code] for code in codes]
    if len(shapes) < 2:  # the tree takes no empty list
        return ()
    pairs = shapely.STRtree(shapes).query(shapes, predicate="intersects").T.tolist()
    found = []
    for first, second in sorted(pair for pair in pairs if pair[0] < pair[1]):
        shared = patches(shapely.intersection(shapes[first], shapes[second]), 0.0)
        size = sum(patch.square_metres for patch in shared)
        if size >= least:
            largest = max(shared, key=lambda patch: patch.square_metres)
            found.append(Patch(largest.longitude, largest.latitude, size, (codes[first], codes[second])))
    return tuple(found)


def gaps(areas: Mapping[str, Area], outline: Area | None = None, least: float = LEAST) -> tuple[Patch, ...]:
    """Ground that no cell covers: inside the parent's outline, or without one inside the union's interior rings."""
    union = shapely.union_all(list(areas.values()))
    if outline is None:
        rings = [Polygon(ring) for part in polygons(union) for ring in part.interiors]
        return patches(shapely.difference(shapely.union_all(rings), union), least)
    return patches(shapely.difference(outline, union), least)


def beyond(areas: Mapping[str, Area], outline: Area, least: float = LEAST) -> dict[str, tuple[Patch, ...]]:
    """Cells that reach outside their parent's outline, with the ground that they take there."""
    outside = {code: patches(shapely.difference(area, outline), least) for code, area in areas.items()}
    return {code: found for code, found in outside.items() if found}


def patches(geometry: BaseGeometry, least: float) -> tuple[Patch, ...]:
    """The areas in a geometry that have at least `least` square metres; lines and points are none."""
    found = []
    for part in polygons(geometry):
        point = shapely.point_on_surface(part)
        size = part.area * METRES_A_DEGREE**2 * cos(radians(point.y))
        if size > 0 and size >= least:
            found.append(Patch(point.x, point.y, size))
    return tuple(found)


def polygons(geometry: BaseGeometry) -> Sequence[Polygon]:
    if isinstance(geometry, Polygon):
        return [] if geometry.is_empty else [geometry]
    if isinstance(geometry, MultiPolygon) or geometry.geom_type == "GeometryCollection":
        return [part for member in geometry.geoms for part in polygons(member)]
    return []
