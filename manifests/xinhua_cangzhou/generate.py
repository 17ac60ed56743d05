"""Writes cells.csv, cells.geojson and buildings.csv of the demo, the same bytes at every run.

The seed gives ten communities of one subdistrict, five of which cross villages of the township beside it (line 597);
18 cells (line 601) and 6000 households (line 577) of one community; three cells of another, almost three times too
large (line 597). Where they lie, what the others are called and every other number is `demo`.
Run it beside the manifest: `python manifests/xinhua_cangzhou/generate.py`.
"""

import csv
import json
import random
from pathlib import Path

from shapely import box, unary_union
from shapely.geometry import mapping
from shapely.geometry.base import BaseGeometry

HERE = Path(__file__).parent
WEST, SOUTH = 116.860, 38.300
EAST_STEP, NORTH_STEP = 0.0024, 0.0019  # about 210 m each: one ordinary cell
RULES, STAFF, GROWTH = "seed:S3:597", "seed:S3:601", "seed:S3:577"
TOWER, TOWER_UNIT = 420, 210
"""A tower of two units whose households are more than a cell may have."""

CROSSING = [(f"DH-{number:02d}", 3 * (number - 2), 0) for number in range(2, 7)]
OTHERS = [(f"DH-{number:02d}", 3 * (number - 5), -3) for number in range(7, 11)]


def square(x: float, y: float, width: float = 1.0, height: float = 1.0) -> BaseGeometry:
    """A rectangle of the lattice, in degrees."""
    corners = [WEST + x * EAST_STEP, SOUTH + y * NORTH_STEP]
    far = [WEST + (x + width) * EAST_STEP, SOUTH + (y + height) * NORTH_STEP]
    return box(*(round(value, 6) for value in [*corners, *far]))


class Land:
    """Rows of the table and outlines of the map, in the order in which they are told."""

    def __init__(self) -> None:
        self.rows: list[list[object]] = []
        self.outlines: dict[str, BaseGeometry] = {}

    def add(self, row: list[object], outline: BaseGeometry | None = None) -> None:
        self.rows.append(row)
        if outline is not None:
            self.outlines[str(row[0])] = outline


def add_community(land: Land, row: list[object], outlines: list[BaseGeometry], households: list[int]) -> None:
    """A community and its cells, numbered from west to east and from south to north."""
    code, _, _, zh, en, kind = row[:6]
    land.add(row, unary_union(outlines))
    for number, (outline, count) in enumerate(zip(outlines, households, strict=True), 1):
        names = (f"{zh}第{number}网格", f"{en}, cell {number}")
        origin = {"high_rise": STAFF, "dispersed": RULES}.get(str(kind), "demo")
        land.add([f"{code}-{number:02d}", "basic_grid", code, *names, kind, count, origin], outline)


def lattice(x: int, y: int, columns: int, rows: int) -> list[BaseGeometry]:
    return [square(x + column, y + row) for row in range(rows) for column in range(columns)]


def main() -> None:
    chance = random.Random(597)
    land = Land()
    for code, zh, en, origin in (
        ("130902004", "东环办事处", "Donghuan Subdistrict", RULES),
        ("130902200", "小赵庄乡", "Xiaozhaozhuang Township", RULES),
        ("XH-90", "其他街道（原文未列）", "other subdistricts (not named)", "demo"),
    ):
        land.add([code, "town", "130902", zh, en, "", "", origin])
    # two cells share the tower; the other sixteen have two smaller towers each: 6000 households in all
    towers = [TOWER_UNIT] * 2 + [349] * 12 + [348] * 4
    row = ["DH-01", "community", "130902004", "百合社区", "Baihe Community", "high_rise", 6000, GROWTH]
    add_community(land, row, lattice(0, -3, 6, 3), towers)
    for number, (code, x, y) in enumerate([*CROSSING, *OTHERS], 2):
        crossing = y == 0
        outlines = lattice(x, y, 3, 2 if crossing else 3)
        row = [code, "community", "130902004", f"第{number}社区", f"Community {number}", "ordinary", "", "demo"]
        counts = [chance.randrange(200, 301, 5) for _ in outlines]
        add_community(land, row, outlines, counts)
        if crossing:  # a strip on which the community and the village beside it both stand
            strip, village, name = square(x + 1, 2, 0.5, 0.2), f"XZ-{number - 1:02d}", f"第{number - 1}村"
            whole, rest = square(x, 2, 3, 3), f"Village {number - 1}"
            land.outlines[code] = unary_union([land.outlines[code], strip])
            names = (f"第{number}社区争议地段", f"Community {number}, contested ground")
            land.add([f"{code}-90", "basic_grid", code, *names, "contested", "", RULES], strip)
            land.add([village, "community", "130902200", name, rest, "village", "", "demo"], whole)
            count = chance.randrange(200, 301, 5)
            names = (f"{name}网格", f"{rest}, cell")
            outside = whole.difference(strip)
            land.add([f"{village}-01", "basic_grid", village, *names, "village", count, "demo"], outside)
            names = (f"{name}争议地段", f"{rest}, contested ground")
            land.add([f"{village}-90", "basic_grid", village, *names, "contested", "", RULES], strip)
    row = ["LN-01", "community", "XH-90", "利农社区", "Linong Community", "dispersed", "", RULES]
    add_community(land, row, [square(15, 1.1 * place, 3, 1.1) for place in range(3)], [215, 230, 205])
    district = unary_union(list(land.outlines.values()))
    top = ["130902", "district", "", "新华区", "Xinhua District", "", "", "seed:S3:587"]
    land.rows.insert(0, top)
    write(land, district)


def write(land: Land, district: BaseGeometry) -> None:
    write_table("cells.csv", "code,tier,parent,label_zh,label_en,kind,households,origin", land.rows)
    lines = [
        json.dumps({"type": "Feature", "properties": {"code": code}, "geometry": mapping(outline.normalize())})
        for code, outline in {"130902": district, **land.outlines}.items()
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "cells.geojson").write_text(text, encoding="utf-8")
    rows: list[list[object]] = [
        [f"DH-01-{unit:02d}", "B01", f"百合1号楼{unit}单元", f"Baihe tower 1, unit {unit}", unit, TOWER_UNIT, "demo"]
        for unit in (1, 2)
    ]
    for number in range(3, 19):
        households = 349 if number < 15 else 348
        for half, share in enumerate((households // 2, households - households // 2)):
            tower = 2 * (number - 3) + half + 2
            names = (f"百合{tower}号楼", f"Baihe tower {tower}")
            rows.append([f"DH-01-{number:02d}", f"B{tower:02d}", *names, "", share, "demo"])
    write_table("buildings.csv", "cell,building,label_zh,label_en,unit,households,origin", rows)


def write_table(name: str, header: str, rows: list[list[object]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header.split(","))
        table.writerows(rows)


if __name__ == "__main__":
    main()
