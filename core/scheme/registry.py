"""Kinds of object and the objects themselves: components, premises, places, organisations. Never people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from core.scheme.label import Label


@dataclass(frozen=True, slots=True)
class Inspection:
    """How often each object of a kind is looked at. `post` does it by `checklist`; when it falls due, a case is opened
    by `intake` (None: it is only listed)."""

    every: int
    unit: Literal["day", "week", "month", "year"]
    post: str | None = None
    checklist: str | None = None
    intake: str | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """`family` is component, premises, place or organisation; `columns` are extra fields with their types. Objects in
    a status of `retired` are out of use; `categories` are the classes of cases about such objects, `qr` says that each
    object carries a code."""

    id: str
    label: Label
    family: str
    statuses: Mapping[str, Label]
    columns: Mapping[str, str] = field(default_factory=dict)
    retired: frozenset[str] = frozenset()
    categories: tuple[str, ...] = ()
    qr: bool = False
    inspection: Inspection | None = None
    origin: str = "demo"


@dataclass(frozen=True, slots=True)
class RegistryObject:
    """One entry. Owner, maintainer and competent unit (权属/养护/主管) are organisation ids and may differ."""

    code: str
    kind: str
    label: Label
    cell: str
    status: str
    point: tuple[float, float] | None = None  # (longitude, latitude) in CGCS2000
    owner: str | None = None
    maintainer: str | None = None
    competent: str | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    origin: str = "demo"


@dataclass(frozen=True)
class Registry:
    kinds: Mapping[str, ObjectKind] = field(default_factory=dict)
    objects: Mapping[str, RegistryObject] = field(default_factory=dict)
