"""Lint of outlines: cells do not overlap, leave no gap in their parent, and do not reach beyond it.

不交叉、不遗漏. Cells of one tier must not overlap, siblings must fill their parent; a parent without an outline of its
own is taken as the union of its cells. Cells that have ended do not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.errors import Finding, Place
from core.manifest.document import Document
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding
from core.scheme.coverage import Patch, beyond, gaps, invalid, overlaps
from core.scheme.geometry import Area, area
from core.scheme.scheme import Scheme

LEAST = 25.0
"""Square metres below which an overlap or a gap is taken for the rounding of coordinates."""


def outlines(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Every fault of the cells' outlines, at the feature of the cell."""
    areas = {code: area(code, geometry) for code, geometry in documents.features().items() if code in scheme.grid.cells}
    if not areas:
        return
    places = _places(documents)
    broken = invalid(areas)
    for code, reason in broken.items():
        yield finding("lint-cell-invalid", places[code], cell=code, reason=reason)
    whole = {code: shape for code, shape in areas.items() if code not in broken}
    yield from _missing(scheme, whole, broken, places)
    current = {code: shape for code, shape in whole.items() if scheme.grid.cells[code].valid_to is None}
    contested = _contested(documents)
    for peers in _grouped(scheme, current, "tier").values():
        for patch in overlaps(peers, LEAST):
            first, second = patch.cells
            if not any({first, second} <= cells for cells in contested):
                yield finding("lint-cells-overlap", places[second], cell=second, other=first, **_where(patch))
    incomplete = {
        cell.parent for cell in scheme.grid.cells.values() if cell.valid_to is None and cell.code not in whole
    }
    for parent, siblings in _grouped(scheme, current, "parent").items():
        yield from _siblings(parent, siblings, whole.get(parent), places, parent not in incomplete)


def _contested(documents: Documents) -> list[set[str]]:
    """The cells that share ground on purpose: the district says that it is contested between them."""
    return [{cell.text for cell in area["cells"]} for area in documents.root("grid")["contested_areas"]]


def _siblings(
    parent: str, siblings: Mapping[str, Area], outline: Area | None, places: Mapping[str, Place], complete: bool
) -> Iterator[Finding]:
    """Gaps are looked for only where every sibling has an outline: what is missing is told otherwise."""
    for patch in gaps(siblings, outline, LEAST) if complete else ():
        place = places.get(parent) or places[min(siblings)]
        yield finding("lint-cells-gap", place, parent=parent, **_where(patch))
    if outline is not None:
        for code, patches in beyond(siblings, outline, LEAST).items():
            largest = max(patches, key=lambda patch: patch.square_metres)
            yield finding("lint-cell-beyond-parent", places[code], cell=code, parent=parent, **_where(largest))


def _missing(
    scheme: Scheme, areas: Mapping[str, Area], broken: Mapping[str, str], places: Mapping[str, Place]
) -> Iterator[Finding]:
    """A leaf without an outline among siblings that have one: a point in it would be found nowhere."""
    drawn = {scheme.grid.cells[code].parent for code in areas}
    for leaf in scheme.grid.leaves:
        cell = scheme.grid.cells[leaf]
        if leaf not in areas and leaf not in broken and cell.parent in drawn and cell.valid_to is None:
            near = next(code for code in areas if scheme.grid.cells[code].parent == cell.parent)
            yield finding("lint-cell-without-outline", places[near], cell=leaf)


def _grouped(scheme: Scheme, areas: Mapping[str, Area], by: str) -> Mapping[str, dict[str, Area]]:
    """Cells by their tier or their parent; a cell without one is in no group."""
    groups: dict[str, dict[str, Area]] = {}
    for code, shape in areas.items():
        key = getattr(scheme.grid.cells[code], by)
        if key is not None:
            groups.setdefault(key, {})[code] = shape
    return groups


def _places(documents: Documents) -> Mapping[str, Place]:
    document = documents.files[documents.file_named("grid", "geometry")]
    assert isinstance(document, Document)  # noqa: S101  (`features()` has read it)
    features = enumerate(document.value["features"])
    return {feature["properties"]["code"]: document.place(("features", index)) for index, feature in features}


def _where(patch: Patch) -> dict[str, float]:
    return {
        "square_metres": round(patch.square_metres),
        "longitude": round(patch.longitude, 6),
        "latitude": round(patch.latitude, 6),
    }
