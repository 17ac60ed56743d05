"""Open cases of a few cells, newest first, and closed ones of a class: what a report is compared with.

Walks the index of a cell's open cases by time, for each cell apart: its cost does not grow with the cases that are
closed.
Says of each whether the asker may see it; what is made of that is decided above.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from core.scheme.case import Case
from core.scheme.codec import case_from_dict
from core.store.database import table_of
from core.store.listing import Visibility, visible
from core.store.models import CaseTable

CASE = table_of(CaseTable).c


@dataclass(frozen=True, slots=True)
class NearbyCase:
    """`seen`: the asker may read it. `point` is longitude and latitude in CGCS2000. `scheme` is the pinned digest."""

    id: str
    number: str
    category: str
    cell: str
    object: str | None
    opened_at: datetime
    scheme: str
    point: tuple[float, float] | None
    seen: bool


class Nearby:
    """The cases of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def open_cases(
        self, path: str, since: datetime, to: Visibility, limit: int, object: str | None = None
    ) -> tuple[NearbyCase, ...]:
        """Up to `limit` open cases of the cell with this path (cells under it apart) opened at or after `since`, those
        about an object alone if one is named."""
        named = (CASE.id, CASE.number, CASE.category, CASE.cell, CASE.object, CASE.opened_at, CASE.scheme)
        statement = (
            select(*named, CASE.snapshot["point"].label("point"), visible(to).label("seen"))
            .where(CASE.locality_id == self._locality, CASE.cell_path == path)
            .where(CASE.opened_at >= since, CASE.open)
            .order_by(CASE.opened_at.desc(), CASE.id.desc())
            .limit(limit)
        )
        if object is not None:
            statement = statement.where(CASE.object == object)
        return tuple(_case(row) for row in self._connection.execute(statement))

    def closed_cases(self, category: str, since: datetime, limit: int = 200) -> tuple[Case, ...]:
        """Up to `limit` cases of the class that are closed and were written to at `since` or later, newest first."""
        statement = (
            select(CASE.snapshot)
            .where(CASE.locality_id == self._locality, CASE.category == category)
            .where(CASE.updated_at >= since, ~CASE.open)
            .order_by(CASE.opened_at.desc(), CASE.id.desc())
            .limit(limit)
        )
        return tuple(case_from_dict(snapshot) for snapshot in self._connection.scalars(statement))


def _case(row: Row[Any]) -> NearbyCase:
    point = (row.point[0], row.point[1]) if row.point else None
    return NearbyCase(**{**row._mapping, "point": point, "seen": bool(row.seen)})
