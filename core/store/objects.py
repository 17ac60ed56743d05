"""What changed on registry objects since the manifest was published. The objects themselves are in the scheme."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from core.store.database import insert_into, table_of
from core.store.marks import OBJECTS, mark
from core.store.models import ObjectTable

OBJECT = table_of(ObjectTable)


class Objects:
    """The changed objects of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def change(self, code: str, values: Mapping[str, Any], now: datetime, case_id: str | None = None) -> None:
        """Set fields of an object (`status` is one), keeping what was changed before; `case_id` is the case that
        did it."""
        row = {
            "changed": {**self._changed(code, lock=True), **values},
            "case_id": case_id,
            "updated_at": now,
        }
        statement = insert_into(self._connection.dialect.name, ObjectTable).values(
            locality_id=self._locality, code=code, **row
        )
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=list(OBJECT.primary_key.columns), set_=row)
        )
        mark(self._connection, self._locality, OBJECTS)

    def get(self, code: str) -> Mapping[str, Any]:
        """The changed fields; empty when the object is as it was published."""
        return self._changed(code)

    def all(self) -> Mapping[str, Mapping[str, Any]]:
        """The changed fields by object."""
        statement = select(OBJECT.c.code, OBJECT.c.changed).where(OBJECT.c.locality_id == self._locality)
        return {row.code: row.changed for row in self._connection.execute(statement.order_by(OBJECT.c.code))}

    def _changed(self, code: str, lock: bool = False) -> dict[str, Any]:
        statement = select(OBJECT.c.changed).where(OBJECT.c.locality_id == self._locality, OBJECT.c.code == code)
        return self._connection.scalar(statement.with_for_update() if lock else statement) or {}
