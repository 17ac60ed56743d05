"""A scheme of 25,000 cells: how long checking and compiling takes, how much memory, how fast a point finds its cell.

    python benchmarks/scale.py                       25,000 cells, a table
    python benchmarks/scale.py --cells 2500 --json   one JSON object

The scheme is synthetic: five tiers, every basic cell an outline of twelve corners that it shares with its neighbours
(no gap, no overlap), a rule for each community. Check and compile run in a fresh process; its peak memory is told. The
floor of a look-up is a bare tree of the same outlines (shapely's STRtree) asked for the same points in the same run;
`as_one` is `locate_many`, which asks for all points at once.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

MINIMAL = Path(__file__).parent.parent / "tests" / "manifests" / "positive" / "minimal"
BUDGET = {"seconds": 30.0, "megabytes": 1024.0, "lookup_microseconds": 50.0}
STEP, CORNERS = 0.002, 3
TIERS = """tiers:
  - {id: district, label: {zh: 区, en: district}}
  - {id: town, label: {zh: 街道, en: subdistrict}}
  - {id: community, label: {zh: 社区, en: community}}
  - {id: area, label: {zh: 片区, en: area}}
  - {id: grid, label: {zh: 网格, en: grid}}
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=25_000)
    parser.add_argument("--points", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        print(json.dumps(measured(asked.child, asked.points)))
        return
    folder = Path(tempfile.mkdtemp(prefix="gridwright-scale-")) / "scale"
    try:
        write_manifest(folder, asked.cells)
        command = [sys.executable, __file__, "--child", str(folder), "--points", str(asked.points)]
        runs = [
            json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
            for _ in range(asked.rounds)
        ]
    finally:
        shutil.rmtree(folder.parent)
    found = {name: median(run[name] for run in runs) for name in runs[0]} | {"budget": BUDGET}
    print(json.dumps(found, indent=2) if asked.json else shown(found))


def measured(folder: Path, points: int) -> dict[str, Any]:
    """One fresh process: check with lint, compile, then look-ups."""
    import shapely  # noqa: PLC0415  (its import is part of what is measured)

    from core.manifest.pipeline import check  # noqa: PLC0415
    from core.manifest.source import read_source  # noqa: PLC0415

    report = check(read_source(folder))
    scheme = report.scheme
    if scheme is None or report.errors:
        sys.exit(f"{folder} has {report.errors} errors: {report.findings[:3]}")
    seconds, peak = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    index = scheme.cell_index
    asked = list(_points(len(index), points))
    outlines = shapely.STRtree([shapely.Polygon(outline) for outline in _outlines(len(index))])
    ours = _timed(lambda: [index.locate(*point) for point in asked], points)
    bare = _timed(lambda: [outlines.query(shapely.Point(point), predicate="intersects") for point in asked], points)
    as_one = _timed(lambda: index.locate_many(asked), points)
    return {
        "cells": len(scheme.grid.cells),
        "basic_cells": len(index),
        "seconds": seconds,
        "megabytes": peak,
        "lookup_microseconds": ours,
        "bare_tree_microseconds": bare,
        "as_one_microseconds": as_one,
        "lookup_over_bare": ours / bare,
    }


def _timed(work: Any, points: int) -> float:
    started = time.process_time()
    work()
    return (time.process_time() - started) * 1e6 / points


def write_manifest(folder: Path, cells: int) -> None:
    """The minimal locality with a grid of so many basic cells."""
    shutil.copytree(MINIMAL, folder, ignore=shutil.ignore_patterns("tests"))
    grid = (folder / "grid.yaml").read_text(encoding="utf-8")
    before, after = grid.index("tiers:"), grid.index("area_kinds:")
    (folder / "grid.yaml").write_text(grid[:before] + TIERS + grid[after:], encoding="utf-8")
    locality = (folder / "locality.yaml").read_text(encoding="utf-8")
    (folder / "locality.yaml").write_text(locality.replace("id: minimal", "id: scale", 1), encoding="utf-8")
    rows = list(_cells(cells))
    header = "code,tier,parent,label_zh,label_en,kind,grade,households,origin\n"
    (folder / "cells.csv").write_text(header + "".join(rows), encoding="utf-8")
    features = [
        {"type": "Feature", "properties": {"code": code}, "geometry": {"type": "Polygon", "coordinates": [outline]}}
        for code, outline in zip(_codes(cells), _outlines(cells), strict=True)
    ]
    collection = {"type": "FeatureCollection", "features": features}
    (folder / "cells.geojson").write_text(json.dumps(collection), encoding="utf-8")
    communities = [row.split(",")[0] for row in rows if ",community," in row]
    rules = "id,layer,category,cell,severity,from_time,to_time,when,priority,handler,basis,origin\n"
    rules += "".join(
        f"R{n},normal,0101,{code},,,,,0,organisation:works,行业管理,demo\n" for n, code in enumerate(communities)
    )
    (folder / "rules.csv").write_text(rules + "R,fallback,,,,,,,0,post:head,属地管理,demo\n", encoding="utf-8")
    if (folder / "registry.csv").exists():
        registry = (folder / "registry.csv").read_text(encoding="utf-8")
        (folder / "registry.csv").write_text(
            registry.replace("D01", _codes(cells)[0]).replace("D02", _codes(cells)[1]), encoding="utf-8"
        )


def _codes(cells: int) -> list[str]:
    """Ten cells an area, five areas a community, twenty communities a subdistrict."""
    return [f"D{n // 1000:03}{n // 50 % 20:02}{n // 10 % 5}{n % 10}" for n in range(cells)]


def _cells(cells: int) -> Iterator[str]:
    yield "D,district,,区,District,urban,,,demo\n"
    seen = {"D"}
    for number, code in enumerate(_codes(cells)):
        for tier, length, parent in (("town", 4, 1), ("community", 6, 4), ("area", 7, 6)):
            if code[:length] not in seen:
                seen.add(code[:length])
                yield f"{code[:length]},{tier},{code[:parent]},{code[:length]},{tier} {code[:length]},urban,,,demo\n"
        yield f"{code},grid,{code[:7]},{code},grid {code},urban,first,{200 + number % 200},demo\n"


def _outlines(cells: int) -> Iterator[list[list[float]]]:
    """Squares whose sides are bent: neighbours share the bent side, so that there is neither gap nor overlap."""
    wide = max(1, int(cells**0.5))
    for number in range(cells):
        x, y = number % wide, number // wide
        south, north = _side(x, y, True), _side(x, y + 1, True)
        west, east = _side(x, y, False), _side(x + 1, y, False)
        ring = [*south[:-1], *east[:-1], *reversed(north[1:]), *reversed(west[1:])]
        yield [*ring, ring[0]]


def _side(x: int, y: int, along: bool) -> list[list[float]]:
    """The corners of a side from its west or south end; those between the ends are moved a little aside."""
    chance = random.Random(f"{x},{y},{along}")
    made = []
    for part in range(CORNERS + 1):
        ahead = part / CORNERS
        aside = chance.uniform(-0.1, 0.1) if 0 < part < CORNERS else 0.0
        place = (x + ahead, y + aside) if along else (x + aside, y + ahead)
        made.append([round(108 + place[0] * STEP, 7), round(34 + place[1] * STEP, 7)])
    return made


def _points(cells: int, count: int) -> Iterator[tuple[float, float]]:
    chance, wide = random.Random(1), max(1, int(cells**0.5))
    for _ in range(count):
        yield 108 + chance.uniform(0, wide) * STEP, 34 + chance.uniform(0, cells / wide) * STEP


def shown(found: dict[str, Any]) -> str:
    return (
        f"{found['basic_cells']:,} basic cells, {found['cells']:,} in all\n"
        f"  check and compile  {found['seconds']:6.2f} s  (budget {BUDGET['seconds']:g} s)\n"
        f"  peak memory        {found['megabytes']:6.0f} MB (budget {BUDGET['megabytes']:g} MB)\n"
        f"  look-up of a point {found['lookup_microseconds']:6.1f} µs (budget {BUDGET['lookup_microseconds']:g} µs); "
        f"bare tree {found['bare_tree_microseconds']:.1f} µs, {found['lookup_over_bare']:.2f} ×; "
        f"many at once {found['as_one_microseconds']:.1f} µs each"
    )


if __name__ == "__main__":
    main()
