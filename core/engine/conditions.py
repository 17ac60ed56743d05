"""What a case may be opened under, and corrected to: a cell in force, a filing condition (立案条件) that fits."""

from __future__ import annotations

from datetime import datetime

from core.engine.values import local_time
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


def cell_faults(scheme: Scheme, cell: str, now: datetime, pointer: str) -> list[Fault]:
    """A cell of the scheme has to be in force on the local day; the fault names its successors."""
    found, today = scheme.grid.cells[cell], local_time(scheme, now).date()
    begun = found.valid_from is None or found.valid_from <= today
    if begun and (found.valid_to is None or today < found.valid_to):
        return []
    params = {"cell": cell, "day": today.isoformat(), "successors": ", ".join(found.successors) or "-"}
    return [Fault("cell-not-in-force", pointer, params)]
