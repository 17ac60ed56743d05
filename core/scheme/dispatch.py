"""Dispatch rules as data, in their three layers. The index over them is built by `core.scheme.rule_index`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from core.errors import Place
from core.expression import Expression
from core.scheme.label import Label
from core.scheme.timers import Scope
from core.scheme.workflow import Target

Layer = Literal["override", "normal", "fallback"]
LAYERS: tuple[Layer, ...] = ("override", "normal", "fallback")


@dataclass(frozen=True, slots=True)
class Rule:
    """When category, cell and every stated condition hold, the case goes to `handler`.

    `category` and `cell` mean themselves and everything under them; None means any. Set conditions are any-of; an
    empty set does not restrict. `window` is (from, to) in minutes after local midnight, to exclusive, and may wrap.
    `basis` says why the handler is competent (行业管理, 属地管理, 法规, 三定, 惯例).
    """

    id: str
    layer: Layer
    handler: Target
    category: str | None = None
    cell: str | None = None
    case_kinds: frozenset[str] = frozenset()
    area_kinds: frozenset[str] = frozenset()
    grades: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    severities: frozenset[str] = frozenset()
    object_kinds: frozenset[str] = frozenset()
    window: tuple[int, int] | None = None
    when: Expression | None = None
    priority: int = 0
    co_handlers: tuple[Target, ...] = ()
    act_first: bool = False
    basis: str = ""
    place: Place = Place()
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class Pool:
    """A claim pool: posts whose holders may claim, and after how many minutes an unclaimed case surfaces."""

    id: str
    label: Label
    posts: tuple[str, ...]
    claim_minutes: int
    origin: str = "demo"
    unclaimed: Target | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class CoHandling:
    """Cases of `scope` have `targets` beside whoever the rules find."""

    id: str
    scope: Scope
    targets: tuple[Target, ...]
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class ActFirst:
    """先行处置: when only a fallback rule, or none, answers for a case of `scope`, `handler` acts at once and
    `ruling_by` (a post) settles whose it is."""

    id: str
    scope: Scope
    handler: Target
    ruling_by: str | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class ControlZone:
    """临时管控区: from `first` to `last` (local days, both included), in `cells` and everything under them, cases of
    `categories` (none: all) go to `handler`. `window` is (from, to) in minutes after midnight, as a rule's."""

    id: str
    label: Label
    cells: frozenset[str]
    first: date
    last: date
    authority: str
    handler: Target
    categories: frozenset[str] = frozenset()
    window: tuple[int, int] | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class ContestedArea:
    """Cells that several organisations claim, or decline: until it is ruled whose they are (`until`, the last local
    day), `interim` answers for every case in them."""

    id: str
    label: Label
    cells: frozenset[str]
    claimants: tuple[str, ...]
    interim: Target
    until: date | None = None
    origin: str = "demo"


@dataclass(frozen=True)
class DispatchTable:
    """Rules in file order (the order breaks last ties), with the pools that handlers may name, and what goes before
    or beside the rules (`core.engine.sending`)."""

    rules: tuple[Rule, ...] = ()
    pools: Mapping[str, Pool] = field(default_factory=dict)
    co_handling: tuple[CoHandling, ...] = ()
    act_first: tuple[ActFirst, ...] = ()
    control_zones: tuple[ControlZone, ...] = ()
    contested: tuple[ContestedArea, ...] = ()
