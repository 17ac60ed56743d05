"""Delivery through a real Redis: the database stays the truth, whatever Redis loses, doubles or refuses."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event, Thread

import pytest
import structlog
from redis_server import RedisServer
from rq import Queue
from rq.serializers import JSONSerializer

from core.errors import PermanentFailure, TemporaryFailure
from core.jobs import Handlers, Pace, Worker
from core.jobs.redis_queue import QUEUE, carry
from core.store import ManualClock, OutboxItem, Store, SystemClock

pytestmark = [pytest.mark.redis, pytest.mark.filterwarnings("ignore::DeprecationWarning")]
START = datetime.fromisoformat("2026-03-02T01:00:00+00:00")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    server.start()
    yield server
    server.stop()


def owe(store: Store, *ids: str) -> None:
    with store.unit("seaside") as unit:
        unit.outbox.add_several([("notice", {}, stable_id) for stable_id in ids], START)
        unit.keep()


def listed(store: Store, state: str) -> list[OutboxItem]:
    with store.read("seaside") as reading:
        return list(reading.outbox.list(state))  # type: ignore[arg-type]


class Carried:
    """A handler that remembers what it was given; `refuse` says what it raises for an id."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.refuse: dict[str, Exception] = {}

    def __call__(self, item: OutboxItem) -> None:
        self.ids.append(item.id)
        if item.id in self.refuse:
            raise self.refuse[item.id]


@pytest.fixture
def carried() -> Carried:
    return Carried()


@pytest.fixture
def worker(store: Store, clock: ManualClock, server: RedisServer, carried: Carried) -> Worker:
    return worker_of(store, clock, server, carried)


def worker_of(store: Store, clock: ManualClock, server: RedisServer, handler: Callable[[OutboxItem], None], **more):
    handlers = Handlers({"notice": handler})
    return Worker(store, lambda *_: 0, handlers, clock, redis_url=server.url, **more)


def queue_of(server: RedisServer) -> Queue:
    """The queue that the worker has used."""
    (found,) = Queue.all(connection=server.client(), serializer=JSONSerializer)
    return found


def test_effects_are_carried_once_and_redis_keeps_nothing(
    store: Store, worker: Worker, carried: Carried, server: RedisServer
) -> None:
    owe(store, "case:1", "summary:daily:2026-03-02T18:00:00+08:00")
    ran = worker.deliver()
    assert (ran.queued, ran.carried, ran.failed) == (2, 2, 0)
    assert sorted(carried.ids) == ["case:1", "summary:daily:2026-03-02T18:00:00+08:00"]
    assert len(listed(store, "done")) == 2
    assert not list(server.client().scan_iter("rq:job:*"))
    assert not worker.deliver()


def test_the_same_stable_id_in_two_districts_is_two_effects(store: Store, worker: Worker, carried: Carried) -> None:
    owe(store, "a")
    with store.unit("hills") as unit:
        unit.outbox.add("notice", {}, "a", START)
        unit.keep()
    assert worker.deliver().carried == 2


def test_a_job_that_arrives_again_does_nothing(
    store: Store, worker: Worker, carried: Carried, server: RedisServer
) -> None:
    owe(store, "a")
    worker.deliver()
    queue = queue_of(server)
    for _ in range(2):
        queue.enqueue(carry, "seaside", "a")
    queue.enqueue(carry, "seaside", "never-owed")
    assert worker.deliver().carried == 0
    assert carried.ids == ["a"] and queue.count == 0


def test_a_job_for_a_postponed_or_foreign_row_does_nothing(
    store: Store, worker: Worker, carried: Carried, server: RedisServer, clock: ManualClock
) -> None:
    owe(store, "failing")
    carried.refuse["failing"] = TemporaryFailure("gateway-away", delay=30)
    assert worker.deliver().failed == 1
    owe(store, "elsewhere")
    store.outbox.claim_due(START, "another worker", 30, 10)
    for stable_id in ("failing", "elsewhere"):
        queue_of(server).enqueue(carry, "seaside", stable_id)
    assert worker.deliver().carried == 0
    assert carried.ids == ["failing"]


def test_retries_and_dead_letters_stay_in_the_database(
    store: Store, worker: Worker, carried: Carried, server: RedisServer, clock: ManualClock
) -> None:
    owe(store, "flaky", "hopeless")
    carried.refuse = {"flaky": TemporaryFailure("gateway-away", delay=30), "hopeless": PermanentFailure("gone")}
    assert worker.deliver().failed == 2
    assert [(item.id, item.attempts) for item in listed(store, "dead")] == [("hopeless", 1)]
    assert [(item.id, item.attempts) for item in listed(store, "waiting")] == [("flaky", 1)]
    assert queue_of(server).failed_job_registry.count == 0
    carried.refuse.clear()
    clock.advance(seconds=29)
    assert not worker.deliver()
    clock.advance(seconds=1)
    assert worker.deliver().carried == 1


def test_what_an_emptied_redis_has_lost_comes_again_after_the_lease(
    store: Store, worker: Worker, carried: Carried, server: RedisServer, clock: ManualClock
) -> None:
    owe(store, "a")
    assert len(store.outbox.claim_due(START, QUEUE, Pace().lease_seconds, 10)) == 1, "handed over, then lost"
    server.client().flushall()
    assert not worker.deliver()
    clock.advance(seconds=Pace().lease_seconds)
    assert worker.deliver().carried == 1
    (item,) = listed(store, "done")
    assert item.attempts == 0


def test_what_a_killed_carrier_held_is_taken_up_after_its_lease(
    store: Store, worker: Worker, carried: Carried, server: RedisServer, clock: ManualClock
) -> None:
    owe(store, "a")
    assert store.outbox.take("seaside", "a", QUEUE, "killed", START, Pace().lease_seconds)
    clock.advance(seconds=Pace().lease_seconds - 1)
    assert not worker.deliver()
    clock.advance(seconds=1)
    assert worker.deliver().carried == 1


@pytest.mark.parametrize("trouble", ["stop", "freeze", "fill"])
def test_while_redis_is_away_frozen_or_full_rows_wait_without_an_attempt(
    store: Store, clock: ManualClock, server: RedisServer, carried: Carried, trouble: str
) -> None:
    owe(store, *(f"e{index}" for index in range(300)))
    told: list[str] = []
    structlog.reset_defaults()  # an application of another test may have raised the level
    structlog.configure(processors=[lambda _logger, _name, event: told.append(event["event"]) or "{}"])
    worker = worker_of(store, clock, server, carried)
    if trouble == "fill":
        server.client().config_set("maxmemory", 1)
    else:
        getattr(server, trouble)()
    try:
        assert not worker.deliver()
        worker._delivery._again_at = 0.0  # type: ignore[union-attr]
        assert not worker.deliver()
        assert told == ["redis-away"], "once"
        (waiting,) = store.outbox.backlog(clock.now())
        assert (waiting.waiting, waiting.leased, waiting.failed, waiting.dead) == (300, 0, 0, 0)
    finally:
        {"stop": server.start, "freeze": server.thaw, "fill": lambda: server.client().config_set("maxmemory", 0)}[
            trouble
        ]()
        structlog.reset_defaults()
    worker._delivery._again_at = 0.0  # type: ignore[union-attr]
    assert worker.deliver().carried == 300
    assert len(set(carried.ids)) == len(carried.ids) == 300


def test_a_handler_that_takes_long_keeps_its_lease(
    store: Store, server: RedisServer, put_timer: Callable[..., None]
) -> None:
    owe(store, "slow")
    begun, go_on = Event(), Event()

    def slow(item: OutboxItem) -> None:
        begun.set()
        assert go_on.wait(20)

    clock, pace = SystemClock(), replace(Pace(), lease_seconds=0.3)
    worker = worker_of(store, clock, server, slow, pace=pace)  # type: ignore[arg-type]
    carrying = Thread(target=worker.deliver)
    carrying.start()
    assert begun.wait(20)
    seen: list[object] = []
    much_later = clock.now() + timedelta(seconds=1)
    while clock.now() < much_later:
        seen.append(store.outbox.claim_due(clock.now(), "another", 1, 1))
    go_on.set()
    carrying.join(20)
    assert not any(seen)
    assert [item.id for item in listed(store, "done")] == ["slow"]


def test_it_stops_between_two_effects_and_leaves_the_rest_to_others(
    store: Store, clock: ManualClock, server: RedisServer
) -> None:
    owe(store, *(f"e{index}" for index in range(5)))
    carried: list[str] = []
    worker = worker_of(store, clock, server, lambda item: (carried.append(item.id), worker.leave())[0])
    worker.deliver()
    assert len(carried) == 1
    other = worker_of(store, clock, server, lambda item: carried.append(item.id))
    assert other.deliver().carried == 4
    assert len(set(carried)) == 5


def test_rq_says_nothing_on_its_own(worker: Worker, store: Store, capfd: pytest.CaptureFixture[str]) -> None:
    owe(store, "a")
    worker.deliver()
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("rq.worker").level == logging.CRITICAL
