"""Taking due rows under a lease, oldest first, so that several workers share them and a dead one loses them.

For tables with the columns of `Leased`. A row that fails goes to the back of the queue, later each time, and so
never keeps the others waiting. What waits, is under way or was given up can be counted at any time.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, func, literal, not_, or_, select, tuple_, update

from core.errors import GridwrightError

FIRST_DELAY = 5.0
LONGEST_DELAY = 3600.0


def claim(
    connection: Connection, table: Table, now: datetime, owner: str, lease_seconds: float, limit: int
) -> Sequence[Row[Any]]:
    """Lease up to `limit` due rows to `owner` and answer them, the longest due first."""
    key = list(table.primary_key.columns)
    free = or_(table.c.lease_until.is_(None), table.c.lease_until <= now)
    due = (
        select(*key)
        .where(table.c.done_at.is_(None), table.c.dead_at.is_(None), table.c.run_at <= now, free)
        .order_by(table.c.run_at)
        .limit(limit)
    )
    if connection.dialect.name == "postgresql":
        due = due.with_for_update(skip_locked=True)
    chosen = due.cte("chosen")  # a CTE is worked out once; as a subquery the LIMIT may be taken several times
    taken = (
        update(table)
        .where(tuple_(*key).in_(select(*chosen.c)))
        .values(lease_owner=owner, lease_until=now + timedelta(seconds=lease_seconds))
        .returning(*table.c)
    )
    return sorted(connection.execute(taken).all(), key=lambda row: (row.run_at, row.locality_id))


def postpone(
    connection: Connection,
    table: Table,
    key: Sequence[Any],
    owner: str,
    error: BaseException | str,
    now: datetime,
    run_at: datetime,
    dead: bool = False,
) -> bool:
    """Record a failure and set the next attempt. False when the lease has gone to somebody else meanwhile."""
    statement = (
        update(table)
        .where(is_row(table, key), table.c.lease_owner == owner, table.c.done_at.is_(None))
        .values(
            attempts=table.c.attempts + 1,
            last_error=describe(error),
            run_at=run_at,
            lease_owner=None,
            lease_until=None,
            dead_at=now if dead else None,
        )
    )
    return connection.execute(statement).rowcount == 1


def give_back(connection: Connection, table: Table, keys: Sequence[Sequence[Any]], owner: str) -> int:
    """Free rows that `owner` has under lease and has not tried; answers how many."""
    if not keys:
        return 0
    mine = (tuple_(*table.primary_key.columns).in_([tuple(key) for key in keys]), table.c.lease_owner == owner)
    return connection.execute(update(table).where(*mine).values(lease_owner=None, lease_until=None)).rowcount


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is not finished of one kind. `waiting` and `leased` are open; of these `failed` have failed before and are
    tried again; `dead` were given up. `oldest` is since when the oldest of all these is due; `last_error` is of the
    latest failure."""

    kind: str
    waiting: int
    leased: int
    failed: int
    dead: int
    oldest: datetime
    last_error: str | None


def backlog(connection: Connection, table: Table, now: datetime) -> Iterator[Backlog]:
    """One for each kind that has something unfinished; a table without kinds has one kind, its name."""
    kind = table.c.kind if "kind" in table.c else literal(table.name)
    since = table.c.created_at if "created_at" in table.c else table.c.due_at
    leased = table.c.lease_until > now
    dead = table.c.dead_at.is_not(None)
    unfinished = (table.c.done_at.is_(None), since <= now)
    counts = (
        func.count().filter(not_(dead), or_(table.c.lease_until.is_(None), not_(leased))),
        func.count().filter(not_(dead), leased),
        func.count().filter(not_(dead), table.c.attempts > 0),
        func.count().filter(dead),
    )
    statement = select(kind.label("kind"), *counts, func.min(since)).where(*unfinished)
    for name, waiting, held, failed, given_up, oldest in connection.execute(
        statement.group_by("kind").order_by("kind")
    ).all():
        failures = select(table.c.last_error).where(*unfinished, kind == name, table.c.last_error.is_not(None))
        latest = failures.order_by(func.coalesce(table.c.dead_at, table.c.run_at).desc()).limit(1)
        yield Backlog(name, waiting, held, failed, given_up, oldest, connection.scalar(latest))


def is_row(table: Table, key: Sequence[Any]) -> ColumnElement[bool]:
    """The condition that names one row by its primary key."""
    return and_(*(column == value for column, value in zip(table.primary_key.columns, key, strict=True)))


def backoff(attempts: int) -> timedelta:
    """How long to wait after the n-th failure (from 1): 5 s, doubled each time, an hour at most."""
    return timedelta(seconds=min(FIRST_DELAY * 2 ** min(attempts - 1, 20), LONGEST_DELAY))


def describe(error: BaseException | str) -> str:
    """What went wrong, and where, without the error's own text: that may quote what a resident wrote."""
    if isinstance(error, str):
        return error
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    code = f" {error.code}" if isinstance(error, GridwrightError) else ""
    return f"{type(error).__name__}{code}{place}"
