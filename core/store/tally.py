"""How many closed cases there are by what a fact of theirs says. Reads case rows only."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from core.scheme.codec import instant_to_text
from core.store.database import table_of
from core.store.models import CaseTable

CASE = table_of(CaseTable).c


class Tally:
    """The closed cases of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def by_fact(
        self, case_kind: str, fact: str, start: datetime | None = None, end: datetime | None = None
    ) -> Mapping[str | None, int]:
        """Cases of a kind that were closed from `start` up to, not including, `end`, by a fact that is text; under None
        those that it says nothing of."""
        closed_at = CASE.snapshot["closed_at"].as_string()
        each = select(CASE.snapshot["facts"][fact].as_string().label("value")).where(
            CASE.locality_id == self._locality, CASE.kind == case_kind, ~CASE.open
        )
        if start is not None:
            each = each.where(closed_at >= instant_to_text(start))
        if end is not None:
            each = each.where(closed_at < instant_to_text(end))
        value = each.subquery().c.value
        rows = self._connection.execute(select(value, func.count().label("cases")).group_by(value))
        return {row.value: row.cases for row in rows}
