"""No web request waits for Redis: a server whose Redis is away or frozen takes reports as ever."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis_server import RedisServer

sys.path.insert(0, str(Path(__file__).parents[1] / "attack"))

from served import DISTRICT, Served, serve

from core.store import SystemClock, open_store

REPORTS = 20


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path)
    yield server
    server.stop()


def report(served: Served, number: int) -> float:
    """Open a case; seconds until the answer."""
    body = {"intake": "patrol", "category": "0102", "cell": "HB-01"}
    begun = time.monotonic()
    status, answer, _ = served.ask("POST", f"{DISTRICT}/cases", body, "walker", Idempotency_Key=f"key-{number}")
    assert status == 201, answer
    return time.monotonic() - begun


@pytest.mark.redis
def test_writes_go_on_while_redis_is_away_or_frozen_and_then_the_backlog_drains(
    tmp_path: Path, server: RedisServer, sqlite_url: str
) -> None:
    served = serve(tmp_path / "instance", DATABASE_URL=sqlite_url, REDIS_URL=server.url)
    try:
        away = [report(served, number) for number in range(REPORTS)]
        server.start()
        there = [report(served, 100 + number) for number in range(REPORTS)]
        server.freeze()
        frozen = [report(served, 200 + number) for number in range(REPORTS)]
        server.thaw()
        assert max(sum(away), sum(frozen)) < 5 * sum(there) + 2, "none waits for Redis, whose patience is two seconds"
        store = open_store(sqlite_url, tmp_path / "blobs")
        give_up = time.monotonic() + 60
        while backlog := store.outbox.backlog(SystemClock().now()):
            assert time.monotonic() < give_up, backlog
            time.sleep(0.2)
        store.close()
    finally:
        served.stop()
    assert served.process.returncode == 0
    log = (tmp_path / "instance.log").read_text(encoding="utf-8")
    told = [json.loads(line)["event"] for line in log.splitlines() if line.startswith("{")]
    assert told.index("redis-away") < told.index("redis-back")
