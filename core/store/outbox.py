"""Outside effects, written in the transaction that owes them and carried afterwards, at least once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, delete, or_, select, update

from core.store.database import Database, insert_into, table_of
from core.store.hot import Hot, later
from core.store.leases import Backlog, backlog, backoff, claim, give_back, is_row, postpone
from core.store.models import OutboxTable
from core.store.unit import look, write

OUTBOX = table_of(OutboxTable)
KEEP_DONE = timedelta(days=30)
MINE = (OUTBOX.c.locality_id == bindparam("of_locality"), OUTBOX.c.id == bindparam("of_id"))
OPEN = (OUTBOX.c.done_at.is_(None), OUTBOX.c.dead_at.is_(None))
FREE = and_(
    OUTBOX.c.run_at <= bindparam("now"), or_(OUTBOX.c.lease_until.is_(None), OUTBOX.c.lease_until <= bindparam("now"))
)
TAKE = (
    update(OUTBOX)
    .where(*MINE, *OPEN, or_(OUTBOX.c.lease_owner == bindparam("holder"), FREE))
    .values(lease_owner=bindparam("owner"), lease_until=bindparam("until"))
    .returning(*OUTBOX.c)
)
RENEW = (
    update(OUTBOX)
    .where(*MINE, *OPEN, OUTBOX.c.lease_owner == bindparam("owner"))
    .values(lease_until=bindparam("until"))
)

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
        self.add_several([(kind, body, stable_id)], now)

    def add_several(self, owed: Sequence[tuple[str, Mapping[str, Any], str]], now: datetime) -> None:
        """The same for several: kind, body and stable id of each."""
        times = {"created_at": now, "run_at": now, "attempts": 0}
        rows = [
            {"locality_id": self._locality, "id": stable_id, "kind": kind, "body": dict(body), **times}
            for kind, body, stable_id in owed
        ]
        if rows:
            later(self._connection, (OWE, rows))

    def list(self, state: State = "waiting", limit: int = 100) -> tuple[OutboxItem, ...]:
        """What waits, was carried or was given up, oldest first."""
        statement = select(OUTBOX).where(OUTBOX.c.locality_id == self._locality, _in_state(state))
        rows = self._connection.execute(statement.order_by(OUTBOX.c.created_at, OUTBOX.c.id).limit(limit))
        return tuple(_item(row) for row in rows)

    def has(self, stable_id: str) -> bool:
        """Whether the effect is owed or was carried, within what is kept."""
        mine = (OUTBOX.c.locality_id == self._locality, OUTBOX.c.id == stable_id)
        return self._connection.scalar(select(OUTBOX.c.id).where(*mine)) is not None

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

    def take(
        self, locality: str, stable_id: str, holder: str, owner: str, now: datetime, lease_seconds: float
    ) -> OutboxItem | None:
        """Lease one effect to `owner` to carry it now: one that `holder` has under lease, or a free one that is due.

        None when there is nothing to do: it was carried, given up or postponed, or somebody else carries it.
        """
        named = {"of_locality": locality, "of_id": stable_id, "holder": holder, "owner": owner, "now": now}
        until = {"until": now + timedelta(seconds=lease_seconds)}
        row = write(self._database, lambda link: link.execute(TAKE, named | until).one_or_none())
        return None if row is None else _item(row)

    def renew(self, item: OutboxItem, now: datetime, lease_seconds: float) -> bool:
        """Keep the lease of an effect that is being carried; False when it has gone to somebody else."""
        named = {"of_locality": item.locality, "of_id": item.id, "owner": item.owner}
        until = {"until": now + timedelta(seconds=lease_seconds)}
        return write(self._database, lambda link: link.execute(RENEW, named | until).rowcount == 1)

    def release(self, items: Sequence[OutboxItem], owner: str) -> int:
        """Give back what `owner` has not tried; no attempt is spent. How many were still under its lease."""
        return write(self._database, lambda link: give_back(link, OUTBOX, [item.key for item in items], owner))

    def backlog(self, now: datetime) -> tuple[Backlog, ...]:
        """What is owed and not carried, by kind, of every locality."""
        return look(self._database, lambda link: tuple(backlog(link, OUTBOX, now)))

    def revive(self, now: datetime, kind: str | None = None) -> int:
        """Try again what was given up, of one kind or of all; answers how many."""
        again = update(OUTBOX).where(OUTBOX.c.dead_at.is_not(None)).values(dead_at=None, attempts=0, run_at=now)
        if kind is not None:
            again = again.where(OUTBOX.c.kind == kind)
        return write(self._database, lambda link: link.execute(again).rowcount)

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
