"""Firing a timer: what a limit says shall happen when its clock reaches a point.

A timer that has fired already, or whose clock has since stopped, paused or gained time, does nothing: the store may
deliver it twice.
"""

from __future__ import annotations

from core.engine.climbing import climb, show_card
from core.engine.clocks import resume_clock
from core.engine.command import Fire
from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.limits import limit_of
from core.engine.raising import raise_alert, tell
from core.engine.scope import in_scope
from core.engine.surfacing import surface
from core.engine.taking import take_as_system
from core.engine.timers import SUSPENDED, DueTimer, due_timers
from core.scheme.codec import instant_to_text
from core.scheme.scheme import Scheme
from core.scheme.timers import Reaching

TEMPLATE = "clock_reached"
"""The notice of a reach; its event names the limit and the reach."""


def fire(ledger: Ledger, command: Fire) -> None:
    """Record the reach, then raise its alert, show its card, tell its target, take its action."""
    timer = _due(ledger, command)
    if timer is None:
        return
    late = int((ledger.now - timer.due_at).total_seconds())
    run = {"limit": timer.limit, "occurrence": timer.occurrence, "reach": timer.reach}
    ledger.emit("clock_reached", {**run, "due_at": instant_to_text(timer.due_at), "late_seconds": late})
    source = f"{timer.limit}.{timer.reach}"
    if timer.reach == SUSPENDED:
        _resume(ledger, timer, source)
        return
    reaching = _reaching(ledger.pinned, timer)
    if reaching.rung is not None:
        _climb(ledger, reaching.rung, source)
        return
    if limit_of(ledger.pinned, ledger.case, timer.limit).pool is not None:
        surface(ledger, timer, reaching.notify)
        return
    if reaching.alert is not None:
        left = raise_alert(ledger, reaching.alert, source)
        ledger.effects.append(left or Reason("alert-raised", {"level": reaching.alert, "by": source}))
    if reaching.card is not None:
        show_card(ledger, reaching.card, timer.limit)
    if reaching.notify is not None:
        tell(ledger, reaching.notify, TEMPLATE, limit=timer.limit, reach=timer.reach)
    if reaching.action is not None:
        take_as_system(ledger, reaching.action, source)


def _due(ledger: Ledger, command: Fire) -> DueTimer | None:
    for timer in due_timers(ledger.case, ledger.pinned):
        named = (timer.limit, timer.occurrence, timer.reach)
        if named == (command.limit, command.occurrence, command.reach) and timer.due_at <= ledger.now:
            return timer
    return None


def _reaching(scheme: Scheme, timer: DueTimer) -> Reaching:
    limit = scheme.timers.limits[timer.limit.partition("@")[0]]
    return next(reaching for reaching in limit.reaches if reaching.id == timer.reach)


def _resume(ledger: Ledger, timer: DueTimer, source: str) -> None:
    """A suspension is over: the clock runs again, and the system takes the action that the limit names."""
    ledger.change_clocks(resume_clock(ledger.pinned, ledger.case, timer.limit, ledger.now))
    suspension = limit_of(ledger.pinned, ledger.case, timer.limit).suspension
    if suspension is not None and suspension.action is not None:
        take_as_system(ledger, suspension.action, source)


def _climb(ledger: Ledger, rung: tuple[str, str], source: str) -> None:
    ladder = ledger.pinned.timers.ladders[rung[0]]
    if not in_scope(ladder.scope, ledger.case, ledger.pinned, ledger.values()):
        ledger.effects.append(Reason("ladder-out-of-scope", {"ladder": ladder.id}))
        return
    step = next(step for step in ladder.steps if step.id == rung[1])
    for action in climb(ledger, ladder, step):
        take_as_system(ledger, action, source)
