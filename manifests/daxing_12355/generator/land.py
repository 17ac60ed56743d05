"""The land of the demo: a lattice of 734 quadrilaterals, shared out among towns and areas, with outlines of all.

Neighbours share their corner points, so that nothing overlaps and nothing is left out. Plain arithmetic and a seeded
generator: every run gives the same bytes on every machine.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from generator.units import TOWNS, Town, mode_of

WEST, SOUTH, EAST, NORTH = 116.22, 39.44, 116.72, 39.83
SIDE = 30
SHAKE = 0.22
CELLS_AN_AREA = 9
KINDS = {"community": ("社区", "Community"), "village": ("村", "Village"), "park": ("园区", "Park")}
HOUSEHOLDS = {"community": (900, 2400), "village": (180, 620)}

Square = tuple[int, int]
Point = tuple[float, float]


class Land(NamedTuple):
    """Rows of cells.csv without the district's, and the outline of every cell by code, coarse cells last."""

    rows: list[list[Any]]
    outlines: dict[str, list[Point]]


def lay_out(chance: random.Random, district: str) -> Land:
    """Squares to towns, towns to areas, areas to basic cells."""
    squares = _inside()
    points = _points(chance)
    towns: dict[str, list[Square]] = {}
    _share(squares, TOWNS, towns)
    rows: list[list[Any]] = []
    basic: dict[str, list[Point]] = {}
    areas: dict[str, list[Point]] = {}
    for town in TOWNS:
        rows.append([town.code, "town", district, town.zh, town.en, town.kind, *[""] * 7, "seed:S1:15"])
        kinds = ["community"] * town.communities + ["village"] * town.villages + ["park"] * town.parks
        chance.shuffle(kinds)
        named = dict.fromkeys(KINDS, 0)
        serial = 0
        for number, part in enumerate(_halve(towns[town.code], max(2, round(town.cells / CELLS_AN_AREA))), 1):
            area = f"{town.code}-P{number}"
            name = (f"{town.zh}第{number}片", f"{town.en}, area {number}")
            rows.append([area, "area", town.code, *name, *[""] * 8, "demo"])
            areas[area] = _outline(part, points)
            for square in part:
                kind, serial = kinds[serial], serial + 1
                named[kind] += 1
                code = f"{town.code}-{serial:03d}"
                rows.append(_cell(chance, town, area, code, kind, named[kind]))
                basic[code] = _outline([square], points)
    whole = {town.code: _outline(towns[town.code], points) for town in TOWNS}
    return Land(rows, basic | areas | whole | {district: _outline(squares, points)})


def _cell(chance: random.Random, town: Town, area: str, code: str, kind: str, number: int) -> list[Any]:
    zh, en = KINDS[kind]
    households: int | str = chance.randrange(*HOUSEHOLDS[kind], 10) if kind in HOUSEHOLDS else ""
    people = (
        households * 3 - chance.randrange(0, 90) if isinstance(households, int) else chance.randrange(200, 3000, 10)
    )
    name = (f"{town.zh}第{number}{zh}", f"{town.en}, {en} {number}")
    dedicated = "yes" if kind == "park" else ""
    return [code, "basic", area, *name, kind, mode_of(town, kind), dedicated, households, people, *[""] * 3, "demo"]


def _inside() -> list[Square]:
    """The squares of the lattice nearest to its middle: a square with rounded corners."""
    middle = (SIDE - 1) / 2
    every = [(column, row) for column in range(SIDE) for row in range(SIDE)]
    every.sort(key=lambda at: (abs(at[0] - middle) ** 4 + abs(at[1] - middle) ** 4, at))
    return sorted(every[: sum(town.cells for town in TOWNS)])


def _points(chance: random.Random) -> dict[Square, Point]:
    """Corner points, shaken so that cells look like land; rows lie closer together in the built-up north."""
    points = {}
    for column in range(SIDE + 1):
        for row in range(SIDE + 1):
            x = (column + chance.uniform(-SHAKE, SHAKE)) / SIDE
            up = min(max((row + chance.uniform(-SHAKE, SHAKE)) / SIDE, 0.0), 1.0)
            points[column, row] = (
                round(WEST + (EAST - WEST) * x, 6),
                round(SOUTH + (NORTH - SOUTH) * (up * (1.6 - 0.6 * up)), 6),
            )
    return points


def _share(squares: Sequence[Square], towns: Sequence[Town], shares: dict[str, list[Square]]) -> None:
    """Halve towns and squares together until each town has its own, from west to east or from south to north."""
    if len(towns) == 1:
        shares[towns[0].code] = list(squares)
        return
    total = sum(town.cells for town in towns)
    for axis, order in _orders(squares):
        lined = sorted(towns, key=lambda town: (town.near[axis], town.code))
        count, cut = lined[0].cells, 1
        while cut < len(lined) - 1 and 2 * count < total:
            count, cut = count + lined[cut].cells, cut + 1
        if _hang_together(order[:count]) and _hang_together(order[count:]):
            _share(order[:count], lined[:cut], shares)
            _share(order[count:], lined[cut:], shares)
            return
    raise ValueError(f"no cut keeps both halves whole: {sorted(squares)}")


def _halve(squares: Sequence[Square], parts: int) -> list[list[Square]]:
    """Squares in so many neighbouring parts of about equal size."""
    if parts == 1:
        return [list(squares)]
    first = parts // 2
    cut = len(squares) * first // parts
    for _, order in _orders(squares):
        if _hang_together(order[:cut]) and _hang_together(order[cut:]):
            return [*_halve(order[:cut], first), *_halve(order[cut:], parts - first)]
    raise ValueError(f"no cut keeps both halves whole: {sorted(squares)}")


def _orders(squares: Sequence[Square]) -> Iterator[tuple[int, list[Square]]]:
    """Ways to line squares up, along the longer side first: the axis and the squares."""
    spans = [max(at[axis] for at in squares) - min(at[axis] for at in squares) for axis in (0, 1)]
    longer = 0 if spans[0] >= spans[1] else 1
    for axis in (longer, 1 - longer):
        yield axis, sorted(squares, key=lambda at: (at[axis], at[1 - axis]))
        yield axis, sorted(squares, key=lambda at: (at[axis], -at[1 - axis]))


def _hang_together(squares: Sequence[Square]) -> bool:
    try:
        _ring(squares)
    except ValueError:
        return False
    return True


def _outline(squares: Sequence[Square], points: dict[Square, Point]) -> list[Point]:
    """The points around squares that hang together, counter-clockwise and closed."""
    ring = _ring(squares)
    return [points[at] for at in [*ring, ring[0]]]


def _ring(squares: Sequence[Square]) -> list[Square]:
    """The corners around squares: edges between two of them fall out. Raises ValueError when more than one ring, or a
    ring that meets itself, is left."""
    edges: set[tuple[Square, Square]] = set()
    for x, y in squares:
        corners = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
        for edge in zip(corners, [*corners[1:], corners[0]], strict=True):
            if edge[::-1] in edges:
                edges.remove(edge[::-1])
            else:
                edges.add(edge)
    onward = dict(edges)
    start = min(onward)
    ring, at = [start], onward[start]
    while at != start and len(ring) < len(onward):
        ring.append(at)
        at = onward[at]
    if len(ring) != len(edges):
        raise ValueError(f"squares do not hang together: {sorted(squares)}")
    return ring
