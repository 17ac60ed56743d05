"""Firing a timer: what a limit says shall happen when its clock reaches a point.

A timer that has fired already, or whose clock has since stopped, paused or gained time, does nothing: the store may
deliver it twice.
"""

from __future__ import annotations

from core.engine.command import Fire
from core.engine.decision import Reason
from core.engine.effects import notice, raise_alert
from core.engine.ledger import Ledger
from core.engine.taking import take_as_system
from core.engine.targets import resolve
from core.engine.timers import DueTimer, due_timers
from core.errors import Conflict, Unprocessable
from core.scheme.codec import instant_to_text
from core.scheme.scheme import Scheme
from core.scheme.timers import Reaching
from core.scheme.workflow import Target

TEMPLATE = "clock_reached"
"""The notice of a reach; its event names the limit and the reach."""


def fire(ledger: Ledger, command: Fire) -> None:
    """Record the reach, then raise its alert, tell its target, take its action."""
    timer = _due(ledger, command)
    if timer is None:
        return
    late = int((ledger.now - timer.due_at).total_seconds())
    run = {"limit": timer.limit, "occurrence": timer.occurrence, "reach": timer.reach}
    ledger.emit("clock_reached", {**run, "due_at": instant_to_text(timer.due_at), "late_seconds": late})
    reaching = _reaching(ledger.pinned, timer)
    source = f"{timer.limit}.{timer.reach}"
    if reaching.alert is not None:
        left = raise_alert(ledger, reaching.alert, source)
        ledger.effects.append(left or Reason("alert-raised", {"level": reaching.alert, "by": source}))
    if reaching.notify is not None:
        _notify(ledger, timer, reaching.notify)
    if reaching.action is not None:
        take_as_system(ledger, reaching.action, source)


def _due(ledger: Ledger, command: Fire) -> DueTimer | None:
    for timer in due_timers(ledger.case, ledger.pinned):
        named = (timer.limit, timer.occurrence, timer.reach)
        if named == (command.limit, command.occurrence, command.reach) and timer.due_at <= ledger.now:
            return timer
    return None


def _reaching(scheme: Scheme, timer: DueTimer) -> Reaching:
    return next(reaching for reaching in scheme.timers.limits[timer.limit].reaches if reaching.id == timer.reach)


def _notify(ledger: Ledger, timer: DueTimer, target: Target) -> None:
    try:
        found = resolve(ledger, target, {}, {})
    except (Conflict, Unprocessable) as refused:
        ledger.effects.append(Reason(refused.code, refused.params))
        return
    ledger.effects.extend(found.notes)
    notice(ledger, found.owner, TEMPLATE, limit=timer.limit, reach=timer.reach)
