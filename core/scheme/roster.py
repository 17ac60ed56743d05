"""Organisations, teams, roles, posts, duty modes and duties. Who holds a post is not here: that is an Assignment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Literal

from core.scheme.label import Label

Reach = Literal["locality", "subtree", "organisation", "task", "own"]
"""How far a role's permission goes, always checked against today's assignments:

locality      every case of the district
subtree       cases whose cell lies in or under the assignment's cell
organisation  cases with a task of the assignment's organisation
task          cases with an open task assigned to the account itself
own           cases that the account itself reported
"""


@dataclass(frozen=True, slots=True)
class Organisation:
    id: str
    label: Label
    kind: str
    parent: str | None = None
    cell: str | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class Team:
    """A standing force made of several kinds of member (e.g. 信息员队伍, five kinds)."""

    id: str
    label: Label
    member_kinds: Mapping[str, Label]
    organisation: str | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class Role:
    """What a post may do. `rights` are kernel rights (see `core.engine.permission.RIGHTS`)."""

    id: str
    label: Label
    meaning: str
    reach: Reach
    rights: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Quota:
    """How many positions a post has.

    fixed   `amount` in all
    cell    `amount` for each cell of the post's tier (and kinds, when given)
    ratio   one for each `amount` households of a cell, rounded up
    unit    `amount` for each organisation of the kinds in `kinds`
    """

    basis: Literal["fixed", "cell", "ratio", "unit"]
    amount: Decimal
    kinds: tuple[str, ...] = ()
    approximate: bool = False


@dataclass(frozen=True, slots=True)
class Vacancies:
    """How many positions of a post may be vacant at once, and within how many days each is to be filled; None: that is
    not said."""

    allowed: int | None = None
    fill_within_days: int | None = None


@dataclass(frozen=True, slots=True)
class Post:
    """A template for positions: a role at a tier or in an organisation, with its quota."""

    id: str
    label: Label
    role: str
    quota: Quota
    tier: str | None = None
    organisation: str | None = None
    team: str | None = None
    member_kind: str | None = None
    fallback: str | None = None
    origin: str = "demo"
    backup: str | None = None  # AB岗: this post acts for it in a cell where nobody holds it
    vacancies: Vacancies = Vacancies()


@dataclass(frozen=True, slots=True)
class DutyMode:
    """平时/战时. A crisis mode names its authority and its longest run in hours, and ends by itself."""

    id: str
    label: Label
    crisis: bool = False
    authority: str | None = None
    max_hours: int | None = None
    rights: Mapping[str, frozenset[str]] = field(default_factory=dict)  # role -> additional actions


@dataclass(frozen=True, slots=True)
class Duty:
    """What a post does again and again. Cases of `case_kind` count it: opened by checking in, closed by checking out.

    `times` are the fewest in each `per`, `days_per_week` the fewest days, `hours_each` the shortest that counts,
    `hours` the times of day in minutes after midnight within which it begins. None or empty: nothing is asked.
    """

    id: str
    label: Label
    post: str
    kind: str
    times: int | None = None
    per: str | None = None
    days_per_week: int | None = None
    hours_each: Decimal | None = None
    hours: tuple[tuple[int, int], ...] = ()
    case_kind: str | None = None
    origin: str = "demo"


@dataclass(frozen=True)
class Roster:
    organisations: Mapping[str, Organisation]
    teams: Mapping[str, Team]
    roles: Mapping[str, Role]
    posts: Mapping[str, Post]
    duty_modes: Mapping[str, DutyMode] = field(default_factory=dict)
    duties: Mapping[str, Duty] = field(default_factory=dict)
    positions: Mapping[str, int] = field(default_factory=dict)  # post -> how many its quota calls for

    @cached_property
    def backing(self) -> Mapping[str, tuple[str, ...]]:
        """The posts that a post is the backup of."""
        found: dict[str, list[str]] = {}
        for post in self.posts.values():
            if post.backup is not None:
                found.setdefault(post.backup, []).append(post.id)
        return {backup: tuple(posts) for backup, posts in found.items()}
