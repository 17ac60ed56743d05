"""Keyset cursors: where a list goes on, signed and bound to the filters that it was made for.

A cursor is opaque to clients. It holds a position only, never content, and works for nobody else's list.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from itsdangerous import BadData, URLSafeSerializer

from core.errors import Unprocessable

_LONGEST = 1000


class Cursors:
    """Makes and reads cursors with one signing key."""

    def __init__(self, key: str) -> None:
        self._serializer = URLSafeSerializer(key, salt="cursor")

    def make(self, scope: Mapping[str, Any], position: tuple[Any, ...]) -> str:
        """A cursor after `position` in the list that `scope` (locality, account, filters) describes."""
        made = self._serializer.dumps([_fingerprint(scope), *position])
        return made.decode() if isinstance(made, bytes) else made

    def read(self, scope: Mapping[str, Any], cursor: str | None) -> tuple[Any, ...] | None:
        """The position, None for no cursor; raises Unprocessable for one that is forged or of another list."""
        if cursor is None:
            return None
        try:
            fingerprint, *position = self._serializer.loads(cursor[:_LONGEST])
        except (BadData, ValueError, TypeError) as error:
            raise Unprocessable("cursor-invalid") from error
        if fingerprint != _fingerprint(scope):
            raise Unprocessable("cursor-invalid")
        return tuple(position)


def _fingerprint(scope: Mapping[str, Any]) -> str:
    text = json.dumps(dict(scope), sort_keys=True, default=str, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
