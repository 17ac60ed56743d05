"""How many reports a second over HTTP, on both databases, beside the same rows written without HTTP and ORM.

    python benchmarks/intake.py            a table with ratios
    python benchmarks/intake.py --json     one JSON object

A report is the whole of it: token, idempotency key, validation, the point's cell, dispatch where the workflow has it,
events with their chain, snapshot, tasks, timers, texts, outbox. Eight clients that never pause, a real
`gridwright serve` with its worker, everything on one machine. In the same run: the floor (raw driver, the very rows),
and a bare endpoint (gunicorn sync, parse, one statement, answer), which is what a full report is compared with. Full
and bare take turns, so that a machine that slows down slows both.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import psycopg
from load.district import PLANS, District, Plan, settle
from load.figures import table
from load.floor import keep, rate, taken
from load.machines import create_database, postgres, postmaster, served
from load.pressing import press

from core.casework import Point, Repeatable, Report
from core.factory import build_services
from core.settings import Settings
from core.store import new_id

BARE = Path(__file__).parent / "load" / "bare.py"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--database", choices=("sqlite", "postgresql", "both"), default="both")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=10.0, help="how long each turn is measured")
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--manifest", type=Path, default=Path("manifests/konggang_1355"))
    parser.add_argument("--plan", help="intake,assign,resolve in the manifest's words")
    parser.add_argument("--staff", type=int, default=2000)
    return parser.parse_args()


def main() -> int:
    options = arguments()
    plan = Plan(*options.plan.split(",")) if options.plan else PLANS[options.manifest.name]
    answer: dict[str, Any] = {"cores": os.cpu_count(), "manifest": options.manifest.name, "staff": options.staff}
    for kind in ("sqlite", "postgresql"):
        if options.database in (kind, "both"):
            with database(kind) as (address, instance):
                answer[kind] = measured(kind, address, instance, options, plan)
    errors = sum(answer[kind]["errors"] for kind in ("sqlite", "postgresql") if kind in answer)
    print(json.dumps(answer | {"errors": errors}) if options.json else told(answer))
    return 1 if errors else 0


@contextmanager
def database(kind: str) -> Iterator[tuple[str, Path]]:
    """An empty database and an instance folder."""
    instance = Path(tempfile.mkdtemp(prefix="gridwright-bench-instance-"))
    try:
        if kind == "sqlite":
            yield f"sqlite:///{instance}/gridwright.sqlite3", instance
        else:
            with postgres() as address:
                yield create_database(address, "bench_intake"), instance
    finally:
        shutil.rmtree(instance, ignore_errors=True)


def measured(kind: str, address: str, instance: Path, options: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    sqlite = kind == "sqlite"
    services = build_services(Settings(instance=instance, database_url=address, log_level="error"))
    say(f"{kind}: settling {options.manifest.name}")
    district, _ = settle(services.store, options.manifest, options.staff, plan)
    case = _one_report(services.casework, district)
    services.store.close()
    with sqlite3.connect(f"{instance}/gridwright.sqlite3") if sqlite else psycopg.connect(address) as link:
        rows = taken(link, district.locality, case, sqlite)
    keep(rows, instance / "rows.pickle")
    say(f"{kind}: the floor")
    kinds = ["sqlite"] if sqlite else ["transaction", "statement"]
    floors = {
        f"{name}, {count} connection{'s' * (count > 1)}": rate(name, address, rows, count, options.seconds / 2)
        for name in kinds
        for count in (1, 4)
    }
    turns = [turn(kind, address, instance, options, district, kinds[-1]) for _ in range(options.turns)]
    full, bare = ([one[place] for one in turns] for place in (0, 1))
    figures = {"full": _middle(full), "bare": _middle(bare)}
    ratios = {
        "full_to_bare": round(median(a["rounds_per_second"] / b["rounds_per_second"] for a, b in turns), 3),
        "p99_full_to_bare": round(median(a["every_call"]["p99_ms"] / b["every_call"]["p99_ms"] for a, b in turns), 2),
        "full_to_floor": round(figures["full"]["rounds_per_second"] / max(floors.values()), 3),
    }
    return {
        "reports_per_second": figures["full"]["rounds_per_second"],
        **{name: figures["full"]["every_call"][name] for name in ("p50_ms", "p95_ms", "p99_ms")},
        "errors": sum(one["errors"] for one in full), "rows": {name: len(each) for name, each in rows.items()},
        "floor_per_second": floors, "bare": figures["bare"], "ratios": ratios,
        "processor_ms": {
            name: round(seconds * 1000 / max(1, figures["full"]["rounds"]), 2)
            for name, seconds in figures["full"]["processor"].items()
        },
        "load_average": figures["full"]["load_average"],
    }  # fmt: skip


def turn(
    kind: str, address: str, instance: Path, options: argparse.Namespace, district: District, floor: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The full report and the bare endpoint, one after the other."""
    job = {"script": "report", "clients": options.clients, "seconds": options.seconds, "warm_up": 3}
    pid = None if kind == "sqlite" else postmaster(address)
    say(f"{kind}: {options.clients} clients for {options.seconds:g} s, full")
    with served(address, instance) as server:
        full = press(server, district, pid, job)
    workers = "1" if kind == "sqlite" else str(os.cpu_count() or 2)
    say(f"{kind}: the same, bare")
    with served(
        address, instance, str(BARE), floor, address, str(instance / "rows.pickle"), "{port}", workers
    ) as server:
        bare = press(server, district, pid, job)
    return full, bare


def _one_report(casework: Any, district: District) -> str:
    who = casework.token(district.reporters[0])
    report = dict(district.reports[0])
    report["point"] = Point(**report["point"])
    return str(casework.open_case(district.locality, who, Repeatable(new_id(), "0" * 64), Report(**report)).body["id"])


def _middle(turns: list[dict[str, Any]]) -> dict[str, Any]:
    """The turn of the median rate."""
    return sorted(turns, key=lambda one: one["rounds_per_second"])[len(turns) // 2]


def told(answer: dict[str, Any]) -> str:
    lines = []
    for kind in ("sqlite", "postgresql"):
        if kind not in answer:
            continue
        found = answer[kind]
        bare = found["bare"]
        rows = [
            {"what": "full report", "per_second": found["reports_per_second"],
             **{name: found[name] for name in ("p50_ms", "p95_ms", "p99_ms")}, "errors": found["errors"]},
            {"what": "bare endpoint", "per_second": bare["rounds_per_second"],
             **{name: bare["every_call"][name] for name in ("p50_ms", "p95_ms", "p99_ms")}, "errors": bare["errors"]},
            *({"what": f"floor: {name}", "per_second": one} for name, one in found["floor_per_second"].items()),
        ]  # fmt: skip
        lines += [f"\n{kind}, load {found['load_average']}, rows {found['rows']}", table(rows), str(found["ratios"])]
    return "\n".join(lines)


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
