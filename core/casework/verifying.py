"""Verifying a locality's log: every case, then what is no longer there, the revisions, the anchors themselves.

Reads in batches, each one unchanging view, so it may run beside a server and be stopped at any time. It finds and never
repairs. How one case is judged is `core.casework.case_log`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.casework.case_log import Depth, case_faults
from core.casework.office import Office
from core.errors import NotFound
from core.manifest.digest import source_digest
from core.store import Reading
from core.store.anchor_log import AnchorLog
from core.store.anchored import Anchored
from core.store.anchoring import revision_digest
from core.store.chain import ChainFault
from core.store.log import Entry

BATCH = 200
UNREADABLE = (ValueError, TypeError, LookupError, AttributeError)
"""What reading a row raises that holds something else than its columns can: SQLite lets its owner write anything."""


@dataclass(frozen=True, slots=True)
class LogFinding:
    """Something that was altered or has gone. `case` and `number` are None for what belongs to no case; `seq` is the
    event that it shows at, 0 when at none."""

    code: str
    locality: str
    case: str | None = None
    number: str | None = None
    seq: int = 0
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Walked:
    """A stretch of the walk: how many cases and events were in it, and what was found."""

    cases: int
    events: int
    findings: tuple[LogFinding, ...]


def verify_log(office: Office, locality: str, log: AnchorLog, depth: Depth) -> Iterator[Walked]:
    """Everything that is wrong in a locality's log, batch by batch, then what belongs to no case that is there."""
    after = ""
    with Anchored(log, locality) as anchored:
        while True:
            with office.store.read(locality) as reading:
                ids = reading.log.ids(after, BATCH)
                walked = _walked(office, reading, ids, anchored, depth)
            if not ids:
                break
            yield walked
            after = ids[-1]
        with office.store.read(locality) as reading:
            broken = (LogFinding("anchor-altered", locality, params={"line": line}) for line in anchored.broken)
            yield Walked(0, 0, (*_gone(reading, anchored), *_of_revisions(reading, anchored), *broken))


def verify_case(office: Office, locality: str, named: str, log: AnchorLog, depth: Depth) -> Walked:
    """The same for one case, named by its id or number. NotFound `case-unknown` when there is no trace of it.

    The anchors are read before the case, as in the walk: a case may only be further than its anchors.
    """
    try:
        with office.store.read(locality) as reading:
            case_id = reading.log.id_of(named)
    except NotFound:
        with Anchored(log, locality, only=named) as anchored:
            gone = tuple(_removed(locality, *left) for left in anchored.left())
        if not gone:
            raise
        return Walked(0, 0, gone)
    with Anchored(log, locality, only=case_id) as anchored, office.store.read(locality) as reading:
        return _walked(office, reading, [case_id], anchored, depth)


def _walked(office: Office, reading: Reading, ids: Sequence[str], anchored: Anchored, depth: Depth) -> Walked:
    """These cases judged. One that cannot even be read is told as that and does not end the walk."""
    heads = anchored.take(ids)
    events = 0
    found: list[LogFinding] = []
    for case_id, entry in _entries(reading, ids, depth.rows or depth.photos):
        number = None
        try:
            if isinstance(entry, Exception):
                raise entry
            number = entry.row.number
            events += len(entry.links)
            faults = list(case_faults(office, reading, entry, heads.get(case_id, []), anchored.until, depth))
        except UNREADABLE as error:
            faults = [ChainFault("case-unreadable", 0, {"error": type(error).__name__})]
        found += [LogFinding(item.code, reading.locality, case_id, number, item.seq, item.params) for item in faults]
    return Walked(len(ids), events, tuple(found))


def _entries(reading: Reading, ids: Sequence[str], rows: bool) -> Iterator[tuple[str, Entry | Exception]]:
    """The cases by id; for one that cannot be read, why not."""
    try:
        entries = reading.log.read(ids, rows)
    except UNREADABLE as error:
        if len(ids) == 1:
            yield ids[0], error
            return
        for case_id in ids:
            yield from _entries(reading, [case_id], rows)
    else:
        yield from ((entry.row.id, entry) for entry in entries)


def _removed(locality: str, case_id: str, version: int) -> LogFinding:
    return LogFinding("case-removed", locality, case_id, seq=version, params={"version": version})


def _gone(reading: Reading, anchored: Anchored) -> Iterator[LogFinding]:
    """Cases that were anchored and are no longer there, and rows that hang on no case."""
    removed = set()
    for case_id, version in anchored.left():
        removed.add(case_id)
        yield _removed(reading.locality, case_id, version)
    hanging: dict[str, list[str]] = {}
    for table, case_id in reading.log.without_case():
        if case_id not in removed:
            hanging.setdefault(case_id, []).append(table)
    for case_id, tables in sorted(hanging.items()):
        yield LogFinding("case-missing", reading.locality, case_id, params={"tables": ", ".join(tables)})


def _of_revisions(reading: Reading, anchored: Anchored) -> Iterator[LogFinding]:
    there = {revision.number: revision for revision in reading.revisions.list()}
    for number, revision in sorted(there.items()):
        digest = revision_digest(revision, reading.revisions.lock(number))
        try:
            whole = source_digest(reading.revisions.files(number)) == revision.source_digest
        except UNREADABLE:
            whole = False
        if not whole or anchored.revisions.get(number, digest) != digest:
            yield LogFinding("revision-altered", reading.locality, params={"revision": number})
    for number in sorted(anchored.revisions.keys() - there.keys()):
        yield LogFinding("revision-removed", reading.locality, params={"revision": number})
