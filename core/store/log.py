"""A locality's log as a whole: its cases in batches, each with every row that hangs on it. Reads, and judges nothing.

A batch is one unchanging view, however long the walk over all of them takes; memory is bounded by the batch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import Connection, Row, Table, bindparam, exists, func, select

from core.errors import NotFound
from core.store.attachments import COLUMNS as ATTACHMENT_ROW
from core.store.attachments import Attachment
from core.store.chain import Link, read_body
from core.store.database import table_of
from core.store.listing import TaskRow
from core.store.models import AttachmentTable, CaseTable, EventTable, PayloadTable, TaskTable, TimerTable
from core.store.payloads import vouched
from core.store.timers import TimerRow

CASE, EVENT, PAYLOAD, TASK, TIMER, ATTACHMENT = map(
    table_of, (CaseTable, EventTable, PayloadTable, TaskTable, TimerTable, AttachmentTable)
)
HANGING = (EVENT, PAYLOAD, TASK, TIMER, ATTACHMENT)


@dataclass(frozen=True, slots=True)
class KeptPayload:
    """`intact` when the content is the one that the id vouches for, or has been erased."""

    id: str
    kind: str
    intact: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A case as it is stored. `row` has every column of the case's table; the rest is in no particular order but for
    the links, which are by seq; `bodies` are what they say. Tasks, timers and photos may have been left unread."""

    row: Row[Any]
    links: tuple[Link, ...]
    bodies: tuple[Mapping[str, Any], ...]
    payloads: tuple[KeptPayload, ...]
    tasks: tuple[TaskRow, ...] = ()
    timers: tuple[TimerRow, ...] = ()
    attachments: tuple[Attachment, ...] = ()


def _of_cases(table: Table, *columns: Any) -> Any:
    """Rows of several cases at once; the case's id comes first. Built once: building costs more than running."""
    wanted = table.c.case_id.in_(bindparam("cases", expanding=True))
    return select(table.c.case_id, *columns).where(table.c.locality_id == bindparam("locality"), wanted)


LINKS = _of_cases(EVENT, EVENT.c.seq, EVENT.c.type, EVENT.c.body, EVENT.c.previous_hash, EVENT.c.hash).order_by(
    EVENT.c.case_id, EVENT.c.seq
)
PAYLOADS = _of_cases(PAYLOAD, PAYLOAD.c.id, PAYLOAD.c.kind, PAYLOAD.c.salt, PAYLOAD.c.body, PAYLOAD.c.erased_at)
TASKS = _of_cases(TASK, *(TASK.c[field.name] for field in fields(TaskRow)))
TIMERS = _of_cases(TIMER, *(TIMER.c["limit_id" if f.name == "limit" else f.name] for f in fields(TimerRow)))
ATTACHMENTS = _of_cases(ATTACHMENT, *ATTACHMENT_ROW)
HANGING_ROWS = (
    (TASKS, lambda row: TaskRow(*row[1:])),
    (TIMERS, lambda row: TimerRow(*row[1:])),
    (ATTACHMENTS, lambda row: Attachment(*row[1:])),
)


class Log:
    """The log of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def count(self) -> int:
        """How many cases there are."""
        statement = select(func.count()).select_from(CASE).where(CASE.c.locality_id == self._locality)
        return self._connection.scalar(statement) or 0

    def ids(self, after: str = "", limit: int = 200) -> tuple[str, ...]:
        """Ids of the next cases behind `after`."""
        statement = select(CASE.c.id).where(CASE.c.locality_id == self._locality, CASE.c.id > after)
        return tuple(self._connection.scalars(statement.order_by(CASE.c.id).limit(limit)))

    def id_of(self, named: str) -> str:
        """The id of the case with this id or number. NotFound `case-unknown`."""
        mine = select(CASE.c.id).where(CASE.c.locality_id == self._locality)
        for column in (CASE.c.id, CASE.c.number):
            found: str | None = self._connection.scalar(mine.where(column == named))
            if found is not None:
                return found
        raise NotFound("case-unknown", case=named)

    def acted(self, meaning: str) -> tuple[str, ...]:
        """Ids of the cases on which an action of that meaning was taken, oldest first. Walks all events of actions."""
        said = f'"meaning":"{meaning}"'.encode()  # as canonical JSON writes it
        sqlite = self._connection.dialect.name == "sqlite"
        found = func.instr(EVENT.c.body, said) > 0 if sqlite else func.bytealike(EVENT.c.body, b"%" + said + b"%")
        mine = (EVENT.c.locality_id == self._locality, EVENT.c.type == "acted", found)
        return tuple(
            self._connection.scalars(select(EVENT.c.case_id).distinct().where(*mine).order_by(EVENT.c.case_id))
        )

    def read(self, ids: Sequence[str], rows: bool = True) -> tuple[Entry, ...]:
        """Cases by id; without `rows`, only what the chain and its payloads are judged by.

        ValueError or TypeError when a row holds what its columns cannot: SQLite lets its owner write
        anything anywhere."""
        mine = (CASE.c.locality_id == self._locality, CASE.c.id.in_(ids))
        wanted = CASE.c if rows else (CASE.c.id, CASE.c.number, CASE.c.version, CASE.c.head_hash)
        found = self._connection.execute(select(*wanted).where(*mine).order_by(CASE.c.id)).all()
        links = self._hanging(LINKS, ids, lambda row: Link(*row[1:]))
        payloads = self._hanging(PAYLOADS, ids, _payload)
        parts = [self._hanging(statement, ids, made) for statement, made in HANGING_ROWS] if rows else []
        return tuple(
            Entry(
                row,
                tuple(links.get(row.id, ())),
                tuple(read_body(link.body) for link in links.get(row.id, ())),
                tuple(payloads.get(row.id, ())),
                *(tuple(part.get(row.id, ())) for part in parts),
            )
            for row in found
        )

    def without_case(self) -> Iterator[tuple[str, str]]:
        """(table, case id) for every id that rows hang on and no case has: foreign keys forbid it."""
        for table in HANGING:
            of_case = exists().where(CASE.c.locality_id == table.c.locality_id, CASE.c.id == table.c.case_id)
            mine = (table.c.locality_id == self._locality, table.c.case_id.is_not(None))
            statement = select(table.c.case_id).distinct().where(*mine, ~of_case)
            for case_id in self._connection.scalars(statement):
                yield table.name, case_id

    def _hanging(self, statement: Any, ids: Sequence[str], made: Any) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for row in self._connection.execute(statement, {"locality": self._locality, "cases": list(ids)}):
            found.setdefault(row[0], []).append(made(row))
        return found


def _payload(row: Row[Any]) -> KeptPayload:
    return KeptPayload(row.id, row.kind, row.erased_at is not None or vouched(row.id, row.salt, row.body))
