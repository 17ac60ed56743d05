"""How long checking and compiling a manifest takes and how much memory, beside reading the same files without a check.

    python benchmarks/compile.py                          a table
    python benchmarks/compile.py --json                   one JSON object
    python benchmarks/compile.py manifests/konggang_1355 --rounds 3

`cold` is a whole fresh process: the interpreter, the imports, one check. `warm` is a further check in the same process,
by pass. The floor is a fresh process that reads and parses the same files with PyYAML's C loader, `csv` and `json`, and
checks nothing. Fresh processes take turns; figures are medians. Processor time is taken, which a busy machine disturbs
less than a clock on the wall (`wall_seconds`); memory is a fresh process's peak.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

DAXING = Path(__file__).parent.parent / "manifests" / "daxing_12355"
BUDGET = {"seconds": 3.0, "megabytes": 300.0}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=DAXING)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--child", choices=("cold", "floor", "warm"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.child:
        found = {"cold": check_once, "floor": parse_only, "warm": check_by_pass}[asked.child](
            asked.folder, asked.rounds
        )
        spent = {"seconds": time.process_time(), "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
        print(json.dumps(found | spent))
        return
    found = measured(asked.folder, asked.rounds)
    print(json.dumps(found, indent=2) if asked.json else shown(found))


def measured(folder: Path, rounds: int) -> dict[str, Any]:
    """Everything that this benchmark says; fresh processes of both kinds in turns."""
    runs: dict[str, list[dict[str, float]]] = {"cold": [], "floor": []}
    for _ in range(rounds):
        for kind, found in runs.items():
            found.append(fresh(kind, folder, rounds))
    command = [sys.executable, "-c", "from core.factory import main; main()", "check", str(folder)]
    medians = {kind: {name: median(run[name] for run in found) for name in found[0]} for kind, found in runs.items()}
    ratios = [cold["seconds"] / floor["seconds"] for cold, floor in zip(runs["cold"], runs["floor"], strict=True)]
    return {
        "folder": folder.name,
        "bytes": sum(path.stat().st_size for path in files_of(folder)),
        **medians,
        "warm": fresh("warm", folder, rounds)["passes"],
        "command_line": {"seconds": median(processor_seconds(command) for _ in range(max(1, rounds // 2)))},
        "cold_over_floor": median(ratios),
        "budget": BUDGET,
    }


def fresh(kind: str, folder: Path, rounds: int) -> dict[str, Any]:
    command = [sys.executable, __file__, str(folder), "--child", kind, "--rounds", str(rounds)]
    started = time.perf_counter()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found | {"wall_seconds": time.perf_counter() - started}


def processor_seconds(command: list[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def files_of(folder: Path) -> list[Path]:
    return [
        path
        for path in sorted((*folder.glob("*"), *folder.glob("tests/*")))
        if path.suffix in (".yaml", ".csv", ".geojson")
    ]


def check_once(folder: Path, _rounds: int) -> dict[str, Any]:
    from core.manifest.pipeline import check  # noqa: PLC0415  (its import is part of what is measured)
    from core.manifest.source import read_source  # noqa: PLC0415
    from core.testing import shipped_plugins  # noqa: PLC0415

    imported = time.process_time()
    report = check(read_source(folder), shipped_plugins().resolve)
    if not report.ok:
        sys.exit(f"{folder} has {report.errors} errors")
    return {"import_seconds": imported, "check_seconds": time.process_time() - imported}


def parse_only(folder: Path, _rounds: int) -> dict[str, Any]:
    import csv  # noqa: PLC0415

    import yaml  # noqa: PLC0415

    imported = time.process_time()
    for path in files_of(folder):
        with path.open(encoding="utf-8", newline="") as file:
            if path.suffix == ".yaml":
                yaml.load(file, Loader=yaml.CSafeLoader)
            elif path.suffix == ".csv":
                list(csv.DictReader(file))
            else:
                json.load(file)
    return {"import_seconds": imported, "check_seconds": time.process_time() - imported}


def check_by_pass(folder: Path, rounds: int) -> dict[str, Any]:
    """Median seconds of each pass, in a process that has checked the folder once before."""
    from core.manifest.compile import compile_expressions, compile_scheme  # noqa: PLC0415
    from core.manifest.documents import read_documents  # noqa: PLC0415
    from core.manifest.extension_data import used  # noqa: PLC0415
    from core.manifest.lint import lint  # noqa: PLC0415
    from core.manifest.references import check_references  # noqa: PLC0415
    from core.manifest.schema_check import check_schema  # noqa: PLC0415
    from core.manifest.source import read_source  # noqa: PLC0415
    from core.testing import shipped_plugins  # noqa: PLC0415

    resolve = shipped_plugins().resolve
    times: dict[str, list[float]] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        started = time.process_time()
        found = work()
        times.setdefault(name, []).append(time.process_time() - started)
        return found

    for _ in range(rounds + 1):
        source = timed("read", lambda: read_source(folder))
        documents, _ = timed("parse", lambda source=source: read_documents(source))
        usable = timed("schema", lambda documents=documents: check_schema(documents)).usable
        resolved = timed("plugins", lambda usable=usable: resolve(usable.root("locality")))
        timed(
            "references",
            lambda usable=usable, resolved=resolved: list(check_references(usable, frozenset(), resolved)),
        )
        expressions, _ = timed("expressions", lambda usable=usable, source=source: compile_expressions(usable, source))
        scheme, _ = timed(
            "compile",
            lambda usable=usable, made=expressions, source=source, resolved=resolved: compile_scheme(
                usable, made, source.digest, used(usable, resolved.extensions)
            ),
        )
        timed("lint", lambda scheme=scheme, usable=usable: list(lint(scheme, usable)))
    passes = {name: median(found[1:]) for name, found in times.items()}
    return {"passes": passes | {"all": sum(passes.values())}}


def shown(found: dict[str, Any]) -> str:
    lines = [f"{found['folder']}, {found['bytes'] / 1e6:.2f} MB"]
    for kind in ("cold", "floor"):
        run = found[kind]
        lines.append(
            f"  {kind:6} {run['seconds']:6.2f} s (imports {run['import_seconds']:.2f}), "
            f"wall {run['wall_seconds']:.2f} s, "
            f"{run['megabytes']:.0f} MB"
        )
    lines.append(f"  cold is {found['cold_over_floor']:.1f} × the floor; budget {BUDGET['seconds']:.0f} s, 300 MB")
    lines.append(f"  gridwright check  {found['command_line']['seconds']:.2f} s, every command's imports included")
    lines += [f"  warm {name:12} {seconds:6.3f} s" for name, seconds in found["warm"].items()]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
