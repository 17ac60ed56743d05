"""`ladders` of timers.yaml → Ladders; one that climbs by a limit gives the limit further reaches."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.manifest.compile.expressions import Expressions
from core.manifest.compile.scope import compile_scope
from core.manifest.compile.values import label, number, origin, target
from core.manifest.node import Node
from core.scheme.timers import Ladder, Reaching, Step


def compile_ladders(root: Node, inherited: str, expressions: Expressions) -> dict[str, Ladder]:
    """Ladders by id. A step without `at` follows the one before it: at the next count, or at once for the first."""
    return {item["id"].value: _ladder(item, inherited, expressions) for item in root["ladders"]}


def rungs(ladders: Mapping[str, Ladder], limit: str) -> tuple[Reaching, ...]:
    """The steps of all ladders that climb by this limit, as reaches of it."""
    return tuple(
        Reaching(f"{ladder.id}.{step.id}", step.at, step.action, step.alert, step.target, rung=(ladder.id, step.id))
        for ladder in ladders.values()
        if ladder.limit == limit
        for step in ladder.steps
    )


def _ladder(item: Node, inherited: str, expressions: Expressions) -> Ladder:
    own = origin(item, inherited)
    steps: list[Step] = []
    for each in item["steps"]:
        usual = steps[-1].at + 1 if steps else Decimal(1)
        steps.append(
            Step(
                id=each["id"].value,
                label=label(each["label"].value),
                at=number(each["at"].value) if each["at"] else usual,
                target=target(each["target"].value),
                action=each["action"].value,
                alert=each["alert"].value,
                origin=origin(each, own),
            )
        )
    return Ladder(
        id=item["id"].value,
        label=label(item["label"].value),
        steps=tuple(steps),
        scope=compile_scope(item["scope"], expressions),
        counter=item["counter"].value,
        limit=item["limit"].value,
        origin=own,
    )
