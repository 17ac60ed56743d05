"""The compiled scheme: everything that one published revision of one district says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from core.scheme.categories import CodeList
from core.scheme.dispatch import DispatchTable
from core.scheme.extensions import NO_EXTENSIONS, Extensions
from core.scheme.geometry import BuildingIndex, CellIndex
from core.scheme.grid import Grid
from core.scheme.label import Label
from core.scheme.registry import Registry
from core.scheme.roster import Roster
from core.scheme.rule_index import RuleIndex
from core.scheme.timers import Timers
from core.scheme.workflow import CaseKind, Workflow


@dataclass(frozen=True, slots=True)
class Parameter:
    """A number or text that the district sets; expressions read it as `parameter.<id>`."""

    id: str
    label: Label
    value: Decimal | str | bool
    unit: str = ""
    origin: str = "demo"


@dataclass(frozen=True)
class Locality:
    """Identity. `case_number` is the pattern of case numbers: `{date}`, `{serial}`, `{area_code}` with format widths.

    `settlements` are the document's contradictions with the reading taken, for people.
    """

    id: str
    label: Label
    area_code: str
    time_zone: str
    coordinate_system: str
    languages: tuple[str, ...]
    case_number: str
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    sources: Mapping[str, Label] = field(default_factory=dict)
    settlements: tuple[Mapping[str, Any], ...] = ()
    contact_retention_days: int = 180


@dataclass(frozen=True)
class Scheme:
    """Immutable and named by `digest` (of its meaning); `source_digest` names the bytes that it was compiled from."""

    digest: str
    source_digest: str
    locality: Locality
    grid: Grid
    roster: Roster
    codes: CodeList
    registry: Registry
    workflow: Workflow
    dispatch: DispatchTable
    timers: Timers
    cell_index: CellIndex
    building_index: BuildingIndex = BuildingIndex()
    counts: Mapping[str, Any] = field(default_factory=dict)
    extensions: Extensions = NO_EXTENSIONS

    @cached_property
    def rule_index(self) -> RuleIndex:
        """Built on first use, then kept with the scheme."""
        return RuleIndex.build(self.dispatch, self.grid, self.codes)

    def kind(self, case_kind: str) -> CaseKind:
        return self.workflow.case_kinds[case_kind]
