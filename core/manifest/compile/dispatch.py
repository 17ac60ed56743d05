"""dispatch.yaml with its rules → DispatchTable."""

from __future__ import annotations

from datetime import date
from typing import cast

from core.manifest.compile.expressions import Expressions
from core.manifest.compile.scope import compile_scope
from core.manifest.compile.values import (
    file_origin,
    flag,
    label,
    listed,
    minutes,
    optional,
    origin,
    table_target,
    target,
)
from core.manifest.document import Row, Table
from core.manifest.node import Node
from core.scheme.dispatch import (
    ActFirst,
    CoHandling,
    ContestedArea,
    ControlZone,
    DispatchTable,
    Layer,
    Pool,
    Rule,
)

MIDNIGHT = 24 * 60
NOTHING: frozenset[str] = frozenset()


def compile_dispatch(root: Node, grid: Node, rules: Table, expressions: Expressions) -> DispatchTable:
    """Rules in the order of the file, with the place that each explanation cites; contested areas from grid.yaml."""
    inherited = file_origin(root)
    return DispatchTable(
        rules=tuple(_rule(row, inherited, expressions) for row in rules),
        pools={item["id"].value: _pool(item, inherited) for item in root["pools"]},
        co_handling=tuple(
            CoHandling(
                item["id"].value,
                compile_scope(item["scope"], expressions),
                tuple(target(each.value) for each in item["targets"]),
                origin(item, inherited),
            )
            for item in root["co_handlers"]
        ),
        act_first=tuple(
            ActFirst(
                item["id"].value,
                compile_scope(item["scope"], expressions),
                target(item["handler"].value),
                item["ruling_by"].value,
                origin(item, inherited),
            )
            for item in root["act_first"]
        ),
        control_zones=tuple(_control_zone(item, inherited) for item in root["control_zones"]),
        contested=tuple(_contested(item, file_origin(grid)) for item in grid["contested_areas"]),
    )


def _pool(item: Node, inherited: str) -> Pool:
    return Pool(
        id=item["id"].value,
        label=label(item["label"].value),
        posts=tuple(item["posts"].value),
        claim_minutes=int(item["claim_minutes"].value),
        origin=origin(item, inherited),
        unclaimed=target(item["unclaimed"].value) if item["unclaimed"] else None,
        channel=item["channel"].value,
    )


def _control_zone(item: Node, inherited: str) -> ControlZone:
    return ControlZone(
        id=item["id"].value,
        label=label(item["label"].value),
        cells=frozenset(item["cells"].value),
        first=date.fromisoformat(item["from"].value),
        last=date.fromisoformat(item["to"].value),
        authority=item["authority"].value,
        handler=target(item["handler"].value),
        categories=frozenset(item["categories"].value or ()),
        window=_between(item["from_time"].text, item["to_time"].text),
        origin=origin(item, inherited),
    )


def _contested(item: Node, inherited: str) -> ContestedArea:
    return ContestedArea(
        id=item["id"].value,
        label=label(item["label"].value),
        cells=frozenset(item["cells"].value),
        claimants=tuple(item["claimants"].value or ()),
        interim=target(item["interim_handler"].value),
        until=date.fromisoformat(item["until"].value) if item["until"] else None,
        origin=origin(item, inherited),
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
        window=_between(row.values.get("from_time", ""), row.values.get("to_time", "")),
        when=expressions.in_row(row, "when"),
        priority=int(row.values.get("priority") or 0),
        co_handlers=tuple(table_target(text) for text in listed(row.values.get("co_handlers", ""))),
        act_first=flag(row.values.get("act_first", "")),
        basis=row.values.get("basis", ""),
        place=row.place(),
        origin=row.values.get("origin") or inherited,
    )


def _between(start: str, end: str) -> tuple[int, int] | None:
    """From the first minute to before the last; an open side is midnight."""
    if not start and not end:
        return None
    return (minutes(start) if start else 0, minutes(end) if end else MIDNIGHT)
