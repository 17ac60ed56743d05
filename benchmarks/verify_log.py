"""How fast a log is verified: events a second of processor time, with and without folding the events anew.

The floor beside it is what nobody can do without: the same rows read and their hashes computed, in the same run.
`python benchmarks/verify_log.py --cases 3000 --json`; another database by `DATABASE_URL` (it is filled, not emptied).
"""

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from core.casework import Casework, Deed, Depth, Principal, Repeatable, Report
from core.factory import build_services
from core.governance.demo_people import SCOPES, settle_demo_people
from core.governance.publishing import publish
from core.manifest.source import read_source
from core.settings import Settings
from core.store import Store
from core.store.anchor_log import AnchorLog
from core.store.anchoring import anchor
from core.store.unit import look

DISTRICT = Path(__file__).parent.parent / "manifests" / "konggang_1355"
LOCALITY = "konggang_1355"
EVENTS = "SELECT body, previous_hash, hash FROM case_event ORDER BY locality_id, case_id, seq"


def fill(casework: Casework, people: dict[str, dict[str, str]], cases: int) -> None:
    """Telephone calls, each with two comments of the grid head."""
    caller, head = (
        Principal(people[post]["account"], frozenset(SCOPES), LOCALITY) for post in ("platform_operator", "grid_head")
    )
    for number in range(cases):
        key = f"bench-{time.time_ns()}-{number}"
        report = Report(
            intake="hotline_path",
            category="04040",
            cell=people["grid_head"]["cell"],
            channel="phone",
            severity="ordinary",
            inputs={"description": f"电缆脱落{number}"},
        )
        answer = casework.open_case(LOCALITY, caller, Repeatable(key, key), report)
        for comment in range(2):
            once = Repeatable(f"{key}-{comment}", key)
            deed = Deed("comment", {"text": f"已知悉{comment}"}, ())
            answer = casework.act(LOCALITY, head, once, str(answer.body["id"]), int(answer.etag or 0), deed)


def floor(store: Store) -> int:
    """Read the rows in order and compute their hashes."""

    def run(link: object) -> int:
        count = 0
        for body, previous, stored in link.exec_driver_sql(EVENTS):  # type: ignore[attr-defined]
            count += sha256(bytes(previous) + bytes(body)).digest() == bytes(stored)
        return count

    return look(store.database, run)


def rate(work: Callable[[], int]) -> tuple[int, float]:
    """Events, and events a second of processor time of this process; the best of three."""
    best = 0.0
    for _ in range(3):
        begun = time.process_time()
        events = work()
        best = max(best, events / (time.process_time() - begun))
    return events, round(best)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=1000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        instance = Path(folder)
        settings = Settings(instance=instance, database_url=os.environ.get("DATABASE_URL", ""), log_level="error")
        services = build_services(settings)
        publish(services.store, read_source(DISTRICT), services.clock.now(), by="bench")
        with services.store.read(LOCALITY) as reading:
            scheme = services.casework.schemes.current(reading)
        tokens = instance / "demo-tokens.json"
        settle_demo_people(services.store, scheme, tokens, services.clock.now())
        fill(services.casework, json.loads(tokens.read_bytes())[LOCALITY], asked.cases)
        anchor(services.store, settings.anchor_folder, LOCALITY, services.clock.now())
        log = AnchorLog.of(settings.anchor_folder, LOCALITY)

        def walk(depth: Depth) -> int:
            walked = list(services.casework.verify_log(LOCALITY, log, depth))
            if any(part.findings for part in walked):
                raise SystemExit("the log is not whole")
            return sum(part.events for part in walked)

        events, bare = rate(lambda: floor(services.store))
        found = {
            "database": services.store.database.engine.dialect.name,
            "cases": asked.cases,
            "events": events,
            "floor_events_per_second": bare,
            "fast_events_per_second": rate(lambda: walk(Depth(rows=False)))[1],
            "full_events_per_second": rate(lambda: walk(Depth()))[1],
            "anchor_bytes_per_case": round(log.path.stat().st_size / asked.cases),
        }
        services.store.close()
    print(json.dumps(found) if asked.json else "\n".join(f"{name:<26} {value}" for name, value in found.items()))


if __name__ == "__main__":
    main()
