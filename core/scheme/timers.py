"""Calendars, limits, alerts and cadences as data. `core.engine` reckons with them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from core.expression import Expression
from core.scheme.categories import Unit
from core.scheme.label import Label
from core.scheme.workflow import Target


@dataclass(frozen=True, slots=True)
class Calendar:
    """Working windows of a week in minutes after local midnight, e.g. ((510, 720), (840, 1080)).

    `weekdays[0]` is Monday. `closed` are holidays, `open` make-up workdays (调休) with the weekday's windows that they
    follow. `announced` are the years whose holidays are known: an instant in another year makes a deadline
    provisional. Windows are half-open and do not cross midnight.
    """

    id: str
    label: Label
    time_zone: str
    weekdays: tuple[tuple[tuple[int, int], ...], ...]
    closed: frozenset[date] = frozenset()
    open: Mapping[date, tuple[tuple[int, int], ...]] = field(default_factory=dict)
    announced: frozenset[int] = frozenset()
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class Reaching:
    """What happens when `share` of a running limit is used (1 is the due instant; more is later). `action` is taken
    by the system; `alert` is raised; `notify` is told."""

    id: str
    share: Decimal
    action: str | None = None
    alert: str | None = None
    notify: Target | None = None
    card: str | None = None
    rung: tuple[str, str] | None = None  # the ladder and its step that this is


@dataclass(frozen=True, slots=True)
class Extension:
    """延期: at most `times`, each by `amount` units or by `share` of the limit; by a holder of post `approval`."""

    times: int
    amount: Decimal | None = None
    share: Decimal | None = None
    approval: str | None = None


@dataclass(frozen=True, slots=True)
class Suspension:
    """缓办: a clock that an effect holds runs again after `days` calendar days by itself, and then the system takes
    `action`; at most `times`; by a holder of post `approval`."""

    days: int
    times: int | None = None
    approval: str | None = None
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """黄牌/红牌. `answer_within` units of the calendar of the limit that showed it; None: no answer is asked for."""

    id: str
    label: Label
    answer_within: Decimal | None = None
    unit: Unit | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a ladder, taken when the counter has come to `at`, or that share of the limit is used."""

    id: str
    label: Label
    at: Decimal
    target: Target
    action: str | None = None
    alert: str | None = None
    origin: str = "demo"


@dataclass(frozen=True)
class Ladder:
    """Raising a matter step by step, by a `counter` or by a `limit`, for the cases of `scope`."""

    id: str
    label: Label
    steps: tuple[Step, ...]
    scope: Scope
    counter: str | None = None
    limit: str | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class Scope:
    """Which cases a limit or cadence is for; an empty field does not restrict. `categories` and `cells` mean
    themselves and everything under them."""

    case_kinds: frozenset[str] = frozenset()
    categories: frozenset[str] = frozenset()
    cells: frozenset[str] = frozenset()
    area_kinds: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    filing_conditions: frozenset[str] = frozenset()
    intakes: frozenset[str] = frozenset()
    duty_modes: frozenset[str] = frozenset()
    when: Expression | None = None


@dataclass(frozen=True, slots=True)
class Limit:
    """A time limit (binding) or target (aimed at) between two meanings on a track.

    The clock starts when meaning `start` is stamped on `track` (a stage entered or an action taken) and stops at
    `stop`; it pauses while the track stands on a stage whose meaning is in `pause`. `amount` is in `unit`.
    `starts_on` says which time starts it: the claimed `occurred` or the server's `recorded`. With
    `by_filing_condition` the amount and unit of the case's filing condition (立案条件) come first, where it has them.
    With `task` there is no `start` and `stop`: each share of the task has a clock of its own, from when it is opened
    until it is closed. With `pool` it runs while a task waits in that pool to be claimed.
    """

    id: str
    label: Label
    kind: Literal["limit", "target"]
    track: str
    start: str
    stop: str
    amount: Decimal
    unit: Unit
    calendar: str
    starts_on: Literal["occurred", "recorded"] = "recorded"
    pause: frozenset[str] = frozenset()
    layer: str = "local"
    scope: Scope = Scope()
    reaches: tuple[Reaching, ...] = ()
    origin: str = "demo"
    by_filing_condition: bool = False
    task: str | None = None
    pool: str | None = None
    extension: Extension | None = None
    suspension: Suspension | None = None


@dataclass(frozen=True, slots=True)
class Cadence:
    """How information of a scope is passed on: at once, or summed up daily at `at` (minutes after midnight)."""

    id: str
    label: Label
    mode: Literal["at_once", "daily"]
    target: Target
    scope: Scope = Scope()
    at: int | None = None
    origin: str = "demo"
    copies: tuple[Target, ...] = ()
    read_receipt: bool = False
    remind_after: int | None = None  # minutes


@dataclass(frozen=True)
class Timers:
    """`alerts` in rising order of gravity: ("yellow", "orange", "red")."""

    calendars: Mapping[str, Calendar]
    limits: Mapping[str, Limit] = field(default_factory=dict)
    alerts: Mapping[str, Label] = field(default_factory=dict)
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    cards: Mapping[str, Card] = field(default_factory=dict)
    ladders: Mapping[str, Ladder] = field(default_factory=dict)

    @cached_property
    def counted(self) -> Mapping[str, tuple[Ladder, ...]]:
        """Ladders by the counter that they climb by."""
        found: dict[str, list[Ladder]] = {}
        for ladder in self.ladders.values():
            if ladder.counter is not None:
                found.setdefault(ladder.counter, []).append(ladder)
        return {counter: tuple(ladders) for counter, ladders in found.items()}

    @cached_property
    def of_tasks(self) -> Mapping[str, tuple[Limit, ...]]:
        """Limits by the task whose shares they time."""
        found: dict[str, list[Limit]] = {}
        for limit in self.limits.values():
            if limit.task is not None:
                found.setdefault(limit.task, []).append(limit)
        return {task: tuple(limits) for task, limits in found.items()}

    @cached_property
    def of_pools(self) -> Mapping[str, Limit]:
        """The limit within which a task of a pool has to be claimed, by pool."""
        return {limit.pool: limit for limit in self.limits.values() if limit.pool is not None}

    @cached_property
    def starting(self) -> Mapping[tuple[str, str], tuple[Limit, ...]]:
        """Limits by the track and the meaning that start them."""
        found: dict[tuple[str, str], list[Limit]] = {}
        for limit in self.limits.values():
            if limit.task is None and limit.pool is None:
                found.setdefault((limit.track, limit.start), []).append(limit)
        return {key: tuple(limits) for key, limits in found.items()}
