"""Published revisions: the files of a manifest, byte for byte, under their two digests. Never changed afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import EllipsisType
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from core.errors import Conflict, NotFound
from core.store.database import insert_into, table_of
from core.store.models import LocalityTable, RevisionFileTable, RevisionTable

LOCALITY = table_of(LocalityTable)
REVISION = table_of(RevisionTable)
FILE = table_of(RevisionFileTable)


@dataclass(frozen=True, slots=True)
class Revision:
    """`current` when it is the one that holds. What the publication resolved to is `Revisions.lock`: it may be large,
    and every request asks for the current revision."""

    number: int
    source_digest: str
    scheme_digest: str
    published_at: datetime
    published_by: str
    current: bool


class Revisions:
    """The revisions of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def publish(
        self,
        files: Mapping[str, bytes],
        source_digest: str,
        scheme_digest: str,
        lock: Mapping[str, Any],
        now: datetime,
        by: str,
        expected: int | EllipsisType | None = ...,
    ) -> Revision:
        """Make a new revision the one that holds; the first one makes the locality.

        `expected` is the number that the publisher saw holding (None: no revision yet). Conflict `revision-changed`
        when another one holds now.
        """
        current = self._lock_locality(now)
        if expected is not ... and expected != current:
            raise Conflict("revision-changed", expected=expected, current=current)
        highest = select(func.max(REVISION.c.number)).where(REVISION.c.locality_id == self._locality)
        number = (self._connection.scalar(highest) or 0) + 1
        self._connection.execute(
            insert(REVISION).values(
                locality_id=self._locality,
                number=number,
                source_digest=source_digest,
                scheme_digest=scheme_digest,
                lock=dict(lock),
                published_at=now,
                published_by=by,
            )
        )
        named = {"locality_id": self._locality, "number": number}
        if files:
            rows = [{**named, "path": path, "body": body} for path, body in sorted(files.items())]
            self._connection.execute(insert(FILE), rows)
        statement = update(LOCALITY).where(LOCALITY.c.locality_id == self._locality)
        self._connection.execute(statement.values(current_revision=number))
        return self.get(number)

    def current(self) -> Revision | None:
        """The revision that holds."""
        return self._one(REVISION.c.number == LOCALITY.c.current_revision)

    def get(self, number: int) -> Revision:
        """NotFound `revision-unknown`."""
        revision = self._one(REVISION.c.number == number)
        if revision is None:
            raise NotFound("revision-unknown", revision=number)
        return revision

    def by_scheme(self, scheme_digest: str) -> Revision | None:
        """The latest revision with this meaning: cases name the scheme that they are pinned to by its digest."""
        return self._one(REVISION.c.scheme_digest == scheme_digest)

    def list(self) -> tuple[Revision, ...]:
        """All of them, the latest first."""
        return tuple(_revision(row) for row in self._connection.execute(self._select()))

    def files(self, number: int) -> Mapping[str, bytes]:
        """The files of a revision by path; NotFound `revision-unknown`."""
        self.get(number)
        statement = select(FILE.c.path, FILE.c.body).where(
            FILE.c.locality_id == self._locality, FILE.c.number == number
        )
        return {row.path: bytes(row.body) for row in self._connection.execute(statement.order_by(FILE.c.path))}

    def lock(self, number: int) -> Mapping[str, Any]:
        """What a revision resolved to when it was published; NotFound `revision-unknown`."""
        self.get(number)
        statement = select(REVISION.c.lock).where(REVISION.c.locality_id == self._locality, REVISION.c.number == number)
        found: Mapping[str, Any] = self._connection.scalar(statement) or {}
        return found

    def _lock_locality(self, now: datetime) -> int | None:
        """Publications of a locality happen one after the other; answers the number that holds."""
        statement = insert_into(self._connection.dialect.name, LocalityTable).values(
            locality_id=self._locality, created_at=now
        )
        self._connection.execute(statement.on_conflict_do_nothing())
        mine = select(LOCALITY.c.current_revision).where(LOCALITY.c.locality_id == self._locality)
        current: int | None = self._connection.scalar(mine.with_for_update())
        return current

    def _select(self) -> Any:
        holds = (REVISION.c.number == LOCALITY.c.current_revision).label("current")
        return (
            select(*(column for column in REVISION.c if column.name != "lock"), holds)
            .join(LOCALITY, LOCALITY.c.locality_id == REVISION.c.locality_id)
            .where(REVISION.c.locality_id == self._locality)
            .order_by(REVISION.c.number.desc())
        )

    def _one(self, condition: Any) -> Revision | None:
        row = self._connection.execute(self._select().where(condition).limit(1)).one_or_none()
        return None if row is None else _revision(row)


def _revision(row: Row[Any]) -> Revision:
    return Revision(
        number=row.number,
        source_digest=row.source_digest,
        scheme_digest=row.scheme_digest,
        published_at=row.published_at,
        published_by=row.published_by,
        current=bool(row.current),
    )


def published_localities(connection: Connection) -> tuple[str, ...]:
    """Ids of the localities that have a revision."""
    statement = select(LOCALITY.c.locality_id).where(LOCALITY.c.current_revision.is_not(None))
    return tuple(connection.scalars(statement.order_by(LOCALITY.c.locality_id)))
