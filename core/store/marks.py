"""How a process learns that what it has kept of a locality is out of date: marks for changes, spells for time.

A mark is a fresh id on the locality's row, set in the transaction of the change; one that was rolled back never comes
again, as a counter's value would. Before a locality is published nobody keeps anything of it, so that a mark that
finds no row may be lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, bindparam, update

from core.store.database import table_of
from core.store.ids import new_id
from core.store.models import LocalityTable

LOCALITY = table_of(LocalityTable)
_MINE = update(LOCALITY).where(LOCALITY.c.locality_id == bindparam("of_locality"))
STAFF = _MINE.values(staff_mark=bindparam("mark"))
"""Assignments or duty modes have changed."""
OBJECTS = _MINE.values(objects_mark=bindparam("mark"))
"""Registry objects have changed."""

ALWAYS_BEFORE = datetime.min.replace(tzinfo=UTC)
ALWAYS_AFTER = datetime.max.replace(tzinfo=UTC)


def mark(connection: Connection, locality: str, what: object) -> None:
    """Say that `what` (STAFF or OBJECTS) has changed. Whoever else does waits until this transaction ends."""
    connection.execute(what, {"of_locality": locality, "mark": new_id()})  # type: ignore[call-overload]


@dataclass(frozen=True, slots=True)
class Spell:
    """How long an answer stays right while nothing is changed: from `since` up to, not including, `until`."""

    since: datetime = ALWAYS_BEFORE
    until: datetime = ALWAYS_AFTER

    def __contains__(self, now: datetime) -> bool:
        return self.since <= now < self.until

    def __and__(self, other: Spell) -> Spell:
        return Spell(max(self.since, other.since), min(self.until, other.until))


def spell_between(now: datetime, turns: Iterable[datetime | None]) -> Spell:
    """The spell around `now` in which none of the `turns` lies."""
    known = [turn for turn in turns if turn is not None]
    since = max((turn for turn in known if turn <= now), default=ALWAYS_BEFORE)
    return Spell(since, min((turn for turn in known if turn > now), default=ALWAYS_AFTER))
