"""Serials, one after the other without gaps: a number is given out in the transaction that uses it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from core.store.database import insert_into, table_of
from core.store.hot import Hot, rows
from core.store.models import CounterTable

COUNTER = table_of(CounterTable)


class Numbers:
    """The counters of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def next(self, scope: str) -> int:
        """The next serial of a scope, from 1. Others who want one wait until this transaction ends."""
        row = {"locality_id": self._locality, "scope": scope, "value": 1}
        ((serial,),) = rows(self._connection, COUNT, row)
        return int(serial)


def _count(dialect: str) -> Any:
    statement = insert_into(dialect, CounterTable).on_conflict_do_update(
        index_elements=list(COUNTER.primary_key.columns), set_={"value": COUNTER.c.value + 1}
    )
    return statement.returning(COUNTER.c.value)


COUNT = Hot(_count, COUNTER.c.keys())
