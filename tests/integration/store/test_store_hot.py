"""Statements that run on the driver behave as all others do: errors, lost connections, values, order."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import bindparam, insert, select
from sqlalchemy.exc import IntegrityError, OperationalError
from store_cases import NOW

from core.store import Store, database, open_store
from core.store.database import insert_into, table_of
from core.store.hot import Hot, first, later, rows, write
from core.store.models import AccountTable, CounterTable

COUNTER = table_of(CounterTable)
ADD = Hot(insert(COUNTER), COUNTER.c.keys())
FIND = Hot(select(COUNTER.c.value).where(COUNTER.c.scope == bindparam("of_scope")))
ACCOUNT = table_of(AccountTable)
ENTER = Hot(insert(ACCOUNT), ACCOUNT.c.keys())
WHO = Hot(select(ACCOUNT.c.created_at, ACCOUNT.c.disabled_at).where(ACCOUNT.c.id == bindparam("of_id")))


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    made = open_store(database_url, tmp_path / "blobs")
    yield made
    made.close()


def counted(scope: str, value: int) -> dict[str, object]:
    return {"locality_id": "harbour", "scope": scope, "value": value}


def test_writes_are_counted_by_statement_and_kept_together(store: Store) -> None:
    with store.unit("harbour") as unit:
        done = write(unit.connection, (ADD, [counted("a", 1), counted("b", 2)]), (ADD, []), (ADD, [counted("c", 3)]))
        assert done == [2, 0, 1]
        assert first(unit.connection, FIND, {"of_scope": "c"}) is not None
    with store.unit("harbour") as unit:
        assert rows(unit.connection, FIND, {"of_scope": "a"}) == [], "not kept"


def test_an_error_is_sqlalchemys_and_nothing_of_the_transaction_remains(store: Store) -> None:
    with store.unit("harbour") as unit, pytest.raises(IntegrityError) as caught:
        write(unit.connection, (ADD, [counted("a", 41)]), (ADD, [counted("b", 42), counted("b", 43)]))
    assert "43" not in str(caught.value).replace("DETAIL", ""), "an error quotes no value of a request"
    with store.unit("harbour") as unit:
        assert first(unit.connection, FIND, {"of_scope": "a"}) is None
        unit.keep()


def test_instants_go_in_and_come_out_aware_and_an_absent_column_is_empty(store: Store) -> None:
    with store.unit("harbour") as unit:
        write(unit.connection, (ENTER, [{"id": "wang", "name": "wang", "created_at": NOW}]))
        assert list(first(unit.connection, WHO, {"of_id": "wang"}) or ()) == [NOW, None]
    with store.unit("harbour") as unit, pytest.raises(ValueError, match="zone"):
        write(unit.connection, (ENTER, [{"id": "li", "name": "li", "created_at": NOW.replace(tzinfo=None)}]))


def test_a_parameter_that_is_not_given_is_an_error(store: Store) -> None:
    with store.unit("harbour") as unit, pytest.raises(KeyError):
        rows(unit.connection, FIND, {})


def cut(store: Store) -> None:
    """End every other connection to the database, as a restart does."""
    with store.database.engine.connect() as link:
        link.exec_driver_sql(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        link.invalidate()


@pytest.mark.postgres
def test_a_connection_that_was_lost_under_way_is_told_and_not_used_again(postgres_url: str, tmp_path: Path) -> None:
    store = open_store(postgres_url, tmp_path / "blobs")
    with pytest.raises(OperationalError), store.unit("harbour") as unit:
        rows(unit.connection, FIND, {"of_scope": "a"})
        cut(store)
        rows(unit.connection, FIND, {"of_scope": "a"})
    with store.unit("harbour") as unit:
        assert rows(unit.connection, FIND, {"of_scope": "a"}) == []
    store.close()


@pytest.mark.postgres
def test_a_connection_that_was_lost_while_it_rested_is_replaced_unseen(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "RESTED_SECONDS", 0.0)
    store = open_store(postgres_url, tmp_path / "blobs")
    with store.unit("harbour") as unit:
        assert rows(unit.connection, FIND, {"of_scope": "a"}) == []
    cut(store)
    with store.unit("harbour") as unit:
        assert rows(unit.connection, FIND, {"of_scope": "a"}) == []
    assert store.accounts.find("nobody's", NOW) is None
    store.close()


def test_what_nobody_waits_for_is_kept_even_when_nothing_else_is_done(store: Store) -> None:
    with store.unit("harbour") as unit:
        later(unit.connection, (ADD, [counted("a", 1)]), (ADD, [counted("b", 2), counted("c", 3)]))
        unit.keep()
    with store.unit("harbour") as unit:
        assert [unit.numbers.next(scope) for scope in "abc"] == [2, 3, 4]


def test_what_nobody_waits_for_is_found_by_whatever_is_asked_next(store: Store) -> None:
    with store.unit("harbour") as unit:
        later(unit.connection, (ADD, [counted("a", 1)]))
        assert rows(unit.connection, FIND, {"of_scope": "a"})
        later(unit.connection, (ADD, [counted("b", 1)]))
        assert unit.connection.scalar(select(COUNTER.c.value).where(COUNTER.c.scope == "b")) == 1


def test_what_was_not_kept_is_not_sent_by_the_next_transaction(store: Store) -> None:
    with store.unit("harbour") as unit:
        later(unit.connection, (ADD, [counted("a", 1)]))
    with store.unit("harbour") as unit:
        unit.keep()
    with store.unit("harbour") as unit:
        assert first(unit.connection, FIND, {"of_scope": "a"}) is None


def test_a_refusal_of_the_commit_is_told_and_nothing_is_kept(store: Store) -> None:
    """A payload of no case: the foreign key is looked at when the transaction ends."""
    with pytest.raises(IntegrityError), store.unit("harbour") as unit:
        later(unit.connection, (ADD, [counted("a", 1)]))
        unit.payloads.put("no-such-case", "report", {"description": "x"}, NOW)
        unit.keep()
    with store.unit("harbour") as unit:
        assert first(unit.connection, FIND, {"of_scope": "a"}) is None
        assert unit.payloads.of_case("no-such-case") == ()


def test_an_error_in_what_nobody_waits_for_keeps_nothing(store: Store) -> None:
    with pytest.raises(IntegrityError), store.unit("harbour") as unit:
        later(unit.connection, (ADD, [counted("a", 1)]), (ADD, [counted("a", 2)]))
        unit.keep()
    with store.unit("harbour") as unit:
        assert first(unit.connection, FIND, {"of_scope": "a"}) is None
        unit.keep()


def test_many_rows_with_fixed_parts_go_in_at_once(store: Store) -> None:
    """ON CONFLICT … SET has values of its own beside those of the rows."""
    both = Hot(
        lambda dialect: insert_into(dialect, CounterTable).on_conflict_do_update(
            index_elements=list(COUNTER.primary_key.columns), set_={"value": 7}
        ),
        COUNTER.c.keys(),
    )
    with store.unit("harbour") as unit:
        for _ in range(2):
            assert write(unit.connection, (both, [counted("a", 1), counted("b", 2)])) == [2]
        assert [first(unit.connection, FIND, {"of_scope": scope})[0] for scope in "ab"] == [7, 7]  # type: ignore[index]
