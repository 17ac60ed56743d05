"""dispatch.yaml with its rules → DispatchTable."""

from __future__ import annotations

from typing import cast

from core.manifest.compile.expressions import Expressions
from core.manifest.compile.values import (
    file_origin,
    flag,
    label,
    listed,
    minutes,
    optional,
    origin,
    table_target,
)
from core.manifest.document import Row, Table
from core.manifest.node import Node
from core.scheme.dispatch import DispatchTable, Layer, Pool, Rule

MIDNIGHT = 24 * 60
NOTHING: frozenset[str] = frozenset()


def compile_dispatch(root: Node, rules: Table, expressions: Expressions) -> DispatchTable:
    """Rules in the order of the file, with the place that each explanation cites."""
    inherited = file_origin(root)
    return DispatchTable(
        rules=tuple(_rule(row, inherited, expressions) for row in rules),
        pools={
            item["id"].value: Pool(
                id=item["id"].value,
                label=label(item["label"].value),
                posts=tuple(item["posts"].value),
                claim_minutes=int(item["claim_minutes"].value),
                origin=origin(item, inherited),
            )
            for item in root["pools"]
        },
    )


def _rule(row: Row, inherited: str, expressions: Expressions) -> Rule:
    def any_of(column: str) -> frozenset[str]:
        text = row.values.get(column)
        return frozenset(listed(text)) if text else NOTHING

    return Rule(
        id=row.values["id"],
        layer=cast(Layer, row.values["layer"]),
        handler=table_target(row.values["handler"]),
        category=optional(row, "category"),
        cell=optional(row, "cell"),
        case_kinds=any_of("case_kind"),
        area_kinds=any_of("area_kind"),
        grades=any_of("grade"),
        channels=any_of("channel"),
        severities=any_of("severity"),
        object_kinds=any_of("object_kind"),
        window=_window(row),
        when=expressions.in_row(row, "when"),
        priority=int(row.values.get("priority") or 0),
        co_handlers=tuple(table_target(text) for text in listed(row.values.get("co_handlers", ""))),
        act_first=flag(row.values.get("act_first", "")),
        basis=row.values.get("basis", ""),
        place=row.place(),
        origin=row.values.get("origin") or inherited,
    )


def _window(row: Row) -> tuple[int, int] | None:
    """From the first minute to before the last; an open side is midnight."""
    start, end = row.values.get("from_time", ""), row.values.get("to_time", "")
    if not start and not end:
        return None
    return (minutes(start) if start else 0, minutes(end) if end else MIDNIGHT)
