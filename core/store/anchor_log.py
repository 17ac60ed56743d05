"""The anchor log of a locality: a file outside the database, only ever appended to, its lines chained by their hashes.

Knows files and lines, no database. A line that was cut short by a crash is closed with a line break and passed over
by its successor, which follows on the line before it: nothing is ever cut or rewritten, so the folder may be a share
that is written once and read many times. A lock on the file keeps two writers apart.
"""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO

from core.errors import NotFound
from core.scheme.codec import instant_from_text, instant_to_text
from core.store.blobs import SAFE_NAME, sync_folder
from core.store.chain import canonical

BLOCK = 1 << 20

AnchoredHead = tuple[str, int, str]
"""Case id, version, hash in hexadecimal."""


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """`heads` or, on the last line of a run, `closing`: how many `cases` there were, the highest `revision`, and the
    `revisions` that are new, as (number, digest)."""

    number: int
    at: datetime
    locality: str
    hash: str
    heads: tuple[AnchoredHead, ...]
    closing: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class BrokenLine:
    """A line of the file, counted from 1, that was altered or that does not follow on the one before it."""

    line: int


class AnchorLog:
    """The anchor log in a file; `path` need not exist yet."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, folder: Path, locality: str) -> AnchorLog:
        """The log of a locality in the folder of anchors."""
        if not SAFE_NAME.fullmatch(locality):
            raise NotFound("locality-unknown", locality=locality)
        return cls(folder / f"{locality}.jsonl")

    def lines(self) -> Iterator[AnchorLine | BrokenLine]:
        """Every whole line from the first on. Memory is bounded by a line."""
        if not self.path.exists():
            return
        previous, number = "", 0
        with self.path.open("rb") as file:
            for place, raw in enumerate(file, 1):
                found = _parsed(raw)
                if found is None:
                    continue  # cut short by a crash: its successor follows on the line before it
                line = _line(found)
                if line is None or found["previous"] != previous or found["number"] != number + 1:
                    yield BrokenLine(place)
                if line is not None:
                    yield line
                previous, number = found["hash"], found["number"]

    def newest(self) -> Mapping[str, Any] | None:
        """The last closing line as it stands in the file: what to publish elsewhere. None without one."""
        if not self.path.exists():
            return None
        with self.path.open("rb") as file:
            return next((found for found in _backwards(file) if "heads" not in found), None)

    @contextmanager
    def writing(self, wait: bool = True) -> Iterator[AnchorWriter | None]:
        """The log to append to, while nobody else does; None when somebody does and `wait` is False."""
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(handle, "a+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield None
                return
            yield AnchorWriter(file, self.path)


class AnchorWriter:
    """Appends lines to a log that is locked. Each line is on disk before the next is written."""

    def __init__(self, file: Any, path: Path) -> None:
        self._file = file
        self._path = path
        last = next(_backwards(file), None)
        self._previous: str = last["hash"] if last else ""
        self._number: int = last["number"] if last else 0

    def closing(self) -> Mapping[str, Any] | None:
        """The last run's closing line."""
        return next((found for found in _backwards(self._file) if "heads" not in found), None)

    def anchored_since(self, instant: datetime) -> dict[str, int]:
        """Case ids with the highest version that has been anchored since then."""
        found: dict[str, int] = {}
        for line in _backwards(self._file):
            if instant_from_text(line["at"]) < instant:
                break
            for case_id, version, _ in line.get("heads", ()):
                found[case_id] = max(version, found.get(case_id, 0))
        return found

    def append(self, locality: str, at: datetime, **told: Any) -> Mapping[str, Any]:
        """One more line, durable when this returns; answers it."""
        line = {
            "number": self._number + 1,
            "locality": locality,
            "at": instant_to_text(at),
            "previous": self._previous,
            **told,
        }
        line["hash"] = _hash_of(line)
        text = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
        self._file.write(self._break() + text)
        self._file.flush()
        os.fsync(self._file.fileno())
        if self._number == 0:
            sync_folder(self._path.parent)
        self._previous, self._number = line["hash"], line["number"]
        return line

    def _break(self) -> bytes:
        """What closes a last line that was cut short."""
        size = self._file.seek(0, os.SEEK_END)
        if size == 0:
            return b""
        self._file.seek(size - 1)
        return b"" if self._file.read(1) == b"\n" else b"\n"


def heads_of(heads: Sequence[Any]) -> list[AnchoredHead]:
    """Heads as a line holds them."""
    return [(head.case_id, head.version, head.hash.hex()) for head in heads]


def _hash_of(line: Mapping[str, Any]) -> str:
    return sha256(canonical({name: value for name, value in line.items() if name != "hash"})).hexdigest()


def _parsed(raw: bytes) -> dict[str, Any] | None:
    """A line that is whole, altered or not; None for the rest of one."""
    try:
        found = json.loads(raw)
    except ValueError:
        return None
    whole = isinstance(found, dict) and isinstance(found.get("number"), int)
    named = whole and all(isinstance(found.get(name), str) for name in ("locality", "at", "previous", "hash"))
    return found if named else None


def _line(found: Mapping[str, Any]) -> AnchorLine | None:
    """The line, or None when its hash is not its own or it says what no line says."""
    try:
        if found["hash"] != _hash_of(found):
            return None
        return AnchorLine(
            number=found["number"],
            at=instant_from_text(found["at"]),
            locality=found["locality"],
            hash=found["hash"],
            heads=tuple((str(case_id), int(version), str(head)) for case_id, version, head in found.get("heads", ())),
            closing=None if "heads" in found else found,
        )
    except (ValueError, TypeError):
        return None


def _backwards(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """Whole, unaltered lines from the last to the first, block by block: a long log is not read for its end."""
    position, rest = file.seek(0, os.SEEK_END), b""
    while position > 0 or rest:
        size = min(BLOCK, position)
        position -= size
        file.seek(position)
        lines = (file.read(size) + rest).splitlines(keepends=True)
        rest = lines.pop(0) if position > 0 else b""  # it may begin in the block before
        for raw in reversed(lines):
            found = _parsed(raw)
            if found is not None and _line(found) is not None:
                yield found
