"""Transactions. The only file that commits: whoever leaves a unit without keeping it has changed nothing.

SQLite: one thread of this process writes at a time, and a unit begins IMMEDIATE, so that it never fails half-way for
want of the lock. PostgreSQL: READ COMMITTED for units, one unchanging view for readings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from core.errors import TemporaryFailure
from core.store.database import BUSY_SECONDS, WRITES, Database
from core.store.hot import OWED, settle

Result = TypeVar("Result")


class Transaction:
    """One transaction that may write, as a context manager."""

    connection: Connection

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        """Begin. TemporaryFailure `database-busy` when another process holds SQLite's lock for too long."""
        if self._database.is_sqlite and not self._database.writer.acquire(timeout=BUSY_SECONDS):
            raise TemporaryFailure("database-busy")
        try:
            self.connection = self._database.engine.connect().execution_options(**{WRITES: True})
            self._begin()
            self.connection.info[OWED] = []
        except BaseException:
            self._release()
            raise
        return self

    def keep(self) -> None:
        """Make everything in it durable, and end it: what is tried through it afterwards raises."""
        self.before_keeping()
        try:
            settle(self.connection, last=lambda: self.connection.commit())
        except BaseException:
            self._roll_back()
            raise
        self._close()

    def before_keeping(self) -> None:
        """What must hold first; raises when it does not."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._close()  # rolls back what was not committed
        finally:
            self._release()

    def _roll_back(self) -> None:
        """A commit that was refused leaves the driver's transaction open, and SQLAlchemy holds it for ended: the next
        one to get this connection would find itself in it."""
        if not self.connection.invalidated:
            driver = self.connection.connection.dbapi_connection
            if driver is not None:
                driver.rollback()

    def _close(self) -> None:
        if not self.connection.closed:
            if not self.connection.invalidated:
                self.connection.info.pop(OWED, None)
            self.connection.close()

    def _begin(self) -> None:
        try:
            self.connection.begin()
        except OperationalError as error:
            self.connection.close()
            if self._database.is_sqlite:
                raise TemporaryFailure("database-busy") from error
            raise

    def _release(self) -> None:
        if self._database.is_sqlite:
            self._database.writer.release()


def write(database: Database, work: Callable[[Connection], Result]) -> Result:
    """Do `work` in a transaction of its own and commit it."""
    with Transaction(database) as transaction:
        result = work(transaction.connection)
        transaction.keep()
    return result


@contextmanager
def view(database: Database) -> Iterator[Connection]:
    """A connection with one unchanging view of the database, for reading."""
    with database.engine.connect() as connection:
        if not database.is_sqlite:
            connection = connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        yield connection


def look(database: Database, work: Callable[[Connection], Result]) -> Result:
    """Do `work` on an unchanging view."""
    with view(database) as connection:
        return work(connection)


def look_once(database: Database, work: Callable[[Connection], Result]) -> Result:
    """Do `work` that is one statement: without a transaction around it on PostgreSQL, in one round trip."""
    if database.is_sqlite:
        return look(database, work)
    with database.engine.connect() as connection:
        return work(connection.execution_options(isolation_level="AUTOCOMMIT"))
