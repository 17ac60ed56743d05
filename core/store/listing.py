"""Lists of cases and tasks: filters, who may see what, and keyset pages whose cursors are bound to their filters.

Builds conditions only; who may see what is decided above and arrives as a `Visibility`.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, and_, exists, false, or_, true, tuple_

from core.errors import Unprocessable
from core.store.database import table_of
from core.store.models import CaseTable, TaskTable

CASE = table_of(CaseTable).c
TASK = table_of(TaskTable).c

Order = Literal["-opened_at", "opened_at", "-updated_at", "updated_at", "due_at"]
Cells = tuple[str, ...]  # paths, `/root/town/`: the cell and everything under it


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose tasks: any of these suffices. A post is (post, cell), or (post, None) wherever it is."""

    accounts: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()
    posts: frozenset[tuple[str, str | None]] = frozenset()
    pools: frozenset[str] = frozenset()


LAST = chr(0x10FFFF)
"""Behind every other character: a range of texts that begin alike ends here, and an index can walk it."""


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """What is asked for. An empty field does not restrict; all that are stated must hold. Times: from, up to but not
    including. `number` is the whole case number, `number_begins` its beginning; `tasks_of` means an open task."""

    number: str | None = None
    open: bool | None = None
    kinds: frozenset[str] = frozenset()
    intakes: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    alerts: frozenset[str] = frozenset()
    cells: Cells = ()
    stages: tuple[tuple[str, str], ...] = ()  # (track, stage), any of
    object: str | None = None
    reporter: str | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
    updated_from: datetime | None = None
    due_before: datetime | None = None
    tasks_of: Holder | None = None
    number_begins: str | None = None


@dataclass(frozen=True, slots=True)
class Visibility:
    """What the asker may see: any one suffices, nothing at all by default. `organisations` see cases that have or had
    a task of theirs, `tasks` cases with an open task of the holder."""

    everything: bool = False
    cells: Cells = ()
    organisations: frozenset[str] = frozenset()
    tasks: Holder | None = None
    reporter: str | None = None


EVERYTHING = Visibility(everything=True)


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as lists show it."""

    id: str
    number: str
    version: int
    scheme: str
    kind: str
    intake: str
    category: str
    cell: str
    channel: str
    severity: str
    alert: str | None
    stages: Mapping[str, str]
    open: bool
    object: str | None
    reporter: str
    opened_at: datetime
    updated_at: datetime
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class TaskRow:
    """A task as lists show it; `place` 0 is its owner, 1 and up are co-handlers."""

    case_id: str
    task: str
    place: int
    occurrence: int
    state: str
    organisation: str | None
    post: str | None
    cell: str | None
    pool: str | None
    account: str | None
    opened_at: datetime
    closed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Page:
    """`cursor` leads to the next page; None when this is the last."""

    rows: tuple[CaseRow, ...] = ()
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Keyset:
    """Where a page ends and the next begins. `binding` names the filter and order that a cursor is good for."""

    order: Order
    binding: str = field(default="")

    @property
    def column(self) -> ColumnElement[datetime]:
        return CASE[self.order.lstrip("-")]

    def sort(self, statement: Select[Any]) -> Select[Any]:
        if self.order.startswith("-"):
            return statement.order_by(self.column.desc(), CASE.id.desc())
        return statement.order_by(self.column, CASE.id)

    def after(self, cursor: str) -> ColumnElement[bool]:
        """The rows behind a cursor; Unprocessable `cursor-invalid` when it belongs to another list."""
        try:
            binding, at, case_id = json.loads(base64.urlsafe_b64decode(cursor.encode()))
            instant = datetime.fromisoformat(at)
            if binding != self._bound() or not isinstance(case_id, str) or instant.tzinfo is None:
                raise ValueError(binding)
        except (ValueError, TypeError) as error:
            raise Unprocessable("cursor-invalid") from error
        position = tuple_(self.column, CASE.id)
        return position < (instant, case_id) if self.order.startswith("-") else position > (instant, case_id)

    def cursor(self, last: CaseRow) -> str:
        at: datetime = getattr(last, self.order.lstrip("-"))
        return base64.urlsafe_b64encode(json.dumps([self._bound(), at.isoformat(), last.id]).encode()).decode()

    def _bound(self) -> str:
        return sha256(f"{self.order} {self.binding}".encode()).hexdigest()[:16]


def binding_of(locality: str, wanted: CaseFilter) -> str:
    """A text that is the same for equal filters, whatever order their sets are walked in."""
    parts = [f"{name}={_stable(getattr(wanted, name))}" for name in CaseFilter.__dataclass_fields__]
    return " ".join([locality, *parts])


def _stable(value: Any) -> str:
    if isinstance(value, frozenset):
        return repr(sorted(map(repr, value)))
    if isinstance(value, Holder):
        return "/".join(_stable(getattr(value, name)) for name in Holder.__dataclass_fields__)
    return repr(value)


def matches(wanted: CaseFilter) -> ColumnElement[bool]:
    """The filter as a condition on the case's row."""
    conditions: list[ColumnElement[bool]] = [true()]
    for column, values in (
        (CASE.kind, wanted.kinds),
        (CASE.intake, wanted.intakes),
        (CASE.category, wanted.categories),
        (CASE.channel, wanted.channels),
        (CASE.severity, wanted.severities),
        (CASE.alert, wanted.alerts),
    ):
        if values:
            conditions.append(column.in_(sorted(values)))
    for column, value in (
        (CASE.number, wanted.number),
        (CASE.open, wanted.open),
        (CASE.object, wanted.object),
        (CASE.reporter, wanted.reporter),
    ):
        if value is not None:
            conditions.append(column == value)
    if wanted.number_begins is not None:
        begins = wanted.number_begins
        conditions.append(and_(CASE.number >= begins, CASE.number < begins + LAST))
    if wanted.cells:
        conditions.append(_under(wanted.cells))
    if wanted.stages:
        conditions.append(or_(*(CASE.stages[track].as_string() == stage for track, stage in wanted.stages)))
    if wanted.tasks_of is not None:
        conditions.append(_has_open_task(wanted.tasks_of))
    return and_(*conditions, *_times(wanted))


def _times(wanted: CaseFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.opened_from is not None:
        conditions.append(CASE.opened_at >= wanted.opened_from)
    if wanted.opened_to is not None:
        conditions.append(CASE.opened_at < wanted.opened_to)
    if wanted.updated_from is not None:
        conditions.append(CASE.updated_at >= wanted.updated_from)
    if wanted.due_before is not None:
        conditions.append(CASE.due_at < wanted.due_before)
    return conditions


def visible(to: Visibility) -> ColumnElement[bool]:
    """What the asker may see, as a condition on the case's row."""
    return true() if to.everything else or_(false(), *grants(to))


def grants(to: Visibility) -> list[ColumnElement[bool]]:
    """Each reason to see a case, as a condition of its own: one index serves each, and none serves all together."""
    found: list[ColumnElement[bool]] = []
    if to.cells:
        found.append(_under(to.cells))
    if to.organisations:
        found.append(_has_task(TASK.organisation.in_(sorted(to.organisations))))
    if to.tasks is not None:
        found.append(_has_open_task(to.tasks))
    if to.reporter is not None:
        found.append(CASE.reporter == to.reporter)
    return found


def held_by(holder: Holder) -> ColumnElement[bool]:
    """Whose task, as a condition on the task's row."""
    claims: list[ColumnElement[bool]] = [false()]
    for column, values in (
        (TASK.account, holder.accounts),
        (TASK.organisation, holder.organisations),
        (TASK.pool, holder.pools),
    ):
        if values:
            claims.append(column.in_(sorted(values)))
    for post, cell in sorted(holder.posts, key=repr):
        claims.append(TASK.post == post if cell is None else and_(TASK.post == post, TASK.cell == cell))
    return or_(*claims)


def _under(paths: Sequence[str]) -> ColumnElement[bool]:
    """In or under a cell. A path ends in `/`, and `0` is the character after it: a subtree is one range."""
    return or_(*(and_(CASE.cell_path >= path, CASE.cell_path < path[:-1] + "0") for path in paths))


def _has_open_task(holder: Holder) -> ColumnElement[bool]:
    return _has_task(and_(TASK.state == "open", held_by(holder)))


def _has_task(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    same_case = and_(TASK.locality_id == CASE.locality_id, TASK.case_id == CASE.id)
    return exists().where(same_case, condition)
