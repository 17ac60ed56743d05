"""Anchors: where chains end, copied out of the database, so that a rewritten chain or a removed case can be told.

One run appends the heads that have changed since the run before, and a closing line. It reads the database and never
writes to it. What is compared with the anchors later is `core.casework.verifying`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

from core.scheme.codec import instant_from_text, instant_to_text
from core.store.anchor_log import AnchorLog, AnchorWriter, heads_of
from core.store.cases import Head
from core.store.chain import canonical
from core.store.revisions import Revision
from core.store.store import Store

OVERLAP = timedelta(hours=1)
"""How far a run looks back behind the one before it: for transactions that commit late and clocks that differ."""
HEADS_A_LINE = 1000
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)


def anchor(
    store: Store, folder: Path, locality: str, now: datetime, every: timedelta | None = None
) -> Mapping[str, Any] | None:
    """Anchor what has changed in a locality; answers the closing line.

    With `every`, nothing is done (None) when a run has ended within that time or another process is at it: so that
    many workers may call this and one of them does the work.
    """
    with AnchorLog.of(folder, locality).writing(wait=every is None) as log:
        if log is None:
            return None
        before = log.closing()
        if every is not None and before is not None and _recent(before, now, every):
            return None
        since = BEGINNING if before is None else min(instant_from_text(before["at"]), now) - OVERLAP
        anchored = log.anchored_since(since)
        for heads in _changed(store, locality, since):
            fresh = [head for head in heads if anchored.get(head.case_id, 0) < head.version]
            if fresh:
                log.append(locality, now, heads=heads_of(fresh))
        return _closed(store, log, locality, now, before)


def revision_digest(revision: Revision, lock: Mapping[str, Any]) -> str:
    """What vouches for a revision's row, and by the source digest in it for its files."""
    told = {
        "number": revision.number,
        "source_digest": revision.source_digest,
        "scheme_digest": revision.scheme_digest,
        "lock": dict(lock),
        "published_at": instant_to_text(revision.published_at),
        "published_by": revision.published_by,
    }
    return sha256(canonical(told)).hexdigest()


def _recent(closing: Mapping[str, Any], now: datetime, every: timedelta) -> bool:
    """A run from the future is none: the clock was wrong then or is now."""
    return timedelta() <= now - instant_from_text(closing["at"]) < every


def _changed(store: Store, locality: str, since: datetime) -> Iterator[tuple[Head, ...]]:
    """Heads written to since then, a line's worth at a time, each from a view of its own."""
    after: tuple[datetime, str] | None = None
    while True:
        with store.read(locality) as reading:
            heads = reading.cases.changed_heads(since, after, HEADS_A_LINE)
        if not heads:
            return
        yield heads
        after = (heads[-1].changed, heads[-1].case_id)


def _closed(
    store: Store, log: AnchorWriter, locality: str, now: datetime, before: Mapping[str, Any] | None
) -> Mapping[str, Any]:
    known = before["revision"] if before else 0
    with store.read(locality) as reading:
        cases = reading.log.count()
        revisions = [revision for revision in reversed(reading.revisions.list()) if revision.number > known]
        told = [(one.number, revision_digest(one, reading.revisions.lock(one.number))) for one in revisions]
    highest = revisions[-1].number if revisions else known
    return log.append(locality, now, cases=cases, revision=highest, revisions=told)
