"""The case as the engine sees it: an immutable snapshot, evolved event by event."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal


@dataclass(frozen=True, slots=True)
class Owner:
    """Who answers for a task: an organisation, a post in a cell, a pool, or an account, from vague to exact."""

    organisation: str | None = None
    post: str | None = None
    cell: str | None = None
    pool: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """One owner's share of a case. `occurrence` counts from 1: rework opens the same task again."""

    id: str
    occurrence: int
    state: Literal["open", "closed"]
    owner: Owner
    opened_at: datetime
    closed_at: datetime | None = None
    co_handlers: tuple[Owner, ...] = ()
    share_of: str | None = None  # the joint task that this is a share of
    done_when: str | None = None  # of a joint task's first share: see `Joint`


@dataclass(frozen=True, slots=True)
class Stamp:
    """When a meaning was reached: by a stage entered or an action taken, on a track, for the n-th time (from 1)."""

    track: str
    meaning: str
    occurrence: int
    occurred_at: datetime
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """One run of a limit. Instants are UTC. `due_at` is None while paused.

    `elapsed` is the working time used, in seconds, up to the last start, pause or stop; `allowed` the limit's whole
    working time in seconds. `provisional` when the calendar of a year it crosses is not announced yet.
    `reached` are the ids of the `Reaching`s that have fired. `held`: paused by an effect, so that no change of stage
    resumes it. `paused_at` is the last pause; `suspensions` and `extensions` count how often the case's runs of it were
    held and given more time. `limit` is the limit's id, or `limit@share` for a limit that times the shares of a task.
    """

    limit: str
    occurrence: int
    state: Literal["running", "paused", "stopped"]
    started_at: datetime
    resumed_at: datetime
    due_at: datetime | None
    allowed: int
    elapsed: int = 0
    stopped_at: datetime | None = None
    provisional: bool = False
    reached: tuple[str, ...] = ()
    held: bool = False
    paused_at: datetime | None = None
    suspensions: int = 0
    extensions: int = 0
    extended: bool = False  # this run was given more time
    unit: str | None = None  # what this run counts by, where a filing condition may say so
    amount: str | None = None


@dataclass(frozen=True, slots=True)
class ShownCard:
    """A card that was shown to a task's owner. `answer_by`: until when an answer is due, if one is asked for."""

    card: str
    owner: Owner
    shown_at: datetime
    answer_by: datetime | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """The snapshot. `version` equals the number of events folded into it (and the `seq` of the last).

    `reporter` and owners' accounts are opaque ids; contact data and free text are payloads that only events refer to.
    `tracks` maps track to stage for the tracks that have been entered. `tasks` by id, latest occurrence.
    `clocks` by limit, latest occurrence. `scheme` is the digest of the scheme that the case is pinned to.
    """

    id: str
    number: str
    locality: str
    scheme: str
    kind: str
    intake: str
    category: str
    cell: str
    channel: str
    severity: str
    reporter: str
    opened_at: datetime
    version: int
    point: tuple[float, float] | None = None
    object: str | None = None
    filing_condition: str | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    tracks: Mapping[str, str] = field(default_factory=dict)
    tasks: Mapping[str, Task] = field(default_factory=dict)
    clocks: Mapping[str, Clock] = field(default_factory=dict)
    stamps: tuple[Stamp, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
    handlers: frozenset[str] = frozenset()  # accounts that have taken a handling action
    alert: str | None = None
    links: tuple[tuple[str, str], ...] = ()  # (relation, case id)
    approvals: Mapping[str, str] = field(default_factory=dict)  # asked, granted, refused
    closed_at: datetime | None = None
    draw: int = 0  # of 10,000; see `Open.draw`
    sent: Mapping[str, Any] = field(default_factory=dict)  # of the last dispatch: layer, act_first, ruling_by
    cards: tuple[ShownCard, ...] = ()
    rungs: Mapping[str, str] = field(default_factory=dict)  # ladder -> the step reached last
    calendars: Mapping[str, Any] = field(default_factory=dict)  # by calendar: what differs now (engine.calendars)
    photos: tuple[Mapping[str, Any], ...] = ()  # taken before: {at?, point?}, for comparison with those after

    def stage(self, track: str) -> str | None:
        return self.tracks.get(track)
