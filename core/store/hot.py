"""Statements that each report and each action run: compiled once, then run on the driver without being built again.

A statement is written in SQLAlchemy's words like any other, takes all its values as named parameters, and answers
plain rows. Several that need no answer of each other go to PostgreSQL in one round trip. Errors are SQLAlchemy's, as
everywhere; a transaction has to be under way (`core.store.unit`). Must not hold a value of a request.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Float, Numeric
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import UpdateBase
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Row = Sequence[Any]
Process = Callable[[Any], Any] | None


class Hot:
    """A statement to run often. `build` makes it for a dialect (ON CONFLICT has no common words); `columns` are those
    that an INSERT fills."""

    def __init__(self, build: ReturnsRows | Callable[[str], Any], columns: Iterable[str] | None = None) -> None:
        self._build = build
        self._columns = None if columns is None else list(columns)
        self._ready: dict[str, _Ready] = {}

    def on(self, dialect: Dialect) -> _Ready:
        ready = self._ready.get(dialect.name)
        if ready is None:
            statement = self._build(dialect.name) if callable(self._build) else self._build
            ready = self._ready[dialect.name] = _Ready(statement, dialect, self._columns)
        return ready


class _Ready:
    """The text for one dialect, and how values go in and come out."""

    def __init__(self, statement: Any, dialect: Dialect, columns: list[str] | None) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=columns)
        self.text = str(compiled)
        self._names: list[str] | None = compiled.positiontup
        self._into: list[tuple[str, Process]] = []
        self._fixed: dict[str, Any] = dict.fromkeys(columns or ())  # a column that is not given is left empty
        for name, bind in compiled.binds.items():
            self._into.append((name, bind.type.dialect_impl(dialect).bind_processor(dialect)))
            if not bind.required:
                self._fixed[name] = bind.value
        returns = not isinstance(statement, UpdateBase) or bool(statement._returning)
        answers = list(statement.exported_columns) if returns else []
        self._out = [_processor(column.type, dialect) for column in answers]
        self._plain = not any(self._out)

    def values(self, given: Values) -> Any:
        known: dict[str, Any] = {}
        for name, process in self._into:
            value = given[name] if name in given else self._fixed[name]
            known[name] = value if process is None else process(value)
        return known if self._names is None else [known[name] for name in self._names]

    def row(self, row: Row) -> Row:
        if self._plain:
            return row
        return [value if process is None else process(value) for value, process in zip(row, self._out, strict=True)]


def _processor(of: TypeEngine[Any], dialect: Dialect) -> Process:
    """How a value comes out; both drivers give numbers as what they are."""
    return None if isinstance(of, Numeric | Float) else of.dialect_impl(dialect).result_processor(dialect, None)


def rows(connection: Connection, hot: Hot, values: Values) -> list[Row]:
    """Run a statement and fetch what it answers."""
    ready = hot.on(connection.dialect)
    try:
        found = _driver(connection).execute(ready.text, ready.values(values)).fetchall()
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, ready.text, error) from error
    return [ready.row(row) for row in found]


def first(connection: Connection, hot: Hot, values: Values) -> Row | None:
    """The first row of what a statement answers."""
    found = rows(connection, hot, values)
    return found[0] if found else None


def write(connection: Connection, *steps: tuple[Hot, Sequence[Values]]) -> list[int]:
    """Run each statement with each of its values, in order; how many rows each statement has touched."""
    driver, counts, text = _driver(connection), [], ""
    try:
        if connection.dialect.name == "sqlite":
            for hot, each in steps:
                ready = hot.on(connection.dialect)
                text = ready.text
                counts.append(sum(driver.execute(text, ready.values(values)).rowcount for values in each))
            return counts
        with driver.pipeline():
            ran = []
            for hot, each in steps:
                ready = hot.on(connection.dialect)
                text = ready.text
                ran.append([driver.execute(text, ready.values(values)) for values in each])
        return [sum(cursor.rowcount for cursor in cursors) for cursors in ran]
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, text, error) from error


def _driver(connection: Connection) -> Any:
    """The driver's own connection, its transaction begun."""
    if not connection.in_transaction():
        connection.begin()
    return connection.connection.dbapi_connection


def _told(connection: Connection, text: str, error: Any) -> BaseException:
    """The driver's error as SQLAlchemy's, and a connection that is lost is not used again."""
    dialect = connection.dialect
    lost = dialect.is_disconnect(error, connection.connection.dbapi_connection, None)
    if lost:
        connection.invalidate(error)
    kind = dialect.loaded_dbapi.Error
    return DBAPIError.instance(
        text, None, error, kind, hide_parameters=True, connection_invalidated=lost, dialect=dialect
    )
