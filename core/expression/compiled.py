"""The compiled expression, and the way from text to it. The only place where generated code is made callable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass
from typing import Any, ClassVar

from core.expression.check import check
from core.expression.fault import ExpressionFaults, FaultList
from core.expression.kinds import TYPES, ExpressionType
from core.expression.parse import parse
from core.expression.scan import scan

Run = Callable[[Callable[[str], Any]], Any]


@dataclass(frozen=True)
class Expression:
    """A checked expression; made by `compile_expression` only. Equal when source, result and names are.

    `names` are the declared names that it reads.
    """

    source: str
    names: frozenset[str]
    result: ExpressionType
    run: InitVar[Run]
    _run: ClassVar[Any]  # a Run, set on each instance; not a field, so that fields, equality and hash are data only

    def __post_init__(self, run: Run) -> None:
        object.__setattr__(self, "_run", run)

    def evaluate(self, values: Mapping[str, Any]) -> Any:
        """The value under `values` (by full name): bool, Decimal, str or frozenset; never raises.

        A value that is absent, None, or not of the declared type is unknown. An unknown boolean result is False, any
        other unknown result is None.
        """
        return self._run(values.get)


def compile_expression(
    text: str, names: Mapping[str, ExpressionType], result: ExpressionType = "boolean"
) -> Expression:
    """Check `text` against the declared `names` and compile it; raises ExpressionFaults with every fault found."""
    if result not in TYPES or not TYPES.issuperset(names.values()):
        raise ValueError(f"types are {sorted(TYPES)}")
    faults = FaultList()
    tokens = scan(text, names, faults)
    parsed = None if faults.broken else parse(tokens, text, faults)
    if parsed is None:
        raise ExpressionFaults(text, faults.found.values())
    code, scope = check(parsed, names, result, faults)
    if faults.found:
        raise ExpressionFaults(text, faults.found.values())
    used = frozenset(token.written for token in tokens if token.kind == "name")
    run = eval(compile(code, "<expression>", "eval"), scope)  # noqa: S307  `check` built the tree, node by node
    return Expression(text, used, result, run)
