"""Lint of outlines: cells do not overlap, leave no gap in their parent, and do not reach beyond it.

不交叉、不遗漏. Cells of one tier must not overlap. Cells are held against the nearest cell above them that has an
outline, so that a tier without outlines between hides nothing; where none above has one, the parent is taken as the
union of its cells. Cells that have ended do not count.
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
    current = {code: shape for code, shape in whole.items() if scheme.grid.cells[code].valid_to is None}
    yield from _missing(scheme, whole, broken, places)
    contested = contested_cells(scheme, documents)
    for peers in _tiers(scheme, current):
        for patch in overlaps(peers, LEAST):
            first, second = patch.cells
            if not any({first, second} <= cells for cells in contested):
                yield finding("lint-cells-overlap", places[second], cell=second, other=first, **_where(patch))
    children = _children(scheme)
    for above, below in _held_against(scheme, current).items():
        yield from _below(above, below, whole.get(above), places, _complete(above, children, current))


def contested_cells(scheme: Scheme, documents: Documents) -> list[set[str]]:
    """Of each contested area the cells that share its ground on purpose, with those above them."""
    areas = documents.root("grid")["contested_areas"]
    return [{above for cell in area["cells"] for above in scheme.grid.chain(cell.text)} for area in areas]


def _below(
    above: str, below: Mapping[str, Area], outline: Area | None, places: Mapping[str, Place], complete: bool
) -> Iterator[Finding]:
    """Gaps are looked for only where every cell has an outline: what is missing is told otherwise."""
    for patch in gaps(below, outline, LEAST) if complete else ():
        place = places.get(above) or places[min(below)]
        yield finding("lint-cells-gap", place, parent=above, **_where(patch))
    if outline is not None:
        for code, patches in beyond(below, outline, LEAST).items():
            largest = max(patches, key=lambda patch: patch.square_metres)
            yield finding("lint-cell-beyond-parent", places[code], cell=code, parent=above, **_where(largest))


def _missing(
    scheme: Scheme, areas: Mapping[str, Area], broken: Mapping[str, str], places: Mapping[str, Place]
) -> Iterator[Finding]:
    """A leaf without an outline beside cells that have one: a point in it would be found nowhere."""
    drawn: dict[str | None, str] = {}
    for code in areas:
        drawn.setdefault(_above(scheme, code, areas), code)
    for leaf in scheme.grid.leaves:
        near = drawn.get(_above(scheme, leaf, areas))
        if leaf not in areas and leaf not in broken and near is not None and scheme.grid.cells[leaf].valid_to is None:
            yield finding("lint-cell-without-outline", places[near], cell=leaf)


def _above(scheme: Scheme, code: str, areas: Mapping[str, Area]) -> str | None:
    """The nearest cell above that has an outline, or else the parent; None for a cell at the top."""
    ancestors = scheme.grid.chain(code)[1:]
    return next((ancestor for ancestor in ancestors if ancestor in areas), ancestors[0] if ancestors else None)


def _held_against(scheme: Scheme, areas: Mapping[str, Area]) -> Mapping[str, dict[str, Area]]:
    """Outlines by the cell that they are held against."""
    groups: dict[str, dict[str, Area]] = {}
    for code, shape in areas.items():
        above = _above(scheme, code, areas)
        if above is not None:
            groups.setdefault(above, {})[code] = shape
    return groups


def _children(scheme: Scheme) -> Mapping[str | None, list[str]]:
    found: dict[str | None, list[str]] = {}
    for cell in scheme.grid.cells.values():
        if cell.valid_to is None:
            found.setdefault(cell.parent, []).append(cell.code)
    return found


def _complete(above: str, children: Mapping[str | None, list[str]], areas: Mapping[str, Area]) -> bool:
    """Whether outlines stand for every part of a cell: the part's own, or those of all its parts in turn."""
    if above not in areas:
        return all(child in areas for child in children.get(above, ()))
    parts = children.get(above, [])
    while parts:
        bare = [part for part in parts if part not in areas]
        if not all(children.get(part) for part in bare):
            return False
        parts = [child for part in bare for child in children[part]]
    return True


def _tiers(scheme: Scheme, areas: Mapping[str, Area]) -> Iterator[dict[str, Area]]:
    for tier in scheme.grid.tiers:
        peers = {code: shape for code, shape in areas.items() if scheme.grid.cells[code].tier == tier.id}
        if peers:
            yield peers


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
