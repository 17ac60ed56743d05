"""What plugins add to a district's scheme: data that is resolved once, and functions that are called later.

Data (holidays, code lists) belongs to the scheme's meaning: it is written into the lock of a published revision, and a
case keeps what it was opened under. Functions are not: the installed version of the plugin runs. Knows no plugin.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

from core.scheme.label import Label


@dataclass(frozen=True, slots=True)
class Holidays:
    """A country's days off and make-up workdays (调休), local dates. `announced` are the years that are known."""

    id: str
    label: Label
    closed: frozenset[date]
    open: frozenset[date]
    announced: frozenset[int]
    source: str = ""  # where the days come from, for people


@dataclass(frozen=True, slots=True)
class StandardClass:
    """A class of a published code list. `kind` is component, event or matter; codes are unique within (list, kind)."""

    code: str
    kind: str
    label: Label
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """Which code of another list a code became. One code may have several, and several may have one."""

    from_kind: str
    from_code: str
    to_list: str
    to_kind: str
    to_code: str
    relation: Literal["same", "narrower", "broader", "related"]


@dataclass(frozen=True, slots=True)
class StandardList:
    """A generation of a code list, with its mappings to others."""

    id: str
    label: Label
    classes: Mapping[tuple[str, str], StandardClass]  # by (kind, code)
    mappings: tuple[CodeMapping, ...] = ()
    source: str = ""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A report that is about to be made, or a case that is open: what duplicates are looked for by. `point` is
    longitude and latitude in the scheme's coordinate system; `id` is None for what is not a case yet. `classes` are
    the classes above the category, the nearest first."""

    id: str | None
    number: str
    category: str
    cell: str
    at: datetime
    point: tuple[float, float] | None = None
    object: str | None = None
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A case that may be about the same thing. `likeness` from 0 to 1; reasons are message codes with parameters."""

    case: str
    likeness: Decimal
    reasons: tuple[tuple[str, Mapping[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """An account that holds what a notice is addressed to, at the moment of delivery."""

    account: str
    name: str
    post: str | None = None
    cell: str | None = None
    organisation: str | None = None


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that somebody is to be told. `id` is stable: a notice that comes twice has the same.

    `kind` is `notice` (of one case), `summary` (of a cadence) or `reminder` (of a notice or summary that the one
    recipient has not read in time; `template` is then the cadence's id). `template` is the manifest's id of what is
    said. `about` holds opaque ids, codes, numbers and instants only: no contact data and no free text.
    """

    id: str
    kind: Literal["notice", "summary", "reminder"]
    template: str
    recipients: tuple[Recipient, ...]
    subject: Label  # one line in both languages, without anything personal
    about: Mapping[str, Any]
    at: datetime


SuggestDuplicates = Callable[[Sighting, Sequence[Sighting]], Sequence[Suggestion]]
DeliverNotice = Callable[[Notice, bool], None]


@dataclass(frozen=True)
class Extensions:
    """Everything that the plugins of one district provide. Functions by the id of their plugin, in the manifest's
    order. `versions` are the plugins in use."""

    versions: Mapping[str, str] = field(default_factory=dict)
    holidays: Mapping[str, Holidays] = field(default_factory=dict)
    code_lists: Mapping[str, StandardList] = field(default_factory=dict)
    suggest_duplicates: Mapping[str, SuggestDuplicates] = field(default_factory=dict)
    deliver_notice: Mapping[str, DeliverNotice] = field(default_factory=dict)


NO_EXTENSIONS = Extensions()
