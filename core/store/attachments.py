"""Files of cases: what is known of them. Their bytes are in the blobs, written before the row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from core.errors import Conflict, NotFound
from core.store.database import table_of
from core.store.hot import Hot, rows
from core.store.models import AttachmentTable

ATTACHMENT = table_of(AttachmentTable)


@dataclass(frozen=True, slots=True)
class Attachment:
    """`digest` names the restricted original, `public_digest` the re-encoded copy that others see. Position (CGCS2000
    degrees) and time are those read from the photo. `case_id` is None until it is bound."""

    id: str
    digest: str
    media_type: str
    size: int
    created_by: str
    created_at: datetime
    public_digest: str | None = None
    width: int | None = None
    height: int | None = None
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None
    case_id: str | None = None


COLUMNS = [ATTACHMENT.c[field.name] for field in fields(Attachment)]
OF_CASE = Hot(
    select(*COLUMNS)
    .where(ATTACHMENT.c.locality_id == bindparam("of_locality"), ATTACHMENT.c.case_id == bindparam("of_case"))
    .order_by(ATTACHMENT.c.created_at, ATTACHMENT.c.id)
)


class Attachments:
    """The attachments of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def add(self, attachment: Attachment) -> None:
        """Enter a file whose bytes are already stored."""
        self._connection.execute(insert(ATTACHMENT).values(locality_id=self._locality, **asdict(attachment)))

    def get(self, attachment_id: str) -> Attachment:
        """NotFound `attachment-unknown`."""
        found = self._find(ATTACHMENT.c.id == attachment_id)
        if not found:
            raise NotFound("attachment-unknown", attachment=attachment_id)
        return found[0]

    def of_case(self, case_id: str) -> tuple[Attachment, ...]:
        """The files of a case, oldest first."""
        found = rows(self._connection, OF_CASE, {"of_locality": self._locality, "of_case": case_id})
        return tuple(Attachment(*row) for row in found)

    def bind(self, ids: Sequence[str], case_id: str) -> tuple[Attachment, ...]:
        """Give files to a case, in the order asked. NotFound `attachment-unknown`; Conflict `attachment-bound` when
        one belongs to another case."""
        if not ids:
            return ()
        found = {item.id: item for item in self._find(ATTACHMENT.c.id.in_(sorted(set(ids))), lock=True)}
        for wanted in ids:
            if wanted not in found:
                raise NotFound("attachment-unknown", attachment=wanted)
            if found[wanted].case_id not in (None, case_id):
                raise Conflict("attachment-bound", attachment=wanted)
        mine = (ATTACHMENT.c.locality_id == self._locality, ATTACHMENT.c.id.in_(sorted(found)))
        self._connection.execute(update(ATTACHMENT).where(*mine).values(case_id=case_id))
        return tuple(found[wanted] for wanted in ids)

    def _find(self, condition: Any, lock: bool = False) -> tuple[Attachment, ...]:
        statement = select(*COLUMNS).where(ATTACHMENT.c.locality_id == self._locality, condition)
        statement = statement.order_by(ATTACHMENT.c.created_at, ATTACHMENT.c.id)
        rows = self._connection.execute(statement.with_for_update() if lock else statement)
        return tuple(Attachment(*row) for row in rows)
