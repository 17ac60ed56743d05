"""The limit as it runs for one case: with the amount and the unit of the case's filing condition where it states them.

Whoever reckons with a limit asks here for it; what the filing condition does not say stays as timers.yaml has it.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import cast

from core.scheme.case import Case
from core.scheme.categories import FilingCondition, Unit
from core.scheme.scheme import Scheme
from core.scheme.timers import Limit


def limit_of(scheme: Scheme, case: Case, limit: str) -> Limit:
    """A limit of the scheme for this case, by its id or by the id of one of its clocks (`limit@share`), which it then
    has; KeyError when the scheme has none of that id. A run counts by what it was started with, whatever the case's
    filing condition is by now."""
    found = for_case(scheme.timers.limits[limit.partition("@")[0]], scheme, case)
    clock = case.clocks.get(limit)
    if clock is not None and clock.unit is not None and clock.amount is not None:
        found = replace(found, unit=cast(Unit, clock.unit), amount=Decimal(clock.amount))
    return found if found.id == limit else replace(found, id=limit)


def for_case(limit: Limit, scheme: Scheme, case: Case) -> Limit:
    """The limit with what the case's filing condition states instead."""
    condition = deciding(limit, scheme, case)
    if condition is None or condition.amount is None or condition.unit is None:
        return limit
    return replace(limit, amount=condition.amount, unit=condition.unit)


def deciding(limit: Limit, scheme: Scheme, case: Case) -> FilingCondition | None:
    """The filing condition whose own limit takes the place of the general one; None when the general one holds."""
    if not limit.by_filing_condition or case.filing_condition is None:
        return None
    cell = scheme.grid.cells.get(case.cell)
    condition = scheme.codes.graded(case.filing_condition, cell.grade if cell else None)
    return condition if condition is not None and condition.amount is not None else None
