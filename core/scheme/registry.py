"""Kinds of object and the objects themselves: components, premises, places, organisations. Never people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.scheme.label import Label


@dataclass(frozen=True, slots=True)
class ObjectKind:
    """`family` is component, premises, place or organisation; `columns` are extra fields with their types."""

    id: str
    label: Label
    family: str
    statuses: Mapping[str, Label]
    columns: Mapping[str, str] = field(default_factory=dict)
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
