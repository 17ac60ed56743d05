"""What follows from a kind of object being inspected: which class its inspections are, and on which day one is due."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from core.scheme.registry import Inspection, ObjectKind
from core.scheme.scheme import Scheme

MONTHS = {"month": 1, "year": 12}
DAYS = {"day": 1, "week": 7}


def inspection_class(scheme: Scheme, kind: ObjectKind) -> str | None:
    """The class of the cases that inspect such objects: the first one that follows the workflow of the inspection's
    intake, among the kind's own classes where it names some. None without an intake or such a class."""
    wanted, codes = kind.inspection, scheme.codes
    if wanted is None or wanted.intake is None:
        return None
    case_kind = scheme.workflow.intake_kinds[wanted.intake].case_kind
    own = frozenset(kind.categories)
    for code in codes.leaves:
        if codes.inherited(code, "case_kind") == case_kind and (not own or own & set(codes.chain(code))):
            return code
    return None


def due_day(last: date, inspection: Inspection) -> date:
    """The day by which the next inspection is due after one on `last`; the last day of a month that is too short."""
    if inspection.unit in DAYS:
        return last + timedelta(days=DAYS[inspection.unit] * inspection.every)
    years, month = divmod(last.month - 1 + MONTHS[inspection.unit] * inspection.every, 12)
    year, month = last.year + years, month + 1
    return date(year, month, min(last.day, monthrange(year, month)[1]))
