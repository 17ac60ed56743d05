"""What compiled expressions call to read values and to compare. Unknown is None; a comparison with it is False."""

from __future__ import annotations

from typing import Any

from core.expression.number import Number


def text(value: Any) -> str | None:
    """A str (a subclass as plain text), else unknown."""
    if type(value) is str:
        return value
    return str.__str__(value) if issubclass(type(value), str) else None


def boolean(value: Any) -> bool | None:
    return value if value is True or value is False else None


def text_set(value: Any) -> frozenset[str] | None:
    """A set, list or tuple of texts, else unknown."""
    if type(value) not in (frozenset, set, list, tuple):
        return None
    read = [text(item) for item in value]
    return None if None in read else frozenset(read)  # type: ignore[arg-type]


def known(value: Any) -> bool:
    return value is not None


def equal(left: Any, right: Any) -> bool:
    return left is not None and right is not None and left == right


def unequal(left: Any, right: Any) -> bool:
    return left is not None and right is not None and left != right


def less(left: Number, right: Number) -> bool:
    return left is not None and right is not None and left < right


def at_most(left: Number, right: Number) -> bool:
    return left is not None and right is not None and left <= right


def greater(left: Number, right: Number) -> bool:
    return left is not None and right is not None and left > right


def at_least(left: Number, right: Number) -> bool:
    return left is not None and right is not None and left >= right


def member(left: Any, right: frozenset[Any] | None) -> bool:
    return left is not None and right is not None and left in right


def not_member(left: Any, right: frozenset[Any] | None) -> bool:
    return left is not None and right is not None and left not in right


def between(value: Number, lowest: Number, highest: Number) -> bool:
    return at_most(lowest, value) and at_most(value, highest)


def starts_with(value: str | None, part: str | None) -> bool:
    return value is not None and part is not None and value.startswith(part)


def ends_with(value: str | None, part: str | None) -> bool:
    return value is not None and part is not None and value.endswith(part)


def contains(value: str | None, part: str | None) -> bool:
    return value is not None and part is not None and part in value
