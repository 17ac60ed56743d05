"""Ladders and cards: how a matter is raised step by step, and what is shown to whoever is late.

What a ladder does at a share of a limit, or at a count; the cards that a limit shows and the answers to them.
"""

from __future__ import annotations

from decimal import Decimal

from core.engine.deadline import deadline
from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.limits import limit_of
from core.engine.raising import raise_alert, tell
from core.engine.scope import in_scope
from core.engine.step import Left, Step
from core.scheme.case import Owner
from core.scheme.codec import instant_to_text, owner_to_dict
from core.scheme.timers import Ladder
from core.scheme.timers import Step as Rung

CLIMBED = "climbed"
"""The notice of a step; its event names the ladder and the step."""


def count_up(ledger: Ledger, counter: str, by: int = 1) -> None:
    """Count, and take the steps that stand at each count on the way; their actions are owed."""
    before = ledger.case.counts.get(counter, 0)
    ledger.emit("counted", {"counter": counter, "value": before + by})
    for count in range(before + 1, before + by + 1):
        ledger.owed.extend(climb_by_count(ledger, counter, count))


def climb_by_count(ledger: Ledger, counter: str, count: int) -> list[str]:
    """Take the steps that stand at this count; the actions that follow, for the system to take."""
    return [
        action
        for ladder in ledger.pinned.timers.counted.get(counter, ())
        if in_scope(ladder.scope, ledger.case, ledger.pinned, ledger.values())
        for rung in ladder.steps
        if rung.at == Decimal(count)
        for action in climb(ledger, ladder, rung)
    ]


def climb(ledger: Ledger, ladder: Ladder, rung: Rung) -> list[str]:
    """Record the step, raise its alert, tell its target; the action that follows, if any."""
    ledger.emit("climbed", {"ladder": ladder.id, "step": rung.id})
    if rung.alert is not None:
        left = raise_alert(ledger, rung.alert, f"{ladder.id}.{rung.id}")
        ledger.effects.append(left or Reason("alert-raised", {"level": rung.alert, "by": f"{ladder.id}.{rung.id}"}))
    tell(ledger, rung.target, CLIMBED, ladder=ladder.id, step=rung.id)
    return [rung.action] if rung.action is not None else []


def show_card(ledger: Ledger, card: str, limit_key: str) -> None:
    """Show a card to everyone with an open task, and say until when it is to be answered."""
    declared = ledger.pinned.timers.cards[card]
    limit = limit_of(ledger.pinned, ledger.case, limit_key)
    share = limit_key.partition("@")[2]
    tasks = [task for task in ledger.case.tasks.values() if task.state == "open" and share in ("", task.id)]
    data = {"card": card, "limit": limit_key}
    if declared.answer_within is not None and declared.unit is not None:
        calendar = ledger.pinned.timers.calendars[limit.calendar]
        data["answer_by"] = instant_to_text(
            deadline(calendar, declared.unit, declared.answer_within, ledger.now).due_at
        )
    for owner in [task.owner for task in tasks] or [Owner()]:
        ledger.emit("card_shown", data | {"owner": owner_to_dict(owner)})


def answer_card(step: Step) -> Left:
    """Mark the cards of this kind that are not answered yet as answered."""
    card = step.arguments["card"]
    if not any(shown.card == card and shown.answered_at is None for shown in step.ledger.case.cards):
        return Reason("card-not-shown", {"card": card})
    step.ledger.emit("card_answered", {"card": card})
    return None
