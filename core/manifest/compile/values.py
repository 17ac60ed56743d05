"""Small values of a manifest as the scheme wants them: labels, targets, times, numbers, cells of a table.

Expects text that the schema check has let through.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from core.manifest.document import Row
from core.manifest.node import Node
from core.scheme.label import Label
from core.scheme.workflow import Target

TRUE = frozenset({"yes", "true", "是"})
SEPARATOR = ";"
"""Between the items of a list in one cell of a table."""


def label(value: Mapping[str, str]) -> Label:
    """A zh/en map as a label."""
    return Label(value["zh"], value.get("en", ""))


def labels(node: Node) -> dict[str, Label]:
    """A list of `{id, label}` as labels by id, in the order of the list."""
    return {item["id"].value: label(item["label"].value) for item in node}


def row_label(row: Row) -> Label:
    return Label(row.values["label_zh"], row.values.get("label_en", ""))


def target(value: str | Mapping[str, Any]) -> Target:
    """`actor`, `{post: grid_head}`, or `{elsewhere: {post: …, across: …}}`, as a target."""
    if isinstance(value, str):
        return Target(value)
    kind, name = next(iter(value.items()))
    if isinstance(name, Mapping):
        return Target(kind, name["post"], name.get("across") or name["task"])
    return Target(kind, name)


def table_target(text: str) -> Target:
    """`post:grid_head`, or a bare `actor`, as a target."""
    kind, _, name = text.partition(":")
    return Target(kind, name or None)


def number(value: int | Decimal | str) -> Decimal:
    return Decimal(value)


def minutes(text: str) -> int:
    """Minutes after midnight of `HH:MM`; `24:00` is the end of the day."""
    hours, _, rest = text.partition(":")
    return int(hours) * 60 + int(rest)


def window(text: str) -> tuple[int, int]:
    """`08:30-12:00` in minutes after midnight."""
    start, _, end = text.partition("-")
    return minutes(start), minutes(end)


def days(text: str) -> tuple[date, ...]:
    """One date, or every date of `first/last`, both included."""
    first, _, last = text.partition("/")
    start = date.fromisoformat(first)
    end = date.fromisoformat(last) if last else start
    return tuple(start + timedelta(days=count) for count in range((end - start).days + 1))


def listed(text: str) -> tuple[str, ...]:
    """The items of a list in one cell."""
    return tuple(item.strip() for item in text.split(SEPARATOR) if item.strip()) if text else ()


def flag(text: str) -> bool:
    return text.strip().lower() in TRUE


def optional(row: Row, column: str) -> str | None:
    return row.values.get(column) or None


def whole(row: Row, column: str) -> int | None:
    text = row.values.get(column)
    return int(text) if text else None


def day(row: Row, column: str) -> date | None:
    text = row.values.get(column)
    return date.fromisoformat(text) if text else None


def origin(item: Node, inherited: str) -> str:
    """The item's own origin, or its file's."""
    return item["origin"].value or inherited


def file_origin(root: Node) -> str:
    return root["origin"].value or "demo"


def plain(value: Any) -> Any:
    """Decimals as JSON numbers, for values that leave the scheme as JSON."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value
