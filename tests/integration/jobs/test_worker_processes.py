"""`gridwright worker` as processes, one of them killed at work: each timer fires once, each effect is carried."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from redis_server import RedisServer

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))

from sweep_district import DISTRICT, let_go, prepare  # noqa: E402
from sweep_floor import Link  # noqa: E402

from core.store import Store, open_store  # noqa: E402
from core.store.anchoring import BEGINNING  # noqa: E402

TIMERS = 420
SOAK = "GRIDWRIGHT_KILLS" in os.environ
LEASE = {} if SOAK else {"GRIDWRIGHT_LEASE_SECONDS": "3"}  # the default, 30 s, takes its time


@dataclass
class Process:
    """A `gridwright worker`; its log names every notice that it has carried."""

    process: subprocess.Popen[bytes]
    log: Path

    def events(self) -> list[dict[str, object]]:
        """Its log's whole lines."""
        whole = self.log.read_text(encoding="utf-8").rpartition("\n")[0]
        return [json.loads(line) for line in whole.splitlines() if line.startswith("{")]

    def carried(self) -> list[str]:
        ids = (str(event["id"]) for event in self.events() if event["event"] == "notice")
        return [id.removeprefix(f"{DISTRICT}:") for id in ids]

    def end(self) -> int:
        self.process.terminate()
        return self.process.wait(timeout=60)


@contextmanager
def workers(folder: Path, count: int, **environment: str) -> Iterator[list[Process]]:
    """So many workers that are up; killed at the end if they are still there."""
    known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    known |= {"GRIDWRIGHT_INSTANCE": str(folder / "instance"), "PYTHONUNBUFFERED": "1"}
    started: list[Process] = []
    try:
        for number in range(count):
            log = folder / f"worker-{number}.log"
            with log.open("wb") as file:
                process = subprocess.Popen(
                    [Path(sys.executable).parent / "gridwright", "worker"],
                    cwd=ROOT,
                    env=known | environment,
                    stdout=subprocess.PIPE,
                    stderr=file,
                )
            started.append(Process(process, log))
        for one in started:
            assert one.process.stdout is not None and one.process.stdout.readline(), one.log.read_text()
        yield started
    finally:
        for one in started:
            if one.process.poll() is None:
                one.process.kill()
            one.process.communicate()


def wait_until(true: Callable[[], bool], seconds: float, what: str) -> None:
    give_up = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < give_up, what
        time.sleep(0.1)


def address(database_url: str) -> str:
    return database_url.replace("postgresql+psycopg://", "postgresql://")


def open_rows(link: Link, table: str) -> int:
    return int(link.run(f"SELECT count(*) FROM {table} WHERE done_at IS NULL").fetchone()[0])  # noqa: S608


def held_by(link: Link, worker: Process) -> int:
    """How many unfinished rows it holds, or held until it ended and nobody has taken since."""
    mine, held = (f"%:{worker.process.pid}:%",), 0
    for table in ("timer", "outbox"):
        statement = f"SELECT count(*) FROM {table} WHERE done_at IS NULL AND lease_owner LIKE ?"  # noqa: S608
        held += int(link.run(statement, mine).fetchone()[0])
    return held


def assert_exactly_once(store: Store, before: int) -> None:
    """Each case has one event of its clock, and its chain holds."""
    with store.read(DISTRICT) as reading:
        heads = reading.cases.changed_heads(BEGINNING, None, 100_000)
        assert len(heads) == TIMERS
        for head in heads:
            types = Counter(event.type for event in reading.cases.events(head.case_id, after_seq=before))
            assert types["clock_reached"] == 1 and types["noticed"] == 2, head.case_id
            assert store.verify_chain(DISTRICT, head.case_id) == ()


@pytest.mark.redis
@pytest.mark.postgres
def test_four_workers_one_killed_on_postgresql_and_redis(postgres_url: str, redis_url: str, tmp_path: Path) -> None:
    before = prepare(postgres_url, tmp_path / "instance", TIMERS)
    kill_one(postgres_url, tmp_path, before, 4, REDIS_URL=redis_url)


def test_two_workers_one_killed_on_sqlite(sqlite_url: str, tmp_path: Path) -> None:
    before = prepare(sqlite_url, tmp_path / "instance", TIMERS)
    kill_one(sqlite_url, tmp_path, before, 2)


def kill_one(database_url: str, folder: Path, before: int, count: int, **environment: str) -> None:
    link = Link(address(database_url))
    store = open_store(database_url, folder / "blobs")
    with workers(folder, count, DATABASE_URL=database_url, **LEASE, **environment) as running:
        let_go(link)
        killed, *left = running
        wait_until(lambda: len(killed.carried()) >= 5, 60, "it does not work")
        killed.process.send_signal(signal.SIGKILL)
        killed.process.wait()
        assert open_rows(link, "outbox"), "killed at work"
        wait_until(lambda: not held_by(link, killed), 60, "what it held is not taken up")
        wait_until(lambda: not open_rows(link, "timer") and not open_rows(link, "outbox"), 120, "the rest is not done")
        assert [one.end() for one in left] == [0] * len(left)
        assert not any(held_by(link, one) for one in running)
        carried = Counter(stable_id for one in running for stable_id in one.carried())
        last = killed.carried()[-1]
    assert_exactly_once(store, before)
    owed = {row[0] for row in link.run("SELECT id FROM outbox")}
    assert carried.keys() == owed and len(owed) == 2 * TIMERS + 2
    twice = [stable_id for stable_id, times in carried.items() if times > 1]
    assert twice in ([], [last]), "at least once: only what the killed one was carrying"
    link.close()
    store.close()


@pytest.mark.redis
def test_a_worker_starts_works_and_stops_without_its_redis(sqlite_url: str, tmp_path: Path) -> None:
    prepare(sqlite_url, tmp_path / "instance", 30)
    link, server = Link(sqlite_url), RedisServer(tmp_path)
    try:
        with workers(tmp_path, 1, DATABASE_URL=sqlite_url, REDIS_URL=server.url, **LEASE) as (worker,):
            let_go(link)
            wait_until(lambda: not open_rows(link, "timer"), 60, "the timers do not wait for Redis")
            assert open_rows(link, "outbox") == 2 * 30 + 2 and worker.carried() == []
            server.start()
            wait_until(lambda: not open_rows(link, "outbox"), 60, "the backlog drains when Redis is there")
            server.freeze()
            assert worker.end() == 0
        told = [event["event"] for event in worker.events() if str(event["event"]).startswith("redis-")]
        assert told[:2] == ["redis-away", "redis-back"]
        assert len(worker.carried()) == len(set(worker.carried())) == 2 * 30 + 2
    finally:
        server.stop()
        link.close()
