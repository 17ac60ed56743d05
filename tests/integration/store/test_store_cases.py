"""Cases: appending, versions, tasks, and that nothing is written without a commit."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ResourceClosedError
from store_cases import LOCALITY, NOW, a_case, add, event, later, with_clock, with_task

from core.errors import Conflict, NotFound
from core.scheme.case import Case, Owner
from core.store import Store
from core.store.unit import look


def test_a_case_comes_back_as_it_was_written(store: Store, put_case: Callable[..., Case]) -> None:
    case = put_case(facts={"描述": "破损井盖", "depth": 1.5}, point=(117.5, 39.0), links=(("parent", "case-0"),))
    with store.read(LOCALITY) as reading:
        assert reading.cases.get("case-1") == case
        assert reading.cases.by_number("N-case-1") == case
        assert reading.cases.load("case-2") is None
        (first,) = reading.cases.events("case-1")
    assert (first.seq, first.type, first.recorded_at) == (1, "opened", NOW)


def test_leaving_a_unit_without_commit_changes_nothing(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        add(unit, a_case())
        unit.numbers.next("day")
    with pytest.raises(ZeroDivisionError), store.unit(LOCALITY) as unit:
        add(unit, a_case())
        1 / 0  # noqa: B018
    with store.unit(LOCALITY) as unit:
        assert unit.cases.load("case-1") is None
        assert unit.numbers.next("day") == 1


def test_a_unit_is_over_once_it_is_committed(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        unit.numbers.next("day")
        unit.keep()
        with pytest.raises(ResourceClosedError):
            unit.numbers.next("day")


def test_another_locality_does_not_see_it(store: Store, put_case: Callable[..., Case]) -> None:
    put_case()
    with store.read("hills") as reading:
        assert reading.cases.load("case-1", lock=False) is None
        assert reading.cases.list().rows == ()
        assert reading.cases.events("case-1") == ()
        with pytest.raises(NotFound):
            reading.cases.get("case-1")


def test_events_are_paged_by_seq(store: Store, put_case: Callable[..., Case]) -> None:
    put_case(version=5)
    with store.read(LOCALITY) as reading:
        assert [item.seq for item in reading.cases.events("case-1", after_seq=2, limit=2)] == [3, 4]


def test_a_version_that_has_moved_on_is_a_conflict(store: Store, put_case: Callable[..., Case]) -> None:
    case = put_case()
    with store.unit(LOCALITY) as unit:
        unit.cases.append(replace(case, version=2), [event(2)], 1, "/root/")
        unit.keep()
    with store.unit(LOCALITY) as unit, pytest.raises(Conflict, match="case-changed"):
        unit.cases.append(replace(case, version=2), [event(2)], 1, "/root/")


def test_of_two_threads_that_decide_on_one_version_one_succeeds(store: Store, put_case: Callable[..., Case]) -> None:
    case, start = put_case(), Barrier(2)

    def act(actor: str) -> str:
        start.wait()
        try:
            with store.unit(LOCALITY) as unit:
                mine = replace(event(2), actor=actor)
                unit.cases.append(replace(case, version=2), [mine], 1, "/root/")
                unit.keep()
        except Conflict as refusal:
            return refusal.code
        return actor

    with ThreadPoolExecutor(2) as pool:
        results = sorted(pool.map(act, ["a", "b"]))
    assert results in (["a", "case-changed"], ["b", "case-changed"])
    with store.read(LOCALITY) as reading:
        assert [item.actor for item in reading.cases.events("case-1", 1)] == [results[0]]
    assert store.verify_chain(LOCALITY, "case-1") == ()


def test_a_loaded_case_is_locked_until_the_unit_ends(store: Store, put_case: Callable[..., Case]) -> None:
    put_case(counts={"n": 0})

    def count(_: int) -> None:
        with store.unit(LOCALITY) as unit:
            case = unit.cases.load("case-1")
            assert case is not None
            following = replace(case, version=case.version + 1, counts={"n": case.counts["n"] + 1})
            unit.cases.append(following, [event(following.version)], case.version, "/root/")
            unit.keep()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(20)))
    with store.read(LOCALITY) as reading:
        assert reading.cases.get("case-1").counts == {"n": 20}
    assert store.verify_chain(LOCALITY, "case-1") == ()


def test_a_taken_id_or_number_is_a_conflict(store: Store, put_case: Callable[..., Case]) -> None:
    put_case()
    for taken in (a_case("case-1", number="other"), a_case("case-2", number="N-case-1")):
        with store.unit(LOCALITY) as unit, pytest.raises(Conflict, match="case-exists"):
            add(unit, taken)
    with store.unit("hills") as unit:
        add(unit, a_case(locality="hills"))
        unit.keep()


@pytest.mark.parametrize("seqs", [[], [1], [3], [2, 2], [2, 3]])
def test_events_that_do_not_lead_to_the_version_are_refused(store: Store, put_case: Callable[..., Case], seqs) -> None:
    case = put_case()
    with store.unit(LOCALITY) as unit, pytest.raises(ValueError, match="do not lead"):
        unit.cases.append(replace(case, version=2), [event(seq) for seq in seqs], 1, "/root/")


def test_tasks_are_listed_for_owner_and_co_handlers_in_their_latest_state(store: Store) -> None:
    team, sewer = Owner(organisation="team", post="handler", account="liu"), Owner(organisation="sewer")
    opened = with_task(a_case(), "handle", team, sewer)
    closed = replace(with_task(opened, "handle", team, sewer, state="closed"), version=3)
    with store.unit(LOCALITY) as unit:
        unit.cases.append(opened, [event(1, "opened"), event(2, "task_opened", task="handle")], 0, "/root/")
        found = unit.cases.tasks("case-1")
        assert [(row.place, row.organisation, row.account, row.state) for row in found] == [
            (0, "team", "liu", "open"),
            (1, "sewer", None, "open"),
        ]
        unit.cases.append(closed, [event(3, "task_closed", task="handle")], 2, "/root/")
        assert {row.state for row in unit.cases.tasks("case-1")} == {"closed"}


def test_the_row_for_lists_follows_the_snapshot(store: Store) -> None:
    case = with_clock(a_case(alert="red", closed_at=None), later(hours=5))
    with store.unit(LOCALITY) as unit:
        unit.cases.append(case, [event(1, "opened"), event(2, at=later(minutes=3))], 0, "/root/town/")
        (row,) = unit.cases.list().rows
        assert (row.due_at, row.alert, row.open, row.updated_at) == (later(hours=5), "red", True, later(minutes=3))
        closed = replace(with_clock(case, None), closed_at=later(hours=1))
        unit.cases.append(closed, [event(3, at=later(hours=1))], 2, "/root/town/")
        (row,) = unit.cases.list().rows
        assert (row.due_at, row.open, row.updated_at) == (None, False, later(hours=1))


def test_serials_have_no_gaps_under_concurrency(store: Store) -> None:
    def draw(index: int) -> int | None:
        with store.unit(LOCALITY) as unit:
            number = unit.numbers.next("2026-03-02")
            if index % 5 == 0:
                return None  # given up: the number is not lost
            unit.keep()
            return number

    with ThreadPoolExecutor(4) as pool:
        drawn = [number for number in pool.map(draw, range(40)) if number]
    assert sorted(drawn) == list(range(1, 33))
    with store.unit(LOCALITY) as unit:
        assert unit.numbers.next("2026-03-03") == 1


def test_a_reading_never_writes(store: Store) -> None:
    try:
        with store.read(LOCALITY) as reading:
            reading.numbers.next("day")
    except Exception as error:  # noqa: BLE001  (each driver names it differently)
        assert "read-only" in str(error)
    assert look(store.database, lambda link: link.execute(text("SELECT count(*) FROM counter")).scalar()) == 0
