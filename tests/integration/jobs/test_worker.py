"""The worker: fires what is due, carries what is owed, records what fails, and starves nobody."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier, Event, Thread

import pytest
from sqlalchemy import text

from core.errors import PermanentFailure, TemporaryFailure
from core.jobs import Handlers, Pace, Worker
from core.store import ClaimedTimer, ManualClock, OutboxItem, Store, SystemClock
from core.store.unit import look

START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


class Firing:
    """The use case as the worker sees it: marks the timers as done, all or none, and remembers their cases."""

    def __init__(self, store: Store, clock: ManualClock) -> None:
        self.store, self.clock = store, clock
        self.fired: list[str] = []
        self.failing: set[str] = set()

    def __call__(self, locality: str, timers: Sequence[ClaimedTimer]) -> int:
        if any(timer.case_id in self.failing for timer in timers):
            raise ZeroDivisionError
        now, fired = self.clock.now(), []
        with self.store.unit(locality) as unit:
            for timer in timers:
                if unit.timers.done(timer.case_id, timer.limit, timer.occurrence, timer.reach, now):
                    fired.append(timer.case_id)
            unit.keep()
        self.fired += fired
        return len(fired)


@pytest.fixture
def firing(store: Store, clock: ManualClock) -> Firing:
    return Firing(store, clock)


def worker_of(store: Store, firing: Firing, clock: ManualClock, **more: object) -> Worker:
    return Worker(store, firing, more.pop("handlers", Handlers()), clock, **more)  # type: ignore[arg-type]


def owe(store: Store, *ids: str, kind: str = "notice") -> None:
    with store.unit("seaside") as unit:
        for stable_id in ids:
            unit.outbox.add(kind, {}, stable_id, START)
        unit.keep()


def test_what_is_due_is_fired_oldest_first_in_every_locality(
    store: Store, firing: Firing, clock: ManualClock, put_timer: Callable[..., None]
) -> None:
    put_timer("late", START - timedelta(hours=1))
    put_timer("later", START - timedelta(hours=2), locality="hills")
    put_timer("not-yet", START + timedelta(seconds=1))
    worker = worker_of(store, firing, clock)
    ran = worker.run_once()
    assert firing.fired == ["later", "late"]
    assert (ran.fired, ran.carried, ran.failed) == (2, 0, 0)
    assert worker.run_once().fired == 0
    clock.advance(seconds=1)
    assert worker.run_once().fired == 1


def test_a_failing_timer_is_recorded_retried_and_starves_nobody(
    store: Store, firing: Firing, clock: ManualClock, put_timer: Callable[..., None]
) -> None:
    for index in range(6):
        put_timer(f"c{index}", START - timedelta(minutes=9 - index))
    firing.failing = {"c0", "c1", "c2"}
    worker = worker_of(store, firing, clock, pace=Pace(batch=2, group=2))
    ran = worker.run_once()
    assert firing.fired == ["c3", "c4", "c5"]
    assert (ran.fired, ran.failed) == (3, 3)
    with store.read("seaside") as reading:
        (row,) = reading.timers.of_case("c0")
    assert (row.attempts, row.done_at, row.run_at) == (1, None, START + timedelta(seconds=5))
    assert row.last_error is not None
    assert row.last_error.startswith("ZeroDivisionError at __call__")
    firing.failing = set()
    assert worker.run_once().fired == 0, "not before its time"
    clock.advance(seconds=5)
    assert worker.run_once().fired == 3


def test_four_workers_fire_and_carry_everything_once(
    store: Store, firing: Firing, clock: ManualClock, put_timer: Callable[..., None]
) -> None:
    for index in range(40):
        put_timer(f"c{index}")
    owe(store, *(f"e{index}" for index in range(40)))
    carried: list[str] = []
    handlers = Handlers({"notice": lambda item: carried.append(item.id)})
    start = Barrier(4)

    def work(name: str) -> None:
        worker = worker_of(store, firing, clock, handlers=handlers, owner=name, pace=Pace(batch=3, group=2))
        start.wait()
        for _ in range(4):
            worker.run_once()

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, "abcd"))
    assert Counter(firing.fired) == Counter(f"c{index}" for index in range(40))
    assert Counter(carried) == Counter(f"e{index}" for index in range(40))


def test_a_timer_of_a_killed_worker_is_fired_after_its_lease(
    store: Store, firing: Firing, clock: ManualClock, put_timer: Callable[..., None]
) -> None:
    put_timer("c")
    store.timers.claim_due(START, "killed", Pace().lease_seconds, 10)
    worker = worker_of(store, firing, clock)
    assert worker.run_once().fired == 0
    clock.advance(seconds=Pace().lease_seconds)
    assert worker.run_once().fired == 1
    assert Pace().lease_seconds + Pace().idle_seconds < 60, "as promised, with a pass to spare"


def test_an_effect_is_carried_again_until_it_succeeds(store: Store, firing: Firing, clock: ManualClock) -> None:
    owe(store, "a")
    seen: list[str] = []

    def handler(item: OutboxItem) -> None:
        seen.append(item.id)
        if len(seen) < 3:
            raise TemporaryFailure("gateway-away", delay=30)

    worker = worker_of(store, firing, clock, handlers=Handlers({"notice": handler}))
    assert worker.run_once().failed == 1
    clock.advance(seconds=29)
    assert worker.run_once().failed == 0
    clock.advance(seconds=1)
    assert worker.run_once().failed == 1
    clock.advance(seconds=30)
    assert worker.run_once().carried == 1
    assert seen == ["a", "a", "a"], "always under the same id"
    with store.read("seaside") as reading:
        assert len(reading.outbox.list("done")) == 1


def test_a_permanent_failure_is_given_up_and_visible(store: Store, firing: Firing, clock: ManualClock) -> None:
    owe(store, "bad", "good")
    carried = []

    def handler(item: OutboxItem) -> None:
        if item.id == "bad":
            raise PermanentFailure("address-gone")
        carried.append(item.id)

    ran = worker_of(store, firing, clock, handlers=Handlers({"notice": handler})).run_once()
    assert (ran.carried, ran.failed, carried) == (1, 1, ["good"])
    with store.read("seaside") as reading:
        (dead,) = reading.outbox.list("dead")
    assert dead.last_error is not None
    assert dead.last_error.startswith("PermanentFailure address-gone")


def test_an_effect_is_given_up_after_so_many_attempts(store: Store, firing: Firing, clock: ManualClock) -> None:
    owe(store, "a", kind="unheard-of")
    worker = worker_of(store, firing, clock, pace=Pace(attempts=3))
    for _ in range(3):
        with store.read("seaside") as reading:
            assert len(reading.outbox.list("waiting")) == 1
        assert worker.run_once().failed == 1
        clock.advance(hours=1)
    with store.read("seaside") as reading:
        (dead,) = reading.outbox.list("dead")
    assert dead.attempts == 3
    assert dead.last_error is not None
    assert "handler-missing" in dead.last_error


def keys(store: Store) -> int:
    return look(store.database, lambda link: link.execute(text("SELECT count(*) FROM idempotency")).scalar_one())


def test_the_purge_runs_now_and_then(store: Store, firing: Firing, clock: ManualClock) -> None:
    worker = worker_of(store, firing, clock)
    worker.run_once()
    with store.unit("seaside") as unit:
        unit.idempotency.begin("liu", "k", "f", START - timedelta(days=8))
        unit.idempotency.finish(200, {})
        unit.keep()
    clock.advance(minutes=59)
    worker.run_once()
    assert keys(store) == 1
    clock.advance(minutes=1)
    worker.run_once()
    assert keys(store) == 0


def test_the_thread_works_until_it_is_stopped(store: Store, clock: ManualClock, put_timer: Callable[..., None]) -> None:
    put_timer("c")
    done = Event()

    def fire(locality: str, timers: Sequence[ClaimedTimer]) -> int:
        with store.unit(locality) as unit:
            for timer in timers:
                unit.timers.done(timer.case_id, timer.limit, timer.occurrence, timer.reach, START)
            unit.keep()
        done.set()
        return len(timers)

    worker = Worker(store, fire, Handlers(), SystemClock(), pace=Pace(idle_seconds=0.01))
    worker.start()
    with pytest.raises(RuntimeError):
        worker.start()
    assert done.wait(20)
    worker.stop()
    put_timer("d")
    assert len(store.timers.claim_due(START, "x", 60, 1)) == 1, "nobody works any more"


def test_a_pass_that_fails_as_a_whole_does_not_end_the_worker(
    store: Store, clock: ManualClock, put_timer: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real, again = store.timers.claim_due, Event()
    calls: list[int] = []

    def away(*arguments: object) -> object:
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError("database away")
        again.set()
        return real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(store.timers, "claim_due", away)
    worker = Worker(store, lambda *_: 0, Handlers(), clock, pace=Pace(idle_seconds=0.01))
    worker.start()
    assert again.wait(20)
    worker.stop()


def test_an_effect_has_one_handler() -> None:
    handlers = Handlers({"notice": print})
    with pytest.raises(ValueError, match="has a handler"):
        handlers.register("notice", print)


def test_a_worker_that_is_to_end_gives_back_what_it_has_not_begun(
    store: Store, firing: Firing, clock: ManualClock, put_timer: Callable[..., None]
) -> None:
    for index in range(6):
        put_timer(f"c{index}", START - timedelta(minutes=9 - index))
    owe(store, "a", "b", "c")
    carried: list[str] = []

    def fire(locality: str, timers: Sequence[ClaimedTimer]) -> int:
        leaving.leave()
        return firing(locality, timers)

    leaving = Worker(store, fire, Handlers({"notice": lambda item: carried.append(item.id)}), clock, pace=Pace(group=2))
    leaving.sweep()
    leaving.deliver()
    assert (firing.fired, carried) == (["c0", "c1"], [])
    other = worker_of(store, firing, clock, handlers=Handlers({"notice": lambda item: carried.append(item.id)}))
    assert (other.sweep().fired, other.deliver().carried) == (4, 3), "at once: no lease is waited for"


def test_a_signal_that_comes_before_the_work_begins_is_not_forgotten(
    store: Store, firing: Firing, clock: ManualClock
) -> None:
    early = worker_of(store, firing, clock)
    early.leave()
    running = Thread(target=early.run, daemon=True)
    running.start()
    running.join(20)
    assert not running.is_alive(), "it would work until it is killed"
