"""What a door asks for and what it gets back: plain values, parsed but not yet judged.

Knows no HTTP and no rows. A use case takes one of these with a `Principal` and returns an `Answer`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from core.engine.command import Evidence


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks: an opaque account id and the scopes of the token that it came with. `locality` is the only one that
    the token is good for; None: every one in which the account has an assignment. `demo`: the token is good on a
    loopback address only."""

    account: str
    scopes: frozenset[str] = frozenset({"read", "report", "act"})
    locality: str | None = None
    demo: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """What a use case answers with. `body` is JSON-able and speaks no language; `etag` is the case's version."""

    status: int
    body: Any
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Repeatable:
    """The idempotency key of a write and the fingerprint of what it asks for (see `core.casework.once`)."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Point:
    """A position in degrees with the coordinate system that it is given in."""

    longitude: float
    latitude: float
    system: str


@dataclass(frozen=True, slots=True)
class Building:
    """A place by address for cells that are lists of buildings; `unit` and `floor` may be empty."""

    building: str
    unit: str | None = None
    floor: str | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """A case to open. Where it is: `cell`, `point`, `building` or the object's own cell; several must agree.

    `facts` are judged by the class's form, `inputs` by the opening action's schema.
    """

    intake: str
    category: str
    channel: str | None = None
    severity: str | None = None
    cell: str | None = None
    point: Point | None = None
    building: Building | None = None
    object: str | None = None
    filing_condition: str | None = None
    occurred_at: datetime | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    description: str | None = None
    contact: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Deed:
    """An action to take. `inputs` are judged by the action's schema; `note` is free text."""

    action: str
    inputs: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()
    occurred_at: datetime | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which cases to list. None does not restrict. `category` and `cell` mean themselves and all under them."""

    kind: str | None = None
    category: str | None = None
    cell: str | None = None
    stage: str | None = None
    open: bool | None = None
    severity: str | None = None
    alert: str | None = None
    channel: str | None = None
    owner: str | None = None
    q: str | None = None
    opened_from: datetime | None = None
    opened_to: datetime | None = None
