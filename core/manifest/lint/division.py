"""Lint of the division: a district's own rules against its own cells. A warning, since a waiver may tell why."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding
from core.manifest.node import Node
from core.scheme.coverage import patches
from core.scheme.grid import Cell
from core.scheme.scheme import Scheme


def division_rules(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A cell whose number of parts, households, people or area is outside what a division rule says."""
    for rule in documents.root("grid")["division_rules"]:
        broken = [
            (cell, value)
            for cell, value in measured(scheme, documents, rule)
            if not _within(value, rule["minimum"].value, rule["maximum"].value)
        ]
        if broken:
            cell, value = broken[0]
            yield finding(
                "lint-division-rule-broken",
                rule["id"].place(),
                rule=rule["id"].text,
                cells=len(broken),
                cell=cell.code,
                value=float(round(value, 3)),
            )


def _within(value: Decimal, minimum: Decimal | None, maximum: Decimal | None) -> bool:
    return (minimum is None or value >= minimum) and (maximum is None or value <= maximum)


def measured(scheme: Scheme, documents: Documents, rule: Node) -> Iterator[tuple[Cell, Decimal]]:
    """The cells that a rule is about, each with the number that it bounds; none for rules about ground."""
    match rule["kind"].value:
        case "children":
            yield from _parts(scheme, rule)
        case "households" | "population" as column:
            for cell in _cells(scheme, rule, rule["tier"].text):
                value = getattr(cell, column)
                if value is not None:
                    yield cell, Decimal(value)
        case "area_km2":
            features = documents.features()
            for cell in _cells(scheme, rule, rule["tier"].text):
                if cell.code in features:
                    yield cell, _area(shape(features[cell.code]))


def _parts(scheme: Scheme, rule: Node) -> Iterator[tuple[Cell, Decimal]]:
    """Of each cell of the tier `within`: how many cells of the rule's tier lie under it."""
    tier = rule["tier"].text
    holders = rule["within"].text or next(
        (above.id for above, below in zip(scheme.grid.tiers, scheme.grid.tiers[1:], strict=False) if below.id == tier),
        "",
    )
    found = dict.fromkeys((cell.code for cell in _cells(scheme, rule, holders)), 0)
    for cell in scheme.grid.cells.values():
        if cell.tier == tier and cell.valid_to is None:
            for ancestor in scheme.grid.chain(cell.code)[1:]:
                if ancestor in found:
                    found[ancestor] += 1
    for code, number in found.items():
        yield scheme.grid.cells[code], Decimal(number)


def _cells(scheme: Scheme, rule: Node, tier: str) -> Iterator[Cell]:
    kinds = {kind.value for kind in rule["area_kinds"]}
    for cell in scheme.grid.cells.values():
        if cell.tier == tier and cell.valid_to is None and (not kinds or cell.kind in kinds):
            yield cell


def _area(geometry: BaseGeometry) -> Decimal:
    """Square kilometres."""
    return Decimal(sum(patch.square_metres for patch in patches(geometry, 0.0))) / 1_000_000
