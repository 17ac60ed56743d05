"""How many whole cases a second over HTTP: the published peer's four calls, with many cases in the database already.

    python benchmarks/lifecycle.py                           10,000 cases, steady, a table
    python benchmarks/lifecycle.py --cases 1000000 --json    one JSON object
    python benchmarks/lifecycle.py --shape spike             the peer's arrivals: 1, 15, 1, 25, 2, 35, 10 a second
    python benchmarks/lifecycle.py --pages                   and the server's time for lists, tasks, case, explanation
    python benchmarks/lifecycle.py --folder /tmp/bench       keeps the database there, to run again without filling it

DIGIT's calls (performance/docs of egovernments/Citizen-Complaint-Resolution-System): CREATE, ASSIGN, RESOLVE, SEARCH.
Here: report a case, pass it on (the rules find the department; the peer leaves that to a person), settle it, read it
back. A real `gridwright serve` with its worker on a real PostgreSQL; clients, server and database share the machine.
Steady: so many clients that never pause. Spike: the peer's stages and pauses of 1 to 3 s between calls, at most 400
virtual users, ten minutes; `--hurry 4` makes each stage a quarter as long.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from load.district import PLANS, District, Plan, settle
from load.figures import table
from load.machines import create_database, postgres, postmaster, served
from load.preload import ids, preload
from load.pressing import press

from core.factory import build_services
from core.settings import Settings
from core.store import ManualClock

STAGES = (
    ("warm-up", 1, 60), ("spike 1", 15, 30), ("valley 1", 1, 120), ("spike 2", 25, 30), ("valley 2", 2, 120),
    ("spike 3", 35, 30), ("sustained", 10, 180), ("cool-down", 0, 30),
)  # fmt: skip
"""The peer's variable-throughput test: lifecycles a second to move to, and within how many seconds."""
PER_CORE = 28


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=10_000, help="cases in the database before")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--shape", choices=("steady", "spike", "both"), default="steady")
    parser.add_argument("--clients", type=int, default=8, help="clients that never pause (steady)")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long to measure (steady)")
    parser.add_argument("--warm-up", type=float, default=10.0)
    parser.add_argument("--hurry", type=float, default=1.0, help="so many times shorter stages (spike)")
    parser.add_argument("--peak", type=float, default=35.0, help="lifecycles a second at the peak (spike)")
    parser.add_argument("--pages", action="store_true", help="measure pages as well")
    parser.add_argument("--manifest", type=Path, default=Path("manifests/konggang_1355"))
    parser.add_argument("--plan", help="intake,assign,resolve in the manifest's words")
    parser.add_argument("--staff", type=int, default=2000, help="assignments at least")
    parser.add_argument("--folder", type=Path, help="keep the database here, outside of any private home")
    return parser.parse_args()


def main() -> int:
    options = arguments()
    plan = Plan(*options.plan.split(",")) if options.plan else PLANS[options.manifest.name]
    instance = Path(tempfile.mkdtemp(prefix="gridwright-bench-instance-"))
    try:
        with postgres(options.folder) as address:
            answer = measured(create_database(address, f"bench_{options.cases}"), instance, options, plan)
    finally:
        shutil.rmtree(instance, ignore_errors=True)
    print(json.dumps(answer, ensure_ascii=False) if options.json else told(answer))
    return 1 if answer["errors"] or answer["broken_chains"] else 0


def measured(address: str, instance: Path, options: argparse.Namespace, plan: Plan) -> dict[str, Any]:
    settings = Settings(instance=instance, database_url=address, log_level="error")
    clock = ManualClock(datetime.now(UTC))
    services = build_services(settings, clock)
    say(f"settling {options.manifest.name}")
    district, _ = settle(services.store, options.manifest, options.staff, plan)
    say(f"filling up to {options.cases:,} cases")
    filled = preload(address, services.casework, clock, district, options.cases)
    broken = [
        case for case in ids(address, district.locality, 20) if services.store.verify_chain(district.locality, case)
    ]
    services.store.close()
    answer: dict[str, Any] = {
        "manifest": district.locality, "staff": district.staff, "cores": os.cpu_count(), "database": filled,
        "broken_chains": len(broken), "plan": asdict(plan),
    }  # fmt: skip
    with served(address, instance) as server:
        database = postmaster(address)
        if options.pages:
            say("reading pages")
            answer["pages"] = pages(server, district, database, address, options)
        if options.shape in ("steady", "both"):
            say(f"{options.clients} clients for {options.seconds:g} s")
            job = {"script": "lifecycle", "clients": options.clients, "seconds": options.seconds}
            steady = press(server, district, database, job | {"warm_up": options.warm_up})
            answer["steady"] = steady
            answer |= headline(steady)
        if options.shape in ("spike", "both"):
            stages = [
                {"name": name, "rate": rate * options.peak / 35, "seconds": seconds / options.hurry}
                for name, rate, seconds in STAGES
            ]
            say(f"the peer's spikes, {sum(stage['seconds'] for stage in stages):.0f} s")
            spike = press(
                server, district, database,
                {"script": "lifecycle", "stages": stages, "start_rate": 1, "think": [1, 3]},
            )  # fmt: skip
            answer["spike"] = spike
            if "steady" not in answer:
                answer |= headline(spike)
            answer["errors"] = answer.get("errors", 0) + (spike["errors"] if "steady" in answer else 0)
    return answer


def headline(figures: dict[str, Any]) -> dict[str, Any]:
    """The figures that budgets are about. `per_core` counts all cores of the machine, whoever used them;
    `per_busy_core` only the time that server, database and clients took."""
    cores = os.cpu_count() or 1
    rate, rounds = figures["rounds_per_second"], max(1, figures["rounds"])
    busy = sum(figures["processor"].values())
    return {
        "lifecycles_per_second": rate,
        "p95_ms": figures["every_call"]["p95_ms"],
        "lifecycle_p95_ms": figures["round_ms"]["p95_ms"],
        "errors": figures["errors"],
        "per_core": round(rate / cores, 1),
        "per_busy_core": round(rounds / busy, 1) if busy else None,
        "per_busy_core_without_clients": round(rounds / max(1e-9, busy - figures["processor"]["client"]), 1),
        "processor_ms_per_lifecycle": {
            name: round(seconds * 1000 / rounds, 2) for name, seconds in figures["processor"].items()
        },
        "budget_per_core": PER_CORE,
    }


def pages(
    server: tuple[str, int, int], district: District, database: int, address: str, options: argparse.Namespace
) -> dict[str, Any]:
    """Times of what people look at: a desk that sees everything, and a clerk who sees what his unit has."""
    desk, clerk = district.reporters[0], next(iter(district.resolvers.values()))
    wanted = [
        (f"{name} ({who})", path, token)
        for who, token in (("desk", desk), ("clerk", clerk))
        for name, path in (("list", "/cases"), ("open", "/cases?open=true"), ("my tasks", "/tasks"))
    ]
    category = district.reports[0]["category"]
    wanted += [("list of a class", f"/cases?category={category}", desk)]
    wanted += [
        (name, "/cases/{case}" + path, desk)
        for name, path in (
            ("case", ""),
            ("events", "/events"),
            ("actions", "/actions"),
            ("deadlines", "/explain/deadlines"),
            ("dispatch", "/explain/dispatch"),
        )
    ]
    cases = list(ids(address, district.locality))
    job = {"script": "reads", "clients": 2, "seconds": 15, "warm_up": 3, "pages": wanted, "cases": cases}
    return press(server, replace(district, reports=()), database, job)


def told(answer: dict[str, Any]) -> str:
    lines = [f"{answer['manifest']}, {answer['staff']} assignments, {answer['database']['cases']:,} cases before"]
    for shape in ("pages", "steady", "spike"):
        if shape not in answer:
            continue
        figures = answer[shape]
        rows = [{"call": name, **times} for name, times in figures["calls"].items()]
        lines += ["", f"{shape}: {figures['rounds_per_second']} a second, {figures['errors']} errors "
                  f"{figures['errors_by_answer'] or ''}, load {figures['load_average']}", table(rows)]  # fmt: skip
        if "phases" in figures:
            rows = [{"phase": name, **times} for name, times in figures["phases"].items()]
            lines += [table(rows), f"calm again after seconds: {figures['recovery_seconds']}, "
                      f"dropped {figures['dropped']}, at most {figures['most_users']} users"]  # fmt: skip
    keys = (
        "lifecycles_per_second",
        "p95_ms",
        "errors",
        "broken_chains",
        "per_core",
        "per_busy_core",
        "processor_ms_per_lifecycle",
    )
    return "\n".join([*lines, "", *(f"{key}: {answer[key]}" for key in keys if key in answer)])


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
