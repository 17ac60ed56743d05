"""Free text and contact data: kept as erasable payloads that events only refer to, and masked for readers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from core.store import Reading, Unit

CONTACT = "contact"
ACCESS = "access"
"""The record of an unmasking: who read whose contact data when."""


def keep_texts(
    unit: Unit,
    case_id: str,
    now: datetime,
    *,
    kind: str,
    texts: Mapping[str, Any],
    contact: Mapping[str, str] | None = None,
    retention_days: int = 0,
) -> tuple[str, ...]:
    """Put what was written into payloads; their ids. Contact data is kept for `retention_days` and then erased."""
    kept = []
    body = {name: text for name, text in texts.items() if text}
    if body:
        kept.append(unit.payloads.put(case_id, kind, body, now))
    if contact:
        until = now + timedelta(days=retention_days)
        kept.append(unit.payloads.put(case_id, CONTACT, dict(contact), now, keep_until=until))
    return tuple(kept)


def texts_of(reading: Reading, case_id: str) -> list[dict[str, Any]]:
    """What was written on a case, contact data left out; an erased text has an empty body."""
    return [
        {"id": payload.id, "kind": payload.kind, "body": payload.body or {}, "erased": payload.body is None}
        for payload in reading.payloads.of_case(case_id)
        if payload.kind not in (CONTACT, ACCESS)
    ]


def contact_of(reading: Reading, case_id: str) -> dict[str, str]:
    """The reporter's contact data as it was given; empty when none was given or it has been erased."""
    found: dict[str, str] = {}
    for payload in reading.payloads.of_case(case_id, CONTACT):
        found.update(payload.body or {})
    return found


def masked(contact: Mapping[str, str]) -> dict[str, str]:
    """Enough to recognise, not enough to reach: 王*, 138****5678."""
    return {name: _MASKS.get(name, _hidden)(value) for name, value in contact.items() if value}


def _hidden(text: str) -> str:
    return "***"


def _name(text: str) -> str:
    return text[:1] + "*" * min(max(len(text) - 1, 1), 3)


def _phone(text: str) -> str:
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 11 else "****"


_MASKS = {"name": _name, "phone": _phone}
