"""What nobody claimed in time surfaces: whom the pool names for that sees the task beside those who may claim it."""

from __future__ import annotations

from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.raising import notice
from core.engine.targets import resolve
from core.engine.timers import DueTimer
from core.errors import Conflict, Unprocessable
from core.scheme.codec import owner_to_dict
from core.scheme.workflow import Target

TEMPLATE = "unclaimed"
"""The notice of a task that nobody has claimed; its event names the limit and the reach."""


def surface(ledger: Ledger, timer: DueTimer, target: Target | None) -> None:
    """Put the target beside the pool on the task, and tell it. One that finds nobody is left out with the reason."""
    task = ledger.case.tasks[timer.limit.partition("@")[2]]
    if target is None:
        return
    try:
        found = resolve(ledger, target, {}, {})
    except (Conflict, Unprocessable) as refused:
        ledger.effects.append(Reason(refused.code, refused.params))
        return
    ledger.effects.extend(found.notes)
    data = {"task": task.id, "occurrence": task.occurrence, "owner": owner_to_dict(found.owner)}
    ledger.emit("task_surfaced", data)
    notice(ledger, found.owner, TEMPLATE, limit=timer.limit, reach=timer.reach)
