"""kill -9 of server and workers under eight writing clients, again and again: nothing that was promised is lost.

`GRIDWRIGHT_SOAK_ROUNDS` rounds on each database (`make soak`: 100). Each round tells on standard error how it went.
"""

from __future__ import annotations

import os
import random
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from clients import Clients
from installation import Installation, Ready
from judging import judge_all, judge_round, judge_timers, overdue

from core.factory import Services, build_services, create_worker
from core.settings import Settings
from core.store import ManualClock

ROUNDS = int(os.environ.get("GRIDWRIGHT_SOAK_ROUNDS", "1"))
READY_SECONDS = 5.0
BY_THE_CLOCK = "GRIDWRIGHT_SOAK_ROUNDS" in os.environ
"""`make soak` has the machine to itself; in `make test` other tests run beside, and processor time is judged."""
WORKERS = {"sqlite": 1, "postgresql": 2}


@dataclass
class Tally:
    """What the rounds have come to."""

    opened: set[str] = field(default_factory=set)
    promises: int = 0
    unanswered: int = 0
    repeated: int = 0
    published: int = 0
    starts: list[Ready] = field(default_factory=list)

    def __str__(self) -> str:
        seconds = [start.seconds for start in self.starts]
        processor = [start.processor for start in self.starts]
        return (
            f"{self.promises} promises ({len(self.opened)} cases), {self.unanswered} unanswered and sent again, "
            f"{self.repeated} repeated, ready after {statistics.median(seconds):.1f} s (at most {max(seconds):.1f} s; "
            f"processor {statistics.median(processor):.1f} s, at most {max(processor):.1f} s)"
        )


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def installation(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Installation]:
    postgres = request.param == "postgresql"
    made = Installation(tmp_path, request.getfixturevalue("durable_postgres_url") if postgres else "")
    made.write_manifest()
    made.start("--demo", workers=WORKERS[request.param])
    yield made
    made.kill()


@pytest.fixture
def services(installation: Installation) -> Iterator[Services]:
    """The installation seen from beside it."""
    made = build_services(Settings(instance=installation.instance, database_url=installation.database_url))
    yield made
    made.store.close()


@pytest.mark.soak
def test_nothing_is_lost_under_kills(
    installation: Installation, services: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    tally = Tally()
    kind = services.store.database.engine.dialect.name
    for turn in range(1, ROUNDS + 1):
        play_round(installation, services, tally, turn)
        with capsys.disabled():
            sys.stderr.write(f"{kind} round {turn}/{ROUNDS}: {tally}\n")
    installation.kill()
    let_due_timers_fire(services)
    events, fired = judge_all(services, tally.opened), judge_timers(services)
    assert fired > 0, "timers fell due under the kills"
    with capsys.disabled():
        told = f"{events} events whole, {fired} timers fired once, {tally.published} publications under way"
        sys.stderr.write(f"{kind}: {ROUNDS} rounds, none lost, none doubled; {tally}; {told}\n")


def play_round(installation: Installation, services: Services, tally: Tally, turn: int) -> None:
    """Write, kill at a random moment, start again, judge."""
    clients = Clients(installation, turn, installation.folder / "journal")
    clients.start()
    patience = time.monotonic() + 30
    enough = random.choice((0, 8, 32)) if turn < ROUNDS else 32  # cold, just warm, at full speed: so is the last one
    while clients.promises < enough and time.monotonic() < patience:
        time.sleep(0.01)
    publication = publish_another(installation, turn) if turn % 5 == 2 else None
    time.sleep(random.uniform(0, 1.5))
    installation.kill(*filter(None, [publication]))
    clients.stop()
    ready = installation.start(workers=WORKERS[services.store.database.engine.dialect.name])
    assert (ready.seconds if BY_THE_CLOCK else ready.processor) <= READY_SECONDS, ready
    tally.starts.append(ready)
    tally.unanswered += clients.send_again()
    tally.repeated += clients.send_promised_again(0.1)
    assert clients.refused == []
    judge_round(services, clients)
    tally.promises += clients.promises
    tally.opened |= {write.answer["id"] for write in clients.writes if write.promised and write.kind == "open"}
    tally.published += publication is not None


def publish_another(installation: Installation, turn: int) -> subprocess.Popen[bytes]:
    """A publication of the same scheme under another source, to be killed on its way."""
    path = installation.manifest / "locality.yaml"
    path.write_text(path.read_text(encoding="utf-8") + f"# {turn}\n", encoding="utf-8")
    return installation.run("publish", str(installation.manifest))


def let_due_timers_fire(services: Services) -> None:
    """What killed workers had under lease is taken up when the lease has run out: a worker two minutes ahead."""
    ahead = ManualClock(services.clock.now() + timedelta(minutes=2))
    later = build_services(services.settings, ahead)
    worker = create_worker(later)
    while worker.run_once().fired:
        pass
    later.store.close()
    assert overdue(services) == 0
