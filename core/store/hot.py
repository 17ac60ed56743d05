"""Statements that each report and each action run: compiled once, then run on the driver without being built again.

A statement is written in SQLAlchemy's words like any other, takes all its values as named parameters, and answers
plain rows. Several that need no answer of each other go to PostgreSQL in one round trip, and what nobody waits for
(`later`) goes with the next ones, in order, before anything else is asked and before the commit. Errors are
SQLAlchemy's, as everywhere. Must not hold a value of a request longer than its transaction.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect, Float, Numeric
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.dml import Insert, UpdateBase
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Values = Mapping[str, Any]
Row = Sequence[Any]
Step = tuple["Hot", Sequence[Values]]
Process = Callable[[Any], Any] | None


VALUES = re.compile(r"VALUES (\([^()]*(?:%\(\w+\)s[^()]*)+\))")
NAME = re.compile(r"%\((\w+)\)s")
OWED = "gridwright_owed"
"""Where a transaction that may write keeps what it has yet to send."""


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
        self._many: dict[int, str] = {}
        found = VALUES.search(self.text) if isinstance(statement, Insert) and self._names is None else None
        rest = set(NAME.findall(self.text)) - set(NAME.findall(found.group(1))) if found else set()
        self._rest = {name for name, _ in self._into if name in rest}
        fixed = rest <= self._fixed.keys()
        self._group = found if found is not None and fixed and not returns else None

    def text_for(self, count: int) -> str | None:
        """One text that inserts so many rows at once; None when it can only be done one by one."""
        if self._group is None or count < 2:
            return None
        if count not in self._many:
            group = self._group.group(1)
            groups = (NAME.sub(rf"%(\1__{number})s", group) for number in range(count))
            self._many[count] = (
                f"{self.text[: self._group.start(1)]}{', '.join(groups)}{self.text[self._group.end(1) :]}"
            )
        return self._many[count]

    def values_for(self, each: Sequence[Values]) -> dict[str, Any]:
        every = [self.values(one) for one in each]
        found = {name: every[0][name] for name in self._rest}
        for number, one in enumerate(every):
            found.update((f"{name}__{number}", value) for name, value in one.items() if name not in self._rest)
        return found

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
    return answers(connection, (hot, values))[0]


def answers(connection: Connection, *questions: tuple[Hot, Values]) -> list[list[Row]]:
    """Run several statements in order and fetch what each answers, in one round trip where the database can."""
    settle(connection)
    driver, dialect = _driver(connection), connection.dialect
    each = [(hot.on(dialect), values) for hot, values in questions]
    try:
        if len(each) > 1 and dialect.name != "sqlite":
            with driver.pipeline():
                ran = [driver.execute(ready.text, ready.values(values)) for ready, values in each]
            found = [cursor.fetchall() for cursor in ran]
        else:
            found = [driver.execute(ready.text, ready.values(values)).fetchall() for ready, values in each]
    except dialect.loaded_dbapi.Error as error:
        raise _told(connection, "; ".join(ready.text for ready, _ in each), error) from error
    return [[ready.row(row) for row in some] for (ready, _), some in zip(each, found, strict=True)]


def first(connection: Connection, hot: Hot, values: Values) -> Row | None:
    """The first row of what a statement answers."""
    found = rows(connection, hot, values)
    return found[0] if found else None


def write(connection: Connection, *steps: Step) -> list[int]:
    """Run each statement with each of its values, in order; how many rows each statement has touched."""
    owed: list[Step] = connection.info.get(OWED) or []
    every = [*owed, *steps]
    owed.clear()
    send = _one_by_one if connection.dialect.name == "sqlite" else _in_one_go
    driver = _driver(connection)
    try:
        counts = send(driver, connection.dialect, every)
    except connection.dialect.loaded_dbapi.Error as error:
        raise _told(connection, _named(connection, every), error) from error
    return counts[len(every) - len(steps) :]


def later(connection: Connection, *steps: Step) -> None:
    """Like `write`, for what nobody waits for: it is sent before this transaction asks or writes anything else."""
    owed = connection.info.get(OWED)
    if owed is None:
        write(connection, *steps)
    else:
        owed.extend(steps)


def settle(connection: Connection, last: Callable[[], None] | None = None) -> None:
    """Send what is owed, and with it, in the same round trip, do what comes `last`."""
    owed: list[Step] | None = connection.info.get(OWED)
    if owed and last is not None and connection.dialect.name != "sqlite":
        driver = _driver(connection)
        steps = list(owed)
        owed.clear()
        try:
            with driver.pipeline():
                _send(driver, connection.dialect, steps)
                last()
        except connection.dialect.loaded_dbapi.Error as error:
            raise _told(connection, _named(connection, steps), error) from error
        return
    if owed:
        write(connection)
    if last is not None:
        last()


def settle_before(connection: Connection, *_: Any) -> None:
    """An engine's listener: whatever is run in another way finds what was written before it."""
    settle(connection)


def _one_by_one(driver: Any, dialect: Dialect, steps: Sequence[Step]) -> list[int]:
    counts = []
    for hot, each in steps:
        ready = hot.on(dialect)
        counts.append(sum(driver.execute(ready.text, ready.values(values)).rowcount for values in each))
    return counts


def _in_one_go(driver: Any, dialect: Dialect, steps: Sequence[Step]) -> list[int]:
    with driver.pipeline():
        ran = _send(driver, dialect, steps)
    return [sum(cursor.rowcount for cursor in cursors) for cursors in ran]


def _send(driver: Any, dialect: Dialect, steps: Sequence[Step]) -> list[list[Any]]:
    ran: list[list[Any]] = []
    for hot, each in steps:
        ready = hot.on(dialect)
        text = ready.text_for(len(each))
        if text is not None:
            ran.append([driver.execute(text, ready.values_for(each))])
        else:
            ran.append([driver.execute(ready.text, ready.values(values)) for values in each])
    return ran


def _named(connection: Connection, steps: Sequence[Step]) -> str:
    """The statements that were under way, shortened, for an error."""
    return "; ".join(hot.on(connection.dialect).text[:60] for hot, _ in steps)


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
