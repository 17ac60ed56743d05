"""Taking due rows under a lease, oldest first, so that several workers share them and a dead one loses them.

For tables with the columns of `Leased`. A row that fails goes to the back of the queue, later each time, and so
never keeps the others waiting.
"""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Table, and_, or_, select, tuple_, update

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
        .order_by(table.c.run_at, *key)
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
