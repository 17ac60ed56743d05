"""Idempotency keys: the first answer to a write is the answer to each of its repetitions.

The key's row belongs to the transaction of the write. Whoever comes second waits for the first transaction to end
(PostgreSQL: on the unique key; SQLite: for the writer's lock) and then finds its answer, or nothing if it failed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, delete, select, update

from core.errors import Unprocessable
from core.store.database import insert_into, table_of
from core.store.hot import Hot, Row, answers, later, rows
from core.store.models import IdempotencyTable
from core.store.standing import MARKS

IDEMPOTENCY = table_of(IdempotencyTable)
MINE = (
    IDEMPOTENCY.c.locality_id == bindparam("of_locality"),
    IDEMPOTENCY.c.principal == bindparam("of_principal"),
    IDEMPOTENCY.c.key == bindparam("of_key"),
)
FIRST = Hot(
    select(IDEMPOTENCY.c.fingerprint, IDEMPOTENCY.c.status, IDEMPOTENCY.c.body, IDEMPOTENCY.c.etag).where(*MINE)
)
FINISH = Hot(update(IDEMPOTENCY).where(*MINE), ("status", "body", "etag"))

KEEP = timedelta(days=7)
"""Phones that were offline for days send what they have kept."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """The answer that the first request got."""

    status: int
    body: Any
    etag: str | None


class Idempotency:
    """The keys of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality
        self._begun: tuple[str, str] | None = None
        self.marks: Sequence[Row] | None = None  # asked for in the same round trip: whoever writes asks for them next

    def begin(self, principal: str, key: str, fingerprint: str, now: datetime) -> StoredAnswer | None:
        """None: go on, and `finish`. An answer: give it back, the work has been done.

        Raises Unprocessable `idempotency-key-reused` when the key came with another request.
        """
        named = {"locality_id": self._locality, "principal": principal, "key": key}
        row = {**named, "fingerprint": fingerprint, "expires_at": now + KEEP, "now": now}
        begun, self.marks = answers(self._connection, (BEGIN, row), (MARKS, {"of_locality": self._locality}))
        if begun:
            self._begun = (principal, key)
            return None
        ((given, *answer),) = rows(self._connection, FIRST, self._mine(principal, key))
        if given != fingerprint:
            raise Unprocessable("idempotency-key-reused", key=key)
        return StoredAnswer(*answer)

    def finish(self, status: int, body: Any, etag: str | None = None) -> None:
        """Keep the answer for the key that this unit has begun."""
        if self._begun is None:
            raise RuntimeError("no idempotency key was begun in this unit")
        answer = {"status": status, "body": body, "etag": etag}
        later(self._connection, (FINISH, [self._mine(*self._begun) | answer]))
        self._begun = None

    def require_finished(self) -> None:
        """A key without its answer must not be committed: the next request would find nothing to repeat."""
        if self._begun is not None:
            raise RuntimeError("an idempotency key was begun and not finished")

    def _mine(self, principal: str, key: str) -> dict[str, Any]:
        return {"of_locality": self._locality, "of_principal": principal, "of_key": key}


def _begin(dialect: str) -> Any:
    """Take the key when it is free or expired; answers a row only then."""
    statement = insert_into(dialect, IdempotencyTable)
    renewed = {name: statement.excluded[name] for name in ("fingerprint", "status", "body", "etag", "expires_at")}
    taken = statement.on_conflict_do_update(
        index_elements=list(IDEMPOTENCY.primary_key.columns),
        set_=renewed,
        where=IDEMPOTENCY.c.expires_at <= bindparam("now"),
    )
    return taken.returning(IDEMPOTENCY.c.key)


BEGIN = Hot(_begin, IDEMPOTENCY.c.keys())


def forget_expired(connection: Connection, now: datetime) -> int:
    """Delete keys past their time, in every locality; answers how many."""
    return connection.execute(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.expires_at <= now)).rowcount
