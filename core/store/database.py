"""Flask-SQLAlchemy's `db`, and how each database is opened: pragmas, transaction control, pool.

Knows no table and no use case. Transactions are begun by `core.store.unit` only.
"""

from __future__ import annotations

import json
import sqlite3
import time
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import psycopg
from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import URL, Connection, Engine, LargeBinary, MetaData, String, Table, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.orm import DeclarativeBase, registry

from core.errors import GridwrightError
from core.store.columns import Instant, Json
from core.store.hot import settle_before

BUSY_SECONDS = 30
RESTED_SECONDS = 1.0
"""A connection that has rested for so long is asked whether it is still there."""
WRITES = "gridwright_writes"
"""Execution option of a connection that is about to write: SQLite then begins IMMEDIATE."""


class Base(DeclarativeBase):
    """Every table's base; the naming convention gives constraints the same names on both databases."""

    registry = registry(
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "fk": "fk_%(table_name)s_%(referred_table_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
        type_annotation_map={
            str: String(),
            bytes: LargeBinary(),
            datetime: Instant(),
            dict[str, Any]: Json,
            list[str]: Json,
        },
    )


db = SQLAlchemy(model_class=Base, disable_autonaming=True)

if TYPE_CHECKING:
    Model = Base
else:
    Model = db.Model


@dataclass(frozen=True)
class Database:
    """An engine, and the lock that lets one thread of this process write to an SQLite file at a time (threads that
    wait in SQLite's busy handler instead make long tails)."""

    engine: Engine
    writer: Lock = field(default_factory=Lock)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"


def open_database(database_url: str, app: Flask | None = None) -> Database:
    """The database behind an address, registered with `app` (a bare one when there is none).

    Raises GridwrightError `database-unsupported` for anything but an SQLite file and PostgreSQL.
    """
    url = _address(database_url)
    app = app or Flask("core.store")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _options(url)
    db.init_app(app)
    with app.app_context():
        engine = db.engine
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "checkout", _require_alive)
        event.listen(engine, "checkin", _note_rest)
    event.listen(engine, "before_cursor_execute", settle_before)
    return Database(engine)


def _address(database_url: str) -> URL:
    url = make_url(database_url)
    if url.drivername in ("postgres", "postgresql"):
        url = url.set(drivername="postgresql+psycopg")
    in_memory = url.database in (None, "", ":memory:")
    if url.drivername == "postgresql+psycopg" or (url.drivername == "sqlite" and not in_memory):
        return url
    raise GridwrightError("database-unsupported", url=url.render_as_string(hide_password=True))


def _options(url: URL) -> dict[str, Any]:
    options: dict[str, Any] = {
        "json_serializer": _to_json,
        "hide_parameters": True,  # an error's text ends up in logs: it must not quote what residents wrote
    }
    if url.drivername == "sqlite":
        if url.database and Path(url.database).is_absolute():
            _make_private(Path(url.database))
        return options | {"connect_args": {"timeout": BUSY_SECONDS}}
    return options | {"connect_args": {"options": "-c jit=off -c timezone=UTC"}}


def _make_private(path: Path) -> None:
    """A new file that its owner alone may read; what SQLite puts beside it gets the same mode."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        path.touch(mode=0o600)


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _prepare_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin by itself: _begin_sqlite does
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _note_rest(connection: Any, record: Any) -> None:
    record.info["rests_since"] = time.monotonic()


def _require_alive(connection: psycopg.Connection[Any], record: Any, _proxy: Any) -> None:
    """Ask a connection that has rested whether it is still there; one that is not is replaced before it is used. One
    that was used a moment ago is believed."""
    if time.monotonic() - record.info.get("rests_since", 0.0) < RESTED_SECONDS:
        return
    resting = connection.autocommit
    try:
        connection.autocommit = True
        connection.execute("")
        connection.autocommit = resting
    except psycopg.Error as error:
        raise DisconnectionError from error


def insert_into(dialect: str, model: type[Base]) -> postgresql.Insert:
    """An INSERT that understands ON CONFLICT on the database of this dialect.

    Building a statement costs more than running it: hot ones are built once a dialect and take their values as
    parameters.
    """
    table = table_of(model)
    if dialect == "sqlite":
        return sqlite.insert(table)  # type: ignore[return-value]  # the same methods, no shared base
    return postgresql.insert(table)


def table_of(model: type[Base]) -> Table:
    """The table of a model: the write path speaks Core, without an ORM unit of work."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101  (narrows the declared FromClause)
    return table
