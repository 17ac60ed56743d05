"""What expressions read: the names of the expression language with their values for one case at one moment.

A lazy mapping: a name is worked out when it is asked for. A name without a value is absent, which the language takes
as unknown; a task that was never opened is not open, and what was never counted is 0. Names and types are listed in
`core.expression`; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from core.engine.openness import is_open
from core.scheme.case import Case
from core.scheme.grid import Cell
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation

LARGEST_EXACT = 2**53 - 1
"""Integers up to here are exact in every JSON reader (RFC 8785, I-JSON)."""


@dataclass(frozen=True)
class Values(Mapping[str, Any]):
    """`scheme` lends parameters, kinds and the time zone: the pinned one for guards, today's for dispatch."""

    scheme: Scheme
    situation: Situation
    case: Case
    now: datetime
    inputs: Mapping[str, Any] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Any:
        family, dot, item = name.partition(".")
        value = FAMILIES[family](self, item) if dot and family in FAMILIES else None
        if not dot and name in PLAIN:
            value = PLAIN[name](self)
        if value is None:
            raise KeyError(name)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(self._present())

    def __len__(self) -> int:
        return len(self._present())

    def _present(self) -> list[str]:
        kind = self.scheme.workflow.case_kinds.get(self.case.kind)
        listed = {
            "stage": kind.tracks if kind else self.case.tracks,
            "open": self.case.tasks,
            "fact": self.case.facts,
            "input": self.inputs,
            "count": self.case.counts,
            "parameter": self.scheme.locality.parameters,
            "approval": self.case.approvals,
            "area": self.situation.today.grid.overlays,
        }
        names = [*PLAIN, *(f"{family}.{item}" for family, items in listed.items() for item in items)]
        return [name for name in names if name in self]

    def __contains__(self, name: object) -> bool:
        try:
            self[str(name)]
        except KeyError:
            return False
        return True


def to_value(value: Any, kind: str | None = None) -> Any:
    """A JSON-able value as the language has it: numbers as Decimal, lists as sets; None where it fits nothing.

    `kind` is the declared type, which tells a number that was kept as text from a text.
    """
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int | float | Decimal) or (kind == "number" and isinstance(value, str)):
        try:
            number = Decimal(str(value))
        except InvalidOperation:
            return None
        return number if number.is_finite() else None
    if isinstance(value, list | tuple | set | frozenset):
        return frozenset(str(item) for item in value)
    return value if isinstance(value, str) else None


def to_json(value: Any) -> Any:
    """A value of the language as JSON: exact integers as numbers, every other number as its text, sets sorted."""
    if isinstance(value, Decimal):
        whole = value == value.to_integral_value() and abs(value) <= LARGEST_EXACT
        return int(value) if whole else format(value, "f")
    if isinstance(value, set | frozenset):
        return sorted(value)
    return value


def object_of(situation: Situation, code: str | None, pinned: Scheme | None = None) -> Mapping[str, Any] | None:
    """The registry object as it stands: today's entry (else the pinned one), with what has changed since."""
    if code is None:
        return None
    entry = situation.today.registry.objects.get(code)
    if entry is None and pinned is not None:
        entry = pinned.registry.objects.get(code)
    changed = situation.objects.get(code)
    if entry is None and changed is None:
        return None
    known: dict[str, Any] = {}
    if entry is not None:
        known = {name: getattr(entry, name) for name in ("kind", "status", "owner", "maintainer", "competent")}
    changed = changed or {}
    return {**known, **changed.get("values", {}), **{key: part for key, part in changed.items() if key != "values"}}


def cell_of(scheme: Scheme, situation: Situation, case: Case) -> Cell | None:
    """The case's cell by today's grid, else by `scheme`'s."""
    return situation.today.grid.cells.get(case.cell) or scheme.grid.cells.get(case.cell)


def local_time(scheme: Scheme, now: datetime) -> datetime:
    """`now` in the district's zone."""
    return now.astimezone(ZoneInfo(scheme.locality.time_zone))


def _cell(values: Values) -> Cell | None:
    return cell_of(values.scheme, values.situation, values.case)


def _object(values: Values, key: str) -> Any:
    found = object_of(values.situation, values.case.object, values.scheme)
    return found.get(key) if found else None


def _fact(values: Values, name: str) -> Any:
    kind = values.scheme.workflow.case_kinds.get(values.case.kind)
    return to_value(values.case.facts.get(name), kind.facts.get(name) if kind else None)


def _open(values: Values, task: str) -> bool:
    return is_open(values.case, task)


def _area(values: Values, overlay: str) -> str | None:
    grid = values.situation.today.grid
    found = grid.overlays.get(overlay)
    area = found.area(grid.chains.get(values.case.cell, (values.case.cell,))) if found else None
    return area.id if area else None


def _parameter(values: Values, name: str) -> Any:
    parameter = values.scheme.locality.parameters.get(name)
    return to_value(parameter.value) if parameter else None


PLAIN: Mapping[str, Callable[[Values], Any]] = {
    "category": lambda values: values.case.category,
    "kind": lambda values: values.case.kind,
    "cell": lambda values: values.case.cell,
    "area_kind": lambda values: getattr(_cell(values), "kind", None),
    "grade": lambda values: getattr(_cell(values), "grade", None),
    "channel": lambda values: values.case.channel,
    "severity": lambda values: values.case.severity,
    "alert": lambda values: values.case.alert,
    "intake": lambda values: values.case.intake,
    "object_kind": lambda values: _object(values, "kind"),
    "object_status": lambda values: _object(values, "status"),
    "duty_mode": lambda values: values.situation.duty_mode,
    "draw": lambda values: Decimal(values.case.draw) / 10_000,
    "act_first": lambda values: bool(values.case.sent.get("act_first")),
    "dispatch_layer": lambda values: values.case.sent.get("layer"),
    "hour": lambda values: Decimal(local_time(values.scheme, values.now).hour),
    "weekday": lambda values: Decimal(local_time(values.scheme, values.now).isoweekday()),
}
"""Names without a dot."""

FAMILIES: Mapping[str, Callable[[Values, str], Any]] = {
    "stage": lambda values, track: values.case.tracks.get(track),
    "open": _open,
    "fact": _fact,
    "input": lambda values, name: to_value(values.inputs.get(name)),
    "count": lambda values, name: Decimal(values.case.counts.get(name, 0)),
    "parameter": _parameter,
    "approval": lambda values, approval: values.case.approvals.get(approval),
    "area": _area,
}
"""Names with a dot, by what stands before it."""
