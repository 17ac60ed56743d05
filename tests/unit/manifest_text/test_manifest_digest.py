"""Digests: what changes them, what does not, and that nothing can be shifted from one part to another."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import combinations
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.manifest.digest import canonical_digest, lock, source_digest


@dataclass(frozen=True)
class Open:
    task: str


@dataclass(frozen=True)
class Close:
    task: str


class Colour(Enum):
    RED = "red"


def test_source_digest_is_what_it_says() -> None:
    framed = b"".join(len(part).to_bytes(8, "big") + part for part in (b"a.csv", b"12", b"b.yaml", b""))
    assert source_digest({"b.yaml": b"", "a.csv": b"12"}) == f"sha256:{hashlib.sha256(framed).hexdigest()}"
    assert source_digest({}, "sha512").startswith("sha512:")


FILES = st.dictionaries(st.text("ab", max_size=3), st.binary(max_size=3), max_size=3)


@settings(max_examples=200, deadline=None)
@given(FILES, FILES)
def test_different_files_have_different_digests(one: dict[str, bytes], other: dict[str, bytes]) -> None:
    assert (source_digest(one) == source_digest(other)) == (one == other)


def test_order_and_trailing_zeros_do_not_count() -> None:
    one = {"a": [Decimal("1.50"), {"x", "y"}], "b": MappingProxyType({"k": (1, 2)})}
    other = {"b": {"k": [1, 2]}, "a": [Decimal("1.5"), frozenset({"y", "x"})]}
    assert canonical_digest(one) == canonical_digest(other)
    assert canonical_digest(Decimal("-0.0")) == canonical_digest(Decimal(0)) == canonical_digest(Decimal("0E+3"))
    assert canonical_digest(Decimal("1E+2")) == canonical_digest(Decimal(100))
    assert canonical_digest({1: "a", 2: "b"}) == canonical_digest({2: "b", 1: "a"})


LOOKALIKES: list[Any] = [
    *(None, True, False, 1, 0, "1", "", "true", Decimal(1), Decimal("1.5"), "1.5", 1.5, 2**70, 2**70 + 1, str(2**70)),
    *([], {}, set(), [1], {1}, {"1": 1}, {1: 1}, {"$decimal": "1"}, {"$set": []}, [["1", 1]], ["a", "b"], ["ab"]),
    *(date(2026, 3, 2), "2026-03-02", datetime(2026, 3, 2, tzinfo=UTC), time(9, 30), timedelta(days=1)),
    *(timedelta(microseconds=1), 86400, Open("t"), Close("t"), {"task": "t"}, {"$type": "Open", "task": "t"}),
]


def test_what_differs_in_meaning_differs_in_digest() -> None:
    for one, other in combinations(LOOKALIKES, 2):
        assert canonical_digest(one) != canonical_digest(other), (one, other)


def test_an_enumeration_is_its_value() -> None:
    assert canonical_digest(Colour.RED) == canonical_digest("red")


@pytest.mark.parametrize("value", [object(), b"x", Decimal("NaN"), Decimal("Infinity"), Open, float("nan")])
def test_what_has_no_canonical_form(value: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        canonical_digest({"a": value})


def test_lock() -> None:
    plugins: Mapping[str, str] = {"b": "1", "a": "2"}
    locked = lock(
        kernel="0.1.0",
        schemas={"grid.yaml": "gridwright/grid/1"},
        source_digest="sha256:a",
        scheme_digest="sha256:b",
        plugins=plugins,
    )
    assert locked == {
        "kernel": "0.1.0",
        "schemas": {"grid.yaml": "gridwright/grid/1"},
        "plugins": {"a": "2", "b": "1"},
        "source_digest": "sha256:a",
        "scheme_digest": "sha256:b",
    }
    assert list(locked["plugins"]) == ["a", "b"]
