"""The situation: what holds today and is not in the case: the actor, today's scheme, duty mode, control zones."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.scheme.scheme import Scheme

SYSTEM = "system"
"""The account id under which reactions and timers act."""


@dataclass(frozen=True, slots=True)
class Assignment:
    """A row of the store: an account holds a post, in a cell and/or an organisation, for a time (UTC, to exclusive)."""

    account: str
    post: str
    cell: str | None = None
    organisation: str | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    deputy_for: str | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an opaque account id with its assignments of this locality that hold now. `scopes` are the token's
    (`read`, `report`, `act`, `admin`); a person's own session has all that its roles give."""

    account: str
    assignments: tuple[Assignment, ...] = ()
    scopes: frozenset[str] = frozenset({"read", "report", "act"})


SYSTEM_ACTOR = Actor(account=SYSTEM)


@dataclass(frozen=True)
class Situation:
    """`today` decides permissions, roster and dispatch; the case's pinned scheme decides workflow, classes and limits.

    `staff` are the assignments that hold now, by post: needed to find the holder of a post in a cell.
    """

    today: Scheme
    actor: Actor = SYSTEM_ACTOR
    staff: Mapping[str, tuple[Assignment, ...]] = field(default_factory=dict)
    duty_mode: str | None = None
    objects: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # status changes since publication
