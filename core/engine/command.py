"""What may be asked of the engine: open a case, take an action, fire a timer, reckon by today's calendars."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Evidence:
    """An attachment that accompanies a command. `meaning` is before, after or other. When and where (longitude,
    latitude) a photo was taken are told by the photo itself, if it says so."""

    kind: str
    meaning: str
    attachment: str
    taken_at: datetime | None = None
    point: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """Open a case. The caller has made the ids, located the cell, and validated `facts` against the class's form.

    `texts` are payload ids (what the reporter wrote, contact data); `occurred_at` is the claimed time, never later
    than now.
    """

    case: str
    number: str
    intake: str
    category: str
    cell: str
    channel: str
    severity: str
    occurred_at: datetime
    point: tuple[float, float] | None = None
    object: str | None = None
    filing_condition: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)  # of the opening action, validated like Act.inputs
    evidence: tuple[Evidence, ...] = ()
    texts: tuple[str, ...] = ()
    reporter: str | None = None  # defaults to the actor
    draw: int = 0  # of 10,000: the case's lot, from a keyed hash, so that nobody foresees it
    recurs: tuple[str, ...] = ()  # closed cases of which this one is a recurrence
    parent: str | None = None  # the case that asked for this one


@dataclass(frozen=True, slots=True)
class Act:
    """Take an action. `inputs` have been validated against the action's schema."""

    action: str
    occurred_at: datetime
    inputs: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    texts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fire:
    """A timer of a clock is due: the `reach` of run `occurrence` of `limit`, due at `due_at`."""

    limit: str
    occurrence: int
    reach: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Reckon:
    """Today's calendars apply to the case's clocks from now on."""


Command = Open | Act | Fire | Reckon
