"""The floor of the sweep: the same rows as one firing writes, written raw, in one transaction a timer.

No engine, no ORM, no JSON: what is written was rendered once, from a case that was really fired. A batch of timers is
claimed as the sweep claims it; a timer's events go in one statement, and so do its outbox rows.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

BATCH = 100
EVENT = ("locality_id", "case_id", "seq", "type", "body", "previous_hash", "hash")
TASK = ("locality_id", "case_id", "task", "place", "occurrence", "state", "organisation", "post", "cell", "opened_at")
OUTBOX = ("locality_id", "id", "kind", "body", "created_at", "run_at", "attempts")
CASE = ("version", "head_hash", "alert", "stages", "updated_at", "due_at", "snapshot")
JSON = ("stages", "snapshot")
KEY = ("locality_id", "case_id", "limit_id", "occurrence", "reach")
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Fired:
    """The rows that one firing has written, as the database holds them."""

    events: list[Row]
    tasks: list[Row]
    outbox: list[Row]
    case: Row


class Link:
    """A raw connection to either database; statements are written with `?`."""

    def __init__(self, address: str) -> None:
        self.postgres = not address.startswith("sqlite")
        self._raw: Any
        if self.postgres:
            self._raw = psycopg.connect(address, autocommit=True, options="-c jit=off -c timezone=UTC")
        else:
            self._raw = sqlite3.connect(address.removeprefix("sqlite:///"), isolation_level=None, timeout=30)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._raw.execute(f"PRAGMA {pragma}")

    def begin(self) -> None:
        self._raw.execute("BEGIN" if self.postgres else "BEGIN IMMEDIATE")

    def run(self, statement: str, values: Row = ()) -> Any:
        return self._raw.execute(statement.replace("?", "%s") if self.postgres else statement, values)

    def commit(self) -> None:
        self._raw.execute("COMMIT")

    def close(self) -> None:
        self._raw.close()

    def instant(self, at: datetime) -> Any:
        return at if self.postgres else at.replace(tzinfo=None).isoformat(" ", "microseconds")


def rows_of(link: Link, before: int) -> Fired:
    """What the firing of some case has written; `before` is a case's version until then."""
    case_id, at = link.run('SELECT id, updated_at FROM "case" WHERE version > ? LIMIT 1', (before,)).fetchone()

    def read(table: str, columns: tuple[str, ...], where: str, *values: Any) -> list[Row]:
        texts = JSON if table == "case" else ("body",) if table == "outbox" else ()
        listed = ", ".join(f"CAST({name} AS text)" if name in texts else name for name in columns)
        return [tuple(row) for row in link.run(f'SELECT {listed} FROM "{table}" WHERE {where}', values)]

    return Fired(
        read("case_event", EVENT, "case_id = ? AND seq > ?", case_id, before),
        read("case_task", TASK, "case_id = ? AND opened_at = ?", case_id, at),
        read("outbox", OUTBOX, "id LIKE ? AND created_at = ?", f"{case_id}:%", at),
        read("case", CASE, "id = ?", case_id)[0],
    )


def fire_all(address: str, fired: Fired, owner: str) -> int:
    """One process of the floor: claim and fire until nothing is due; how many."""
    link, count = Link(address), 0
    try:
        while due := _claim(link, owner):
            for key in due:
                _fire(link, fired, key)
            count += len(due)
    finally:
        link.close()
    return count


def _claim(link: Link, owner: str) -> list[Row]:
    now = datetime.now(UTC)
    skip = "FOR UPDATE SKIP LOCKED" if link.postgres else ""
    names = ", ".join(KEY)
    link.begin()
    rows = link.run(
        f"WITH chosen AS (SELECT {names} FROM timer WHERE done_at IS NULL AND dead_at IS NULL AND run_at <= ?"
        f" AND (lease_until IS NULL OR lease_until <= ?) ORDER BY run_at LIMIT {BATCH} {skip})"
        f" UPDATE timer SET lease_owner = ?, lease_until = ? WHERE ({names}) IN (SELECT {names} FROM chosen)"
        f" RETURNING {names}",
        (link.instant(now), link.instant(now), owner, link.instant(now + timedelta(seconds=30))),
    ).fetchall()
    link.commit()
    return list(rows)


def _fire(link: Link, fired: Fired, key: Row) -> None:
    locality, case_id = key[:2]
    here = " AND ".join(f"{name} = ?" for name in KEY)
    link.begin()
    now = link.instant(datetime.now(UTC))
    link.run(f"UPDATE timer SET done_at = ?, lease_owner = NULL WHERE {here} AND done_at IS NULL", (now, *key))
    _insert(link, "case_event", EVENT, [(locality, case_id, *row[2:]) for row in fired.events])
    changed = ", ".join(f"{name} = ?" for name in CASE)
    link.run(f'UPDATE "case" SET {changed} WHERE locality_id = ? AND id = ?', (*fired.case, locality, case_id))
    _insert(link, "case_task", TASK, [(locality, case_id, *row[2:]) for row in fired.tasks])
    _insert(link, "outbox", OUTBOX, [(locality, f"{case_id}:{n}", *row[2:]) for n, row in enumerate(fired.outbox, 90)])
    link.commit()


def _insert(link: Link, table: str, columns: tuple[str, ...], rows: list[Row]) -> None:
    if rows:
        places = ", ".join(f"({', '.join('?' * len(columns))})" for _ in rows)
        values = tuple(value for row in rows for value in row)
        link.run(f'INSERT INTO "{table}" ({", ".join(columns)}) VALUES {places}', values)
