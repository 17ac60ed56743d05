"""The decider: what a command does to a case, and why; or a refusal, and then nothing has happened.

Pure: no clock, no randomness, no row. The case's pinned scheme says what actions do; today's says who may take them
and to whom work goes.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from core.engine.calendars import effective, reckon
from core.engine.clocks import stop_clock
from core.engine.command import Act, Command, Fire, Open, Reckon
from core.engine.decision import Decision
from core.engine.firing import fire
from core.engine.ledger import Ledger
from core.engine.opening import open_case
from core.engine.permission import permit
from core.engine.taking import Given, labelled, take
from core.errors import Conflict, Fault, Forbidden, NotFound, Unprocessable
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.situation import SYSTEM_ACTOR, Situation


def decide(pinned: Scheme, situation: Situation, case: Case | None, command: Command, now: datetime) -> Decision:
    """The events that follow from `command` at `now` (aware), the case after them, and the explanation.

    `pinned` is the scheme that the case was opened under; for an Open, the one to open it under. A Fire or a
    Reckon that has nothing to do gives no events. Raises a `Refused` (see `open_case`, `take` and `permit`):
    Unprocessable `occurred-in-future`, NotFound `case-unknown` and `action-unknown`, Conflict `case-opened-already`,
    Forbidden `action-forbidden`. ValueError when `pinned` is not the case's scheme.
    """
    if case is not None and case.scheme != pinned.digest:
        raise ValueError(f"the case is pinned to {case.scheme}, not to {pinned.digest}")
    if isinstance(command, Fire | Reckon):
        situation, occurred_at = replace(situation, actor=SYSTEM_ACTOR), now
    else:
        occurred_at = command.occurred_at
    if occurred_at > now:
        raise Unprocessable("occurred-in-future", [Fault("occurred-in-future", "/occurred_at")])
    ledger = Ledger(effective(pinned, case), situation, now, occurred_at, case)
    if isinstance(command, Open):
        if case is not None:
            raise Conflict("case-opened-already", case=case.id)
        open_case(ledger, command)
    elif case is None:
        raise NotFound("case-unknown", case="-")
    elif isinstance(command, Act):
        _act(ledger, command)
    elif isinstance(command, Reckon):
        reckon(ledger, pinned)
    else:
        fire(ledger, command)
    if ledger.events:
        _settle(ledger, case)
    return ledger.decision()


def _act(ledger: Ledger, command: Act) -> None:
    action = ledger.kind.actions.get(command.action)
    if action is None:
        raise NotFound("action-unknown", value=command.action)
    permission = permit(ledger.situation, ledger.case, ledger.kind, action, now=ledger.now, pinned=ledger.pinned)
    ledger.permission.extend(permission.because)
    if not permission.allowed:
        reasons = [reason.as_dict() for reason in permission.because]
        raise Forbidden("action-forbidden", **labelled(action), reasons=reasons)
    authority = permission.because[0].params
    take(ledger, action, Given(command.inputs, command.evidence, command.texts, authority))


def _settle(ledger: Ledger, before: Case | None) -> None:
    """Close the case when every entered track is final, or open it again when one no longer is.

    Closing stops the clocks that ran before the command, so that a closed case raises no alarm; what the command
    itself started (a time for rating, say) runs on.
    """
    tracks = ledger.kind.tracks
    final = all(tracks[track].stages[stage].final for track, stage in ledger.case.tracks.items())
    closed = bool(ledger.case.tracks) and final
    if closed and ledger.case.closed_at is None:
        for limit, clock in (before.clocks if before else {}).items():
            if ledger.case.clocks[limit].occurrence == clock.occurrence:
                ledger.change_clocks(stop_clock(ledger.pinned, ledger.case, limit, ledger.now))
        ledger.emit("closed", {})
    elif not closed and ledger.case.closed_at is not None:
        ledger.emit("reopened", {})
