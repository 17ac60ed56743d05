"""The chain finds what was altered; erasure removes the content and leaves the chain whole."""

from collections.abc import Callable
from hashlib import sha256

import pytest
import rfc8785
from hypothesis import example, given, strategies
from sqlalchemy import text
from store_cases import LOCALITY, NOW, a_case, add, later

from core.errors import NotFound
from core.scheme.case import Case
from core.store import ChainFault, Store
from core.store.anchoring import BEGINNING
from core.store.chain import canonical
from core.store.database import Database
from core.store.unit import write


def tamper(database: Database, *statements: str) -> None:
    """Change rows as someone who owns the database can: without the triggers."""
    off = {
        "sqlite": ["DROP TRIGGER case_event_no_update", "DROP TRIGGER case_event_no_delete"],
        "postgresql": ["SET LOCAL session_replication_role = replica"],
    }[database.engine.dialect.name]
    write(database, lambda link: [link.exec_driver_sql(statement) for statement in (*off, *statements)])


def codes(store: Store, case_id: str = "case-1") -> list[tuple[str, int]]:
    return [(fault.code, fault.seq) for fault in store.verify_chain(LOCALITY, case_id)]


def test_an_untouched_chain_holds(store: Store, put_case: Callable[..., Case]) -> None:
    put_case(version=5)
    assert codes(store) == []
    with pytest.raises(NotFound):
        store.verify_chain(LOCALITY, "case-2")
    with store.read(LOCALITY) as reading:
        (head,) = reading.cases.changed_heads(BEGINNING, None, 100_000)
    assert (head.case_id, head.version, len(head.hash)) == ("case-1", 5, 32)


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE case_event SET type = 'moved' WHERE seq = 3", [("event-altered", 3)]),
        ("UPDATE case_event SET body = previous_hash WHERE seq = 3", [("event-altered", 3)]),
        ("DELETE FROM case_event WHERE seq = 3", [("chain-gap", 3)]),
        ("DELETE FROM case_event WHERE seq = 5", [("chain-head", 4)]),
        ("DELETE FROM case_event WHERE seq = 1", [("chain-gap", 1)]),
        ('UPDATE "case" SET version = 4', [("chain-head", 5)]),
        ("UPDATE case_event SET previous_hash = hash WHERE seq = 2", [("chain-broken", 2), ("event-altered", 2)]),
    ],
)
def test_one_altered_row_is_found(store: Store, put_case: Callable[..., Case], statement: str, expected) -> None:
    put_case(version=5)
    tamper(store.database, statement)
    assert codes(store) == expected


def test_an_event_with_its_hash_made_anew_breaks_the_next(store: Store, put_case: Callable[..., Case]) -> None:
    put_case(version=3)
    put_case("case-2", version=3, opened_at=later(days=1))
    same = "case_id = 'case-1' AND seq = 2"
    copy = "FROM case_event AS other WHERE other.case_id = 'case-2' AND other.seq = 2)"
    columns = ", ".join(f"{name} = (SELECT other.{name} {copy}" for name in ("body", "previous_hash", "hash"))
    tamper(store.database, f"UPDATE case_event SET {columns} WHERE {same}")  # noqa: S608  (no input in it)
    assert codes(store) == [("chain-broken", 2), ("chain-broken", 3)]


def test_a_last_event_made_anew_with_its_hash_is_not_where_the_case_ends(
    store: Store, put_case: Callable[..., Case]
) -> None:
    put_case(version=2)
    with store.database.engine.connect() as link:
        start, body = link.execute(text("SELECT previous_hash, body FROM case_event WHERE seq = 2")).one()
    forged = bytes(body).replace(b"account-1", b"account-2")
    assert forged != bytes(body)
    hexed = {"sqlite": "X'{}'", "postgresql": "'\\x{}'::bytea"}[store.database.engine.dialect.name]
    new = [hexed.format(value.hex()) for value in (forged, sha256(bytes(start) + forged).digest())]
    tamper(store.database, f"UPDATE case_event SET body = {new[0]}, hash = {new[1]} WHERE seq = 2")  # noqa: S608
    assert codes(store) == [("chain-head", 2)]


def test_a_whole_chain_moved_to_another_case_is_found(store: Store, put_case: Callable[..., Case]) -> None:
    put_case(version=2)
    tamper(store.database, "UPDATE \"case\" SET id = 'case-9'", "UPDATE case_event SET case_id = 'case-9'")
    assert codes(store, "case-9") == [("chain-broken", 1)]


def test_erasure_deletes_body_and_salt_and_the_chain_still_verifies(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        text_id = unit.payloads.put("case-1", "contact", {"phone": "13800000000"}, NOW)
        add(unit, a_case(), texts=(text_id,))
        unit.keep()
    with store.unit(LOCALITY) as unit:
        assert unit.payloads.read(text_id) == {"phone": "13800000000"}
        assert unit.payloads.erase(text_id, later(days=1))
        assert not unit.payloads.erase(text_id, later(days=2))
        unit.keep()
    with store.read(LOCALITY) as reading:
        assert reading.payloads.read(text_id) is None
        (payload,) = reading.payloads.of_case("case-1", "contact")
        assert (payload.body, payload.erased_at) == (None, later(days=1))
        assert reading.cases.events("case-1")[0].data["texts"] == [text_id]
    left = write(store.database, lambda link: link.execute(text("SELECT salt, body FROM payload")).one())
    assert tuple(left) == (None, None)
    assert codes(store) == []


def test_an_altered_payload_is_found(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        text_id = unit.payloads.put("case-1", "report", {"text": "井盖破损"}, NOW)
        add(unit, a_case(), texts=(text_id,))
        unit.keep()
    tamper(store.database, "UPDATE payload SET body = salt")
    assert store.verify_chain(LOCALITY, "case-1") == (ChainFault("payload-altered", 0, {"payload": text_id}),)


def test_the_same_text_twice_has_two_digests(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        add(unit, a_case())
        assert unit.payloads.put("case-1", "t", {"a": 1}, NOW) != unit.payloads.put("case-1", "t", {"a": 1}, NOW)


def test_a_payload_without_its_case_is_not_committed(store: Store) -> None:
    with pytest.raises(Exception, match=r"(?i)foreign key"), store.unit(LOCALITY) as unit:
        unit.payloads.put("nowhere", "t", {"a": 1}, NOW)
        unit.keep()


def test_the_purge_erases_what_is_past_its_time(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        add(unit, a_case())
        short = unit.payloads.put("case-1", "contact", {"a": 1}, NOW, keep_until=later(days=1))
        long = unit.payloads.put("case-1", "contact", {"a": 1}, NOW, keep_until=later(days=9))
        unit.keep()
    assert store.purge(later(days=2)).payloads == 1
    assert store.purge(later(days=2)).payloads == 0
    with store.read(LOCALITY) as reading:
        assert reading.payloads.read(short) is None
        assert reading.payloads.read(long) == {"a": 1}


JSON = strategies.recursive(
    strategies.none()
    | strategies.booleans()
    | strategies.integers(-(2**53) + 1, 2**53 - 1)
    | strategies.floats(allow_nan=False, allow_infinity=False)
    | strategies.text(strategies.characters(exclude_categories=["Cs"])),
    lambda inner: (
        strategies.lists(inner, max_size=4)
        | strategies.dictionaries(strategies.text(strategies.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(strategies.dictionaries(strategies.text(strategies.characters(exclude_categories=["Cs"])), JSON, max_size=5))
@example({"text": '\x00\x1f\x7f\x80"\\/\u2028\U0001f600', "b": [1, True, None, {"z": "", "a": -0}], "a": "网格"})
@example({"\uffff": 1, "\U0001f600": 2})
@example({"point": [108.0, 1e-7, 1e21, -0.0]})
def test_the_canonical_bytes_are_those_of_rfc_8785(data: dict[str, object]) -> None:
    assert canonical(data) == rfc8785.dumps(data)


def test_a_number_that_json_partners_disagree_on_has_no_canonical_bytes() -> None:
    with pytest.raises(rfc8785.IntegerDomainError):
        canonical({"count": 2**53})
