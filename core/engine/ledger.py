"""The growing decision: events as they are made, the case with each folded in, and why.

It numbers events and keeps books; what happens is decided by the modules that write to it. What a failed part wrote
can be taken back (`attempt`), so that a reaction happens whole or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from typing import Any

from core.engine.clocks import Change, clock_changes
from core.engine.decision import Decision, Explanation, Reason
from core.engine.evolve import evolve
from core.engine.values import Values, to_json
from core.errors import Refused
from core.expression import Expression
from core.scheme.case import Case
from core.scheme.event import Event
from core.scheme.scheme import Scheme
from core.scheme.situation import SYSTEM_ACTOR, Situation
from core.scheme.workflow import CaseKind


@dataclass
class Ledger:
    """One decision in the making. `occurred_at` is what the command claims, `now` the server's time."""

    pinned: Scheme
    situation: Situation
    now: datetime
    occurred_at: datetime
    snapshot: Case | None
    events: list[Event] = field(default_factory=list)
    permission: list[Reason] = field(default_factory=list)
    guards: list[Reason] = field(default_factory=list)
    effects: list[Reason] = field(default_factory=list)
    dispatch: list[Mapping[str, Any]] = field(default_factory=list)
    clocks: list[Mapping[str, Any]] = field(default_factory=list)
    reactions: list[Reason] = field(default_factory=list)
    owed: list[str] = field(default_factory=list)  # actions that the system takes when the one in hand is done
    taken: int = 0  # reactions so far

    @property
    def case(self) -> Case:
        if self.snapshot is None:
            raise ValueError("the case has not been opened")
        return self.snapshot

    @property
    def kind(self) -> CaseKind:
        return self.pinned.kind(self.case.kind)

    @property
    def account(self) -> str:
        return self.situation.actor.account

    def emit(self, kind: str, data: Mapping[str, Any], actor: str | None = None) -> None:
        """Append the next event, by the acting account unless another is named, and fold it in."""
        event = Event(
            seq=(self.snapshot.version if self.snapshot else 0) + 1,
            type=kind,
            actor=actor or self.account,
            occurred_at=self.occurred_at,
            recorded_at=self.now,
            scheme=self.pinned.digest,
            today=self.situation.today.digest,
            data=data,
        )
        self.snapshot = evolve(self.snapshot, event)
        self.events.append(event)

    def stamp(self, kind: str, data: Mapping[str, Any]) -> None:
        """Append an event that stamps a meaning on a track, and what the stamp does to the clocks."""
        self.emit(kind, data)
        track = self.kind.tracks[data["track"]]
        stage = self.case.stage(track.id)
        meaning = track.stages[stage].meaning if stage is not None else None
        changes = clock_changes(self.pinned, self.case, self.case.stamps[-1], meaning, self.now, self.values())
        self.change_clocks(changes)

    def change_clocks(self, changes: list[Change]) -> None:
        for kind, data in changes:
            self.emit(kind, data)
            self.clocks.append({"type": kind, **data})

    def values(self, inputs: Mapping[str, Any] | None = None) -> Values:
        """What expressions read at this point of the decision."""
        return Values(self.pinned, self.situation, self.case, self.now, inputs or {})

    def holds(self, condition: Expression, inputs: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
        """Whether a guard or condition holds; the explanation keeps its source and what it read."""
        values = self.values(inputs)
        met = condition.evaluate(values) is True
        read = {name: to_json(values.get(name)) for name in sorted(condition.names - {"draw"})}  # nobody's to know
        self.guards.append(
            Reason("condition-met" if met else "condition-not-met", {**where, "source": condition.source, "read": read})
        )
        return met

    def change_object(self, code: str, changes: Mapping[str, Any]) -> None:
        """Append object_changed; the rest of the decision reads the object as changed."""
        self.emit("object_changed", {"object": code, **changes})
        known = {**self.situation.objects.get(code, {}), **changes}
        self.situation = replace(self.situation, objects={**self.situation.objects, code: known})

    def attempt(self, step: Callable[[], None]) -> Refused | None:
        """Run `step` as the system. When it is refused, nothing of it remains, and the refusal is returned."""
        kept = {item.name: getattr(self, item.name) for item in fields(self)}
        copies = {name: list(part) for name, part in kept.items() if isinstance(part, list)}
        self.situation = replace(self.situation, actor=SYSTEM_ACTOR)
        try:
            step()
        except Refused as refused:
            for name, part in (kept | copies).items():
                setattr(self, name, part)
            return refused
        self.situation = replace(self.situation, actor=kept["situation"].actor)
        return None

    def decision(self) -> Decision:
        return Decision(
            tuple(self.events),
            self.case,
            Explanation(
                permission=tuple(self.permission),
                guards=tuple(self.guards),
                effects=tuple(self.effects),
                dispatch=tuple(self.dispatch),
                clocks=tuple(self.clocks),
                reactions=tuple(self.reactions),
            ),
        )
