"""Cases: the snapshot, and the append-only chain of events that it is folded from.

Appending is the only way to change a case. What an event means is not known here.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, false, func, insert, select, tuple_, union, update
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict, NotFound
from core.scheme.case import Case
from core.scheme.codec import case_from_dict, case_to_dict, event_from_dict, event_to_dict
from core.scheme.event import Event
from core.store.chain import canonical, genesis, hash_after
from core.store.database import WRITES, table_of
from core.store.hot import Hot, first, write
from core.store.listing import (
    EVERYTHING,
    CaseFilter,
    CaseRow,
    Holder,
    Keyset,
    Order,
    Page,
    TaskRow,
    Visibility,
    binding_of,
    grants,
    held_by,
    matches,
    visible,
)
from core.store.models import CaseTable, EventTable, TaskTable

CASE = table_of(CaseTable)
EVENT = table_of(EventTable)
TASK = table_of(TaskTable)
MINE = (CASE.c.locality_id == bindparam("of_locality"), CASE.c.id == bindparam("of_id"))
LOAD = Hot(select(CASE.c.snapshot, CASE.c.version, CASE.c.head_hash).where(*MINE))
LOAD_LOCKED = Hot(select(CASE.c.snapshot, CASE.c.version, CASE.c.head_hash).where(*MINE).with_for_update())
LOAD_SEVERAL = (
    select(CASE.c.id, CASE.c.snapshot, CASE.c.version, CASE.c.head_hash)
    .where(CASE.c.locality_id == bindparam("of_locality"), CASE.c.id.in_(bindparam("of_ids", expanding=True)))
    .order_by(CASE.c.id)  # whoever locks several locks them in one order
    .with_for_update()
)
HEAD = Hot(select(CASE.c.head_hash).where(*MINE, CASE.c.version == bindparam("of_version")))
ENTER = Hot(insert(CASE), CASE.c.keys())
CHANGED = [name for name in CASE.c.keys() if name not in CASE.primary_key.columns]  # noqa: SIM118  (names, not columns)
SAVE = Hot(update(CASE).where(*MINE, CASE.c.version == bindparam("of_version")), CHANGED)
ADD_EVENT = Hot(insert(EVENT), EVENT.c.keys())
ADD_TASK = Hot(insert(TASK), TASK.c.keys())
DROP_TASK = Hot(
    delete(TASK).where(
        TASK.c.locality_id == bindparam("of_locality"),
        TASK.c.case_id == bindparam("of_id"),
        TASK.c.task == bindparam("of_task"),
    )
)
ROW = [CASE.c[field.name] for field in fields(CaseRow)]
TASK_ROW = [TASK.c[field.name] for field in fields(TaskRow)]


@dataclass(frozen=True, slots=True)
class Head:
    """Where a case's chain ends, since when: what is copied out of the database to anchor it."""

    case_id: str
    version: int
    hash: bytes
    changed: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """A decision to write: the case after it, its events, the version that it was made on (0 for a new case), and
    where the case is, `/root/town/cell/`."""

    case: Case
    events: Sequence[Event]
    expected_version: int
    cell_path: str


class Cases:
    """The cases of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality
        self._heads: dict[tuple[str, int], bytes] = {}  # read with the snapshot, so that append need not ask again

    def load(self, case_id: str, lock: bool = True) -> Case | None:
        """The snapshot, or None. With `lock`, nobody else changes it until this unit ends (a reading has no locks)."""
        locks = lock and self._connection.get_execution_options().get(WRITES, False)
        named = {"of_locality": self._locality, "of_id": case_id}
        found = first(self._connection, LOAD_LOCKED if locks else LOAD, named)
        if found is None:
            return None
        snapshot, version, head = found
        self._heads[case_id, version] = bytes(head)
        return case_from_dict(snapshot)

    def load_several(self, case_ids: Collection[str]) -> dict[str, Case]:
        """The snapshots of those that are there by id, locked as `load` locks them; for a unit."""
        named = {"of_locality": self._locality, "of_ids": sorted(case_ids)}
        rows = self._connection.execute(LOAD_SEVERAL, named).all()
        self._heads |= {(row.id, row.version): row.head_hash for row in rows}
        return {row.id: case_from_dict(row.snapshot) for row in rows}

    def get(self, case_id: str) -> Case:
        """The snapshot, without a lock; NotFound `case-unknown`."""
        case = self.load(case_id, lock=False)
        if case is None:
            raise NotFound("case-unknown", case=case_id)
        return case

    def by_number(self, number: str) -> Case | None:
        """The case with this number, without a lock."""
        snapshot = self._connection.scalar(self._select(CASE.c.snapshot).where(CASE.c.number == number))
        return None if snapshot is None else case_from_dict(snapshot)

    def append(self, case: Case, events: Sequence[Event], expected_version: int, cell_path: str) -> None:
        """Write a decision: its events, and the snapshot after them.

        Raises Conflict `case-changed` when the case has moved on, `case-exists` when its id or number is taken.
        """
        self.append_several([Change(case, events, expected_version, cell_path)])

    def append_several(self, changes: Sequence[Change]) -> None:
        """Write decisions on different cases in one round trip; all or, raising as `append`, none.

        A version that is not the expected one touches no row of the case, and the whole transaction is given up.
        """
        entered: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        events: list[dict[str, Any]] = []
        for change in changes:
            _require_in_order(change)
            named = self._named(change.case.id)
            events += _event_rows(self._locality, change, self._head(change.case.id, change.expected_version))
            columns = columns_of(change.case, change.events[-1], events[-1]["hash"], change.cell_path)
            if change.expected_version:
                changed.append(columns | named | {"of_version": change.expected_version})
            else:
                entered.append(columns | {"locality_id": self._locality, "id": change.case.id})
        old, new = self._tasks_of(changes)
        steps = ((ENTER, entered), (SAVE, changed), (ADD_EVENT, events), (DROP_TASK, old), (ADD_TASK, new))
        try:
            _, saved, *_ = write(self._connection, *steps)
        except IntegrityError as error:
            raise _clash(changes) from error
        if saved != len(changed):
            raise Conflict("case-changed", case=changes[0].case.id)

    def events(self, case_id: str, after_seq: int = 0, limit: int = 200) -> tuple[Event, ...]:
        """The events behind `after_seq`, in order."""
        statement = (
            select(EVENT.c.body)
            .where(EVENT.c.locality_id == self._locality, EVENT.c.case_id == case_id, EVENT.c.seq > after_seq)
            .order_by(EVENT.c.seq)
            .limit(limit)
        )
        return tuple(event_from_dict(json.loads(body)) for body in self._connection.scalars(statement))

    def list(
        self,
        wanted: CaseFilter = CaseFilter(),  # noqa: B008  (frozen)
        visibility: Visibility = EVERYTHING,
        order: Order = "-opened_at",
        cursor: str | None = None,
        limit: int = 50,
    ) -> Page:
        """One page. Ordered by `due_at`, it holds only cases with a running clock."""
        keyset = Keyset(order, binding_of(self._locality, wanted))
        conditions = [matches(wanted)]
        if order == "due_at":
            conditions.append(CASE.c.due_at.is_not(None))
        if cursor is not None:
            conditions.append(keyset.after(cursor))
        if not visibility.everything:
            conditions = [CASE.c.id.in_(self._seen(visibility, keyset, conditions, limit + 1))]
        statement = keyset.sort(self._select(*ROW)).where(*conditions).limit(limit + 1)
        rows = tuple(CaseRow(*row) for row in self._connection.execute(statement))
        more = len(rows) > limit
        return Page(rows[:limit], keyset.cursor(rows[limit - 1]) if more else None)

    def count(self, wanted: CaseFilter, visibility: Visibility = EVERYTHING) -> int:
        """How many there are."""
        statement = self._select(func.count()).where(matches(wanted), visible(visibility))
        return self._connection.scalar(statement) or 0

    def tasks(self, case_id: str) -> tuple[TaskRow, ...]:
        """The case's tasks in their latest occurrence, owners before co-handlers."""
        statement = select(*TASK_ROW).where(TASK.c.locality_id == self._locality, TASK.c.case_id == case_id)
        ordered = statement.order_by(TASK.c.task, TASK.c.place)
        return tuple(TaskRow(*row) for row in self._connection.execute(ordered))

    def tasks_of(self, holder: Holder, state: str = "open", limit: int = 200) -> tuple[TaskRow, ...]:
        """The holder's tasks, oldest first."""
        statement = (
            select(*TASK_ROW)
            .where(TASK.c.locality_id == self._locality, TASK.c.state == state, held_by(holder))
            .order_by(TASK.c.opened_at, TASK.c.case_id, TASK.c.task, TASK.c.place)
            .limit(limit)
        )
        return tuple(TaskRow(*row) for row in self._connection.execute(statement))

    def changed_heads(self, since: datetime, after: tuple[datetime, str] | None, limit: int) -> tuple[Head, ...]:
        """Where chains end that were written to at `since` or later, oldest first; `after` is the last one's (changed,
        case id)."""
        columns = (CASE.c.id, CASE.c.version, CASE.c.head_hash, CASE.c.updated_at)
        statement = self._select(*columns).where(CASE.c.updated_at >= since)
        if after is not None:
            statement = statement.where(tuple_(CASE.c.updated_at, CASE.c.id) > after)
        ordered = statement.order_by(CASE.c.updated_at, CASE.c.id).limit(limit)
        return tuple(Head(*row) for row in self._connection.execute(ordered))

    def _seen(self, to: Visibility, keyset: Keyset, conditions: Sequence[ColumnElement[bool]], limit: int) -> Any:
        """The first cases of the list for each reason to see one, together: each reason walks its own index, where all
        reasons in one condition would walk every case."""
        parts = (
            keyset.sort(self._select(CASE.c.id)).where(*conditions, reason).limit(limit).subquery()
            for reason in grants(to) or [false()]
        )
        return union(*(select(part.c.id) for part in parts))

    def _select(self, *columns: Any) -> Any:
        return select(*columns).select_from(CASE).where(CASE.c.locality_id == self._locality)

    def _named(self, case_id: str) -> dict[str, Any]:
        return {"of_locality": self._locality, "of_id": case_id}

    def _head(self, case_id: str, version: int) -> bytes:
        """Where the case's chain ends at this version."""
        if version == 0:
            return genesis(self._locality, case_id)
        known = self._heads.get((case_id, version))
        if known is not None:
            return known
        found = first(self._connection, HEAD, self._named(case_id) | {"of_version": version})
        if found is None:
            raise Conflict("case-changed", case=case_id)
        return bytes(found[0])

    def _tasks_of(self, changes: Sequence[Change]) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
        """The tasks that the events touch: rows to delete, and rows as they stand now."""
        touched = [(change, name) for change in changes for name in _touched(change)]
        old = [self._named(one.case.id) | {"of_task": name} for one, name in touched if one.expected_version]
        new = [{"locality_id": self._locality, **row} for one, name in touched for row in task_rows(one.case, name)]
        return old, new


def _require_in_order(change: Change) -> None:
    expected = list(range(change.expected_version + 1, change.case.version + 1))
    if [event.seq for event in change.events] != expected or not expected:
        raise ValueError(f"events of {change.case.id} do not lead from {change.expected_version} to its version")
    if not (change.cell_path.startswith("/") and change.cell_path.endswith("/")):
        raise ValueError(f"not a path of cells: {change.cell_path}")


def _clash(changes: Sequence[Change]) -> Conflict:
    """What a violated key means: a new case's id or number is taken, or a case has moved on."""
    case = next((change.case for change in changes if not change.expected_version), None)
    if case is None:
        return Conflict("case-changed", case=changes[0].case.id)
    return Conflict("case-exists", case=case.id, number=case.number)


def _touched(change: Change) -> list[str]:
    return sorted({event.data["task"] for event in change.events if event.type.startswith("task_")})


def _event_rows(locality: str, change: Change, head: bytes) -> Iterator[dict[str, Any]]:
    """The events, each hashed onto the one before it."""
    for event in change.events:
        body = canonical(event_to_dict(event))
        following = hash_after(head, body)
        yield {
            "locality_id": locality,
            "case_id": change.case.id,
            "seq": event.seq,
            "type": event.type,
            "body": body,
            "previous_hash": head,
            "hash": following,
        }
        head = following


def columns_of(case: Case, last: Event, head: bytes, cell_path: str) -> dict[str, Any]:
    """The case's row after its last event, but for its key."""
    due = [clock.due_at for clock in case.clocks.values() if clock.state == "running" and clock.due_at]
    return {
        "number": case.number,
        "version": case.version,
        "head_hash": head,
        "scheme": case.scheme,
        "kind": case.kind,
        "intake": case.intake,
        "category": case.category,
        "cell": case.cell,
        "cell_path": cell_path,
        "channel": case.channel,
        "severity": case.severity,
        "alert": case.alert,
        "stages": dict(case.tracks),
        "open": case.closed_at is None,
        "object": case.object,
        "reporter": case.reporter,
        "opened_at": case.opened_at,
        "updated_at": last.recorded_at,
        "due_at": min(due, default=None),
        "snapshot": case_to_dict(case),
    }


def task_rows(case: Case, name: str) -> list[dict[str, Any]]:
    """The rows of a task: its owner's, then its co-handlers'."""
    task = case.tasks[name]
    return [
        {
            "case_id": case.id,
            "task": name,
            "place": place,
            "occurrence": task.occurrence,
            "state": task.state,
            "organisation": owner.organisation,
            "post": owner.post,
            "cell": owner.cell,
            "pool": owner.pool,
            "account": owner.account,
            "opened_at": task.opened_at,
            "closed_at": task.closed_at,
        }
        for place, owner in enumerate((task.owner, *task.co_handlers))
    ]
