"""The schema: migrations and models agree, every table belongs to a locality, history cannot be rewritten."""

import sqlite3
from contextlib import closing
from pathlib import Path

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError
from store_cases import LOCALITY, NOW, a_case, add

from core.errors import GridwrightError, TemporaryFailure
from core.store import Store, database, open_store
from core.store.database import db
from core.store.models import HOST_TABLES
from core.store.unit import look, write


def test_migrations_make_what_the_models_say(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, db.metadata)

    assert look(store.database, differences) == []


def test_upgrading_twice_changes_nothing(store: Store) -> None:
    store.upgrade()
    assert store.ready()


def test_every_table_leads_with_its_locality_and_every_unique_key_contains_it(store: Store) -> None:
    inspector = inspect(store.database.engine)
    tables = set(inspector.get_table_names()) - {"alembic_version"}
    assert tables >= HOST_TABLES
    assert len(tables) > 10
    for table in tables - HOST_TABLES:
        assert inspector.get_columns(table)[0]["name"] == "locality_id", table
        keys = [inspector.get_pk_constraint(table)["constrained_columns"]]
        keys += [key["column_names"] for key in inspector.get_unique_constraints(table)]
        keys += [index["column_names"] for index in inspector.get_indexes(table) if index["unique"]]
        assert all("locality_id" in key for key in keys), table


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE case_event SET type = 'x'",
        "DELETE FROM case_event",
        "UPDATE revision SET scheme_digest = 'x'",
        "DELETE FROM revision_file",
    ],
)
def test_history_refuses_to_be_rewritten(store: Store, statement: str) -> None:
    with store.unit(LOCALITY) as unit:
        add(unit, a_case())
        unit.revisions.publish({"a.yaml": b"a"}, "s", "d", {}, NOW, "account-1")
        unit.keep()
    with pytest.raises(DBAPIError, match="append-only"):
        write(store.database, lambda link: link.execute(text(statement)))


def test_sqlite_is_opened_for_durability(sqlite_url: str, tmp_path: Path) -> None:
    store = open_store(sqlite_url, tmp_path)
    pragmas = ("journal_mode", "synchronous", "foreign_keys")
    found = [
        look(store.database, lambda link, name=name: link.exec_driver_sql(f"PRAGMA {name}").scalar())
        for name in pragmas
    ]
    assert found == ["wal", 2, 1]
    store.close()


def test_postgresql_is_opened_without_jit_through_psycopg(postgres_url: str, tmp_path: Path) -> None:
    store = open_store(postgres_url, tmp_path)
    assert store.database.engine.url.drivername == "postgresql+psycopg"
    assert look(store.database, lambda link: link.exec_driver_sql("SHOW jit").scalar()) == "off"
    store.close()


def test_flask_migrate_works_on_the_same_migrations(tmp_path: Path) -> None:
    app = Flask("bare")
    store = open_store(f"sqlite:///{tmp_path}/new.db", tmp_path, app=app)
    assert "case" not in inspect(store.database.engine).get_table_names()
    with app.app_context():
        flask_migrate.upgrade()
    assert "case" in inspect(store.database.engine).get_table_names()
    with app.app_context():
        flask_migrate.downgrade(revision="base")
    assert inspect(store.database.engine).get_table_names() == ["alembic_version"]
    store.close()


def test_a_database_that_another_process_keeps_locked_is_a_temporary_failure(
    sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_SECONDS", 0)
    store = open_store(sqlite_url, tmp_path)
    with closing(sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        for _ in range(2):
            with pytest.raises(TemporaryFailure, match="database-busy"), store.unit(LOCALITY):
                pass
        with store.read(LOCALITY) as reading:
            assert reading.cases.list().rows == (), "readers do not wait"
        other.execute("ROLLBACK")
    with store.unit(LOCALITY) as unit:
        assert unit.numbers.next("day") == 1
    store.close()


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x"])
def test_other_databases_are_refused(url: str, tmp_path: Path) -> None:
    with pytest.raises(GridwrightError, match="database-unsupported"):
        open_store(url, tmp_path)
