"""Whether a filing condition (立案条件) fits a case's class and the grade of its area."""

from __future__ import annotations

from core.errors import Fault
from core.scheme.scheme import Scheme


def condition_faults(scheme: Scheme, condition: str, category: str, cell: str, pointer: str) -> list[Fault]:
    """A filing condition has to be one of the class, and for areas of the cell's grade."""
    known = scheme.codes.filing_conditions.get(condition)
    if known is None or known.of is not None or known.category not in scheme.codes.chains.get(category, ()):
        return [Fault("filing-condition-unknown", pointer, {"value": condition})]
    grade = scheme.grid.cells[cell].grade if cell in scheme.grid.cells else None
    if known.grade not in (None, grade):
        return [Fault("filing-condition-of-another-grade", pointer, {"value": condition, "grade": grade or "-"})]
    return []
