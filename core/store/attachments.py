"""Files of cases: what is known of them. Their bytes are in the blobs, written before the row."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, update

from core.errors import Conflict, NotFound
from core.scheme.codec import instant_to_text
from core.store.chain import canonical
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


VOUCHING = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
"""A UUID of version 8: an id that `vouching_id` has made."""
NONCE_BYTES = 3


def vouching_id(attachment: Attachment, nonce: bytes | None = None) -> str:
    """An id that is a digest of everything but id and case: an event that names it so vouches for the row and, by the
    digest in the row, for the photo. Chance (`nonce`, the first 24 bits) keeps two uploads of one photo apart."""
    nonce = secrets.token_bytes(NONCE_BYTES) if nonce is None else nonce
    values = asdict(attachment)
    told = {name: value for name, value in values.items() if name not in ("id", "case_id") and value is not None}
    instants = {name: instant_to_text(told[name]) for name in ("created_at", "taken_at") if name in told}
    digest = sha256(nonce + canonical(told | instants)).digest()
    bits = int.from_bytes((nonce + digest)[:16], "big") & ~(0xF << 76 | 0x3 << 62) | 0x8 << 76 | 0x2 << 62
    return str(UUID(int=bits))


def vouched(attachment: Attachment) -> bool:
    """Whether the row is the one that its id vouches for; an id of another kind vouches for nothing."""
    if not VOUCHING.fullmatch(attachment.id):
        return True
    return vouching_id(attachment, UUID(attachment.id).bytes[:NONCE_BYTES]) == attachment.id


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
