"""Whether a case is one of those that a limit or a cadence is for, and by which of its traits.

Reads ids, never labels or meanings. An unknown class or cell of an old case satisfies no restriction on it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.engine.decision import Reason
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.timers import Scope


def in_scope(scope: Scope, case: Case, scheme: Scheme, values: Mapping[str, Any]) -> bool:
    """Whether every restriction of `scope` holds; `values` are the names that its expression may read."""
    if scope.duty_modes and values.get("duty_mode") not in scope.duty_modes:
        return False
    return all(
        not allowed or any(trait in allowed for trait in traits)
        for _, allowed, traits in _restrictions(scope, case, scheme)
    ) and (scope.when is None or scope.when.evaluate(values) is True)


def scope_reasons(scope: Scope, case: Case, scheme: Scheme) -> tuple[Reason, ...]:
    """Each restriction of `scope` with the case's trait that satisfies it, or with the trait that does not.

    An expression or a duty mode is only quoted, since what held then is gone. No restriction: `scope-unrestricted`.
    """
    reasons = []
    for name, allowed, traits in _restrictions(scope, case, scheme):
        if not allowed:
            continue
        matched = next((trait for trait in traits if trait in allowed), None)
        if matched is not None:
            reasons.append(Reason(f"scope-{name}", {"value": traits[0], "matched": matched}))
        else:
            value = next(iter(traits), None)
            reasons.append(Reason(f"scope-{name}-differs", {"value": value, "allowed": sorted(allowed)}))
    if scope.duty_modes:
        reasons.append(Reason("scope-duty-mode", {"allowed": sorted(scope.duty_modes)}))
    if scope.when is not None:
        reasons.append(Reason("scope-expression", {"expression": scope.when.source}))
    return tuple(reasons) or (Reason("scope-unrestricted"),)


def _restrictions(
    scope: Scope, case: Case, scheme: Scheme
) -> Iterator[tuple[str, frozenset[str], tuple[str | None, ...]]]:
    """Name, what is allowed (empty: anything), and the case's traits, the case's own one before its ancestors."""
    cell = scheme.grid.cells.get(case.cell)
    yield "case-kind", scope.case_kinds, (case.kind,)
    yield "category", scope.categories, scheme.codes.chains.get(case.category, ())
    yield "cell", scope.cells, scheme.grid.chains.get(case.cell, ())
    yield "area-kind", scope.area_kinds, (cell.kind if cell else None,)
    yield "grade", scope.grades, (cell.grade if cell else None,)
    yield "channel", scope.channels, (case.channel,)
    yield "severity", scope.severities, (case.severity,)
    yield "filing-condition", scope.filing_conditions, (case.filing_condition,)
    yield "intake", scope.intakes, (case.intake,)
