"""The land of the demo: towns, villages and grids as boxes in boxes, and which grids were divided on which day.

Nothing overlaps and nothing is left out, since every box is cut in two again and again. A grid that has ended has no
outline; the two that took over share its box.
"""

import random
from collections.abc import Iterable
from typing import Any, NamedTuple

from generator.towns import COUNTED, NAMED, TOWNS, Town

DISTRICT = "331004"
BEGUN, FIRST, SECOND = "2016-11-01", "2017-07-01", "2017-11-01"  # 603 from the first day, 615, then 622
SPLIT_FIRST, SPLIT_SECOND = 12, 7  # 603 + 12 = 615, 615 + 7 = 622
WEST, SOUTH, EAST, NORTH = 121.22, 28.45, 121.66, 28.67
HOUSEHOLDS = {"rural": (430, 590), "urban": (260, 340), "urban_village": (350, 450)}
SMALL_VILLAGE = (150, 390)
KINDS = {"rural": ("村", "Village"), "urban": ("社区", "Community"), "urban_village": ("村（城中村）", "Urban village")}
Box = tuple[float, float, float, float]


class Grid(NamedTuple):
    """A grid at the beginning, with the names of its village."""

    village: str
    code: str
    zh: str
    en: str
    kind: str
    households: int | str
    people: int | str
    origin: str


def villages_of(chance: random.Random, town: Town) -> list[tuple[str, str, str, int, str]]:
    """Names, kind, number of grids and origin of each village, until the town's grids are used up."""
    found = [(zh, en, "rural", count, f"seed:S3:{line}") for zh, en, count, line in NAMED.get(town.id, [])]
    left, number = town.grids - sum(item[3] for item in found), 0
    while left:
        number += 1
        kind = chance.choice(["urban", "urban", "urban_village"] if town.urban else ["rural"] * 9 + ["urban"])
        count = min(left, chance.choice([1, 1, 2, 2, 3]))
        zh, en = KINDS[kind]
        found.append((f"{town.zh}第{number}{zh}", f"{town.en}, {en} {number}", kind, count, "demo"))
        left -= count
    return found


def grids_of(chance: random.Random, code: str, village: tuple[str, str, str, int, str]) -> list[Grid]:
    zh, en, kind, count, origin = village
    grids = []
    for number in range(1, count + 1):
        small = kind == "rural" and count == 1 and origin == "demo" and chance.random() < 0.2
        households = chance.randrange(*(SMALL_VILLAGE if small else HOUSEHOLDS[kind]), 10)
        names = (f"{zh}第{number}网格", f"{en}, grid {number}")
        found = Grid(code, f"{code}-{number:02d}", *names, kind, households, households * 3, "demo")
        if found.zh in COUNTED:
            told, people, line = COUNTED[found.zh]
            found = found._replace(households=told, people=people, origin=f"seed:S3:{line}")
        grids.append(found)
    return grids


def halves(box: Box, counts: list[int]) -> list[Box]:
    """A box shared out among several in proportion, cut across its longer side again and again."""
    if len(counts) == 1:
        return [box]
    middle = len(counts) // 2
    share = sum(counts[:middle]) / sum(counts)
    west, south, east, north = box
    if (east - west) >= (north - south):
        cut = round(west + (east - west) * share, 6)
        first, second = (west, south, cut, north), (cut, south, east, north)
    else:
        cut = round(south + (north - south) * share, 6)
        first, second = (west, south, east, cut), (west, cut, east, north)
    return [*halves(first, counts[:middle]), *halves(second, counts[middle:])]


def divided(grid: Grid, day: str, chance: random.Random) -> tuple[list[Any], list[Grid]]:
    """The row of a grid that had grown too large and ended on a day, and the two that took over."""
    parts = []
    for letter, zh in (("A", "东"), ("B", "西")):
        households = chance.randrange(*HOUSEHOLDS[grid.kind], 10)
        names = (f"{grid.zh}{zh}片", f"{grid.en}{letter}")
        parts.append(Grid(grid.village, f"{grid.code}{letter}", *names, grid.kind, households, households * 3, "demo"))
    total = sum(part.households for part in parts)
    return row(grid._replace(households=total, people=total * 3), BEGUN, day, [part.code for part in parts]), parts


def row(grid: Grid, begun: str, ended: str = "", successors: Iterable[str] = ()) -> list[Any]:
    known = [grid.zh, grid.en, grid.kind, grid.households, grid.people]
    return [grid.code, "grid", grid.village, *known, begun, ended, ";".join(successors), grid.origin]


def ring(box: Box) -> list[list[list[float]]]:
    west, south, east, north = box
    return [[[west, south], [east, south], [east, north], [west, north], [west, south]]]


def lay_out(chance: random.Random) -> tuple[list[list[Any]], dict[str, Box], list[Grid]]:
    """Rows of cells.csv, the box of every cell in force, and the grids in force."""
    whole = (WEST, SOUTH, EAST, NORTH)
    rows: list[list[Any]] = [[DISTRICT, "district", "", "路桥区", "Luqiao District", *[""] * 6, "seed:S3:199"]]
    boxes: dict[str, Box] = {DISTRICT: whole}
    begun: list[tuple[Grid, Box]] = []
    for town, box in zip(TOWNS, halves(whole, [town.grids for town in TOWNS]), strict=True):
        rows.append([town.code, "town", DISTRICT, town.zh, town.en, *[""] * 6, "seed:S3:199"])
        boxes[town.code] = box
        villages = villages_of(chance, town)
        parts = halves(box, [village[3] for village in villages])
        for number, (village, part) in enumerate(zip(villages, parts, strict=True), 1):
            code = f"{town.code}-V{number:02d}"
            rows.append([code, "village", town.code, *village[:3], *[""] * 5, village[4]])
            boxes[code] = part
            grids = grids_of(chance, code, village)
            begun += zip(grids, halves(part, [1] * len(grids)), strict=True)
    named = tuple(village[0] for villages in NAMED.values() for village in villages)
    others = [grid.code for grid, _ in begun if not grid.zh.startswith(named)]
    growing = chance.sample(others, SPLIT_FIRST + SPLIT_SECOND)
    current = []
    for grid, box in begun:
        if grid.code not in growing:
            rows.append(row(grid, BEGUN))
            boxes[grid.code] = box
            current.append(grid)
            continue
        day = FIRST if growing.index(grid.code) < SPLIT_FIRST else SECOND
        ended, parts = divided(grid, day, chance)
        rows += [ended, *(row(part, day) for part in parts)]
        boxes |= dict(zip([part.code for part in parts], halves(box, [1, 1]), strict=True))
        current += parts
    return rows, boxes, current
