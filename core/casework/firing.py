"""Firing due timers: the clock's own actions, decided and written like any other, exactly once.

The sweep claims rows and calls this; what goes wrong here is for the sweep to record and retry.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from core.casework.office import Office, situation_of
from core.casework.recording import Made, record_several
from core.engine.command import Fire
from core.engine.decide import decide
from core.errors import Conflict, NotFound
from core.scheme.case import Case
from core.store import ClaimedTimer, Unit

ROUNDS = 100
"""What a case's own firings make due at once is fired with them, up to so many times; the rest waits its turn."""


class Due(Protocol):
    """A claimed row of the timer table."""

    @property
    def case_id(self) -> str: ...
    @property
    def limit(self) -> str: ...
    @property
    def occurrence(self) -> int: ...
    @property
    def reach(self) -> str: ...
    @property
    def due_at(self) -> datetime: ...


def fire(office: Office, locality: str, timers: Sequence[Due]) -> int:
    """Fire due timers of a locality in one transaction, all of them or none; how many have fired.

    What else is due of the same cases is fired with them, the longest due first, also when another worker has it under
    lease: so a case lives through its instants in their order. What was fired, moved or withdrawn meanwhile does
    nothing. Raises NotFound `case-unknown`, and what deciding raises.
    """
    now = office.clock.now()
    named = {timer.case_id for timer in timers}
    fired = 0
    with office.store.unit(locality) as unit:
        cases = unit.cases.load_several(named)
        for unknown in named - cases.keys():
            raise NotFound("case-unknown", case=unknown)
        for _ in range(ROUNDS):
            done = _fire_round(office, unit, cases, now)
            fired += done
            if not done:
                break
        unit.keep()
    return fired


def _fire_round(office: Office, unit: Unit, cases: dict[str, Case], now: datetime) -> int:
    """Fire what has been due the longest of each case; `cases` are then as they stand after it. How many."""
    due: dict[str, ClaimedTimer] = {}
    for timer in unit.timers.due(cases.keys(), now):
        due.setdefault(timer.case_id, timer)
    if not due:
        return 0
    situation = situation_of(office, unit, None, now)
    made: dict[str, Made] = {}
    for case_id, timer in due.items():
        case = cases[case_id]
        pinned = office.schemes.by_digest(unit, case.scheme)
        command = Fire(timer.limit, timer.occurrence, timer.reach, timer.due_at)
        decision = decide(pinned, situation, case, command, now)
        made[case_id] = Made(decision, case.version, pinned)
        cases[case_id] = decision.case
        if any(event.type == "object_changed" for event in decision.events):
            break  # the others, in the next round, see what this one has changed
    fired = [(case_id, due[case_id].limit, due[case_id].occurrence, due[case_id].reach) for case_id in made]
    if not unit.timers.done_several(fired, now):
        raise Conflict("case-changed", case=next(iter(made)))
    record_several(unit, list(made.values()), situation.today, now)
    return len(made)
