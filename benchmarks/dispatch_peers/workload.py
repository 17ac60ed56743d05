"""A seeded district to measure dispatch on: 734 basic cells in five tiers, 769 items under 29 classes, and rules.

The same rules and cases go to every engine: to ours as a `DispatchTable`, to the others as `PlainRule`s in rank
order, so that "the first that matches" is the same answer. The order is reckoned here, apart from the rule index.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from core.errors import Place
from core.expression import Expression, compile_expression
from core.scheme.categories import Category, CodeList
from core.scheme.dispatch import LAYERS, DispatchTable, Layer, Rule
from core.scheme.grid import Cell, Grid, Tier
from core.scheme.label import Label
from core.scheme.workflow import Target

CHANNELS = ("patrol", "hotline", "app", "group", "video", "sensor", "media", "superior")
SEVERITIES = ("minor", "ordinary", "major", "grave")
AREAS = ("urban", "rural")
OWNERS = ("public", "private", "none")
WINDOWS = ((480, 1080), (1080, 1320), (1320, 360), (0, 360), (360, 480), (450, 570), (1020, 1140))
NAMES = {"fact.amount": "number", "fact.depth_cm": "number", "fact.owner": "text", "fact.near_school": "boolean"}
TIERS = ("city", "district", "street", "community", "basic")
MAJORS, MINORS, ITEMS, BASIC_CELLS = 29, 229, 769, 734
MAJORS_WITH_FALLBACK = 21
Comparison = tuple[str, str, Any]


@dataclass(frozen=True, slots=True)
class PlainRule:
    """A rule for the peers: chains of codes instead of a tree, plain values instead of compiled expressions."""

    id: str
    layer: Layer
    category: str | None
    cell: str | None
    area: str | None
    severities: tuple[str, ...]
    channels: tuple[str, ...]
    window: tuple[int, int] | None
    comparisons: tuple[Comparison, ...]
    priority: int


@dataclass(frozen=True, slots=True)
class PlainCase:
    """A case for the peers. `category_chain` and `cell_chain` run from the top to the case's own code."""

    category_chain: tuple[str, ...]
    cell_chain: tuple[str, ...]
    area: str
    severity: str
    channel: str
    minute: int
    facts: dict[str, Any]


@dataclass(frozen=True)
class Workload:
    codes: CodeList
    grid: Grid
    table: DispatchTable
    ranked: tuple[PlainRule, ...]
    cases: tuple[PlainCase, ...]


def split(stream: random.Random, total: int, parts: int) -> list[int]:
    """`total` things in `parts` groups of uneven size, none empty."""
    sizes = [1] * parts
    weights = [stream.random() ** 2 + 0.15 for _ in range(parts)]
    for part in stream.choices(range(parts), weights, k=total - parts):
        sizes[part] += 1
    return sizes


def grow(stream: random.Random, parents: list[str], total: int, width: int) -> list[str]:
    """Children of `parents`: the parent's code and a number of `width` digits."""
    sizes = split(stream, total, len(parents))
    return [f"{parent}{n + 1:0{width}}" for parent, size in zip(parents, sizes, strict=True) for n in range(size)]


def code_list(stream: random.Random) -> CodeList:
    majors = [f"{n + 1:02}" for n in range(MAJORS)]
    minors = grow(stream, majors, MINORS, 2)
    items = grow(stream, minors, ITEMS, 2)
    categories = {
        code: Category(code, code[:-2] or None, level, "event", Label(code))
        for level, codes in (("major", majors), ("minor", minors), ("item", items))
        for code in codes
    }
    return CodeList("benchmark", "1", ("major", "minor", "item"), categories)


def grid_of(stream: random.Random) -> Grid:
    tiers = tuple(Tier(name, Label(name), level + 1, name == "basic") for level, name in enumerate(TIERS))
    rows, parents, cells = (("district", 2, 2), ("street", 20, 3), ("community", 150, 3)), ["11"], {}
    cells["11"] = Cell("11", "city", None, Label("11"))
    for tier, total, width in (*rows, ("basic", BASIC_CELLS, 2)):
        children = grow(stream, parents, total, width)
        for code in children:
            kind = ("urban" if stream.random() < 0.6 else "rural") if tier == "basic" else None
            cells[code] = Cell(code, tier, code[:-width], Label(code), kind=kind)
        parents = children
    return Grid(tiers, cells, {area: Label(area) for area in AREAS})


def comparisons(stream: random.Random) -> tuple[Comparison, ...]:
    def one() -> Comparison:
        name = stream.choice(list(NAMES))
        if name == "fact.amount":
            return name, stream.choice((">", "<=")), stream.randrange(5, 95)
        if name == "fact.depth_cm":
            return name, ">=", stream.randrange(1, 40)
        if name == "fact.owner":
            return name, stream.choice(("==", "!=")), stream.choice(OWNERS)
        return name, "==", stream.random() < 0.5

    return tuple(one() for _ in range(stream.choice((1, 1, 2))))


class _Rules:
    """Draws rules: most for an item or a minor, in a street or below, half of them with a condition."""

    def __init__(self, stream: random.Random, codes: CodeList, grid: Grid) -> None:
        self.stream, self.codes, self.grid = stream, codes, grid
        self.items = stream.sample(codes.leaves, len(codes.leaves))
        self.weights = [(position + 1) ** -0.9 for position in range(len(self.items))]
        self.hard = set(sorted({item[:2] for item in self.items})[MAJORS_WITH_FALLBACK:])

    def draw(self, number: int) -> PlainRule:
        stream = self.stream
        item = stream.choices(self.items, self.weights)[0]
        upwards = self.codes.chain(item)
        cells = self.grid.chain(stream.choice(self.grid.leaves))
        category = stream.choices((*upwards, None), (62, 26, 11, 1))[0]
        depth = stream.choices(range(5), (15, 22, 38, 18, 7))[0]
        if category != item:  # broad classes city-wide are what the fallbacks are for
            depth = min(depth, 3 if category else 2)
        if item[:2] in self.hard and category:
            category, depth = item, min(depth, stream.choice((1, 1, 2)))
        return PlainRule(
            id=f"R{number:06}",
            layer="override" if stream.random() < 0.01 else "normal",
            category=category,
            cell=cells[depth] if depth < 4 else None,
            area=stream.choice(AREAS) if stream.random() < 0.15 else None,
            severities=self.some(SEVERITIES, (1, 2, 2, 3), 0.20),
            channels=self.some(CHANNELS, (1, 2, 3), 0.15),
            window=stream.choice(WINDOWS) if stream.random() < 0.12 else None,
            comparisons=comparisons(stream) if category is None or stream.random() < 0.06 else (),
            priority=stream.choice((0, 0, 0, 10)),
        )

    def some(self, values: tuple[str, ...], sizes: tuple[int, ...], share: float) -> tuple[str, ...]:
        if self.stream.random() >= share:
            return ()
        return tuple(sorted(self.stream.sample(values, self.stream.choice(sizes))))

    def all(self, total: int) -> list[PlainRule]:
        majors = [code for code in self.codes.categories if len(code) == 2 and code not in self.hard]
        fallbacks = [PlainRule(f"F{code}", "fallback", code, None, None, (), (), None, (), 0) for code in majors]
        return [self.draw(number) for number in range(total - len(fallbacks))] + fallbacks


def rank(rule: PlainRule, order: int) -> tuple[int, ...]:
    """The documented order, strongest first; every code here is as deep as its width says."""
    category_depth = len(rule.category or "") // 2
    cell_depth = (0, 2, 4, 7, 10, 12).index(len(rule.cell or ""))
    conditions = sum(map(bool, (rule.area, rule.severities, rule.channels, rule.window, rule.comparisons)))
    return (LAYERS.index(rule.layer), -category_depth, -cell_depth, -conditions, -rule.priority, order)


def literal(value: Any) -> str:
    return repr(value) if not isinstance(value, str) else f"'{value}'"


def expression(rule: PlainRule, compiled: dict[str, Expression]) -> Expression | None:
    if not rule.comparisons:
        return None
    source = " and ".join(f"{name} {operator} {literal(value)}" for name, operator, value in rule.comparisons)
    if source not in compiled:
        compiled[source] = compile_expression(source, names=NAMES, result="boolean")
    return compiled[source]


def scheme_rule(rule: PlainRule, compiled: dict[str, Expression], handler: Target) -> Rule:
    return Rule(
        id=rule.id,
        layer=rule.layer,
        handler=handler,
        category=rule.category,
        cell=rule.cell,
        area_kinds=frozenset({rule.area} if rule.area else ()),
        channels=frozenset(rule.channels),
        severities=frozenset(rule.severities),
        window=rule.window,
        when=expression(rule, compiled),
        priority=rule.priority,
        place=Place("rules.csv", int(rule.id[1:]) + 2, 1, f"$[{rule.id[1:]}]"),
    )


@cache
def under(codes: tuple[str, ...], ancestor: str | None) -> list[str]:
    """Those of the codes that begin with their ancestor's: in this district every code does."""
    return [code for code in codes if code.startswith(ancestor or "")]


def draw_cases(stream: random.Random, rules: _Rules, drawn: list[PlainRule], total: int) -> tuple[PlainCase, ...]:
    """Half of them of the kind that somebody wrote a rule for, half as they come."""
    items, leaves, grid = tuple(sorted(rules.items)), tuple(sorted(rules.grid.leaves)), rules.grid
    cases = []
    for _ in range(total):
        wanted = stream.choice(drawn) if stream.random() < 0.5 else None
        if wanted is None:
            item, cell = stream.choices(rules.items, rules.weights)[0], stream.choice(leaves)
        else:
            item = stream.choice(under(items, wanted.category))
            cell = stream.choice(under(leaves, wanted.cell))
        cases.append(
            PlainCase(
                category_chain=rules.codes.chain(item)[::-1],
                cell_chain=grid.chain(cell)[::-1],
                area=grid.cells[cell].kind or "",
                severity=stream.choices(SEVERITIES, (8, 8, 3, 1))[0],
                channel=stream.choice(CHANNELS),
                minute=stream.randrange(1440),
                facts={
                    "fact.amount": stream.randrange(100),
                    "fact.depth_cm": stream.randrange(45),
                    "fact.owner": stream.choice(OWNERS),
                    "fact.near_school": stream.random() < 0.2,
                },
            )
        )
    return tuple(cases)


def values(case: PlainCase) -> dict[str, Any]:
    """The case's facts as our expressions read them: numbers are exact decimals."""
    return {name: Decimal(value) if type(value) is int else value for name, value in case.facts.items()}


def build(total_rules: int, total_cases: int, seed: int = 1355) -> Workload:
    """The same district, rules and cases for the same arguments."""
    stream = random.Random(seed)
    codes, grid = code_list(stream), grid_of(stream)
    rules = _Rules(random.Random(seed + total_rules), codes, grid)
    drawn = rules.all(total_rules)
    compiled: dict[str, Expression] = {}
    handlers = [Target("organisation", f"organisation_{n:03}") for n in range(max(20, total_rules // 40))]
    table = DispatchTable(
        tuple(scheme_rule(rule, compiled, handlers[n % len(handlers)]) for n, rule in enumerate(drawn))
    )
    order = sorted(range(len(drawn)), key=lambda n: rank(drawn[n], n))
    cases = draw_cases(random.Random(seed * 7 + total_rules), rules, drawn, total_cases)
    return Workload(codes, grid, table, tuple(drawn[n] for n in order), cases)
