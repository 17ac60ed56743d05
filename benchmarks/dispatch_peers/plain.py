"""The floors: a linear scan of dicts, and a bare hash index that answers with the winner's id and explains nothing."""

from __future__ import annotations

import operator
from collections.abc import Callable
from operator import itemgetter
from typing import Any

from dispatch_peers.peer import Peer
from dispatch_peers.workload import AREAS, CHANNELS, SEVERITIES, Comparison, PlainCase, PlainRule, Workload

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq, "!=": operator.ne, ">": operator.gt, ">=": operator.ge, "<=": operator.le
}  # fmt: skip


def within(minute: int, window: tuple[int, int]) -> bool:
    start, end = window
    return start <= minute < end if start < end else minute >= start or minute < end


def all_hold(comparisons: tuple[Comparison, ...], facts: dict[str, Any]) -> bool:
    return all(OPERATORS[sign](facts[name], value) for name, sign, value in comparisons)


def as_dict(rule: PlainRule) -> dict[str, Any]:
    names = ("id", "category", "cell", "area", "severities", "channels", "window", "comparisons")
    return {name: getattr(rule, name) for name in names}


class LinearScan(Peer):
    """The first rule in rank order that matches: what a district's first script does. The oracle of the others."""

    name = "linear_scan"

    def build(self, workload: Workload) -> None:
        self.rules = [as_dict(rule) for rule in workload.ranked]

    def prepare(self, case: PlainCase) -> PlainCase:
        return case

    def decide(self, case: PlainCase) -> str | None:
        categories, cells, minute = case.category_chain, case.cell_chain, case.minute
        for rule in self.rules:
            if rule["category"] is not None and rule["category"] not in categories:
                continue
            if rule["cell"] is not None and rule["cell"] not in cells:
                continue
            if rule["area"] is not None and rule["area"] != case.area:
                continue
            if rule["severities"] and case.severity not in rule["severities"]:
                continue
            if rule["channels"] and case.channel not in rule["channels"]:
                continue
            if rule["window"] and not within(minute, rule["window"]):
                continue
            if all_hold(rule["comparisons"], case.facts):
                return str(rule["id"])
        return None


class HashIndex(Peer):
    """Buckets by (category, cell), conditions as one mask, comparisons as compiled Python; the winner's id only."""

    name = "hash_index"

    def build(self, workload: Workload) -> None:
        values = ("area", *AREAS), ("severity", *SEVERITIES), ("channel", *CHANNELS)
        named = [(kind, value) for kind, *members in values for value in members]
        self.bit = {pair: 1 << n for n, pair in enumerate(named)}
        edges = sorted({0} | {edge for rule in workload.ranked for edge in rule.window or ()})
        self.slot_starts = {edge: 1 << (len(named) + n) for n, edge in enumerate(edges)}
        self.slot = [self.slot_starts[max(edge for edge in edges if edge <= minute)] for minute in range(1440)]
        self.buckets: dict[str | None, dict[str | None, list[Any]]] = {}
        for rank, rule in enumerate(workload.ranked):
            bucket = self.buckets.setdefault(rule.category, {}).setdefault(rule.cell, [])
            bucket.append((rank, self.mask(rule), self.code(rule), rule.id))

    def mask(self, rule: PlainRule) -> int:
        chosen = {"area": (rule.area,) if rule.area else (), "severity": rule.severities, "channel": rule.channels}
        mask = sum(bit for (kind, value), bit in self.bit.items() if not chosen[kind] or value in chosen[kind])
        starts = self.slot_starts.items()
        return mask | sum(bit for start, bit in starts if rule.window is None or within(start, rule.window))

    def code(self, rule: PlainRule) -> Any:
        if not rule.comparisons:
            return None
        tests = (f"facts[{name!r}] {sign} {value!r}" for name, sign, value in rule.comparisons)
        return eval(f"lambda facts: {' and '.join(tests)}", {})  # noqa: S307 - our own generated text

    def prepare(self, case: PlainCase) -> Any:
        return case.category_chain[::-1], case.cell_chain[::-1], case

    def decide(self, prepared: Any) -> str | None:
        categories, cells, case = prepared
        bit, facts = self.bit, case.facts
        mine = bit["area", case.area] | bit["severity", case.severity] | bit["channel", case.channel]
        mine |= self.slot[case.minute]
        best, winner = 1 << 60, None
        for category in (*categories, None):
            by_cell = self.buckets.get(category)
            if by_cell is None:
                continue
            for cell in (*cells, None):
                for rank, mask, code, rule in by_cell.get(cell, ()):
                    if rank >= best:
                        break
                    if mine & mask == mine and (code is None or code(facts)):
                        best, winner = rank, rule
                        break
        return winner


def expected(workload: Workload) -> list[str | None]:
    """The right answers: of the rules for a case's categories, in rank order, the first that matches."""
    grouped: dict[str | None, list[tuple[int, PlainRule]]] = {}
    for rank, rule in enumerate(workload.ranked):
        grouped.setdefault(rule.category, []).append((rank, rule))
    answers: list[str | None] = []
    for case in workload.cases:
        own = (grouped.get(category, []) for category in (*case.category_chain, None))
        first = min(
            (pair for rules in own for pair in rules if matches(pair[1], case)), key=itemgetter(0), default=None
        )
        answers.append(first[1].id if first else None)
    return answers


def matches(rule: PlainRule, case: PlainCase) -> bool:
    """Whether cell and every condition hold (the category is the caller's)."""
    return (
        (rule.cell is None or rule.cell in case.cell_chain)
        and (rule.area is None or rule.area == case.area)
        and (not rule.severities or case.severity in rule.severities)
        and (not rule.channels or case.channel in rule.channels)
        and (rule.window is None or within(case.minute, rule.window))
        and all_hold(rule.comparisons, case.facts)
    )
