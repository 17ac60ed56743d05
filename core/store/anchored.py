"""What an anchor log says of each case, to be looked up while the cases are walked.

The heads are kept in a temporary database on disk that goes away by itself: a log may name more cases than memory
holds. Judges nothing.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from typing import Self

from core.store.anchor_log import AnchorLine, AnchorLog, BrokenLine


class Anchored:
    """`until`: when the last run began, None when there was none. `broken`: numbers of lines that do not hold.
    `revisions`: their digests by number."""

    def __init__(self, log: AnchorLog, locality: str, only: str | None = None) -> None:
        self.until: datetime | None = None
        self.broken: list[int] = []
        self.revisions: dict[int, str] = {}
        self._base = sqlite3.connect("", isolation_level=None)
        self._base.execute(
            "CREATE TABLE head (case_id TEXT, version INTEGER, hash TEXT, PRIMARY KEY (case_id, version, hash))"
            " WITHOUT ROWID"
        )
        self._base.execute("BEGIN")
        for line in log.lines():
            if isinstance(line, BrokenLine):
                self.broken.append(line.line)
            elif line.locality == locality:
                self._take_in(line, only)
        self._base.execute("COMMIT")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._base.close()

    def take(self, case_ids: Sequence[str]) -> Mapping[str, list[tuple[int, str]]]:
        """The anchored (version, hash) of these cases, oldest first; `left` no longer has them."""
        found: dict[str, list[tuple[int, str]]] = {}
        marks = ", ".join("?" * len(case_ids))
        with closing(self._base.cursor()) as cursor:
            wanted = f"FROM head WHERE case_id IN ({marks})"
            for case_id, version, head in cursor.execute(
                f"SELECT case_id, version, hash {wanted} ORDER BY case_id, version", tuple(case_ids)
            ):
                found.setdefault(case_id, []).append((version, head))
            cursor.execute(f"DELETE {wanted}", tuple(case_ids))
        return found

    def left(self) -> Iterator[tuple[str, int]]:
        """Case ids that nobody has taken, with the highest version that was anchored."""
        yield from self._base.execute("SELECT case_id, max(version) FROM head GROUP BY case_id ORDER BY case_id")

    def _take_in(self, line: AnchorLine, only: str | None) -> None:
        if line.closing is not None:
            self.until = line.at
            self.revisions.update(line.closing.get("revisions", ()))
        heads = line.heads if only is None else [head for head in line.heads if head[0] == only]
        self._base.executemany("INSERT OR IGNORE INTO head VALUES (?, ?, ?)", heads)
