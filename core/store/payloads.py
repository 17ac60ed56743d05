"""What may be erased: contact data and free text, kept beside the events that refer to it.

A payload's id is the digest of a random salt and its body. An event that names the id so vouches for the content
while it exists, and says nothing about it once salt and body are gone.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from core.store.chain import canonical
from core.store.database import table_of
from core.store.hot import Hot, later, rows
from core.store.models import PayloadTable

PAYLOAD = table_of(PayloadTable)
SALT_BYTES = 32
PUT = Hot(insert(PAYLOAD), PAYLOAD.c.keys())
OF_CASE = Hot(
    select(*(PAYLOAD.c[name] for name in ("id", "case_id", "kind", "body", "created_at", "erased_at")))
    .where(PAYLOAD.c.locality_id == bindparam("of_locality"), PAYLOAD.c.case_id == bindparam("of_case"))
    .order_by(PAYLOAD.c.created_at, PAYLOAD.c.id)
)


@dataclass(frozen=True, slots=True)
class Payload:
    """`body` is None once erased."""

    id: str
    case_id: str
    kind: str
    body: Mapping[str, Any] | None
    created_at: datetime
    erased_at: datetime | None


class Payloads:
    """The payloads of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def put(
        self, case_id: str, kind: str, body: Mapping[str, Any], now: datetime, keep_until: datetime | None = None
    ) -> str:
        """Keep a body; answers its id, for an event to name. After `keep_until` the purge erases it."""
        salt, text = secrets.token_bytes(SALT_BYTES), canonical(body)
        payload_id = _digest(salt, text)
        row = {
            "locality_id": self._locality,
            "id": payload_id,
            "case_id": case_id,
            "kind": kind,
            "salt": salt,
            "body": text,
            "created_at": now,
            "keep_until": keep_until,
        }
        later(self._connection, (PUT, [row]))
        return payload_id

    def read(self, payload_id: str) -> dict[str, Any] | None:
        """The body, or None when it is unknown or erased."""
        statement = select(PAYLOAD.c.body).where(*self._mine(payload_id))
        body = self._connection.scalar(statement)
        return None if body is None else json.loads(body)

    def of_case(self, case_id: str, kind: str | None = None) -> tuple[Payload, ...]:
        """The payloads of a case, oldest first."""
        found = rows(self._connection, OF_CASE, {"of_locality": self._locality, "of_case": case_id})
        return tuple(
            Payload(id, case, of_kind, body and json.loads(body), created_at, erased_at)
            for id, case, of_kind, body, created_at, erased_at in found
            if kind in (None, of_kind)
        )

    def erase(self, payload_id: str, now: datetime) -> bool:
        """Delete body and salt for good; False when there was nothing left to erase."""
        statement = update(PAYLOAD).where(*self._mine(payload_id), PAYLOAD.c.erased_at.is_(None))
        return self._connection.execute(statement.values(body=None, salt=None, erased_at=now)).rowcount == 1

    def _mine(self, payload_id: str) -> tuple[Any, ...]:
        return PAYLOAD.c.locality_id == self._locality, PAYLOAD.c.id == payload_id


def erase_expired(connection: Connection, now: datetime) -> int:
    """Erase what is past its time, in every locality; answers how many."""
    statement = update(PAYLOAD).where(PAYLOAD.c.erased_at.is_(None), PAYLOAD.c.keep_until <= now)
    return connection.execute(statement.values(body=None, salt=None, erased_at=now)).rowcount


def vouched(payload_id: str, salt: bytes | None, body: bytes | None) -> bool:
    """Whether the content is the one that the id vouches for."""
    return _digest(salt or b"", body or b"") == payload_id


def _digest(salt: bytes, body: bytes) -> str:
    return sha256(salt + body).hexdigest()
