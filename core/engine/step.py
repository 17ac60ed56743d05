"""One effect in its place, as every module of effects takes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.targets import Resolved, resolve
from core.errors import Fault, Unprocessable
from core.scheme.workflow import Action, Target

Left = Reason | None
"""Why an effect left no trace; None when it was applied."""


@dataclass(frozen=True, slots=True)
class Step:
    """One effect in its place: the action that has it, what the command filled in, and the effect's arguments."""

    ledger: Ledger
    action: Action
    inputs: Mapping[str, Any]
    arguments: Mapping[str, Any]

    def resolve(self, target: Target) -> Resolved:
        properties = self.action.inputs.get("properties", {})
        stated = ((name, schema.get("format"), schema.get("items", {})) for name, schema in properties.items())
        formats = {name: own or items["format"] for name, own, items in stated if own or "format" in items}
        found = resolve(self.ledger, target, self.inputs, formats)
        self.ledger.effects.extend(found.notes)
        return found

    def input(self, name: str = "input") -> Any:
        """The value of the input that the effect names; Unprocessable `input-required` when it is absent."""
        field = self.arguments[name]
        if self.inputs.get(field) is None:
            raise Unprocessable(
                "input-required", [Fault("input-required", f"/inputs/{field}", {"input": field})], input=field
            )
        return self.inputs[field]
