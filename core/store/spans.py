"""From when to when cases of a kind were open: patrols of a week, the latest inspection of each object.

Reads case rows only. What a span counts for, and on which day the next one is due, is not known here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from core.scheme.codec import instant_from_text
from core.store.database import table_of
from core.store.models import CaseTable, LocalityTable, ObjectTable

CASE = table_of(CaseTable).c
LOCALITY = table_of(LocalityTable).c
OBJECT = table_of(ObjectTable).c
CLOSED_AT = CASE.snapshot["closed_at"].as_string()


@dataclass(frozen=True, slots=True)
class Span:
    """A case that somebody opened and, unless it is still open, closed; by the server's clock."""

    account: str
    number: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Entered:
    """An object that a case changed or entered: when it was changed last, and the case's cell."""

    at: datetime
    cell: str


class Spans:
    """The spans of one locality's cases, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def between(self, case_kind: str, start: datetime, end: datetime) -> tuple[Span, ...]:
        """The cases of a kind that were opened from `start` up to, not including, `end`; the oldest first."""
        statement = (
            select(CASE.reporter, CASE.number, CASE.opened_at, CLOSED_AT)
            .where(CASE.locality_id == self._locality, CASE.opened_at >= start, CASE.opened_at < end)
            .where(CASE.kind == case_kind)
            .order_by(CASE.opened_at, CASE.id)
        )
        rows = self._connection.execute(statement)
        return tuple(Span(who, number, at, instant_from_text(to) if to else None) for who, number, at, to in rows)

    def latest_closed(self, case_kind: str) -> Mapping[str, datetime]:
        """When the latest closed case of a kind about each object was closed, by object."""
        statement = (
            select(CASE.object, func.max(CLOSED_AT))
            .where(CASE.locality_id == self._locality, CASE.kind == case_kind, CASE.object.is_not(None), ~CASE.open)
            .group_by(CASE.object)
        )
        return {code: instant_from_text(at) for code, at in self._connection.execute(statement)}

    def open(self, case_kind: str) -> Mapping[str, str]:
        """The number of the open case of a kind about each object, by object."""
        statement = select(CASE.object, CASE.number).where(
            CASE.locality_id == self._locality, CASE.kind == case_kind, CASE.object.is_not(None), CASE.open
        )
        rows = self._connection.execute(statement.order_by(CASE.opened_at, CASE.id))
        return {row.object: row.number for row in rows}

    def entered(self) -> Mapping[str, Entered]:
        """The objects that cases have changed or entered, by code."""
        same = (CASE.locality_id == OBJECT.locality_id) & (CASE.id == OBJECT.case_id)
        statement = select(OBJECT.code, OBJECT.updated_at, CASE.cell).where(OBJECT.locality_id == self._locality, same)
        return {code: Entered(at, cell) for code, at, cell in self._connection.execute(statement)}

    def since(self) -> datetime | None:
        """When the locality was published first: from then on its registry is looked after."""
        return self._connection.scalar(select(LOCALITY.created_at).where(LOCALITY.locality_id == self._locality))
