"""Writes cells.csv and cells.geojson of the demo: seeded, so that every run gives the same bytes.

The seed gives 1 subdistrict, 4 communities and 28 grids, and how many households a grid has; which grid lies where is
`demo`. Households are drawn so that one reporter for about 100 of them comes to the document's 104 (settlement
`reporters_and_households`). Run it beside the manifest: `python manifests/dalate_43321/generate.py`.
"""

import csv
import json
import random
from pathlib import Path

from shapely import unary_union
from shapely.geometry import mapping, shape

HERE = Path(__file__).parent
STREET = "150621001"
WEST, SOUTH, EAST, NORTH = 110.012, 40.396, 110.052, 40.416
# two of the four communities are named by the document
COMMUNITIES = (
    ("兴盛园社区", "Xingshengyuan Community", "seed:S4:60"),
    ("北大社区", "Beida Community", "seed:S4:50"),
    ("第三社区", "Community 3", "demo"),
    ("第四社区", "Community 4", "demo"),
)
KINDS = ("estate",) * 5 + ("bungalow",) * 2
NAMES = {"estate": ("小区", "estate"), "bungalow": ("平房区", "bungalows")}
REPORTERS = {"estate": (3, 4, 4, 4, 5), "bungalow": (3, 3)}
"""Reporters of each grid of a community: 26, in four communities 104."""

Ring = list[list[float]]


def corners(chance: random.Random) -> dict[tuple[int, int], list[float]]:
    """Corner points of a lattice, a row for each community; inner ones are shaken."""
    columns, rows = len(KINDS), len(COMMUNITIES)
    width, height = (EAST - WEST) / columns, (NORTH - SOUTH) / rows
    found = {}
    for column in range(columns + 1):
        for row in range(rows + 1):
            inner = 0 < column < columns and 0 < row < rows
            east, south = (chance.uniform(-0.2, 0.2), chance.uniform(-0.2, 0.2)) if inner else (0.0, 0.0)
            found[column, row] = [round(WEST + (column + east) * width, 6), round(NORTH - (row + south) * height, 6)]
    return found


def outline(rings: list[Ring]) -> dict[str, object]:
    """The outline of several squares together, as a GeoJSON geometry."""
    return mapping(unary_union([shape({"type": "Polygon", "coordinates": [ring]}) for ring in rings]).normalize())


def households(chance: random.Random, kind: str, reporters: int) -> int:
    """An estate has 200 or more, an area of bungalows about 300; so many that the ratio asks for these reporters."""
    if kind == "bungalow":
        return chance.randrange(260, 301, 10)
    return chance.randrange((reporters - 1) * 100 + 10, reporters * 100 + 1, 10)


def main() -> None:
    chance = random.Random(43321)
    points = corners(chance)
    rows: list[list[object]] = [
        [STREET, "level_1", "", "工业街道", "Gongye Subdistrict", "", "", "", "seed:S4:120"],
    ]
    rings: dict[str, list[Ring]] = {STREET: []}
    for row, (zh, en, origin) in enumerate(COMMUNITIES):
        community = f"{STREET}-{row + 1:02d}"
        rows.append([community, "level_2", STREET, zh, en, "", "", "", origin])
        wanted = {kind: list(numbers) for kind, numbers in REPORTERS.items()}
        for column, kind in enumerate(KINDS):
            code, (kind_zh, kind_en) = f"{community}-{column + 1}", NAMES[kind]
            homes = households(chance, kind, wanted[kind].pop(0))
            people = homes * 3 - chance.randrange(0, 120)
            names = (f"{zh}第{column + 1}网格（{kind_zh}）", f"{en}, grid {column + 1} ({kind_en})")
            rows.append([code, "level_3", community, *names, kind, homes, people, "demo"])
            around = [(column, row), (column, row + 1), (column + 1, row + 1), (column + 1, row), (column, row)]
            ring = [points[corner] for corner in around]
            for cell in (code, community, STREET):
                rings.setdefault(cell, []).append(ring)
    with (HERE / "cells.csv").open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["code", "tier", "parent", "label_zh", "label_en", "kind", "households", "population", "origin"])
        table.writerows(rows)
    lines = [
        json.dumps({"type": "Feature", "properties": {"code": code}, "geometry": outline(of)}, separators=(",", ":"))
        for code, of in rings.items()
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "cells.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
