"""What a decision is and why it came out so: frozen values, codes and parameters, never sentences.

Nothing is decided here. An explanation is JSON-able (`as_dict`) and is rendered at the doors from the message
catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.scheme.case import Case
from core.scheme.event import Event


@dataclass(frozen=True, slots=True)
class Reason:
    """One step of a why: a code of the message catalogue with JSON-able parameters."""

    code: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        return {"code": self.code, "params": dict(self.params)}


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a decision came out so, in the order in which things happened within each part.

    permission  why the actor may take the action
    guards      each guard that was asked, with its source and its result
    effects     each effect: applied, or left out and why
    dispatch    each dispatch decision, as its own module states it
    clocks      each change of a clock: `{type, ...}` with the data of its event
    reactions   each reaction: taken, or left out and why
    """

    permission: tuple[Reason, ...] = ()
    guards: tuple[Reason, ...] = ()
    effects: tuple[Reason, ...] = ()
    dispatch: tuple[Mapping[str, Any], ...] = ()
    clocks: tuple[Mapping[str, Any], ...] = ()
    reactions: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {
            "permission": [reason.as_dict() for reason in self.permission],
            "guards": [reason.as_dict() for reason in self.guards],
            "effects": [reason.as_dict() for reason in self.effects],
            "dispatch": [dict(decision) for decision in self.dispatch],
            "clocks": [dict(change) for change in self.clocks],
            "reactions": [reason.as_dict() for reason in self.reactions],
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """The events that follow from a command, the case with them folded in, and why. No events: nothing to do."""

    events: tuple[Event, ...]
    case: Case
    explanation: Explanation = Explanation()
