"""Writes cells.csv, cells.geojson, registry.csv and rules.csv of the demo: seeded, so every run gives the same bytes.

The documents give how many grids there were when (603, 615, 622), how many households a grid has by its kind, and a few
villages by name; which village has how many grids, where they lie and on which day they were divided is demo. Run it
beside the manifest: `python manifests/luqiao/generate.py`.
"""

import csv
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator.land import Box, Grid, lay_out, ring
from generator.towns import TOWNS

HERE = Path(__file__).parent
PLATFORMS = {"01": "governance", "02": "governance", "03": "enforcement", "04": "service"}
MARKET = ("0309", "0310", "0311", "0312", "0313")
"""Items that go to the market supervision platform."""
GOVERNED = ("0301", "0302", "0303", "0304")
"""Public order, which the governance platform keeps to itself."""


def rentals(chance: random.Random, grids: list[Grid], boxes: dict[str, Box]) -> list[list[Any]]:
    """Rental premises: the 121 of one village (line 329), and one in every third grid elsewhere."""
    found = []
    for index, grid in enumerate(grids):
        named = grid.zh.startswith("山后潘村")
        count = {"01": 61, "02": 60}[grid.code[-2:]] if named else int(index % 3 == 0)
        town = next(town for town in TOWNS if grid.code.startswith(town.code))
        west, south, east, north = boxes[grid.code]
        for number in range(1, count + 1):
            point = (round(chance.uniform(west, east), 6), round(chance.uniform(south, north), 6))
            names = (f"{grid.zh}出租房{number}号", f"rental premises {number}, {grid.en}")
            rooms, grade = chance.randrange(2, 20), chance.choice("AABBBC")
            place = [f"R{grid.code}-{number:03d}", "rental", *names, grid.code, *point]
            found.append([*place, "let", f"{town.id}_governance", rooms, grade, "demo"])
    return found


def rules() -> list[list[Any]]:
    """The town's centre splits what comes up to it among the four platforms of the town (line 199); by class, demo."""
    by_class = {**PLATFORMS, **dict.fromkeys(MARKET, "market"), **dict.fromkeys(GOVERNED, "governance")}
    found = [
        [
            f"{town.id}-{category}",
            "normal",
            category,
            town.code,
            f"organisation:{town.id}_{platform}",
            "属地管理",
            "demo",
        ]
        for town in TOWNS
        for category, platform in by_class.items()
    ]
    return found


def write_table(name: str, header: str, rows: Iterable[list[Any]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header.split(","))
        table.writerows(rows)


def main() -> None:
    chance = random.Random(331004)
    cells, boxes, grids = lay_out(chance)
    header = "code,tier,parent,label_zh,label_en,kind,households,population,valid_from,valid_to,successors,origin"
    write_table("cells.csv", header, cells)
    header = "code,kind,label_zh,label_en,cell,longitude,latitude,status,competent,rooms,building_grade,origin"
    write_table("registry.csv", header, rentals(chance, grids, boxes))
    write_table("rules.csv", "id,layer,category,cell,handler,basis,origin", rules())
    lines = [
        json.dumps(
            {
                "type": "Feature",
                "properties": {"code": code},
                "geometry": {"type": "Polygon", "coordinates": ring(box)},
            },
            separators=(",", ":"),
        )
        for code, box in boxes.items()
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "cells.geojson").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
