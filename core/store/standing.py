"""What holds in a locality at an instant: its revision, staff, duty mode and changed objects; read once, then kept.

Each process keeps what it has read last. One row, read in the asker's own transaction, says whether that still holds
(`core.store.marks`); what begins or ends by itself is watched by time. Must not be asked by a transaction that has
changed any of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select

from core.scheme.situation import Assignment
from core.store.assignments import Assignments, Duty
from core.store.database import table_of
from core.store.hot import Hot, Row, rows
from core.store.marks import Spell
from core.store.models import LocalityTable, RevisionTable
from core.store.objects import Objects

LOCALITY = table_of(LocalityTable)
REVISION = table_of(RevisionTable)
MARKS = Hot(
    select(REVISION.c.number, REVISION.c.scheme_digest, LOCALITY.c.staff_mark, LOCALITY.c.objects_mark)
    .join(REVISION, REVISION.c.locality_id == LOCALITY.c.locality_id)
    .where(LOCALITY.c.locality_id == bindparam("of_locality"), REVISION.c.number == LOCALITY.c.current_revision)
)

ByName = Mapping[str, tuple[Assignment, ...]]
Changes = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Staff:
    """Who holds what, by post and by account, and the duty mode, while `spell` lasts."""

    by_post: ByName
    by_account: ByName
    duty_mode: str | None
    spell: Spell


@dataclass(frozen=True, slots=True)
class Standing:
    """What holds now. `objects` are the registry's changes since publication, by code. Shared: change nothing in it."""

    revision: int
    scheme_digest: str
    staff: Staff
    objects: Changes


class Standings:
    """What this process keeps of each locality. Safe to share between threads: an entry is replaced as a whole, and
    one that was read too early is found out by its mark."""

    def __init__(self) -> None:
        self._staff: dict[str, tuple[str, Staff]] = {}
        self._objects: dict[str, tuple[str, Changes]] = {}

    def at(
        self, connection: Connection, locality: str, now: datetime, marks: Sequence[Row] | None = None
    ) -> Standing | None:
        """What holds at `now`; None for a locality without a published revision. `marks` is what MARKS has answered
        in this transaction, when it was asked for already."""
        found = rows(connection, MARKS, {"of_locality": locality}) if marks is None else marks
        if not found:
            return None
        (row,) = found
        number, digest, staff_mark, objects_mark = row
        mark, staff = self._staff.get(locality, ("", None))
        if staff is None or mark != staff_mark or now not in staff.spell:
            staff = _staff(connection, locality, now)
            self._staff[locality] = (staff_mark, staff)
        mark, objects = self._objects.get(locality, ("", None))
        if objects is None or mark != objects_mark:
            objects = Objects(connection, locality).all()
            self._objects[locality] = (objects_mark, objects)
        return Standing(number, digest, staff, objects)


def _staff(connection: Connection, locality: str, now: datetime) -> Staff:
    assignments = Assignments(connection, locality)
    duty_mode, duty_spell = Duty(connection, locality).lasting(now)
    spell = assignments.spell(now) & duty_spell
    holding = assignments.holding(now)
    by_post: dict[str, list[Assignment]] = {}
    by_account: dict[str, list[Assignment]] = {}
    for assignment in holding:
        by_post.setdefault(assignment.post, []).append(assignment)
        by_account.setdefault(assignment.account, []).append(assignment)
    return Staff(_frozen(by_post), _frozen(by_account), duty_mode, spell)


def _frozen(lists: Mapping[str, list[Assignment]]) -> ByName:
    return {name: tuple(found) for name, found in lists.items()}
