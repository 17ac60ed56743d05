"""What has to accompany an action, and the traces that it leaves: `evidenced` events, one an attachment.

It counts by kind and meaning; whether a photo shows what it should is for people and for the store of attachments.
"""

from __future__ import annotations

from collections.abc import Sequence

from core.engine.command import Evidence
from core.engine.ledger import Ledger
from core.engine.photos import compare, kept
from core.errors import Fault, Unprocessable
from core.scheme.workflow import Action


def require_evidence(action: Action, given: Sequence[Evidence]) -> None:
    """Raise Unprocessable `evidence-missing` with a fault for each rule that too few attachments meet."""
    faults = []
    for rule in action.evidence:
        found = sum(item.kind == rule.kind and item.meaning == rule.meaning for item in given)
        if found < rule.minimum:
            params = {"kind": rule.kind, "meaning": rule.meaning, "minimum": rule.minimum, "found": found}
            faults.append(Fault("evidence-missing", "/evidence", params))
    if faults:
        raise Unprocessable("evidence-missing", faults, action=action.id, **faults[0].params)


def keep_evidence(ledger: Ledger, given: Sequence[Evidence]) -> None:
    """Record each attachment by its id; where the case's kind compares photos, hold those after against those
    before."""
    for item in given:
        data = {"kind": item.kind, "meaning": item.meaning, "attachment": item.attachment}
        ledger.emit("evidenced", data | kept(ledger, item))
    compare(ledger, given)
