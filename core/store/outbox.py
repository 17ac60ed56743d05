"""Outside effects, written in the transaction that owes them and carried afterwards, at least once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, select, update

from core.store.database import Database, insert_into, table_of
from core.store.hot import Hot, later
from core.store.leases import backoff, claim, is_row, postpone
from core.store.models import OutboxTable
from core.store.unit import write

OUTBOX = table_of(OutboxTable)
KEEP_DONE = timedelta(days=30)

State = Literal["waiting", "done", "dead"]


@dataclass(frozen=True, slots=True)
class OutboxItem:
    """`id` is stable: whoever receives the effect twice knows it by this. `attempts` have failed before."""

    locality: str
    id: str
    kind: str
    body: Mapping[str, Any]
    created_at: datetime
    attempts: int
    last_error: str | None
    owner: str | None

    @property
    def key(self) -> tuple[str, str]:
        return self.locality, self.id


class Outbox:
    """The outbox of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def add(self, kind: str, body: Mapping[str, Any], stable_id: str, now: datetime) -> None:
        """Owe an effect; the same stable id a second time is the same effect. `body` holds references, no contact
        data."""
        row = {"locality_id": self._locality, "id": stable_id, "kind": kind, "body": dict(body)}
        times = {"created_at": now, "run_at": now, "attempts": 0}
        later(self._connection, (OWE, [row | times]))

    def list(self, state: State = "waiting", limit: int = 100) -> tuple[OutboxItem, ...]:
        """What waits, was carried or was given up, oldest first."""
        statement = select(OUTBOX).where(OUTBOX.c.locality_id == self._locality, _in_state(state))
        rows = self._connection.execute(statement.order_by(OUTBOX.c.created_at, OUTBOX.c.id).limit(limit))
        return tuple(_item(row) for row in rows)

    def retry(self, stable_id: str, now: datetime) -> bool:
        """Try again what was given up."""
        mine = (OUTBOX.c.locality_id == self._locality, OUTBOX.c.id == stable_id, OUTBOX.c.dead_at.is_not(None))
        statement = update(OUTBOX).where(*mine).values(dead_at=None, attempts=0, run_at=now)
        return self._connection.execute(statement).rowcount == 1


OWE = Hot(lambda dialect: insert_into(dialect, OutboxTable).on_conflict_do_nothing(), OUTBOX.c.keys())


class OutboxQueue:
    """The owed effects of every locality, for workers. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_due(self, now: datetime, owner: str, lease_seconds: float, limit: int) -> tuple[OutboxItem, ...]:
        """Lease up to `limit` effects, the longest owed first."""
        rows = write(self._database, lambda link: claim(link, OUTBOX, now, owner, lease_seconds, limit))
        return tuple(_item(row) for row in rows)

    def done(self, item: OutboxItem, now: datetime) -> None:
        """It has been carried."""
        statement = update(OUTBOX).where(is_row(OUTBOX, item.key))
        finished = statement.values(done_at=now, last_error=None, lease_owner=None, lease_until=None)
        write(self._database, lambda link: link.execute(finished))

    def fail(
        self,
        item: OutboxItem,
        error: BaseException | str,
        now: datetime,
        delay: float = 0.0,
        dead: bool = False,
    ) -> bool:
        """Record a failure; try again after `delay` seconds, or later when it has failed often, or give it up."""
        wait = max(backoff(item.attempts + 1), timedelta(seconds=delay))
        owner = item.owner or ""
        return write(
            self._database,
            lambda link: postpone(link, OUTBOX, item.key, owner, error, now, now + wait, dead),
        )


def forget_carried(connection: Connection, now: datetime) -> int:
    """Delete what was carried more than 30 days ago, in every locality; answers how many."""
    return connection.execute(delete(OUTBOX).where(OUTBOX.c.done_at <= now - KEEP_DONE)).rowcount


def _in_state(state: State) -> ColumnElement[bool]:
    if state == "done":
        return OUTBOX.c.done_at.is_not(None)
    if state == "dead":
        return OUTBOX.c.dead_at.is_not(None)
    return and_(OUTBOX.c.done_at.is_(None), OUTBOX.c.dead_at.is_(None))


def _item(row: Row[Any]) -> OutboxItem:
    return OutboxItem(
        locality=row.locality_id,
        id=row.id,
        kind=row.kind,
        body=row.body,
        created_at=row.created_at,
        attempts=row.attempts,
        last_error=row.last_error,
        owner=row.lease_owner,
    )
