"""Whether a case's rows are what its events make of them: chain, snapshot, columns of lists, tasks, payloads, photos.

Pure. It knows no scheme (what a scheme decides, due timers for one, is judged above), and no row is repaired here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from core.engine.evolve import evolve
from core.scheme.case import Case
from core.scheme.codec import case_from_dict, case_to_dict, event_from_dict
from core.scheme.event import Event
from core.store.attachments import vouched
from core.store.cases import columns_of, task_rows
from core.store.chain import ChainFault, faults, genesis
from core.store.listing import TaskRow
from core.store.log import Entry

BY_ITSELF = frozenset({"version", "head_hash", "cell_path", "snapshot"})
"""Columns that are judged in a way of their own."""


@dataclass(frozen=True, slots=True)
class Folded:
    """A case whose chain holds, folded from its events anew."""

    case: Case
    events: tuple[Event, ...]


def chain_faults(locality: str, entry: Entry) -> list[ChainFault]:
    """What has been altered, is missing or does not follow, among the events and payloads."""
    row = entry.row
    broken = list(faults(entry.links, entry.bodies, genesis(locality, row.id), row.version, row.head_hash))
    altered = (item.id for item in entry.payloads if not item.intact)
    return [*broken, *(ChainFault("payload-altered", 0, {"payload": item}) for item in sorted(altered))]


def folded(entry: Entry) -> Folded:
    """The case anew from its events. Raises what a fold raises on events that the kernel did not write."""
    events = tuple(event_from_dict(body) for body in entry.bodies)
    case = None
    for event in events:
        case = evolve(case, event)
    if case is None:
        raise ValueError("a case without events")
    return Folded(case, events)


def row_faults(entry: Entry, found: Folded) -> Iterator[ChainFault]:
    """Every row that is not what the events make of it; the chain is taken to hold."""
    yield from _column_faults(entry, found)
    yield from _task_faults(entry, found.case)
    yield from _named_faults(entry, found)


def _column_faults(entry: Entry, found: Folded) -> Iterator[ChainFault]:
    case, row, last = found.case, entry.row, found.events[-1]
    expected = columns_of(case, last, row.head_hash, row.cell_path)
    if not _same_snapshot(row.snapshot, expected["snapshot"]):
        yield ChainFault("snapshot-altered", last.seq)
    for name, value in expected.items():
        if name not in BY_ITSELF and getattr(row, name) != value:
            yield ChainFault("column-altered", last.seq, {"column": name})


def _same_snapshot(stored: Any, made: dict[str, Any]) -> bool:
    """An older kernel may have written a snapshot with fewer fields: what they default to counts as written."""
    if stored == made:
        return True
    try:
        return case_to_dict(case_from_dict(stored)) == made
    except Exception:  # noqa: BLE001  (whatever stands there is not a snapshot)
        return False


def _task_faults(entry: Entry, case: Case) -> Iterator[ChainFault]:
    expected = {TaskRow(**row) for name in case.tasks for row in task_rows(case, name)}
    stored = set(entry.tasks)
    for task in sorted({row.task for row in expected ^ stored}):
        yield ChainFault("task-altered", case.version, {"task": task})


def _named_faults(entry: Entry, found: Folded) -> Iterator[ChainFault]:
    """Payloads and photos that events name: they must be there, and a photo's row must be the one that was named."""
    payloads = {item.id for item in entry.payloads}
    photos = {item.id: item for item in entry.attachments}
    for event in found.events:
        for payload in event.data.get("texts", ()):
            if payload not in payloads:
                yield ChainFault("payload-missing", event.seq, {"payload": payload})
        photo = event.data.get("attachment")
        if event.type == "evidenced" and photo not in photos:
            yield ChainFault("attachment-missing", event.seq, {"attachment": photo})
    for photo in sorted(photo for photo, item in photos.items() if not vouched(item)):
        yield ChainFault("attachment-altered", 0, {"attachment": photo})
