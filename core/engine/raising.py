"""Alerts raised and people told, for effects, timers and ladders alike."""

from __future__ import annotations

from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.targets import resolve
from core.errors import Conflict, Unprocessable
from core.scheme.case import Owner
from core.scheme.codec import owner_to_dict
from core.scheme.workflow import Target


def raise_alert(ledger: Ledger, level: str, by: str) -> Reason | None:
    """Raise the case's alert to `level`; a case whose alert is as grave already keeps it, and the reason says so."""
    order = alert_order(ledger, level)
    was = ledger.case.alert
    if was is not None and order.get(was, 0) >= order[level]:
        return Reason("alert-not-lower", {"level": level, "was": was})
    ledger.emit("alerted", {"level": level, "was": was, "by": by})
    return None


def alert_order(ledger: Ledger, level: str) -> dict[str, int]:
    """The pinned scheme's alerts by gravity; Unprocessable `alert-unknown` for a level that it does not have."""
    order = {alert: gravity for gravity, alert in enumerate(ledger.pinned.timers.alerts)}
    if level not in order:
        raise Unprocessable("alert-unknown", value=level)
    return order


def notice(ledger: Ledger, owner: Owner, template: str, **of: str) -> None:
    """Record that somebody is told; the telling itself happens outside, after the commit."""
    ledger.emit("noticed", {"target": owner_to_dict(owner), "template": template, **of})


def tell(ledger: Ledger, target: Target, template: str, **of: str) -> Reason | None:
    """Record a notice. One that finds nobody is left out with the reason: it must not hold up what it tells of."""
    try:
        found = resolve(ledger, target, {}, {})
    except (Conflict, Unprocessable) as refused:
        reason = Reason(refused.code, refused.params)
        ledger.effects.append(reason)
        return reason
    ledger.effects.extend(found.notes)
    notice(ledger, found.owner, template, **of)
    return None
