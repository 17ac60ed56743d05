"""Tiers and cells: the tree over which everything else is said. Holds no geometry (see `geometry`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from core.scheme.label import Label


@dataclass(frozen=True, slots=True)
class Tier:
    """One level of the tree; `level` counts from 1 at the top. `optional` tiers may be skipped by a branch."""

    id: str
    label: Label
    level: int
    leaf: bool = False
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """A 网格 of any tier. `code` is the cell's key everywhere; `parent` is None at the root.

    `valid_from`/`valid_to` are local dates (to is exclusive); `successors` take over when a cell ends, while old
    cases keep it. `households` and `population` are counts, never lists.
    """

    code: str
    tier: str
    parent: str | None
    label: Label
    kind: str | None = None
    grade: str | None = None
    dedicated: bool = False
    households: int | None = None
    population: int | None = None
    valid_from: date | None = None
    valid_to: date | None = None
    successors: tuple[str, ...] = ()
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class OverlayArea:
    """One area of an overlay: its cells (themselves and everything under them) and the organisation in charge."""

    id: str
    label: Label
    cells: frozenset[str]
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Overlay:
    """Another division laid over the one tier tree (指挥系统, 监督片区): it groups cells and owns none."""

    id: str
    label: Label
    areas: tuple[OverlayArea, ...]
    origin: str = "demo"

    def area(self, chain: tuple[str, ...]) -> OverlayArea | None:
        """The area that names the most specific of these cells, most specific first; None when none is named."""
        for cell in chain:
            for area in self.areas:
                if cell in area.cells:
                    return area
        return None


@dataclass(frozen=True)
class Grid:
    """All tiers and cells, with the lookups that the engine needs.

    `chain(code)` is the cell and its ancestors, most specific first: ("...0101", "...01", root).
    """

    tiers: tuple[Tier, ...]
    cells: Mapping[str, Cell]
    area_kinds: Mapping[str, Label] = field(default_factory=dict)
    grades: Mapping[str, Label] = field(default_factory=dict)
    overlays: Mapping[str, Overlay] = field(default_factory=dict)

    @cached_property
    def chains(self) -> Mapping[str, tuple[str, ...]]:
        chains: dict[str, tuple[str, ...]] = {}
        for code in self.cells:
            walked = []
            current: str | None = code
            while current is not None:
                walked.append(current)
                current = self.cells[current].parent
            chains[code] = tuple(walked)
        return chains

    def chain(self, code: str) -> tuple[str, ...]:
        return self.chains[code]

    def within(self, code: str, ancestor: str) -> bool:
        """Whether `code` is `ancestor` or lies under it; False for unknown codes."""
        return ancestor in self.chains.get(code, ())

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        """Cells without children, in file order."""
        parents = {cell.parent for cell in self.cells.values()}
        return tuple(code for code in self.cells if code not in parents)
