"""Rule engines from PyPI, each set up the way that is fastest for it and fed its own form of case."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

from dispatch_peers.peer import Peer
from dispatch_peers.workload import NAMES, TIERS, PlainCase, PlainRule, Workload

CATEGORY_COLUMNS = ("major", "minor", "item")
ATTRIBUTES = {name: name.removeprefix("fact.") for name in NAMES}
COLUMNS = (*CATEGORY_COLUMNS, *TIERS, "area", "severity", "channel", "minute")
CATEGORY_COLUMN = {2 * (n + 1): column for n, column in enumerate(CATEGORY_COLUMNS)}
CELL_COLUMN = dict(zip((2, 4, 7, 10, 12), TIERS, strict=True))


def flat(case: PlainCase) -> dict[str, Any]:
    """One column a level of either tree: equality instead of prefix tests is the peers' best case."""
    facts = {ATTRIBUTES[name]: value for name, value in case.facts.items()}
    return {
        **dict(zip(CATEGORY_COLUMNS, case.category_chain, strict=True)),
        **dict(zip(TIERS, case.cell_chain, strict=True)),
        **{"area": case.area, "severity": case.severity, "channel": case.channel, "minute": case.minute},
        **facts,
    }


def keys(rule: PlainRule) -> dict[str, str]:
    """The columns that must be equal, the most selective first."""
    found = {}
    if rule.category is not None:
        found[CATEGORY_COLUMN[len(rule.category)]] = rule.category
    if rule.cell is not None:
        found[CELL_COLUMN[len(rule.cell)]] = rule.cell
    return found | ({"area": rule.area} if rule.area else {})


def sets(rule: PlainRule) -> dict[str, tuple[str, ...]]:
    both = {"severity": rule.severities, "channel": rule.channels}
    return {column: values for column, values in both.items() if values}


def comparisons(rule: PlainRule) -> str:
    tests = (f"{ATTRIBUTES[name]} {sign} {json.dumps(value)}" for name, sign, value in rule.comparisons)
    return " and ".join(tests)


class ZenEngine(Peer):
    """GoRules zen-engine with its static loader: the decision table is compiled once and indexed column by column.

    Much slower ways to use it: a decision created from JSON text (neither compiled nor indexed), and prefix tests.
    """

    name = "zen_engine"

    @classmethod
    def missing(cls) -> str:
        return "" if importlib.util.find_spec("zen") else "package zen-engine is not installed"

    def build(self, workload: Workload) -> None:
        zen: Any = importlib.import_module("zen")
        content = {"dispatch": decision(table(workload.ranked))}
        self.engine = zen.ZenEngine({"loader": {"type": "static", "content": content}})

    def prepare(self, case: PlainCase) -> dict[str, Any]:
        return flat(case)

    def decide(self, prepared: Any) -> str | None:
        answer: str | None = self.engine.evaluate("dispatch", prepared)["result"].get("rule")
        return answer


def table(rules: tuple[PlainRule, ...]) -> dict[str, Any]:
    columns = [{"id": column, "name": column, "field": column} for column in COLUMNS]
    return {
        "hitPolicy": "first",
        "inputs": [*columns, {"id": "when", "name": "when"}],
        "outputs": [{"id": "rule", "name": "rule", "field": "rule"}],
        "rules": [row(rule) for rule in rules],
    }


def row(rule: PlainRule) -> dict[str, str]:
    cells = {"_id": rule.id, "rule": json.dumps(rule.id)}
    cells |= {column: json.dumps(value) for column, value in keys(rule).items()}
    cells |= {column: ", ".join(map(json.dumps, values)) for column, values in sets(rule).items()}
    if rule.window:
        start, end = rule.window
        cells["minute"] = f"[{start}..{end})" if start < end else f">= {start} or < {end}"
    if rule.comparisons:
        cells["when"] = comparisons(rule)
    return cells


def decision(content: dict[str, Any]) -> dict[str, Any]:
    kinds = (("in", "inputNode"), ("table", "decisionTableNode"), ("out", "outputNode"))
    nodes: list[dict[str, Any]] = [
        {"id": name, "name": name, "type": kind, "position": {"x": 0, "y": 0}} for name, kind in kinds
    ]
    nodes[1]["content"] = content
    ends = (("in", "table"), ("table", "out"))
    edges = [{"id": f"{a}-{b}", "sourceId": a, "targetId": b, "type": "edge"} for a, b in ends]
    return {"nodes": nodes, "edges": edges}


class RuleEngine(Peer):
    """zeroSteiner/rule-engine with typed names: a list of compiled rules, the first that matches."""

    name = "rule_engine"
    most_rules = 8000
    too_slow = "rule-engine tries every rule: more than half a second a decision at this size"

    @classmethod
    def missing(cls) -> str:
        return "" if importlib.util.find_spec("rule_engine") else "package rule-engine is not installed"

    def build(self, workload: Workload) -> None:
        library: Any = importlib.import_module("rule_engine")
        kinds = library.DataType
        numbers = {"minute", "amount", "depth_cm"}
        names = {*COLUMNS, *ATTRIBUTES.values()}
        types = {name: kinds.FLOAT if name in numbers else kinds.STRING for name in names}
        types["near_school"] = kinds.BOOLEAN
        context = library.Context(type_resolver=library.type_resolver_from_dict(types))
        self.rules = [(library.Rule(text(rule), context=context).matches, rule.id) for rule in workload.ranked]

    def prepare(self, case: PlainCase) -> dict[str, Any]:
        return flat(case)

    def decide(self, prepared: Any) -> str | None:
        for matches, rule in self.rules:
            if matches(prepared):
                return rule
        return None


def text(rule: PlainRule) -> str:
    """The rule as one line of rule-engine's language, the most selective test first."""
    tests = [f"{column} == {json.dumps(value)}" for column, value in keys(rule).items()]
    tests += [f"{column} in {json.dumps(values)}" for column, values in sets(rule).items()]
    if rule.window:
        start, end = rule.window
        tests.append(f"(minute >= {start} {'and' if start < end else 'or'} minute < {end})")
    if rule.comparisons:
        tests.append(comparisons(rule))
    return " and ".join(tests) or "true"
