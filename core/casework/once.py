"""Writes that happen once: the idempotency key and the work share one transaction.

A repeated key gets the first answer; a key that is reused for something else is refused by the store; a refusal is
not remembered, since nothing was done.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from core.casework.office import Office, situation_of
from core.casework.requests import Answer, Principal, Repeatable
from core.store import Unit

Work = Callable[[Unit], Answer]


def once(office: Office, locality: str, who: Principal, repeat: Repeatable, now: datetime, work: Work) -> Answer:
    """Do `work` in one transaction and keep its answer, or give back the answer of the first time."""
    with office.store.unit(locality) as unit:
        before = unit.idempotency.begin(who.account, repeat.key, repeat.fingerprint, now)
        if before is not None:
            situation_of(office, unit, who, now)  # raises for who may no longer ask here
            return Answer(before.status, before.body, before.etag)
        answer = work(unit)
        unit.idempotency.finish(answer.status, answer.body, answer.etag)
        unit.keep()
        return answer
