"""Cases that follow from a case: asked for here, opened outside after the commit, each once.

An effect may ask for one; each item of a checklist that fails asks for one of its class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.engine.ledger import Ledger
from core.engine.step import Left, Step
from core.errors import Fault, Unprocessable
from core.scheme.workflow import Action


def open_case(step: Step) -> Left:
    """Ask for a linked case of the class that the effect or its input names."""
    category = step.arguments.get("category")
    if category is None:
        category, field = str(step.input("category_input")), step.arguments["category_input"]
        if category not in step.ledger.pinned.codes.leaves:
            fault = Fault("category-not-leaf", f"/inputs/{field}", {"value": category})
            raise Unprocessable("content-invalid", [fault])
    _ask(step.ledger, step.arguments["intake"], category)
    return None


def findings(ledger: Ledger, action: Action, inputs: Mapping[str, Any]) -> None:
    """Ask for a linked case for each item of the action's checklist that is answered no and names a class."""
    if action.checklist is None:
        return
    for item, category in action.checklist.findings.items():
        if inputs.get(item) is False:
            _ask(ledger, action.checklist.intake, category, item)


def _ask(ledger: Ledger, intake: str, category: str, item: str | None = None) -> None:
    more = {"item": item} if item is not None else {}
    ledger.emit("case_asked", {"intake": intake, "category": category, **more})
