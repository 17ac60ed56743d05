"""Timer rows: the database is the clock. Which instants are due is worked out by the engine; here they are kept,
claimed under a lease and fired once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, Row, bindparam, delete, or_, select, update

from core.store.database import Database, insert_into, table_of
from core.store.hot import Hot, later
from core.store.leases import Backlog, backlog, backoff, claim, give_back, postpone
from core.store.models import TimerTable
from core.store.unit import look, write

TIMER = table_of(TimerTable)
NAMES = ("of_locality", "of_case", "of_limit", "of_occurrence", "of_reach")
KEY = [column == bindparam(name) for column, name in zip(TIMER.primary_key.columns, NAMES, strict=True)]
OPEN = TIMER.c.done_at.is_(None)
PRESENT = select(TIMER.c.case_id, TIMER.c.limit_id, TIMER.c.occurrence, TIMER.c.reach, TIMER.c.due_at).where(
    KEY[0], TIMER.c.case_id.in_(bindparam("of_cases", expanding=True)), OPEN
)
DUE = (
    select(*TIMER.c)
    .where(
        TIMER.c.locality_id == bindparam("of_locality"),
        TIMER.c.case_id.in_(bindparam("of_cases", expanding=True)),
        OPEN,
        TIMER.c.due_at <= bindparam("now"),
        TIMER.c.run_at <= bindparam("now"),
    )
    .order_by(TIMER.c.due_at, *TIMER.primary_key.columns)
)
WITHDRAW = Hot(delete(TIMER).where(*KEY, OPEN))
FIRED = (
    update(TIMER)
    .where(*KEY, OPEN, TIMER.c.due_at <= bindparam("now"))
    .values(done_at=bindparam("now"), lease_owner=None, lease_until=None)
)


class Due(Protocol):
    """What is kept of a timer: the run `occurrence` of a limit's clock comes to its `reach` at `due_at`."""

    @property
    def limit(self) -> str: ...
    @property
    def occurrence(self) -> int: ...
    @property
    def reach(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


@dataclass(frozen=True, slots=True)
class TimerRow:
    """A timer as it stands: open while neither done nor withdrawn."""

    limit: str
    occurrence: int
    reach: str
    due_at: datetime
    run_at: datetime
    attempts: int
    last_error: str | None
    done_at: datetime | None


@dataclass(frozen=True, slots=True)
class ClaimedTimer:
    """A due timer, and the worker that has it under lease; `attempts` have failed before."""

    locality: str
    case_id: str
    limit: str
    occurrence: int
    reach: str
    due_at: datetime
    attempts: int
    owner: str

    @property
    def key(self) -> tuple[Any, ...]:
        return self.locality, self.case_id, self.limit, self.occurrence, self.reach


class Timers:
    """The timers of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def replace(self, case_id: str, due: Sequence[Due], *, fresh: bool = False) -> None:
        """Make the case's open timers equal to `due`. What has fired stays fired, unless it is to fire again at a
        later instant; a timer that keeps its instant keeps its attempts and its lease. `fresh`: the case is new and
        has none yet."""
        self.replace_several({case_id: due}, fresh={case_id} if fresh else ())

    def replace_several(self, due: Mapping[str, Sequence[Due]], fresh: Collection[str] = ()) -> None:
        """The same for several cases by id, with as few statements as one takes."""
        wanted = {
            (case_id, item.limit, item.occurrence, item.reach): item.due_at
            for case_id, items in due.items()
            for item in items
        }
        present = self._open([case_id for case_id in due if case_id not in fresh])
        withdrawn = [key for key in present if key not in wanted]
        changed = [key for key, due_at in wanted.items() if present.get(key) != due_at]
        if withdrawn or changed:
            out = [self._of(*key) for key in sorted(withdrawn)]
            into = [self._row(key, wanted[key]) for key in sorted(changed)]
            later(self._connection, (WITHDRAW, out), (SET, into))

    def _open(self, case_ids: Sequence[str]) -> dict[tuple[Any, ...], datetime]:
        """When the open timers of these cases are due."""
        if not case_ids:
            return {}
        rows = self._connection.execute(PRESENT, {"of_locality": self._locality, "of_cases": sorted(case_ids)})
        return {(row.case_id, row.limit_id, row.occurrence, row.reach): row.due_at for row in rows}

    def due(self, case_ids: Collection[str], now: datetime) -> tuple[ClaimedTimer, ...]:
        """What is due of these cases and not waiting after a failure, the longest due first, whoever has it under
        lease. For whoever has locked the cases: they alone can fire it."""
        named = {"of_locality": self._locality, "of_cases": sorted(case_ids), "now": now}
        return tuple(_claimed(row) for row in self._connection.execute(DUE, named))

    def done(self, case_id: str, limit: str, occurrence: int, reach: str, now: datetime) -> bool:
        """Mark a timer as fired, in the transaction of what it caused. False: it was fired, moved to later or
        withdrawn meanwhile, and nothing may be caused."""
        return self.done_several([(case_id, limit, occurrence, reach)], now)

    def done_several(self, timers: Sequence[tuple[str, str, int, str]], now: datetime) -> bool:
        """The same for several, by case, limit, occurrence and reach. False: not all could be, and nothing may be
        kept."""
        fired = [self._of(*timer) | {"now": now} for timer in timers]
        return self._connection.execute(FIRED, fired).rowcount == len(fired)

    def of_case(self, case_id: str) -> tuple[TimerRow, ...]:
        """The case's timers, fired ones too, by due instant."""
        names = ["limit_id" if field.name == "limit" else field.name for field in fields(TimerRow)]
        statement = select(*(TIMER.c[name] for name in names)).where(
            TIMER.c.locality_id == self._locality, TIMER.c.case_id == case_id
        )
        ordered = statement.order_by(TIMER.c.due_at, TIMER.c.limit_id, TIMER.c.occurrence, TIMER.c.reach)
        return tuple(TimerRow(*row) for row in self._connection.execute(ordered))

    def _of(self, *key: Any) -> dict[str, Any]:
        return dict(zip(NAMES, (self._locality, *key), strict=True))

    def _row(self, key: tuple[str, str, int, str], due_at: datetime) -> dict[str, Any]:
        case_id, limit, occurrence, reach = key
        return {
            "locality_id": self._locality,
            "case_id": case_id,
            "limit_id": limit,
            "occurrence": occurrence,
            "reach": reach,
            "due_at": due_at,
            "run_at": due_at,
            "attempts": 0,
        }


def _upsert(dialect: str) -> Any:
    statement = insert_into(dialect, TimerTable)
    moved = {name: statement.excluded[name] for name in ("due_at", "run_at", "attempts")}
    cleared = {"last_error": None, "lease_owner": None, "lease_until": None, "done_at": None}
    later = or_(TIMER.c.done_at.is_(None), statement.excluded.due_at > TIMER.c.due_at)
    return statement.on_conflict_do_update(
        index_elements=list(TIMER.primary_key.columns), set_=moved | cleared, where=later
    )


SET = Hot(_upsert, TIMER.c.keys())


class TimerQueue:
    """The due timers of every locality, for workers. Each call is a transaction of its own."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_due(self, now: datetime, owner: str, lease_seconds: float, limit: int) -> tuple[ClaimedTimer, ...]:
        """Lease up to `limit` due timers, the longest due first."""
        rows = write(self._database, lambda link: claim(link, TIMER, now, owner, lease_seconds, limit))
        return tuple(_claimed(row) for row in rows)

    def fail(self, timer: ClaimedTimer, error: BaseException | str, now: datetime) -> bool:
        """Record why it could not be fired and try again later, for ever: a deadline is never given up."""
        run_at = now + backoff(timer.attempts + 1)
        return write(self._database, lambda link: postpone(link, TIMER, timer.key, timer.owner, error, now, run_at))

    def release(self, timers: Sequence[ClaimedTimer], owner: str) -> int:
        """Give back what `owner` has not tried; how many were still under its lease."""
        return write(self._database, lambda link: give_back(link, TIMER, [timer.key for timer in timers], owner))

    def backlog(self, now: datetime) -> Backlog | None:
        """What is due and has not fired, of every locality; None when that is nothing."""
        return look(self._database, lambda link: next(iter(backlog(link, TIMER, now)), None))


def _claimed(row: Row[Any]) -> ClaimedTimer:
    return ClaimedTimer(
        locality=row.locality_id,
        case_id=row.case_id,
        limit=row.limit_id,
        occurrence=row.occurrence,
        reach=row.reach,
        due_at=row.due_at,
        attempts=row.attempts,
        owner=row.lease_owner or "",
    )
