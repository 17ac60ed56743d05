"""`scope` of a limit, a cadence, a ladder or a dispatch entry → Scope."""

from __future__ import annotations

from core.manifest.compile.expressions import Expressions
from core.manifest.node import Node
from core.scheme.timers import Scope


def compile_scope(item: Node, expressions: Expressions) -> Scope:
    """What is left out does not restrict."""

    def any_of(name: str) -> frozenset[str]:
        return frozenset(item[name].value or ())

    return Scope(
        case_kinds=any_of("case_kinds"),
        categories=any_of("categories"),
        cells=any_of("cells"),
        area_kinds=any_of("area_kinds"),
        grades=any_of("grades"),
        channels=any_of("channels"),
        severities=any_of("severities"),
        filing_conditions=any_of("filing_conditions"),
        intakes=any_of("intakes"),
        duty_modes=any_of("duty_modes"),
        when=expressions.at(item["when"]),
    )
