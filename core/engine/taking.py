"""Taking an action: stage, guard, evidence, then what it does, then the reactions that it sets off.

Whether the actor may is settled before (`core.engine.permission`). Reactions are taken by the system, in their order
and depth-first; one that cannot be taken is skipped whole, with an event that says why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from core.engine.command import Evidence
from core.engine.decision import Reason
from core.engine.effects import apply, enter_stage
from core.engine.evidence import keep_evidence, require_evidence
from core.engine.following import findings
from core.engine.joint import open_joint
from core.engine.ledger import Ledger
from core.errors import Conflict, Fault, NotFound, Unprocessable
from core.scheme.label import Label
from core.scheme.situation import SYSTEM
from core.scheme.workflow import Action, Track

MOST_REACTIONS = 32
"""Reactions taken in one decision, and so also how deep they may set each other off."""

NOT_ENTERED = Label("—")
"""Where a track stands that no action has entered yet."""


@dataclass(frozen=True, slots=True)
class Given:
    """What comes with an action: inputs (no free text), attachments, ids of payloads, and under which authority."""

    inputs: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    texts: tuple[str, ...] = ()
    authority: Mapping[str, Any] = field(default_factory=dict)


def take(ledger: Ledger, action: Action, given: Given) -> None:
    """Do everything that the action does, and what follows from it.

    Raises Conflict `action-not-at-stage`, Unprocessable `guard-not-met` and `evidence-missing`, and what effects
    raise (`core.engine.effects`, `core.engine.targets`).
    """
    require_stage(ledger, action)
    _require_guard(ledger, action, given.inputs)
    require_evidence(action, given.evidence)
    _require_in_time(ledger, action)
    keep_evidence(ledger, given.evidence)
    ledger.stamp("acted", _acted(ledger, action, given))
    if action.to is not None:
        enter_stage(ledger, action.track, action.to)
    if action.joint is not None:
        open_joint(ledger, action, action.joint, given.inputs)
    if action.rating is not None:
        ledger.emit("fact_set", {"fact": "rating", "value": _mark(given.inputs)})
    for effect in action.effects:
        apply(ledger, action, effect, given.inputs)
    findings(ledger, action, given.inputs)
    owed, ledger.owed = ledger.owed, []
    for name in owed:
        take_as_system(ledger, name, action.id)
    for reaction in ledger.kind.reactions_after.get(action.id, ()):
        where = {"after": action.id, "action": reaction.action}
        if reaction.when is not None and not ledger.holds(reaction.when, given.inputs, where):
            ledger.reactions.append(Reason("reaction-condition-not-met", where))
        else:
            take_as_system(ledger, reaction.action, action.id)


def _mark(inputs: Mapping[str, Any]) -> Any:
    """Unprocessable `input-required` without one: a rating that the system is made to take has none."""
    if inputs.get("rating") is None:
        fault = Fault("input-required", "/inputs/rating", {"input": "rating"})
        raise Unprocessable("input-required", [fault], input="rating")
    return inputs["rating"]


def _require_in_time(ledger: Ledger, action: Action) -> None:
    """A rating comes within its days of closing. Conflict `rating-too-late`."""
    closed, rating = ledger.case.closed_at, action.rating
    if rating is None or rating.within_days is None or closed is None:
        return
    if ledger.now > closed + timedelta(days=rating.within_days):
        raise Conflict("rating-too-late", **labelled(action), days=rating.within_days)


def take_as_system(ledger: Ledger, name: str, after: str) -> None:
    """Take an action as the system, wholly or not at all; `after` is the action or the reach that set it off."""
    where = {"after": after, "action": name}

    def step() -> None:
        if ledger.taken == MOST_REACTIONS:
            raise Conflict("reactions-too-many", most=MOST_REACTIONS)
        ledger.taken += 1
        ledger.reactions.append(Reason("reaction-taken", where))
        action = ledger.kind.actions.get(name)
        if action is None:
            raise NotFound("action-unknown", value=name)
        take(ledger, action, Given())

    refused = ledger.attempt(step)
    if refused is not None:
        because = Reason(refused.code, refused.params).as_dict()
        ledger.emit("skipped", {"reaction": after, "action": name, "because": because}, actor=SYSTEM)
        ledger.reactions.append(Reason("reaction-skipped", {**where, "because": because}))


def require_stage(ledger: Ledger, action: Action) -> None:
    """Raise Conflict `action-not-at-stage` unless the action's track stands where it may be taken from."""
    track = ledger.kind.tracks[action.track]
    stage = ledger.case.stage(track.id)
    if stage in action.sources or (stage is None and not action.sources):
        return
    sources = sorted(action.sources)
    raise Conflict(
        "action-not-at-stage",
        **labelled(action),
        track=track.id,
        stage=stage or "-",
        stage_label=_in_words(track, [stage] if stage else []),
        sources=", ".join(sources) or "-",
        sources_label=_in_words(track, sources),
    )


def labelled(action: Action) -> dict[str, Any]:
    """An action as parameters of a message: its id and its label in both languages."""
    return {"action": action.id, "label": dict(action.label.as_dict())}


def _in_words(track: Track, stages: list[str]) -> dict[str, str]:
    labels = [track.stages[stage].label for stage in stages] or [NOT_ENTERED]
    return {"zh": "、".join(label.zh for label in labels), "en": ", ".join(label.en for label in labels)}


def _require_guard(ledger: Ledger, action: Action, inputs: Mapping[str, Any]) -> None:
    if action.guard is not None and not ledger.holds(action.guard, inputs, {"action": action.id}):
        read = ledger.guards[-1].params["read"]
        raise Unprocessable("guard-not-met", **labelled(action), guard=action.guard.source, read=read)


def _acted(ledger: Ledger, action: Action, given: Given) -> dict[str, Any]:
    data: dict[str, Any] = {
        "action": action.id,
        "meaning": action.meaning,
        "track": action.track,
        "stamp": True,
        "handler": action.handles and ledger.account != SYSTEM,
    }
    more = {"texts": list(given.texts), "inputs": dict(given.inputs), "authority": dict(given.authority)}
    return data | {name: part for name, part in more.items() if part}
