"""Every number that a district's document gives and a scheme can be counted for, against what its manifest comes to.

The numbers stand in district_counts.csv, each with its line; the documents are not part of the project. A measure
counts the compiled scheme where it can, else what the files say.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import shape

from core.manifest.documents import Documents, read_documents
from core.manifest.pipeline import load
from core.manifest.source import read_source
from core.scheme.coverage import patches
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

ROOT = Path(__file__).parent.parent
DISTRICTS = (
    "konggang_1355",
    "daxing_12355",
    "lianhu",
    "dalate_43321",
    "luqiao",
    "xinfeng",
    "xinhua_cangzhou",
)
TABLE = Path(__file__).parent / "district_counts.csv"
ROWS = list(csv.DictReader(TABLE.read_text(encoding="utf-8").splitlines()))
RELATIONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda found, said: found == said,
    ">=": lambda found, said: found >= said,
    "~": lambda found, said: abs(found - said) <= said / 10,
}


@dataclass(frozen=True)
class District:
    scheme: Scheme
    documents: Documents

    def items(self, path: str) -> list[Any]:
        kind, _, name = path.partition(".")
        return self.documents.root(kind)[name].value or []

    def item(self, path: str, id: str) -> Any:
        return next(item for item in self.items(path) if item["id"] == id)

    def origin(self, kind: str, *nested: Any) -> str:
        """The origin of the innermost item that states one, else the file's."""
        stated = [item["origin"] for item in reversed(nested) if item.get("origin")]
        return str([*stated, self.documents.root(kind)["origin"].value][0])

    def stages(self, path: str) -> list[Any]:
        """The stages of a track with the origin that holds for each: `event.main`."""
        kind, _, track = path.partition(".")
        of_kind = self.item("workflow.case_kinds", kind)
        of_track = next(one for one in of_kind["tracks"] if one["id"] == track)
        return [stage | {"origin": self.origin("workflow", of_kind, of_track, stage)} for stage in of_track["stages"]]


@cache
def district(name: str) -> District:
    source = read_source(ROOT / "manifests" / name)
    return District(load(source, shipped_plugins().resolve), read_documents(source)[0])


# ---------------------------------------------------------------------------------------------------------- measures
def cells_on(one: District, of: str) -> int:
    """Cells of a tier that hold on a day: `grid@2017-03-30`."""
    tier, _, day = of.partition("@")
    at = date.fromisoformat(day)
    return sum(
        1
        for cell in one.scheme.grid.cells.values()
        if cell.tier == tier and (cell.valid_from or at) <= at and (cell.valid_to is None or at < cell.valid_to)
    )


def children(one: District, of: str) -> int:
    return sum(1 for cell in one.scheme.grid.cells.values() if cell.parent == of and cell.valid_to is None)


def households(one: District, of: str) -> int:
    return sum(cell.households or 0 for cell in one.scheme.grid.cells.values() if cell.parent == of)


def average_hectares(one: District, of: str) -> int:
    """Of a tier's cells, by the outline of the whole district."""
    root = next(cell.code for cell in one.scheme.grid.cells.values() if cell.parent is None)
    area = sum(patch.square_metres for patch in patches(shape(one.documents.features()[root]), 0.0))
    return round(area / 10_000 / one.scheme.counts["cells_by_tier"][of])


def positions(one: District, of: str) -> int:
    return sum(one.scheme.roster.positions[post] for post in of.split("+"))


def quota(one: District, of: str) -> int:
    return int(sum(one.scheme.roster.posts[post].quota.amount for post in of.split("+")))


def organisations(one: District, of: str) -> int:
    return sum(1 for each in one.scheme.roster.organisations.values() if each.kind in of.split("+"))


def members(one: District, of: str) -> int:
    """Organisations of some kinds under another: `city_committee:subdistrict`."""
    parent, _, kinds = of.partition(":")
    found = [each for each in one.scheme.roster.organisations.values() if each.parent == parent]
    return sum(1 for each in found if each.kind in kinds.split("+"))


def functions(one: District, _: str) -> int:
    return len({label["zh"] for each in one.items("roster.organisations") for label in each.get("functions", ())})


def cited(one: District, of: str) -> int:
    """Items of a list that cite a line: `roster.organisations@S0:45`."""
    path, _, line = of.partition("@")
    kind = path.partition(".")[0]
    return sum(1 for item in one.items(path) if one.origin(kind, item) == f"seed:{line}")


def classes(one: District, of: str) -> int:
    """Classes of a level, or of a level and a kind: `item:event`."""
    level, _, kind = of.partition(":")
    found = one.scheme.codes.categories.values()
    return sum(1 for each in found if each.level == level and kind in ("", each.kind))


def cited_classes(one: District, of: str) -> int:
    """Names of a level's classes that the document has."""
    found = one.scheme.codes.categories.values()
    return len({each.label.zh for each in found if each.level == of and each.origin.startswith("seed:")})


def steps(one: District, of: str) -> int:
    """Stages of a track that the document has; leaving the flow (作废) is no step of it."""
    return sum(1 for stage in one.stages(of) if stage["origin"] != "demo" and stage["meaning"] != "voided")


def open_stages(one: District, of: str) -> int:
    return sum(1 for stage in one.stages(of) if not stage.get("final"))


def area_cells(one: District, of: str) -> int:
    overlay, _, area = of.partition(".")
    areas = one.item("grid.overlays", overlay)["areas"]
    return next(len(each["cells"]) for each in areas if each["id"] == area)


def bound(one: District, of: str, *names: str) -> float:
    rule = one.item("grid.division_rules", of)
    return float(sum(rule[name] for name in names) / len(names))


def duty(one: District, of: str) -> float:
    id, _, field = of.partition(".")
    return float(one.item("roster.duties", id)[field])


MEASURES: Mapping[str, Callable[[District, str], float]] = {
    "tiers": lambda one, _: len(one.scheme.grid.tiers),
    "platforms": lambda one, _: sum(1 for tier in one.items("grid.tiers") if tier.get("platform")),
    "cells": lambda one, of: one.scheme.counts["cells_by_tier"][of],
    "cells_of_kind": lambda one, of: one.scheme.counts["cells_by_kind"][of],
    "cells_on": cells_on,
    "children": children,
    "households": households,
    "average_hectares": average_hectares,
    "minimum": lambda one, of: bound(one, of, "minimum"),
    "maximum": lambda one, of: bound(one, of, "maximum"),
    "middle": lambda one, of: bound(one, of, "minimum", "maximum"),
    "areas": lambda one, of: len(one.item("grid.overlays", of)["areas"]),
    "area_cells": area_cells,
    "positions": positions,
    "quota": quota,
    "probation": lambda one, of: one.item("roster.posts", of)["probation_months"],
    "duty": duty,
    "member_kinds": lambda one, of: len(one.scheme.roster.teams[of].member_kinds),
    "organisations": organisations,
    "members": members,
    "functions": functions,
    "items": lambda one, of: len(one.items(of)),
    "cited": cited,
    "classes": classes,
    "cited_classes": cited_classes,
    "rules": lambda one, _: one.scheme.counts["rules"],
    "bases": lambda one, _: len({rule.basis for rule in one.scheme.dispatch.rules}),
    "steps": steps,
    "open_stages": open_stages,
    "intakes": lambda one, of: sum(1 for kind in one.scheme.workflow.intake_kinds.values() if kind.case_kind == of),
    "limit": lambda one, of: float(one.scheme.timers.limits[of].amount),
}
"""What a row's `measure` counts, given its `of`."""


# ------------------------------------------------------------------------------------------------------------- tests
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['district']}-{row['measure']}-{row['of']}")
def test_a_number_of_the_document_is_the_scheme_s(row: dict[str, str]) -> None:
    found = MEASURES[row["measure"]](district(row["district"]), row["of"])
    assert RELATIONS[row["relation"]](found, float(row["number"])), f"{row['fact']} ({row['line']}): {found}"


def test_every_district_has_its_numbers_once() -> None:
    assert {row["district"] for row in ROWS} == set(DISTRICTS)
    keys = [(row["district"], row["measure"], row["of"]) for row in ROWS]
    assert len(keys) == len(set(keys))


def test_every_shipped_district_is_compared() -> None:
    """A folder whose district has no number in the table would go unseen."""
    shipped = {path.parent.name for path in (ROOT / "manifests").glob("*/locality.yaml")}
    assert shipped <= set(DISTRICTS)
