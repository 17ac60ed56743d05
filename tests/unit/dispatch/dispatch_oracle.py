"""Schemes made by hand for the dispatch tests, and the oracle: a full scan that shares nothing with the index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from core.engine.dispatch import DispatchQuery
from core.expression import compile_expression
from core.scheme.categories import Category, CodeList
from core.scheme.dispatch import DispatchTable, Rule
from core.scheme.geometry import CellIndex
from core.scheme.grid import Cell, Grid, Tier
from core.scheme.label import Label
from core.scheme.registry import Registry
from core.scheme.roster import Roster
from core.scheme.scheme import Locality, Scheme
from core.scheme.timers import Timers
from core.scheme.workflow import Target, Workflow

NAMES = {"fact.depth_cm": "number", "fact.owner": "text"}
Tree = Mapping[str, str | None]  # code -> parent


def expression(source: str) -> Any:
    return compile_expression(source, names=NAMES, result="boolean")


def rule(code: str, layer: str = "normal", handler: str = "", **fields: Any) -> Rule:
    return Rule(id=code, layer=layer, handler=Target("organisation", handler or f"for_{code}"), **fields)


def scheme(rules: Iterable[Rule], categories: Tree, cells: Tree) -> Scheme:
    codes = {code: Category(code, parent, "level", "event", Label(code)) for code, parent in categories.items()}
    grid = {code: Cell(code, "tier", parent, Label(code)) for code, parent in cells.items()}
    return Scheme(
        digest="digest",
        source_digest="source",
        locality=Locality("test", Label("测试"), "610404", "Asia/Shanghai", "CGCS2000", ("zh",), "{serial}"),
        grid=Grid((Tier("tier", Label("tier"), 1),), grid),
        roster=Roster({}, {}, {}, {}),
        codes=CodeList("generation", "1", ("level",), codes),
        registry=Registry(),
        workflow=Workflow({}, {}),
        dispatch=DispatchTable(tuple(rules)),
        timers=Timers({}),
        cell_index=CellIndex([], []),
    )


@dataclass(frozen=True)
class Rival:
    """A rule as an official reads it, against one case."""

    rule: Rule
    line: int
    case: DispatchQuery
    categories: Tree
    cells: Tree

    def covers(self) -> bool:
        return self._is_under(self.categories, self.rule.category, self.case.category) and self._is_under(
            self.cells, self.rule.cell, self.case.cell
        )

    @staticmethod
    def _is_under(tree: Tree, wanted: str | None, code: str | None) -> bool:
        if wanted is None:
            return True
        while code in tree:
            if code == wanted:
                return True
            code = tree[code]
        return False

    def falls_by(self) -> str | None:
        """The first condition that does not hold."""
        rule, case = self.rule, self.case
        asked = [
            ("case-kind", rule.case_kinds, case.case_kind),
            ("area-kind", rule.area_kinds, case.area_kind),
            ("grade", rule.grades, case.grade),
            ("channel", rule.channels, case.channel),
            ("severity", rule.severities, case.severity),
            ("object-kind", rule.object_kinds, case.object_kind),
        ]
        for name, wanted, found in asked:
            if wanted and found not in wanted:
                return f"dispatch-fell-{name}"
        if rule.window is not None and case.minute not in self._minutes(*rule.window):
            return "dispatch-fell-window"
        if rule.when is not None and not rule.when.evaluate(case.values):
            return "dispatch-fell-expression"
        return None

    @staticmethod
    def _minutes(start: int, end: int) -> list[int]:
        return [minute % 1440 for minute in range(start, end if end > start else end + 1440)]

    def loses_to(self, other: Rival) -> str:
        """Why, or an empty string when it does not lose."""
        for code, mine, theirs in (
            ("layer", -self._layer(), -other._layer()),
            ("category", self._depth(self.categories, self.rule.category), other._category_depth()),
            ("cell", self._depth(self.cells, self.rule.cell), other._depth(other.cells, other.rule.cell)),
            ("conditions", self._conditions(), other._conditions()),
            ("priority", self.rule.priority, other.rule.priority),
            ("order", -self.line, -other.line),
        ):
            if mine != theirs:
                return f"dispatch-lost-{code}" if mine < theirs else ""
        return ""

    def _layer(self) -> int:
        return ["override", "normal", "fallback"].index(self.rule.layer)

    def _category_depth(self) -> int:
        return self._depth(self.categories, self.rule.category)

    def _depth(self, tree: Tree, code: str | None) -> int:
        return 0 if code is None else 1 + self._depth(tree, tree[code])

    def _conditions(self) -> int:
        rule = self.rule
        sets = [rule.case_kinds, rule.area_kinds, rule.grades, rule.channels, rule.severities, rule.object_kinds]
        return len([one for one in sets if one]) + len([one for one in (rule.window, rule.when) if one is not None])


@dataclass(frozen=True)
class Verdict:
    winner: str | None
    runners_up: list[tuple[str, str]]
    total: int


def judge(rules: Iterable[Rule], case: DispatchQuery, categories: Tree, cells: Tree) -> Verdict:
    """Look at every rule, compare them two by two."""
    rivals = [Rival(rule, line, case, categories, cells) for line, rule in enumerate(rules)]
    covering = [rival for rival in rivals if rival.covers()]
    ordered = sorted(covering, key=cmp_to_key(lambda a, b: 1 if a.loses_to(b) else -1))
    first = next((place for place, rival in enumerate(ordered) if rival.falls_by() is None), len(ordered))
    fallen = [(rival.rule.id, rival.falls_by() or "") for rival in ordered[:first]]
    lost = [(rival.rule.id, rival.loses_to(ordered[first])) for rival in ordered[first + 1 :]]
    winner = ordered[first].rule.id if first < len(ordered) else None
    return Verdict(winner, (fallen + lost)[:5], len(fallen) + len(lost))


def facts(depth: int | None = None, owner: str | None = None) -> dict[str, Any]:
    found = {"fact.depth_cm": None if depth is None else Decimal(depth), "fact.owner": owner}
    return {name: value for name, value in found.items() if value is not None}
