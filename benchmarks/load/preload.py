"""Fills a PostgreSQL database with cases that have happened: copied from real ones, by COPY, with valid chains.

A few dozen cases are taken through the use cases at every stage; each copy is one of them with its own id, number,
texts, salts and day, and its chain of hashes worked out anew, so that `cases.verify` finds nothing. Days lie within
the year before today; cases that are still open are of the last days, so that no timer falls due at once.
"""

from __future__ import annotations

import json
import os
import random
import re
import secrets
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from multiprocessing import Pool
from typing import Any

import psycopg
from psycopg.rows import dict_row

from core.casework import Casework, Deed, Point, Principal, Repeatable, Report
from core.store import ManualClock, new_id
from core.store.chain import genesis, hash_after
from load.clients import owner_of
from load.district import District

TABLES = ("case", "case_event", "payload", "case_task", "timer", "outbox", "idempotency")
SHARES = {"reported": 0.01, "assigned": 0.02, "resolved": 0.97}
"""How far cases have come."""
BATCH = 5000
RECENT = 3
"""Open cases were reported within so many days."""
DAY = re.compile(rb"20\d\d-\d\d-\d\d(?=T)")


@dataclass
class Original:
    """One real case: its rows by table, its events in order, and what of it is replaced in a copy."""

    stage: str
    day: date
    rows: Mapping[str, list[dict[str, Any]]]
    id: str
    number: str


def preload(address: str, casework: Casework, clock: ManualClock, district: District, cases: int) -> dict[str, Any]:
    """Fill up to `cases` cases; what is there already stays. The figures of it."""
    started = time.monotonic()
    with psycopg.connect(address) as link:
        present = _count(link)
    if present < cases:
        originals = _originals(address, casework, clock, district)
        _copy_all(address, originals, cases - present - len(originals), present)
        with psycopg.connect(address, autocommit=True) as link:
            link.execute("VACUUM (ANALYZE)")
            link.execute("CHECKPOINT")
    with psycopg.connect(address) as link:
        size = link.execute("SELECT pg_database_size(current_database())").fetchone()
        found = _count(link)
        events = link.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'case_event'").fetchone()
    figures = {"cases": found, "events": events and events[0], "bytes": size and size[0]}
    return figures | {"seconds": round(time.monotonic() - started, 1)}


def _count(link: psycopg.Connection) -> int:
    row = link.execute('SELECT count(*) FROM "case"').fetchone()
    return int(row[0]) if row else 0


def _originals(address: str, casework: Casework, clock: ManualClock, district: District) -> list[Original]:
    """Real cases on a working day of the past, ten of each stage and class as they come."""
    made: list[tuple[str, str]] = []
    day = datetime.now(UTC).replace(hour=2, minute=0, second=0, microsecond=0) - timedelta(days=1)
    while day.weekday() > 2:
        day -= timedelta(days=1)
    accounts = _accounts(casework, district)
    for number in range(60):
        clock.set(day + timedelta(minutes=number))
        stage = ("reported", "assigned", "resolved", "resolved", "resolved", "resolved")[number % 6]
        made.append((stage, _lived(casework, clock, district, accounts, number, stage)))
    with psycopg.connect(address) as link:
        return [_original(link, district.locality, stage, case, day.date()) for stage, case in made]


def _accounts(casework: Casework, district: District) -> dict[str, Principal]:
    tokens = {*district.reporters, *district.assigners, *district.resolvers.values()}
    return {token: found for token in tokens if (found := casework.token(token)) is not None}


def _lived(
    casework: Casework, clock: ManualClock, district: District, who: Mapping[str, Principal], number: int, stage: str
) -> str:
    report = dict(district.reports[number])
    point = Point(**report.pop("point"))

    def once() -> Repeatable:
        return Repeatable(f"preload-{new_id()}", "0" * 64)

    place = district.locality
    case = casework.open_case(
        place, who[district.reporters[number % len(district.reporters)]], once(), Report(point=point, **report)
    ).body
    for name, deed in (("assigned", district.assign), ("resolved", district.resolve)):
        if stage == "reported":
            break
        clock.advance(minutes=47)
        token = district.assigners[number % len(district.assigners)]
        token = district.resolvers.get(owner_of(case), token) if name == "resolved" else token
        answer = casework.act(place, who[token], once(), case["id"], case["version"], Deed(**deed))
        case = answer.body
        if name == stage:
            break
    return str(case["id"])


def _original(link: psycopg.Connection, locality: str, stage: str, case: str, day: date) -> Original:
    rows: dict[str, list[dict[str, Any]]] = {}
    conditions = {
        "case": "id = %(case)s", "outbox": "id LIKE %(case)s || ':%%'",
        "idempotency": "body ->> 'id' = %(case)s",
    }  # fmt: skip
    for table in TABLES:
        where = conditions.get(table, "case_id = %(case)s")
        order = " ORDER BY seq" if table == "case_event" else ""
        query = f'SELECT * FROM "{table}" WHERE locality_id = %(locality)s AND {where}{order}'
        with link.cursor(row_factory=dict_row) as cursor:
            cursor.execute(query, {"locality": locality, "case": case})  # type: ignore[arg-type]
            rows[table] = cursor.fetchall()
    return Original(stage, day, rows, case, rows["case"][0]["number"])


def _copy_all(address: str, originals: Sequence[Original], count: int, serial: int) -> None:
    """Two processes copy, each in transactions of its own."""
    jobs = []
    for begun in range(0, count, BATCH):
        jobs.append((address, originals, min(BATCH, count - begun), serial + begun))
    started = time.monotonic()
    with Pool(os.cpu_count() or 2) as pool:
        for done, _ in enumerate(pool.imap_unordered(_copy, jobs), 1):
            if done % 20 == 0 or done == len(jobs):
                rate = done * BATCH / (time.monotonic() - started)
                print(f"  preloaded {min(done * BATCH, count):,} of {count:,} ({rate:,.0f}/s)", file=sys.stderr)


def _copy(job: tuple[str, Sequence[Original], int, int]) -> None:
    address, originals, count, serial = job
    chance = random.Random(serial)
    stages = {stage: [one for one in originals if one.stage == stage] for stage in SHARES}
    rows: dict[str, list[Sequence[Any]]] = {table: [] for table in TABLES}
    for number in range(count):
        stage = chance.choices(list(SHARES), list(SHARES.values()))[0]
        _add_copy(rows, chance.choice(stages[stage]), serial + number, chance)
    columns = {table: next((list(one.rows[table][0]) for one in originals if one.rows[table]), []) for table in TABLES}
    with psycopg.connect(address) as link:
        link.execute("SET synchronous_commit = off")
        link.execute("SET session_replication_role = replica")  # no trigger a row: what is copied is known to be whole
        for table in TABLES:
            if not rows[table]:
                continue
            named = ", ".join(f'"{name}"' for name in columns[table])
            with link.cursor().copy(f'COPY "{table}" ({named}) FROM STDIN') as copy:  # type: ignore[arg-type]
                for row in rows[table]:
                    copy.write_row(row)


def _add_copy(rows: dict[str, list[Sequence[Any]]], of: Original, serial: int, chance: random.Random) -> None:
    """One copy's rows. Days move by whole weeks, so that working days stay what they are."""
    weeks = chance.randrange(1, 53) if of.stage == "resolved" else 0
    back = timedelta(weeks=weeks)
    case, number = new_id(), f"{of.number[:-5]}P{serial:08d}"
    change = _Change(of, case, number, back)
    payloads = []
    for row in of.rows["payload"]:
        salt = secrets.token_bytes(32)
        fresh = sha256(salt + row["body"]).hexdigest()
        change.swap(row["id"], fresh)
        payloads.append(change.row(row) | {"id": fresh, "salt": salt})
    head = genesis(of.rows["case"][0]["locality_id"], case)
    for row in of.rows["case_event"]:
        body = change.text(row["body"])
        following = hash_after(head, body)
        rows["case_event"].append((row["locality_id"], case, row["seq"], row["type"], body, head, following))
        head = following
    rows["case"].append(tuple((change.row(of.rows["case"][0]) | {"head_hash": head}).values()))
    rows["payload"] += [tuple(row.values()) for row in payloads]
    for table in ("case_task", "timer"):
        rows[table] += [tuple(change.row(row).values()) for row in of.rows[table]]
    if weeks * 7 <= 30:
        for row in of.rows["outbox"]:
            done = {"done_at": row["created_at"] - back}
            rows["outbox"].append(tuple((change.row(row) | done).values()))
    if weeks <= 1:
        for row in of.rows["idempotency"]:
            rows["idempotency"].append(tuple((change.row(row) | {"key": str(new_id())}).values()))


class _Change:
    """What differs between a case and its copy, put into texts, rows and instants."""

    def __init__(self, of: Original, case: str, number: str, back: timedelta) -> None:
        self._swaps = [(of.id.encode(), case.encode()), (of.number.encode(), number.encode())]
        self._back = back
        self._days: dict[bytes, bytes] = {}

    def swap(self, old: str, new: str) -> None:
        self._swaps.append((old.encode(), new.encode()))

    def text(self, text: bytes) -> bytes:
        for old, new in self._swaps:
            text = text.replace(old, new)
        return DAY.sub(self._day, text) if self._back else text

    def row(self, row: Mapping[str, Any]) -> dict[str, Any]:
        return {name: self._value(value) for name, value in row.items()}

    def _value(self, value: Any) -> Any:
        if isinstance(value, datetime):
            return value - self._back
        if isinstance(value, str):
            return self.text(value.encode()).decode()
        if isinstance(value, dict | list):
            return self.text(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()).decode()
        return value

    def _day(self, found: re.Match[bytes]) -> bytes:
        day = found.group()
        if day not in self._days:
            self._days[day] = (date.fromisoformat(day.decode()) - self._back).isoformat().encode()
        return self._days[day]


def ids(address: str, locality: str, count: int = 500) -> Iterator[str]:
    """Some cases, from all over the table."""
    with psycopg.connect(address) as link:
        few = 'SELECT id FROM "case" TABLESAMPLE BERNOULLI (%s) WHERE locality_id = %s LIMIT %s'
        share = min(100.0, 400.0 * count / max(1, _count(link)))
        for (case,) in link.execute(few, (share, locality, count)):
            yield str(case)
