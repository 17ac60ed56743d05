"""The versioned code list: classes of any depth, filing and closing conditions, forms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

from core.scheme.label import Label

Unit = Literal["urgent_hour", "work_hour", "work_day", "calendar_day"]
"""What a time limit is counted in: 紧急工作时, 工作时, 工作日, 自然日."""


@dataclass(frozen=True, slots=True)
class FilingCondition:
    """立案条件 of a class, in areas of `grade` when that is given. `amount` and `unit` are its own handling limit;
    `closing_condition` names what must hold when such a case is closed. With `of` it is not a condition of its own but
    the limit of that one in areas of `grade`."""

    id: str
    category: str
    label: Label
    grade: str | None = None
    amount: Decimal | None = None
    unit: Unit | None = None
    closing_condition: str | None = None
    origin: str = "demo"
    of: str | None = None


@dataclass(frozen=True, slots=True)
class ClosingCondition:
    """结案条件 of a class: what must hold when a case of it is closed, for people to read and to check."""

    id: str
    category: str
    label: Label
    evidence: str | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class Category:
    """A class of the code list (大类/小类/项). `code` is its key; `kind` is component, event or matter.

    `severity` is the class's usual one (`ordinary`, `major` ...); `confidential` hides the reporter from handlers.
    `form` names a form of the list whose JSON Schema the case's facts must satisfy.
    """

    code: str
    parent: str | None
    level: str
    kind: str
    label: Label
    case_kind: str | None = None
    form: str | None = None
    severity: str | None = None
    confidential: bool = False
    standard_code: str | None = None
    organisation: str | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class OwnMapping:
    """A row of the district's own table of mappings; its codes have no kind. With `gone` there is no `to_code`."""

    from_list: str
    from_code: str
    to_list: str
    to_code: str
    relation: str
    origin: str = "demo"


@dataclass(frozen=True)
class CodeList:
    """All classes with their lookups. `levels` from the top: ("major", "minor") or ("major", "minor", "item").

    `standard` is the published list that the classes' `standard_code` is of.
    """

    generation: str
    version: str
    levels: tuple[str, ...]
    categories: Mapping[str, Category]
    filing_conditions: Mapping[str, FilingCondition] = field(default_factory=dict)
    closing_conditions: Mapping[str, ClosingCondition] = field(default_factory=dict)
    forms: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # id -> JSON Schema 2020-12
    form_labels: Mapping[str, Label] = field(default_factory=dict)
    standard: str = ""
    mappings: tuple[OwnMapping, ...] = ()

    @cached_property
    def chains(self) -> Mapping[str, tuple[str, ...]]:
        """Category and ancestors, most specific first."""
        chains: dict[str, tuple[str, ...]] = {}
        for code in self.categories:
            walked = []
            current: str | None = code
            while current is not None:
                walked.append(current)
                current = self.categories[current].parent
            chains[code] = tuple(walked)
        return chains

    def chain(self, code: str) -> tuple[str, ...]:
        return self.chains[code]

    def inherited(self, code: str, name: str) -> str | None:
        """A property of a class, or of its nearest ancestor that has it: `case_kind`, `form`, `severity` …"""
        for ancestor in self.chains.get(code, ()):
            value: str | None = getattr(self.categories[ancestor], name)
            if value is not None:
                return value
        return None

    @cached_property
    def _conditions(self) -> Mapping[str, tuple[FilingCondition, ...]]:
        found: dict[str, list[FilingCondition]] = {}
        for condition in self.filing_conditions.values():
            if condition.of is None:
                found.setdefault(condition.category, []).append(condition)
        return {category: tuple(conditions) for category, conditions in found.items()}

    def conditions(self, code: str, grade: str | None) -> tuple[FilingCondition, ...]:
        """The filing conditions that a case of the class may have in an area of that grade: its own, or its nearest
        ancestor's. Those of the grade come instead of those of no grade."""
        for ancestor in self.chains.get(code, ()):
            fitting = [item for item in self._conditions.get(ancestor, ()) if item.grade in (None, grade)]
            if fitting:
                return tuple(item for item in fitting if item.grade is not None) or tuple(fitting)
        return ()

    @cached_property
    def _by_grade(self) -> Mapping[tuple[str, str | None], FilingCondition]:
        return {(item.of, item.grade): item for item in self.filing_conditions.values() if item.of is not None}

    def graded(self, condition: str, grade: str | None) -> FilingCondition | None:
        """The condition as it is in an area of that grade; None when there is no such condition."""
        return self._by_grade.get((condition, grade)) or self.filing_conditions.get(condition)

    @cached_property
    def leaves(self) -> tuple[str, ...]:
        parents = {category.parent for category in self.categories.values()}
        return tuple(code for code in self.categories if code not in parents)
