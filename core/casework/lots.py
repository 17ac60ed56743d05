"""What is looked up for the engine: a case's lot, the closed cases that it repeats, what photos say of themselves.

The lot comes from a keyed hash of the case's id, so that nobody who handles a case can foresee whether it is drawn for
a re-check. Decides nothing.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import datetime, timedelta

from core.engine.command import Evidence
from core.errors import NotFound
from core.scheme.case import Case
from core.scheme.distance import metres_between
from core.scheme.workflow import CaseKind, Recurrence
from core.store import Reading

LOTS = 10_000


def lot_of(key: str, case_id: str) -> int:
    """0 to 9,999, the same for the same key and case."""
    digest = hmac.digest(key.encode(), case_id.encode(), "sha256")
    return int.from_bytes(digest[:8], "big") % LOTS


def repeated(
    reading: Reading, rule: Recurrence, category: str, cell: str, point: tuple[float, float] | None, now: datetime
) -> tuple[str, ...]:
    """Closed cases of the class that a new one at this place repeats, the last closed first. Without a point on both
    sides, the same cell counts as near."""
    since = now - timedelta(days=rule.within_days)
    found = [
        case
        for case in reading.nearby.closed_cases(category, since)
        if case.closed_at is not None and case.closed_at >= since and _near(case, cell, point, rule.within_metres)
    ]
    return tuple(case.id for case in sorted(found, key=_closed, reverse=True))


def photographed(reading: Reading, kind: CaseKind, evidence: tuple[Evidence, ...]) -> tuple[Evidence, ...]:
    """The evidence with what each photo says of its time and place, where the kind of case compares photos; one that is
    unknown stays as it is."""
    if kind.photos_within is None:
        return evidence

    def told(item: Evidence) -> Evidence:
        try:
            found = reading.attachments.get(item.attachment)
        except NotFound:
            return item
        longitude, latitude = found.longitude, found.latitude
        point = (longitude, latitude) if longitude is not None and latitude is not None else None
        return replace(item, taken_at=found.taken_at, point=point)

    return tuple(told(item) if item.kind == "photo" else item for item in evidence)


def _near(case: Case, cell: str, point: tuple[float, float] | None, metres: float) -> bool:
    if point is None or case.point is None:
        return case.cell == cell
    return metres_between(case.point, point) <= metres


def _closed(case: Case) -> str:
    return case.closed_at.isoformat() if case.closed_at else ""
