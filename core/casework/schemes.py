"""Compiled schemes by digest: compiled on first use from a published revision's files, kept within bounds.

Compiles without linting (the revision was checked when it was published). Decides nothing and is safe to share
between threads.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock, RLock
from typing import Any

from core.errors import NotFound
from core.scheme.scheme import Scheme
from core.store import Reading

Compile = Callable[[str, Mapping[str, bytes], Mapping[str, Any]], Scheme]
"""From a locality's id, a revision's files and its lock to its scheme."""


class Schemes:
    """A bounded cache, the least recently used leaves first."""

    def __init__(self, compile: Compile, size: int = 16) -> None:
        self._compile = compile
        self._size = size
        self._kept: OrderedDict[tuple[str, str], Scheme] = OrderedDict()
        self._compiling: dict[tuple[str, str], Lock] = {}
        self._lock = RLock()

    def current(self, reading: Reading) -> Scheme:
        """Today's scheme of the reading's locality; raises NotFound `locality-unknown` when nothing is published."""
        revision = reading.revisions.current()
        if revision is None:
            raise NotFound("locality-unknown", locality=reading.locality)
        return self.of_revision(reading, revision.number, revision.scheme_digest)

    def keep(self, locality: str, scheme: Scheme) -> None:
        """Take in a scheme that has just been compiled, so that it is not compiled again."""
        self._keep((locality, scheme.digest), scheme)

    def by_digest(self, reading: Reading, digest: str) -> Scheme:
        """The scheme that a case is pinned to; raises NotFound `revision-unknown`."""
        kept = self._touched((reading.locality, digest))
        if kept is not None:
            return kept
        revision = reading.revisions.by_scheme(digest)
        if revision is None:
            raise NotFound("revision-unknown", revision=digest)
        return self.of_revision(reading, revision.number, digest)

    def of_revision(self, reading: Reading, number: int, digest: str) -> Scheme:
        """The scheme of a revision that the caller knows to exist."""
        key = (reading.locality, digest)
        kept = self._touched(key)
        if kept is not None:
            return kept
        with self._lock:
            compiling = self._compiling.setdefault(key, Lock())
        with compiling:
            kept = self._touched(key)
            if kept is None:
                files, lock = reading.revisions.files(number), reading.revisions.lock(number)
                kept = self._compile(reading.locality, files, lock)
                self._keep(key, kept)
        return kept

    def _touched(self, key: tuple[str, str]) -> Scheme | None:
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
        return None

    def _keep(self, key: tuple[str, str], scheme: Scheme) -> None:
        with self._lock:
            self._kept[key] = scheme
            self._compiling.pop(key, None)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
