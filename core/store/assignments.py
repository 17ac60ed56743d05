"""Who holds which post, and which duty mode holds: today's state, apart from the manifests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, or_, select, update

from core.scheme.situation import Assignment
from core.store.database import table_of
from core.store.ids import new_id
from core.store.marks import STAFF, Spell, mark, spell_between
from core.store.models import AccountTable, AssignmentTable, DutyTable

ACCOUNT = table_of(AccountTable)
ASSIGNMENT = table_of(AssignmentTable)
DUTY = table_of(DutyTable)
COLUMNS = [ASSIGNMENT.c[field.name] for field in fields(Assignment)]


@dataclass(frozen=True, slots=True)
class Held:
    """An assignment with its id, the name of its account (its id when the host knows none) and since when it holds."""

    id: str
    name: str
    since: datetime
    assignment: Assignment


class Assignments:
    """The assignments of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality
        self._marked = False

    def add(self, assignment: Assignment, now: datetime) -> str:
        """Assign; answers the assignment's id."""
        (assignment_id,) = self.add_all((assignment,), now)
        return assignment_id

    def add_all(self, assignments: Iterable[Assignment], now: datetime) -> tuple[str, ...]:
        """Assign many in one statement; answers their ids in the same order."""
        rows = [
            {"locality_id": self._locality, "id": new_id(), "created_at": now, **asdict(assignment)}
            for assignment in assignments
        ]
        if rows:
            self._connection.execute(insert(ASSIGNMENT), rows)
            self._mark()
        return tuple(row["id"] for row in rows)

    def end(self, assignment_id: str, at: datetime) -> bool:
        """Let it end at an instant; False when there is no such assignment, or it ends earlier."""
        still = or_(ASSIGNMENT.c.valid_to.is_(None), ASSIGNMENT.c.valid_to > at)
        mine = (ASSIGNMENT.c.locality_id == self._locality, ASSIGNMENT.c.id == assignment_id, still)
        ended = self._connection.execute(update(ASSIGNMENT).where(*mine).values(valid_to=at)).rowcount == 1
        if ended:
            self._mark()
        return ended

    def holding(self, now: datetime) -> tuple[Assignment, ...]:
        """All that hold now, in the order in which they were made."""
        return self._find(now)

    def spell(self, now: datetime) -> Spell:
        """How long `holding` stays what it is at `now`, unless somebody changes an assignment."""
        turns = [
            turn
            for column in (ASSIGNMENT.c.valid_from, ASSIGNMENT.c.valid_to)
            for turn in (func.max(case((column <= now, column))), func.min(case((column > now, column))))
        ]
        statement = select(*turns).where(ASSIGNMENT.c.locality_id == self._locality)
        return spell_between(now, self._connection.execute(statement).one())

    def of_account(self, account: str, now: datetime) -> tuple[Assignment, ...]:
        """What an account holds now."""
        return self._find(now, ASSIGNMENT.c.account == account)

    def held(self, now: datetime) -> tuple[Held, ...]:
        """All that hold now with the names of their accounts, in the order in which they were made."""
        return self._named(self._lasting(now))

    def held_between(self, start: datetime, end: datetime) -> tuple[Held, ...]:
        """All that held at some time from `start` up to, not including, `end`, as `held`."""
        begun = or_(ASSIGNMENT.c.valid_from.is_(None), ASSIGNMENT.c.valid_from < end)
        lasting = or_(ASSIGNMENT.c.valid_to.is_(None), ASSIGNMENT.c.valid_to > start)
        return self._named(and_(ASSIGNMENT.c.locality_id == self._locality, begun, lasting))

    def _named(self, condition: ColumnElement[bool]) -> tuple[Held, ...]:
        name = func.coalesce(ACCOUNT.c.name, ASSIGNMENT.c.account)
        since = func.coalesce(ASSIGNMENT.c.valid_from, ASSIGNMENT.c.created_at)
        statement = (
            select(ASSIGNMENT.c.id, name, since, *COLUMNS)
            .join(ACCOUNT, ACCOUNT.c.id == ASSIGNMENT.c.account, isouter=True)
            .where(condition)
            .order_by(ASSIGNMENT.c.created_at, ASSIGNMENT.c.id)
        )
        found = self._connection.execute(statement)
        return tuple(Held(key, named, at, Assignment(*row)) for key, named, at, *row in found)

    def left(self, now: datetime) -> dict[tuple[str, str | None, str | None], datetime]:
        """When each (post, cell, organisation) was left last, up to now."""
        place = (ASSIGNMENT.c.post, ASSIGNMENT.c.cell, ASSIGNMENT.c.organisation)
        mine = (ASSIGNMENT.c.locality_id == self._locality, ASSIGNMENT.c.valid_to <= now)
        statement = select(*place, func.max(ASSIGNMENT.c.valid_to)).where(*mine).group_by(*place)
        return {(post, cell, unit): at for post, cell, unit, at in self._connection.execute(statement)}

    def _mark(self) -> None:
        """Once in a transaction: the first mark is this transaction's own, and nobody else sees any before it ends."""
        if not self._marked:
            mark(self._connection, self._locality, STAFF)
            self._marked = True

    def _find(self, now: datetime, *conditions: Any) -> tuple[Assignment, ...]:
        mine = and_(self._lasting(now), *conditions)
        statement = select(*COLUMNS).where(mine).order_by(ASSIGNMENT.c.created_at, ASSIGNMENT.c.id)
        return tuple(Assignment(*row) for row in self._connection.execute(statement))

    def _lasting(self, now: datetime) -> ColumnElement[bool]:
        begun = or_(ASSIGNMENT.c.valid_from.is_(None), ASSIGNMENT.c.valid_from <= now)
        lasting = or_(ASSIGNMENT.c.valid_to.is_(None), ASSIGNMENT.c.valid_to > now)
        return and_(ASSIGNMENT.c.locality_id == self._locality, begun, lasting)


class Duty:
    """The duty modes of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def start(self, mode: str | None, by: str, now: datetime, until: datetime | None = None) -> None:
        """Call a mode (None: back to the usual one), in the name of `by`; it ends by itself at `until`."""
        row = {"locality_id": self._locality, "id": new_id(), "mode": mode, "called_by": by}
        self._connection.execute(insert(DUTY).values(row | {"starts_at": now, "ends_at": until}))
        mark(self._connection, self._locality, STAFF)

    def current(self, now: datetime) -> str | None:
        """The mode called last, unless it has ended."""
        return self.lasting(now)[0]

    def lasting(self, now: datetime) -> tuple[str | None, Spell]:
        """The mode called last, unless it has ended, and how long that stays so unless another one is called."""
        mine = select(DUTY.c.mode, DUTY.c.starts_at, DUTY.c.ends_at).where(DUTY.c.locality_id == self._locality)
        latest = mine.where(DUTY.c.starts_at <= now).order_by(DUTY.c.starts_at.desc(), DUTY.c.id.desc()).limit(1)
        coming = mine.where(DUTY.c.starts_at > now).order_by(DUTY.c.starts_at).limit(1)
        called, following = (self._connection.execute(one).one_or_none() for one in (latest, coming))
        turns = [called.starts_at, called.ends_at] if called is not None else []
        spell = spell_between(now, [*turns, following.starts_at if following is not None else None])
        if called is None or called.mode is None or (called.ends_at is not None and called.ends_at <= now):
            return None, spell
        return str(called.mode), spell
