"""What a process keeps of a locality is never out of date: not by its own changes, not by another process's, and not
by an assignment or a duty that begins or ends between two questions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event
from store_cases import NOW, later

from core.scheme.situation import Assignment
from core.store import Standing, Store, open_store

HERE = "harbour"
WANG = Assignment("wang", "grid_head", "HB-01")
LI = Assignment("li", "grid_head", "HB-02")


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    made = open_store(database_url, tmp_path / "blobs")
    publish(made)
    yield made
    made.close()


@pytest.fixture
def other(store: Store, database_url: str, tmp_path: Path) -> Iterator[Store]:
    """Another process on the same database, as far as what is kept goes; it has asked before."""
    made = open_store(database_url, tmp_path / "blobs")
    asked(made)
    yield made
    made.close()


def publish(store: Store, digest: str = "scheme-1") -> None:
    with store.unit(HERE) as unit:
        unit.revisions.publish({}, "source", digest, {}, NOW, "test")
        unit.keep()


def assign(store: Store, assignment: Assignment) -> str:
    with store.unit(HERE) as unit:
        made = unit.assignments.add(assignment, NOW)
        unit.keep()
    return made


def asked(store: Store, now: datetime = NOW) -> Standing:
    with store.read(HERE) as reading:
        found = reading.standing(now)
    assert found is not None
    return found


def accounts(store: Store, now: datetime = NOW) -> list[str]:
    return sorted(asked(store, now).staff.by_account)


def test_an_unpublished_locality_has_none(store: Store) -> None:
    with store.read("elsewhere") as reading:
        assert reading.standing(NOW) is None


def test_another_process_sees_a_new_assignment_at_once(store: Store, other: Store) -> None:
    assert accounts(other) == []
    assign(store, WANG)
    assert accounts(other) == ["wang"] == accounts(store)
    assert asked(other).staff.by_post == {"grid_head": (WANG,)}
    assign(other, LI)
    assert accounts(store) == ["li", "wang"]


def test_another_process_sees_an_ended_assignment_at_once(store: Store, other: Store) -> None:
    made = assign(store, WANG)
    assert accounts(other) == ["wang"]
    with store.unit(HERE) as unit:
        assert unit.assignments.end(made, later(seconds=-1))
        unit.keep()
    assert accounts(other) == []


def test_another_process_sees_a_duty_mode_at_once(store: Store, other: Store) -> None:
    assert asked(other).staff.duty_mode is None
    with store.unit(HERE) as unit:
        unit.duty.start("wartime", "wang", NOW)
        unit.keep()
    assert asked(other).staff.duty_mode == "wartime"


def test_another_process_sees_a_changed_object_at_once(store: Store, other: Store) -> None:
    assert asked(other).objects == {}
    for status in ("broken", "intact"):
        with store.unit(HERE) as unit:
            unit.objects.change("0101-7", {"status": status}, NOW)
            unit.keep()
        assert asked(other).objects == {"0101-7": {"status": status}}


def test_another_process_sees_a_publication_at_once(store: Store, other: Store) -> None:
    publish(store, "scheme-2")
    assert (asked(other).revision, asked(other).scheme_digest) == (2, "scheme-2")


def test_an_assignment_that_begins_between_two_questions_counts_at_once(store: Store) -> None:
    assign(store, Assignment("wang", "grid_head", valid_from=later(hours=1)))
    assert accounts(store, NOW) == []
    assert accounts(store, later(hours=1) - timedelta(microseconds=1)) == []
    assert accounts(store, later(hours=1)) == ["wang"]
    assert accounts(store, NOW) == [], "and a clock that was behind still gets its own answer"


def test_an_assignment_that_ends_between_two_questions_no_longer_counts(store: Store) -> None:
    assign(store, Assignment("wang", "grid_head", valid_to=later(hours=1)))
    assign(store, Assignment("li", "grid_head", valid_from=later(hours=2), valid_to=later(hours=3)))
    assert accounts(store, later(minutes=59)) == ["wang"]
    assert accounts(store, later(hours=1)) == []
    assert accounts(store, later(hours=2)) == ["li"]
    assert accounts(store, later(hours=3)) == []
    assert accounts(store, later(minutes=59)) == ["wang"]


def test_a_duty_mode_begins_and_ends_by_itself(store: Store) -> None:
    with store.unit(HERE) as unit:
        unit.duty.start("wartime", "wang", later(hours=1), until=later(hours=2))
        unit.keep()
    modes = [asked(store, later(minutes=minutes)).staff.duty_mode for minutes in (0, 59, 60, 119, 120, 60)]
    assert modes == [None, None, "wartime", "wartime", None, "wartime"]


def test_what_was_rolled_back_is_not_kept(store: Store) -> None:
    """A unit that has asked after its own change must not leave behind what it then takes back, even when another
    change, that is kept, follows."""
    with store.unit(HERE) as unit:
        unit.assignments.add(WANG, NOW)
        found = unit.standing(NOW)
        assert found is not None
        assert list(found.staff.by_account) == ["wang"]
    assert accounts(store) == []
    assign(store, LI)
    assert accounts(store) == ["li"]


def test_what_has_not_changed_is_not_read_again(store: Store) -> None:
    assign(store, WANG)
    first = asked(store)
    statements: list[str] = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    second = asked(store, later(minutes=5))
    assert second.staff is first.staff
    assert second.objects is first.objects
    assert not [statement for statement in statements if statement.startswith("SELECT")], "but for the row of marks"


def test_localities_are_kept_apart(store: Store) -> None:
    assign(store, WANG)
    with store.unit("inland") as unit:
        unit.revisions.publish({}, "source", "scheme-9", {}, NOW, "test")
        unit.assignments.add(LI, NOW)
        unit.keep()
    with store.read("inland") as reading:
        found = reading.standing(NOW)
    assert found is not None
    assert list(found.staff.by_account) == ["li"]
    assert accounts(store) == ["wang"]
