"""Timer rows: kept equal to what is due, claimed oldest first under a lease, fired once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from store_cases import LOCALITY, NOW, later

from core.scheme.case import Case
from core.store import Store


@dataclass(frozen=True)
class Due:
    limit: str
    occurrence: int
    reach: str
    due_at: datetime


@pytest.fixture(autouse=True)
def a_case_with_timers(put_case: Callable[..., Case]) -> None:
    put_case()


def replace(store: Store, *due: Due, case_id: str = "case-1") -> None:
    with store.unit(LOCALITY) as unit:
        unit.timers.replace(case_id, due)
        unit.keep()


def keys(store: Store) -> list[tuple[str, int, str, datetime, bool]]:
    with store.read(LOCALITY) as reading:
        rows = reading.timers.of_case("case-1")
    return [(row.limit, row.occurrence, row.reach, row.due_at, row.done_at is not None) for row in rows]


def fire(store: Store, reach: str, now: datetime, limit: str = "handling", case_id: str = "case-1") -> bool:
    with store.unit(LOCALITY) as unit:
        fired = unit.timers.done(case_id, limit, 1, reach, now)
        unit.keep()
    return fired


def test_replacing_adds_moves_and_withdraws(store: Store) -> None:
    replace(store, Due("handling", 1, "half", later(hours=1)), Due("handling", 1, "due", later(hours=2)))
    replace(store, Due("handling", 1, "due", later(hours=3)), Due("response", 1, "due", later(hours=2)))
    assert keys(store) == [
        ("response", 1, "due", later(hours=2), False),
        ("handling", 1, "due", later(hours=3), False),
    ]
    replace(store)
    assert keys(store) == []


def test_what_has_fired_stays_fired(store: Store) -> None:
    due = Due("handling", 1, "due", later(hours=1))
    replace(store, due)
    assert not fire(store, "due", later(minutes=59)), "not due yet"
    assert fire(store, "due", later(hours=1))
    assert not fire(store, "due", later(hours=1)), "fired already"
    replace(store, due)
    replace(store, Due("handling", 1, "due", later(minutes=30)))
    replace(store)
    assert keys(store) == [("handling", 1, "due", later(hours=1), True)]
    assert store.timers.claim_due(later(days=1), "w", 60, 10) == ()
    replace(store, Due("handling", 2, "due", later(hours=2)))
    assert len(keys(store)) == 2, "rework starts a run of its own"


def test_what_is_to_happen_again_later_fires_again(store: Store) -> None:
    """A second suspension, or a deadline that was moved behind the alarm that had gone off."""
    replace(store, Due("handling", 1, "over", later(hours=1)))
    assert fire(store, "over", later(hours=1))
    replace(store, Due("handling", 1, "over", later(hours=5)))
    assert keys(store) == [("handling", 1, "over", later(hours=5), False)]
    assert not fire(store, "over", later(hours=4))
    assert fire(store, "over", later(hours=5))


def test_a_timer_that_moved_after_it_was_claimed_does_not_fire(store: Store) -> None:
    replace(store, Due("handling", 1, "due", later(hours=1)))
    (claimed,) = store.timers.claim_due(later(hours=1), "w", 60, 10)
    replace(store, Due("handling", 1, "due", later(hours=5)))
    assert not fire(store, claimed.reach, later(hours=1))
    assert not store.timers.fail(claimed, "late", later(hours=1)), "the lease went with the old instant"


def test_firing_belongs_to_the_unit(store: Store) -> None:
    replace(store, Due("handling", 1, "due", NOW))
    with store.unit(LOCALITY) as unit:
        assert unit.timers.done("case-1", "handling", 1, "due", NOW)
    assert fire(store, "due", NOW), "the first unit was not committed"


def test_claims_are_oldest_first_and_bounded(store: Store) -> None:
    replace(store, *(Due("handling", 1, f"r{minute}", later(minutes=minute)) for minute in (5, 3, 9, 1)))
    claimed = store.timers.claim_due(later(minutes=6), "w", 60, 2)
    assert [timer.reach for timer in claimed] == ["r1", "r3"]
    assert (claimed[0].locality, claimed[0].case_id, claimed[0].due_at) == (LOCALITY, "case-1", later(minutes=1))
    assert [timer.reach for timer in store.timers.claim_due(later(minutes=6), "w", 60, 9)] == ["r5"]


def test_a_dead_workers_lease_runs_out(store: Store) -> None:
    replace(store, Due("handling", 1, "due", NOW))
    assert len(store.timers.claim_due(NOW, "dead", 30, 10)) == 1
    assert store.timers.claim_due(later(seconds=29), "alive", 30, 10) == ()
    (claimed,) = store.timers.claim_due(later(seconds=30), "alive", 30, 10)
    assert claimed.owner == "alive"


def test_a_released_timer_is_free_at_once(store: Store) -> None:
    replace(store, Due("handling", 1, "due", NOW))
    (claimed,) = store.timers.claim_due(NOW, "a", 30, 10)
    assert store.timers.release([claimed], "b") == 0, "only by whoever has it"
    assert store.timers.release([claimed], "a") == 1
    assert len(store.timers.claim_due(NOW, "b", 30, 10)) == 1


def test_a_failure_is_recorded_and_waits_longer_each_time(store: Store) -> None:
    replace(store, Due("handling", 1, "due", NOW))
    now, waits = NOW, []
    for attempt in range(14):
        (claimed,) = store.timers.claim_due(now, "w", 60, 10)
        assert claimed.attempts == attempt
        try:
            raise KeyError("13800000000")
        except KeyError as error:
            assert store.timers.fail(claimed, error, now)
        with store.read(LOCALITY) as reading:
            (row,) = reading.timers.of_case("case-1")
        waits.append((row.run_at - now).total_seconds())
        assert store.timers.claim_due(row.run_at - timedelta(seconds=1), "w", 60, 10) == ()
        now = row.run_at
    assert waits[:4] == [5, 10, 20, 40]
    assert waits[-1] == 3600
    assert row.due_at == NOW
    assert row.last_error is not None
    assert row.last_error.startswith("KeyError at test_a_failure")
    assert "138" not in row.last_error, "an error's own text may quote personal data"
    assert fire(store, "due", now)


def test_four_workers_fire_each_timer_once(store: Store, put_case: Callable[..., Case]) -> None:
    cases = [f"t{index}" for index in range(60)]
    for case_id in cases:
        put_case(case_id)
        replace(store, Due("handling", 1, "due", NOW), case_id=case_id)
    start = Barrier(4)

    def work(owner: str) -> list[str]:
        fired, idle = [], 0
        start.wait()
        while idle < 2:
            claimed = store.timers.claim_due(NOW, owner, 60, 7)
            idle = 0 if claimed else idle + 1
            fired += [timer.case_id for timer in claimed if fire(store, "due", NOW, case_id=timer.case_id)]
        return fired

    with ThreadPoolExecutor(4) as pool:
        fired = [case_id for done in pool.map(work, "abcd") for case_id in done]
    assert Counter(fired) == Counter(cases)


def test_two_that_fire_the_same_timer_at_once(store: Store) -> None:
    replace(store, Due("handling", 1, "due", NOW))
    start = Barrier(4)

    def work(_: int) -> bool:
        start.wait()
        return fire(store, "due", NOW)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(work, range(4))) == [False, False, False, True]


def test_the_backlog_counts_what_is_due_and_has_not_fired(store: Store) -> None:
    assert store.timers.backlog(NOW) is None
    replace(store, Due("handling", 1, "due", NOW), Due("handling", 1, "twice", later(hours=1)))
    assert store.timers.claim_due(NOW, "w", 30, 10)
    found = store.timers.backlog(later(seconds=1))
    assert found is not None
    assert (found.kind, found.waiting, found.leased, found.failed, found.oldest) == ("timer", 0, 1, 0, NOW)
    found = store.timers.backlog(later(hours=2))
    assert found is not None and (found.waiting, found.leased, found.dead) == (2, 0, 0)
