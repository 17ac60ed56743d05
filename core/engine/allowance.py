"""More time and stopped time: extensions (延期) and suspensions (缓办) as a limit allows them, and no further."""

from __future__ import annotations

from decimal import Decimal

from core.engine.clocks import extend_clock, pause_clock
from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.limits import limit_of
from core.engine.permission import held_by
from core.engine.reach import chain
from core.engine.step import Left, Step
from core.errors import Conflict
from core.scheme.case import Clock
from core.scheme.situation import SYSTEM


def extend(step: Step) -> Left:
    """Give the clock more time. Conflict `extension-not-declared`, `extension-used-up`, `approval-of-post-needed`."""
    ledger, name = step.ledger, step.arguments["limit"]
    clock, limit = _live(ledger, name), limit_of(ledger.pinned, ledger.case, name)
    if clock is None:
        return Reason("clock-unchanged", {"limit": name})
    allowed = limit.extension
    if allowed is None:
        raise Conflict("extension-not-declared", limit=name)
    if clock.extensions >= allowed.times:
        raise Conflict("extension-used-up", limit=name, times=allowed.times)
    _require_post(ledger, allowed.approval, name)
    by = allowed.amount if allowed.amount is not None else limit.amount * (allowed.share or Decimal(0))
    ledger.change_clocks(extend_clock(ledger.pinned, ledger.case, name, by, ledger.now))
    return None


def pause(step: Step) -> Left:
    """Pause and hold the clock. Conflict `suspension-used-up`, `approval-of-post-needed` where the limit says so."""
    ledger, name = step.ledger, step.arguments["limit"]
    clock, limit = _live(ledger, name), limit_of(ledger.pinned, ledger.case, name)
    if clock is not None and not clock.held and limit.suspension is not None:
        times = limit.suspension.times
        if times is not None and clock.suspensions >= times:
            raise Conflict("suspension-used-up", limit=name, times=times)
        _require_post(ledger, limit.suspension.approval, name)
    changes = pause_clock(ledger.pinned, ledger.case, name, ledger.now)
    ledger.change_clocks(changes)
    return None if changes else Reason("clock-unchanged", {"limit": name})


def _live(ledger: Ledger, name: str) -> Clock | None:
    clock = ledger.case.clocks.get(name)
    return clock if clock is not None and clock.state != "stopped" else None


def _require_post(ledger: Ledger, post: str | None, limit: str) -> None:
    """The approval is given by whoever takes the action: a holder of that post (in the case's cell or above, if
    it stands in cells), or the system."""
    if post is None or ledger.account == SYSTEM:
        return
    cells = chain(ledger.situation, ledger.case.cell, ledger.pinned)
    held = [each for each, _ in held_by(ledger.situation, ledger.now) if each.post == post]
    if not any(each.cell is None or each.cell in cells for each in held):
        raise Conflict("approval-of-post-needed", limit=limit, post=post)
