"""Lint of ground that two branches of the tree claim: cells that cross, contested areas that nothing will settle.

Overlaps of neighbours that no contested area names are told by `geometry`.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding
from core.manifest.lint.geometry import LEAST, contested_cells
from core.manifest.node import Node
from core.scheme.coverage import Patch, overlaps
from core.scheme.geometry import area
from core.scheme.scheme import Scheme

CLAIMANTS = 2
"""Ground is contested between two at least."""


def crossed(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Cells of a tier that share ground although they belong to different cells above: one finding a rule."""
    contested = contested_cells(scheme, documents)
    for rule in documents.root("grid")["division_rules"]:
        found = list(_crossings(scheme, documents, rule)) if rule["kind"].value == "no_crossing" else []
        if found:
            largest = max(found, key=lambda patch: patch.square_metres)
            yield finding(
                "lint-division-rule-crossed",
                rule["id"].place(),
                rule=rule["id"].text,
                pairs=len(found),
                contested=sum(any(set(patch.cells) <= cells for cells in contested) for patch in found),
                cell=largest.cells[0],
                other=largest.cells[1],
                square_metres=round(largest.square_metres),
            )


def _crossings(scheme: Scheme, documents: Documents, rule: Node) -> Iterator[Patch]:
    """Ground that cells of the rule's tier share, where `within` (or the tier above) tells them apart."""
    grid, kinds = scheme.grid, {kind.value for kind in rule["area_kinds"]}
    peers = {
        code: area(code, outline)
        for code, outline in documents.features().items()
        if code in grid.cells
        and grid.cells[code].tier == rule["tier"].value
        and grid.cells[code].valid_to is None
        and (not kinds or grid.cells[code].kind in kinds)
    }
    whole = {code: outline for code, outline in peers.items() if outline.is_valid}
    for patch in overlaps(whole, LEAST):
        first, second = (_above(scheme, code, rule["within"].value) for code in patch.cells)
        if first != second:
            yield patch


def _above(scheme: Scheme, code: str, tier: str | None) -> str | None:
    if tier is None:
        return scheme.grid.cells[code].parent
    return next((above for above in scheme.grid.chain(code) if scheme.grid.cells[above].tier == tier), None)


def open_ended(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A contested area without a day until which the interim handler acts, or without the two who contest it."""
    for entry in documents.root("grid")["contested_areas"]:
        claimants = len(list(entry["claimants"]))
        if not entry["until"] or claimants < CLAIMANTS:
            params = {"area": entry["id"].text, "claimants": claimants, "until": entry["until"].value or "–"}
            yield finding("lint-contested-open-ended", entry["id"].place(), **params)
