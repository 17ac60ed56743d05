"""Writes cells.csv, cells.geojson and registry.csv of the demo: seeded, so that every run gives the same bytes.

The seed gives how many grids each town has (line 55), not where they lie: outlines, numbers and objects are `demo`,
laid out near the real place. Run it beside the manifest: `python manifests/konggang_1355/generate.py`.
"""

import csv
import json
import random
from pathlib import Path

from shapely import unary_union
from shapely.geometry import mapping, shape

HERE = Path(__file__).parent
WEST, SOUTH, EAST, NORTH = 108.690, 34.400, 108.870, 34.520
ROWS = COLUMNS = 4
# one letter a lattice square, from north-west: B Beidu, T Taiping, D Dizhang, A airport
LAYOUT = ("BBBT", "BADT", "BBDT", "DDDD")
AREAS = {
    "D": ("610404009", "底张街道", "Dizhang Subdistrict", "subdistrict", "seed:S0:55"),
    "B": ("610404010", "北杜街道", "Beidu Subdistrict", "subdistrict", "seed:S0:55"),
    "T": ("610423111", "太平镇", "Taiping Town", "town", "seed:S0:55"),
    "A": ("KG-JC", "机场区域", "airport area", "airport", "seed:S0:55"),
}
OBJECTS = (
    (
        "manhole_cover",
        "井盖",
        "manhole cover",
        "municipal_company",
        "municipal_company",
        "urban_management",
        "cast_iron",
    ),
    ("street_light", "路灯", "street light", "municipal_company", "municipal_company", "urban_management", "steel"),
    ("toilet", "公共厕所", "public toilet", "urban_management", "municipal_company", "urban_management", "brick"),
)


def lattice(chance: random.Random) -> list[list[tuple[float, float]]]:
    """Corner points, row 0 in the north; inner ones are shaken so that the grids look like land, not like a table."""
    width, height = (EAST - WEST) / COLUMNS, (NORTH - SOUTH) / ROWS
    points = []
    for row in range(ROWS + 1):
        line = []
        for column in range(COLUMNS + 1):
            inner = 0 < row < ROWS and 0 < column < COLUMNS
            shake_x, shake_y = (chance.uniform(-0.18, 0.18), chance.uniform(-0.18, 0.18)) if inner else (0.0, 0.0)
            line.append((round(WEST + (column + shake_x) * width, 6), round(NORTH - (row + shake_y) * height, 6)))
        points.append(line)
    return points


def square(points: list[list[tuple[float, float]]], row: int, column: int) -> list[list[list[float]]]:
    """The ring of one lattice square, counter-clockwise and closed."""
    corners = [points[row][column], points[row + 1][column], points[row + 1][column + 1], points[row][column + 1]]
    return [[list(corner) for corner in [*corners, corners[0]]]]


def union(rings: list[list[list[list[float]]]]) -> dict[str, object]:
    """The outline of several squares together, as a GeoJSON geometry."""
    return mapping(unary_union([shape({"type": "Polygon", "coordinates": ring}) for ring in rings]).normalize())


def write_table(name: str, header: str, rows: list[list[object]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header.split(","))
        table.writerows(rows)


def main() -> None:
    chance = random.Random(1355)
    points = lattice(chance)
    cells: list[list[object]] = [["KG", "new_town", "", "空港新城", "Konggang New Town", *[""] * 8, "seed:S0:53"]]
    for code, zh, en, kind, origin in AREAS.values():
        cells.append([code, "large_grid", "KG", zh, en, kind, *[""] * 7, origin])
    features, objects = [], []
    serial = dict.fromkeys(AREAS, 0)
    squares: dict[str, list[list[list[list[float]]]]] = {letter: [] for letter in AREAS}
    for row in range(ROWS):
        for column in range(COLUMNS):
            letter = LAYOUT[row][column]
            serial[letter] += 1
            area, zh, en, kind, _ = AREAS[letter]
            code = f"{area}-{serial[letter]:02d}"
            households = chance.randrange(900, 2600, 10)
            people = households * 3 - chance.randrange(0, 300)
            name_zh, name_en = f"{zh}第{serial[letter]}网格", f"{en}, grid {serial[letter]}"
            cells.append([code, "grid", area, name_zh, name_en, kind, "", "", households, people, *[""] * 3, "demo"])
            ring = square(points, row, column)
            squares[letter].append(ring)
            features.append((code, {"type": "Polygon", "coordinates": ring}))
            middle = [sum(corner[axis] for corner in ring[0][:4]) / 4 for axis in (0, 1)]
            for number, (kind_id, thing_zh, thing_en, owner, maintainer, competent, material) in enumerate(OBJECTS, 1):
                place = [round(value + chance.uniform(-0.004, 0.004), 6) for value in middle]
                who = (owner, maintainer, competent)
                names = (f"{name_zh}{thing_zh}", f"{thing_en}, {name_en}")
                objects.append(
                    [f"{code}-{number:03d}", kind_id, *names, code, *place, "intact", *who, material, "demo"]
                )
    for letter, rings in squares.items():
        features.append((AREAS[letter][0], union(rings)))
    features.append(("KG", union([ring for rings in squares.values() for ring in rings])))
    header = "code,tier,parent,label_zh,label_en,kind,grade,dedicated,households,population"
    write_table("cells.csv", f"{header},valid_from,valid_to,successors,origin", cells)
    header = "code,kind,label_zh,label_en,cell,longitude,latitude,status,owner,maintainer,competent,material,origin"
    write_table("registry.csv", header, objects)
    lines = [
        json.dumps({"type": "Feature", "properties": {"code": code}, "geometry": outline}, separators=(",", ":"))
        for code, outline in features
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "cells.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
