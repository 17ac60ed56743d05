"""Writes the tables of the demo: cells, classes, conditions and rules; seeded, so that every run gives the same bytes.

The document gives the numbers (734 cells, 29/229/769 classes, 8,000 and more rules), not the rows. Run it beside the
manifest: `python manifests/daxing_12355/generate.py`.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from generator.checklist import class_rows, closing_rows, filing_rows, read_majors
from generator.duties import rule_rows
from generator.land import Point, lay_out

HERE = Path(__file__).parent
DISTRICT = "110115"
CELLS = (
    "code,tier,parent,label_zh,label_en,kind,grade,dedicated,households,population,"
    "valid_from,valid_to,successors,origin"
)
CLASSES = "code,parent,level,kind,label_zh,label_en,severity,standard_code,handling_standard,origin"
FILING = "id,category,label_zh,label_en,grade,amount,unit,closing_condition,origin"
CLOSING = "id,category,label_zh,label_en,evidence,origin"
RULES = "id,layer,category,cell,area_kind,grade,severity,from_time,to_time,handler,co_handlers,act_first,basis,origin"


def write_table(name: str, header: str, rows: Iterable[list[Any]]) -> None:
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(header.split(","))
        table.writerows(rows)


def write_outlines(outlines: dict[str, list[Point]]) -> None:
    lines = [
        json.dumps(
            {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [ring]}},
            separators=(",", ":"),
        )
        for code, ring in outlines.items()
    ]
    text = '{"type":"FeatureCollection","features":[\n' + ",\n".join(lines) + "\n]}\n"
    (HERE / "cells.geojson").write_text(text, encoding="utf-8")


def main() -> None:
    land = lay_out(random.Random(12355), DISTRICT)
    district = [DISTRICT, "district", "", "大兴区", "Daxing District", *[""] * 8, "seed:S1:8"]
    write_table("cells.csv", CELLS, [district, *land.rows])
    write_outlines(land.outlines)
    majors = read_majors()
    write_table("categories.csv", CLASSES, class_rows(majors))
    write_table("filing_conditions.csv", FILING, filing_rows(majors))
    write_table("closing_conditions.csv", CLOSING, closing_rows(majors))
    write_table("rules.csv", RULES, rule_rows(majors))


if __name__ == "__main__":
    main()
