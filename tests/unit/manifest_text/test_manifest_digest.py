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
import rfc8785
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


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text() | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(JSON.filter(lambda value: "$" not in repr(value)))
def test_the_canonical_form_is_that_of_the_standard(value: Any) -> None:
    """RFC 8785, whichever way it is written."""
    assert canonical_digest(value) == f"sha256:{hashlib.sha256(rfc8785.dumps(value)).hexdigest()}"


def test_keys_beyond_the_basic_plane_sort_as_the_standard_says() -> None:
    value = {"\U0001f600": 1, "\ufb33": 2}  # in UTF-16 the face comes first
    assert canonical_digest(value) == f"sha256:{hashlib.sha256(rfc8785.dumps(value)).hexdigest()}"
