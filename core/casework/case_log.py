"""Judging one case's log: the chain by itself, the chain by the anchors, every row by the events, timers by the scheme.

What needs no scheme and no anchor is judged in `core.store.soundness`. Finds, and never repairs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from core.casework.office import Office
from core.casework.recording import cell_path
from core.casework.texts import ACCESS
from core.engine.timers import due_timers
from core.errors import GridwrightError, NotFound
from core.scheme.codec import instant_from_text
from core.store import Reading
from core.store.anchoring import OVERLAP
from core.store.chain import ChainFault
from core.store.log import Entry
from core.store.soundness import Folded, chain_faults, folded, row_faults

Key = tuple[str, int, str]
"""Limit, occurrence, reach."""


@dataclass(frozen=True, slots=True)
class Depth:
    """`rows`: fold the events anew and judge every row by them. `photos`: read the bytes of every photo."""

    rows: bool = True
    photos: bool = False


def case_faults(
    office: Office,
    reading: Reading,
    entry: Entry,
    heads: Sequence[tuple[int, str]],
    until: datetime | None,
    depth: Depth,
) -> Iterator[ChainFault]:
    """Everything that is wrong with a case. `heads` are its anchored (version, hash), oldest first; `until` is when
    the last anchoring began. Of a chain that does not hold by itself only that is told: it judges nothing else."""
    broken = chain_faults(reading.locality, entry)
    yield from broken
    if depth.photos:
        yield from _photo_faults(office, reading.locality, entry)
    if any(fault.code != "payload-altered" for fault in broken):
        return
    yield from _anchor_faults(entry, heads, until)
    if not depth.rows:
        return
    try:
        found = folded(entry)
    except Exception as error:  # noqa: BLE001  (whoever wrote these events was not the kernel)
        yield ChainFault("events-unreadable", len(entry.links), {"error": type(error).__name__})
        return
    yield from row_faults(entry, found)
    yield from _unnamed_faults(entry, found)
    yield from _scheme_faults(office, reading, entry, found)


def _anchor_faults(entry: Entry, heads: Sequence[tuple[int, str]], until: datetime | None) -> Iterator[ChainFault]:
    """Each anchored head, not the last alone: a chain rewritten between two anchors is vouched for by the second."""
    version = len(entry.links)
    for anchored, head in heads:
        if anchored > version:
            yield ChainFault("chain-cut", version, {"anchored": anchored})
            return
        if entry.links[anchored - 1].hash.hex() != head:
            yield ChainFault("chain-rewritten", anchored)
            return
    known = heads[-1][0] if heads else 0
    if until is not None and version > known:
        first = entry.bodies[known]["recorded_at"]
        if instant_from_text(first) < until - OVERLAP:
            yield ChainFault("event-not-anchored", known + 1, {"at": first})


def _unnamed_faults(entry: Entry, found: Folded) -> Iterator[ChainFault]:
    """Text that no event names was not written through the kernel; the record of an unmasking belongs to no event."""
    named = {payload for event in found.events for payload in event.data.get("texts", ())}
    for payload in sorted(item.id for item in entry.payloads if item.kind != ACCESS and item.id not in named):
        yield ChainFault("payload-unnamed", 0, {"payload": payload})


def _scheme_faults(office: Office, reading: Reading, entry: Entry, found: Folded) -> Iterator[ChainFault]:
    case, last = found.case, found.events[-1]
    try:
        pinned = office.schemes.by_digest(reading, case.scheme)
        today = office.schemes.by_digest(reading, last.today)
    except NotFound as missing:
        yield ChainFault("scheme-missing", last.seq, {"digest": missing.params["revision"]})
        return
    except (GridwrightError, TypeError):
        return  # its files were altered, which is told of the revision
    if entry.row.cell_path != cell_path(case, today, pinned):
        yield ChainFault("column-altered", last.seq, {"column": "cell_path"})
    yield from _timer_faults(entry, found, {_key(timer): timer.due_at for timer in due_timers(case, pinned)})


def _timer_faults(entry: Entry, found: Folded, due: Mapping[Key, datetime]) -> Iterator[ChainFault]:
    """Open timers are those that are due, and one that has fired has its event: no deadline was silenced."""
    fired = {
        (event.data["limit"], event.data["occurrence"], event.data["reach"])
        for event in found.events
        if event.type == "clock_reached"
    }
    expected: dict[Key, datetime | None] = {**due, **dict.fromkeys(fired)}
    stored = {_key(row): None if row.done_at else row.due_at for row in entry.timers}
    for limit, occurrence, reach in sorted(expected.keys() | stored.keys()):
        key = (limit, occurrence, reach)
        if (key in expected, expected.get(key)) != (key in stored, stored.get(key)):
            yield ChainFault("timer-altered", found.case.version, {"limit": limit, "reach": reach})


def _key(timer: Any) -> Key:
    return timer.limit, timer.occurrence, timer.reach


def _photo_faults(office: Office, locality: str, entry: Entry) -> Iterator[ChainFault]:
    for item in entry.attachments:
        for digest in filter(None, (item.digest, item.public_digest)):
            try:
                data = office.store.blobs.read(locality, digest)
            except NotFound:
                yield ChainFault("photo-missing", 0, {"attachment": item.id})
                continue
            if sha256(data).hexdigest() != digest:
                yield ChainFault("photo-altered", 0, {"attachment": item.id})
