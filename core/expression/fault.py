"""What can be wrong with an expression: code, column and parameters. The sentences stand in the message catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import GridwrightError

MAX_FAULTS = 50


@dataclass(frozen=True, slots=True)
class ExpressionFault:
    """One fault. `column` counts characters of the whole text from 1, a line break being one character too."""

    code: str
    column: int
    params: Mapping[str, Any] = field(default_factory=dict)


class ExpressionFaults(GridwrightError):
    """A text that is no expression; `faults` holds all that were found, by column."""

    status = 422

    def __init__(self, source: str, faults: Iterable[ExpressionFault]) -> None:
        self.faults = tuple(sorted(faults, key=lambda fault: fault.column))
        self.source = source
        super().__init__("expression-faults", count=len(self.faults))


class FaultList:
    """Collects faults: the first at a column only, at most 50, so that hostile text costs little.

    `broken` says that the text cannot be parsed any further.
    """

    def __init__(self) -> None:
        self.found: dict[int, ExpressionFault] = {}
        self.broken = False

    @property
    def full(self) -> bool:
        return len(self.found) >= MAX_FAULTS

    def replace_symbol(self, column: int, written: str, meant: str) -> None:
        """Another symbol is meant; a full-width one that was reported before stays, with what is really meant."""
        known = self.found.get(column)
        if known is None:
            self.add("expression-symbol", column, written=written, meant=meant)
        elif "meant" in known.params:
            self.found[column] = replace(known, params={**known.params, "meant": meant})

    def add(self, code: str, column: int, *, broken: bool = False, **params: Any) -> None:
        self.broken = self.broken or broken
        if not self.full:
            self.found.setdefault(column, ExpressionFault(code, column, params))
