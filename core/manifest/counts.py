"""What a scheme amounts to in numbers: what `check` prints and what districts compare."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from core.scheme.categories import CodeList
from core.scheme.dispatch import DispatchTable
from core.scheme.grid import Cell, Grid
from core.scheme.registry import Registry
from core.scheme.roster import Roster
from core.scheme.workflow import Workflow


def count(
    grid: Grid, roster: Roster, codes: CodeList, registry: Registry, workflow: Workflow, dispatch: DispatchTable
) -> Mapping[str, Any]:
    """Counts by name. Cells that have ended do not count; `posts` are positions, `items` the leaf classes,
    `cells_by_kind` the leaf cells of each kind of area."""
    current = {code: cell for code, cell in grid.cells.items() if cell.valid_to is None}
    leaves = _leaves(current)
    levels = Counter(category.level for category in codes.categories.values())
    kinds = workflow.case_kinds.values()
    return {
        "tiers": len(grid.tiers),
        "leaf_cells": len(leaves),
        "cells_by_tier": {tier.id: sum(1 for cell in current.values() if cell.tier == tier.id) for tier in grid.tiers},
        "cells_by_kind": {kind: sum(1 for cell in leaves if cell.kind == kind) for kind in grid.area_kinds},
        "organisations": len(roster.organisations),
        "roles": len(roster.roles),
        "posts": sum(roster.positions.values()),
        "majors": levels[codes.levels[0]],
        "minors": levels[codes.levels[1]] if len(codes.levels) > 1 else 0,
        "items": len(codes.leaves),
        "rules": len(dispatch.rules),
        "stages": sum(len(track.stages) for kind in kinds for track in kind.tracks.values()),
        "actions": sum(len(kind.actions) for kind in kinds),
        "objects": len(registry.objects),
    }


def _leaves(cells: Mapping[str, Cell]) -> list[Cell]:
    parents = {cell.parent for cell in cells.values()}
    return [cell for code, cell in cells.items() if code not in parents]
