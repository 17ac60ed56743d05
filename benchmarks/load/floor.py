"""The floor: the very rows that one report writes, written again without HTTP, without an ORM and without a decision.

The rows are taken from a real report. SQLite: one raw connection, BEGIN IMMEDIATE, an INSERT a row. PostgreSQL: one
transaction with a statement a table in two round trips, and one statement with a CTE a table. A bare endpoint is the
same one statement behind gunicorn: it parses the report, writes the rows and answers them.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
from psycopg.types.json import Json
from sqlalchemy import make_url

TABLES = ("case", "case_event", "payload", "case_task", "timer", "outbox", "idempotency")
Rows = Mapping[str, Sequence[Mapping[str, Any]]]


def taken(link: Any, locality: str, case: str, sqlite: bool) -> Rows:
    """The rows of a case, by table, as the driver gives them."""
    mark = "?" if sqlite else "%s"
    found = {}
    for table in TABLES:
        column = {"case": "id", "outbox": "id", "idempotency": "body"}.get(table, "case_id")
        value = {"outbox": f"{case}:%", "idempotency": f"%{case}%"}.get(table, case)
        shown = "CAST(body AS TEXT)" if table == "idempotency" else column
        query = f'SELECT * FROM "{table}" WHERE locality_id = {mark} AND {shown} LIKE {mark}'
        cursor = link.execute(query, (locality, value))
        names = [one[0] for one in cursor.description]
        found[table] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    return found


class Writer:
    """Writes the rows again and again, each time under new ids; `write` answers the case's."""

    def __init__(self, rows: Rows, mark: str) -> None:
        self._case = rows["case"][0]["id"]
        self.tables = [(table, list(each[0]), list(each)) for table, each in rows.items() if each]
        self.texts = {
            table: f'INSERT INTO "{table}" ({", ".join(chr(34) + name + chr(34) for name in names)}) VALUES '
            + ", ".join(f"({', '.join([mark] * len(names))})" for _ in each)
            for table, names, each in self.tables
        }
        ctes = ", ".join(f"w{place} AS ({text})" for place, text in enumerate(self.texts.values()))
        self.one = f"WITH {ctes} SELECT 1"

    def fresh(self) -> tuple[str, dict[str, list[Any]]]:
        case = str(uuid4())
        return case, {
            table: [self._value(name, row[name], case) for row in each for name in names]
            for table, names, each in self.tables
        }

    def _value(self, name: str, value: Any, case: str) -> Any:
        if value == self._case:
            return case
        if name in ("number", "key"):
            return f"{value[:8]}{case}"
        if name == "id":  # of a payload, or of an effect
            return case + str(value)[36:] if ":" in str(value) else uuid4().hex
        return Json(value) if isinstance(value, dict | list) else value


def sqlite_writer(address: str, rows: Rows) -> Callable[[], str]:
    link = sqlite3.connect(str(make_url(address).database), isolation_level=None, timeout=30)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        link.execute(f"PRAGMA {pragma}")
    writer = Writer(rows, "?")

    def write() -> str:
        case, values = writer.fresh()
        link.execute("BEGIN IMMEDIATE")
        for table, text in writer.texts.items():
            link.execute(text, values[table])
        link.execute("COMMIT")
        return case

    return write


def postgres_writer(address: str, rows: Rows, one_statement: bool) -> Callable[[], str]:
    link = psycopg.connect(address, autocommit=True)
    link.execute("SET jit = off")
    writer = Writer(rows, "%s")

    def at_once() -> str:
        case, values = writer.fresh()
        link.execute(writer.one, [value for each in values.values() for value in each], prepare=True)
        return case

    def in_turn() -> str:
        case, values = writer.fresh()
        with link.transaction(), link.pipeline():
            for table, text in writer.texts.items():
                link.execute(text, values[table], prepare=True)
        return case

    return at_once if one_statement else in_turn


def writer_of(kind: str, address: str, rows: Rows) -> Callable[[], str]:
    """`kind`: sqlite, transaction or statement (both PostgreSQL)."""
    return sqlite_writer(address, rows) if kind == "sqlite" else postgres_writer(address, rows, kind == "statement")


def rate(kind: str, address: str, rows: Rows, connections: int, seconds: float) -> float:
    """Reports a second that so many connections, each in a process of its own, write."""
    with ProcessPoolExecutor(connections) as pool:
        jobs = [pool.submit(_written, kind, address, rows, seconds) for _ in range(connections)]
        return round(sum(job.result() for job in jobs), 1)


def _written(kind: str, address: str, rows: Rows, seconds: float) -> float:
    write = writer_of(kind, address, rows)
    for _ in range(20):
        write()
    count, started = 0, time.perf_counter()
    while time.perf_counter() - started < seconds:
        write()
        count += 1
    return count / (time.perf_counter() - started)


def bare(kind: str, address: str, rows: Rows) -> Callable[..., Iterator[bytes] | list[bytes]]:
    """The smallest honest endpoint: parse the report, write its rows, answer."""
    made: dict[int, Callable[[], str]] = {}
    answer = json.dumps(next((row["body"] for row in rows["idempotency"]), {}), default=str)

    def app(environ: Mapping[str, Any], start: Callable[..., Any]) -> list[bytes]:
        if environ["REQUEST_METHOD"] == "POST":
            json.loads(environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"])))
            write = made.get(os.getpid()) or made.setdefault(os.getpid(), writer_of(kind, address, rows))
            write()
        body = answer.encode()
        start("201 Created" if environ["REQUEST_METHOD"] == "POST" else "200 OK", [
            ("Content-Type", "application/json"), ("Content-Length", str(len(body))),
        ])  # fmt: skip
        return [body]

    return app


def keep(rows: Rows, path: Path) -> None:
    """Where the bare endpoint's processes find the rows."""
    import pickle  # noqa: PLC0415

    path.write_bytes(pickle.dumps(rows))
