"""Who carries which kind of outside effect.

A handler may be called again with the same item (its `id` is stable). It raises TemporaryFailure to be called later,
PermanentFailure to be never called again; anything else is taken as temporary.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from core.errors import TemporaryFailure
from core.store import OutboxItem

Handler = Callable[[OutboxItem], object]


class Handlers:
    """Kind of effect → handler."""

    def __init__(self, handlers: Mapping[str, Handler] | None = None) -> None:
        self._handlers: dict[str, Handler] = dict(handlers or {})

    def register(self, kind: str, handler: Handler) -> None:
        """ValueError when the kind has a handler already: an effect has one carrier."""
        if kind in self._handlers:
            raise ValueError(f"the effect {kind!r} has a handler already")
        self._handlers[kind] = handler

    def carry(self, item: OutboxItem) -> None:
        """Call the item's handler. TemporaryFailure `handler-missing`: it may be installed later."""
        handler = self._handlers.get(item.kind)
        if handler is None:
            raise TemporaryFailure("handler-missing", delay=60.0, kind=item.kind)
        handler(item)
