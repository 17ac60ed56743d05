"""grid.yaml with its tables and geometry → Grid, and the indexes from a point or a building to a cell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.manifest.compile.values import (
    day,
    file_origin,
    flag,
    label,
    labels,
    listed,
    optional,
    origin,
    row_label,
    whole,
)
from core.manifest.document import Table
from core.manifest.node import Node
from core.scheme.geometry import BuildingIndex, CellIndex
from core.scheme.grid import Cell, Grid, Overlay, OverlayArea, Tier


def compile_grid(root: Node, cells: Table) -> Grid:
    """Tiers in their order from the top, and every cell by its code."""
    return Grid(
        tiers=_tiers(root),
        cells=_cells(cells, file_origin(root)),
        area_kinds=labels(root["area_kinds"]),
        grades=labels(root["grades"]),
        overlays={item["id"].value: _overlay(item, file_origin(root)) for item in root["overlays"]},
    )


def _overlay(item: Node, inherited: str) -> Overlay:
    areas = tuple(
        OverlayArea(
            area["id"].value,
            label(area["label"].value),
            frozenset(area["cells"].value or ()),
            area["organisation"].value,
        )
        for area in item["areas"]
    )
    return Overlay(item["id"].value, label(item["label"].value), areas, origin(item, inherited))


def _tiers(root: Node) -> tuple[Tier, ...]:
    items = list(root["tiers"])
    return tuple(
        Tier(
            id=item["id"].value,
            label=label(item["label"].value),
            level=level,
            leaf=bool(item["leaf"].value) if item["leaf"] else level == len(items),
            optional=bool(item["optional"].value),
        )
        for level, item in enumerate(items, start=1)
    )


def _cells(table: Table, inherited: str) -> dict[str, Cell]:
    return {
        row.values["code"]: Cell(
            code=row.values["code"],
            tier=row.values["tier"],
            parent=optional(row, "parent"),
            label=row_label(row),
            kind=optional(row, "kind"),
            grade=optional(row, "grade"),
            dedicated=flag(row.values.get("dedicated", "")),
            households=whole(row, "households"),
            population=whole(row, "population"),
            valid_from=day(row, "valid_from"),
            valid_to=day(row, "valid_to"),
            successors=listed(row.values.get("successors", "")),
            origin=row.values.get("origin") or inherited,
        )
        for row in table
    }


def compile_cell_index(features: Mapping[str, Mapping[str, Any]], grid: Grid) -> CellIndex:
    """Areas of the cells that a case can lie in: those without children that have not ended."""
    leaves = set(grid.leaves)
    return CellIndex.build(
        {code: geometry for code, geometry in features.items() if code in leaves and grid.cells[code].valid_to is None}
    )


def compile_building_index(table: Table | None) -> BuildingIndex:
    """Buildings, units and floors with the cell that they belong to."""
    return BuildingIndex(
        {
            (row.values["building"], optional(row, "unit"), optional(row, "floor")): row.values["cell"]
            for row in table or ()
        }
    )
