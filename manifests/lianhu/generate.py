"""Writes cells.csv and cells.geojson of the demo: seeded, so that every run gives the same bytes.

The seed gives the numbers of the five tiers (1, 9, 41, 134, 364), that an area has three or four communities and that
a grid has 0.12 km² on average; which lies where, and how many grids a community has, is `demo`. Run it beside the
manifest: `python manifests/lianhu/generate.py`.
"""

import csv
import json
import random
from collections.abc import Iterator
from pathlib import Path

from shapely import unary_union
from shapely.geometry import mapping, shape

HERE = Path(__file__).parent
DISTRICT = "610104"
# two bands of seven rows, walked column by column: 364 squares in one line, whose runs hang together
BAND, BANDS, COLUMNS = 7, 2, 26
WEST, SOUTH, EAST, NORTH = 108.855, 34.242, 108.9574, 34.2838
# the subdistricts along that line, north band eastward, south band back, with their numbers of areas: 41 in all
SUBDISTRICTS = (
    ("610104009", "枣园街道", "Zaoyuan Subdistrict", 5),
    ("610104008", "桃园路街道", "Taoyuanlu Subdistrict", 5),
    ("610104004", "红庙坡街道", "Hongmiaopo Subdistrict", 5),
    ("610104003", "北关街道", "Beiguan Subdistrict", 4),
    ("610104001", "青年路街道", "Qingnianlu Subdistrict", 4),
    ("610104002", "北院门街道", "Beiyuanmen Subdistrict", 5),
    ("610104005", "环城西路街道", "Huanchengxilu Subdistrict", 4),
    ("610104006", "西关街道", "Xiguan Subdistrict", 4),
    ("610104007", "土门街道", "Tumen Subdistrict", 5),
)
AREAS_OF = {3: 30, 4: 11}
"""How many areas have so many communities: 41 areas, 134 communities."""
COMMUNITIES_OF = {2: 54, 3: 64, 4: 16}
"""How many communities have so many grids: 134 communities, 364 grids; the 54 are fewer than the document's rule."""

Square = tuple[int, int]
Ring = list[list[float]]


def walk() -> Iterator[Square]:
    """Every square (column, row from the north), each beside the one before it."""
    for band in range(BANDS):
        columns = range(COLUMNS) if band % 2 == 0 else range(COLUMNS - 1, -1, -1)
        for number, column in enumerate(columns):
            rows = range(band * BAND, (band + 1) * BAND)
            upward = number % 2 == (0 if band % 2 == 0 else 1)
            yield from ((column, row) for row in (reversed(rows) if upward else rows))


def shuffled(chance: random.Random, shares: dict[int, int]) -> Iterator[int]:
    """Each share as often as it says, in an order of chance."""
    found = [share for share, times in shares.items() for _ in range(times)]
    chance.shuffle(found)
    return iter(found)


def corners(chance: random.Random) -> dict[Square, list[float]]:
    """Corner points of the squares; inner ones are shaken so that the grids look like land, not like a table."""
    width, height = (EAST - WEST) / COLUMNS, (NORTH - SOUTH) / (BAND * BANDS)
    found = {}
    for column in range(COLUMNS + 1):
        for row in range(BAND * BANDS + 1):
            inner = 0 < column < COLUMNS and 0 < row < BAND * BANDS
            east, south = (chance.uniform(-0.2, 0.2), chance.uniform(-0.2, 0.2)) if inner else (0.0, 0.0)
            found[column, row] = [round(WEST + (column + east) * width, 6), round(NORTH - (row + south) * height, 6)]
    return found


def ring(points: dict[Square, list[float]], column: int, row: int) -> Ring:
    """The ring of one square, counter-clockwise and closed."""
    around = [(column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row), (column, row)]
    return [points[corner] for corner in around]


def outline(rings: list[Ring]) -> dict[str, object]:
    """The outline of several squares together, as a GeoJSON geometry."""
    return mapping(unary_union([shape({"type": "Polygon", "coordinates": [one]}) for one in rings]).normalize())


class Division:
    """The district as it is cut up: rows of cells.csv, and the squares of every cell by code."""

    def __init__(self) -> None:
        self.chance = random.Random(364)
        self.points = corners(self.chance)
        self.line = walk()
        self.communities = shuffled(self.chance, AREAS_OF)
        self.grids = shuffled(self.chance, COMMUNITIES_OF)
        self.rows: list[list[object]] = [row(DISTRICT, "district", "", "莲湖区", "Lianhu District", "seed:S2:3")]
        self.rings: dict[str, list[Ring]] = {DISTRICT: []}

    def cut(self) -> None:
        for code, zh, en, areas in SUBDISTRICTS:
            self.rows.append(row(code, "subdistrict", DISTRICT, zh, en, "seed:S2:3"))
            community = 0
            for number in range(1, areas + 1):
                area = f"{code}-P{number}"
                self.rows.append(row(area, "area", code, f"{zh}第{number}片区", f"{en}, area {number}", "demo"))
                for _ in range(next(self.communities)):
                    community += 1
                    self.community(
                        f"{code}-{community:02d}",
                        (code, area),
                        f"{zh}第{community}社区",
                        f"{en}, community {community}",
                    )

    def community(self, code: str, above: tuple[str, str], zh: str, en: str) -> None:
        """A community, which is a management unit, and its grids."""
        self.rows.append(row(code, "unit", above[1], f"{zh}单元", en, "demo"))
        for number in range(1, next(self.grids) + 1):
            grid, homes = f"{code}-{number}", self.chance.randrange(420, 980, 10)
            people = homes * 3 - self.chance.randrange(0, 200)
            names = (f"{zh}第{number}网格", f"{en}, grid {number}")
            self.rows.append(row(grid, "grid", code, *names, "demo", homes, people))
            square = ring(self.points, *next(self.line))
            for cell in (grid, code, *above, DISTRICT):
                self.rings.setdefault(cell, []).append(square)


def row(
    code: str, tier: str, parent: str, zh: str, en: str, origin: str, homes: int | str = "", people: int | str = ""
) -> list[object]:
    return [code, tier, parent, zh, en, homes, people, origin]


def main() -> None:
    division = Division()
    division.cut()
    with (HERE / "cells.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["code", "tier", "parent", "label_zh", "label_en", "households", "population", "origin"])
        table.writerows(division.rows)
    lines = [
        json.dumps({"type": "Feature", "properties": {"code": code}, "geometry": outline(rings)}, separators=(",", ":"))
        for code, rings in division.rings.items()
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "cells.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
