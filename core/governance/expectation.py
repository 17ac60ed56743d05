"""What a scheme's test may expect of its case, subject by subject. Looks things up; judges nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from core.scheme.case import Case, Owner
from core.scheme.event import Event
from core.scheme.situation import Assignment


@dataclass(frozen=True, slots=True)
class Seen:
    """The case at a step, all that it went through, and the people of the test."""

    case: Case
    events: Sequence[Event]
    people: Mapping[str, Assignment]
    zone: ZoneInfo


def found_in(seen: Seen, subject: str, key: str) -> Any:
    """What there is of a subject (`stages`, `owner` … as in the schema) under a key; None when there is nothing."""
    case = seen.case
    match subject:
        case "stages":
            return case.tracks.get(key)
        case "owner":
            task = case.tasks.get(key)
            return _name(seen, task.owner) if task is not None and task.state == "open" else None
        case "due":
            clock = case.clocks.get(key)
            due = clock.due_at if clock is not None and clock.state == "running" else None
            return due and due.astimezone(seen.zone).strftime("%Y-%m-%dT%H:%M")
        case "clocks":
            return case.clocks[key].state if key in case.clocks else None
        case "counts":
            return case.counts.get(key, 0)
        case "objects":
            return _last(seen, "object_changed", "status", object=key)
        case "facts":
            return case.facts.get(key)
        case "alert":
            return case.alert
        case "closed":
            return case.closed_at is not None
        case "rule":
            return _last(seen, "dispatched", "rule")
        case "cell" | "category":
            return getattr(case, subject)
        case "layer":
            return case.sent.get("layer")
        case "act_first":
            return bool(case.sent.get("act_first"))
        case "cards":
            shown = [card for card in case.cards if card.card == key]
            return None if not shown else "answered" if all(card.answered_at for card in shown) else "shown"
        case "rungs":
            return case.rungs.get(key)
        case "asked":
            return sum(event.type == "case_asked" and event.data["category"] == key for event in seen.events)
    raise KeyError(subject)


def _last(seen: Seen, kind: str, wanted: str, **like: str) -> Any:
    """A field of the last event of a kind with these fields."""
    for event in reversed(seen.events):
        if event.type == kind and all(event.data.get(name) == value for name, value in like.items()):
            return event.data.get(wanted)
    return None


def _name(seen: Seen, owner: Owner) -> str | None:
    """The exact name that a test may use for an owner: the person, else the organisation, pool or post."""
    if owner.account is not None or owner.organisation is not None:
        return owner.account or owner.organisation
    if owner.post is None:
        return owner.pool
    holders = [(name, held.cell) for name, held in seen.people.items() if held.post == owner.post]
    exact = [name for name, cell in holders if cell == owner.cell]
    anywhere = [name for name, cell in holders if cell is None]
    return next(iter([*exact, *anywhere]), owner.post)
