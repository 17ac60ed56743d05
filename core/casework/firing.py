"""Firing a due timer: the clock's own action, decided and written like any other, exactly once.

The sweep claims rows and calls this; what goes wrong here is for the sweep to record and retry.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from core.casework.office import Office, situation_of
from core.casework.recording import record
from core.engine.command import Fire
from core.engine.decide import decide
from core.errors import NotFound


class Due(Protocol):
    """A claimed row of the timer table."""

    @property
    def limit(self) -> str: ...
    @property
    def occurrence(self) -> int: ...
    @property
    def reach(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


def fire(office: Office, locality: str, case_id: str, timer: Due) -> bool:
    """Fire one due timer of a case. False when it was fired, moved or withdrawn meanwhile: then nothing happens."""
    now = office.clock.now()
    with office.store.unit(locality) as unit:
        case = unit.cases.load(case_id)
        if case is None:
            raise NotFound("case-unknown", case=case_id)
        if not unit.timers.done(case_id, timer.limit, timer.occurrence, timer.reach, now):
            return False
        pinned = office.schemes.by_digest(unit, case.scheme)
        situation = situation_of(office, unit, None, now)
        command = Fire(timer.limit, timer.occurrence, timer.reach, timer.due_at)
        decision = decide(pinned, situation, case, command, now)
        record(unit, decision, case.version, pinned, situation.today, now)
        unit.keep()
        return True
