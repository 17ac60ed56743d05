"""The dispatch rules made searchable: hashed on (category ancestor, cell ancestor), conditions as integer masks.

The cost of a search hardly grows with the number of rules. Knows which rules match and how they rank; says nothing
about why (`core.engine.dispatch`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, NamedTuple

from core.scheme.categories import CodeList
from core.scheme.condition_mask import EXPRESSION, SET_CONDITIONS, ConditionMask, DispatchQuery
from core.scheme.dispatch import LAYERS, DispatchTable, Layer, Rule
from core.scheme.grid import Grid

LISTED = 5
"""How many runners-up a search names."""


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """What ranks a rule, beside its order in the file. Rules of one index that stand equal share one Standing, so
    that it is compared and hashed by identity."""

    layer: Layer
    category_depth: int
    cell_depth: int
    conditions: int
    priority: int


Strength = tuple[int, int, int, int, int]
ANY = ""
"""Stands in tables for "any" category or cell: keys that are all text are found faster than mixed ones."""
Holds = Callable[[Mapping[str, Any]], Any]


def strength(rule: Rule, grid: Grid, codes: CodeList) -> Strength:
    """Layer, depth of category and cell, number of conditions, priority: the first difference decides, the smaller is
    the stronger. Depths are depths in the tree (root 1, any 0), not lengths of codes.

    Raises KeyError for a category or cell that does not exist.
    """
    conditions = sum(bool(getattr(rule, name)) for name in SET_CONDITIONS)
    return (
        LAYERS.index(rule.layer),
        -len(codes.chain(rule.category)) if rule.category is not None else 0,
        -len(grid.chain(rule.cell)) if rule.cell is not None else 0,
        -conditions - (rule.window is not None) - (rule.when is not None),
        -rule.priority,
    )


class Bucket(NamedTuple):
    """The rules of one layer for exactly one category and cell, in rank order: rule `start + n` refuses the bits
    `refused[n]`. `above` is the bucket of the nearest ancestor of the cell that has one; `covering` counts the rules
    from here up."""

    refused: tuple[int, ...]
    start: int
    above: Bucket | None
    covering: int


Search = tuple[int, list[int], list[int], int, int]
"""What a search found, as positions in `RuleIndex.rules`: (winner, missed, behind, covering, case).

`winner`: the strongest rule that matches, or -1. `missed`: every stronger one, each passed over because a condition
fails. `behind`: the next weaker ones, whatever their conditions say, so many that with `missed` there are LISTED.
`covering`: how many rules stand for the case's category and cell. `case`: the case's bits.
"""


class RuleIndex:
    """All rules of a dispatch table. For each category the tables of its chain stand in rank order (layer, then
    depth), and inside a table the chain of buckets does too: the first rule that matches is the strongest.

    `rules`, `standings` and `refused` run in parallel, bucket by bucket: what is read together lies together in memory.
    """

    def __init__(self, ranked: Sequence[tuple[Standing, Rule]], grid: Grid, codes: CodeList) -> None:
        self.mask = ConditionMask(rule for _, rule in ranked)
        self.rules: list[Rule] = []
        self.standings: list[Standing] = []
        self.refused: list[int] = []
        self._holds: list[Holds] = []
        tables: dict[tuple[Layer, str], dict[str, list[tuple[Standing, Rule]]]] = {}
        for standing, rule in ranked:
            table = tables.setdefault((standing.layer, rule.category or ANY), {})
            table.setdefault(rule.cell or ANY, []).append((standing, rule))
        named = {cell for table in tables.values() for cell in table}
        self._cells = {code: tuple(c for c in (*chain, ANY) if c in named) for code, chain in grid.chains.items()}
        linked = {place: self._link(table, grid) for place, table in tables.items()}
        self._any_category = _in_order(linked, (ANY,))
        self._tables = {code: _in_order(linked, (*chain, ANY)) for code, chain in codes.chains.items()}

    @classmethod
    def build(cls, dispatch: DispatchTable, grid: Grid, codes: CodeList) -> RuleIndex:
        """Ranks and hashes the rules. Raises KeyError for a rule whose category or cell does not exist."""
        strengths = [strength(rule, grid, codes) for rule in dispatch.rules]
        shared = {key: Standing(LAYERS[key[0]], *(-part for part in key[1:])) for key in set(strengths)}
        ranked = sorted(zip(strengths, dispatch.rules, strict=True), key=itemgetter(0))
        return cls([(shared[key], rule) for key, rule in ranked], grid, codes)

    def __len__(self) -> int:
        return len(self.rules)

    def knows(self, query: DispatchQuery) -> bool:
        """Whether category and cell are in the trees. One that is not is covered only by the rules for any."""
        return query.category in self._tables and query.cell in self._cells

    def search(self, query: DispatchQuery) -> Search:
        """Walk the category's tables and the cell's buckets from the strongest until a rule matches; after that only
        name the next ones and count. Conditions of weaker rules are not asked: they lose whatever they say."""
        case = self.mask.of_case(query)
        values, holds, cells = query.values, self._holds, self._cells.get(query.cell, (ANY,))
        missed: list[int] = []
        behind: list[int] = []
        winner, covering, room = -1, 0, LISTED
        for table in self._tables.get(query.category, self._any_category):
            for cell in cells:
                if cell in table:
                    break
            else:
                continue
            found = table[cell]
            covering += found[3]
            bucket: Bucket | None = found
            while winner < 0 and bucket is not None:
                refused, position, bucket, _ = bucket
                end = position + len(refused)
                for refuses in refused:
                    bits = case & refuses
                    if not bits or (bits == EXPRESSION and holds[position](values)):
                        winner = position
                        room -= len(missed)
                        if position + 1 < end and room > 0:
                            behind.extend(range(position + 1, min(end, position + 1 + room)))
                            room -= len(behind)
                        break
                    missed.append(position)
                    position += 1
            while room > 0 and bucket is not None:
                refused, position, bucket, _ = bucket
                behind.append(position)
                if len(refused) > 1:
                    behind.extend(range(position + 1, position + min(len(refused), room)))
                room -= len(refused)
        return winner, missed, behind, covering, case

    def _link(self, table: Mapping[str, Sequence[tuple[Standing, Rule]]], grid: Grid) -> dict[str, Bucket]:
        """Each cell's bucket with the one above it: shallow cells first, so that what is above is there already."""
        linked: dict[str, Bucket] = {}
        for cell in sorted(table, key=lambda cell: len(grid.chain(cell)) if cell else 0):
            chain = (*grid.chain(cell)[1:], ANY) if cell else ()
            above = next((linked[ancestor] for ancestor in chain if ancestor in linked), None)
            refused = tuple(self.mask.refused_by(rule) for _, rule in table[cell])
            covering = len(refused) + (above.covering if above else 0)
            linked[cell] = Bucket(refused, len(self.rules), above, covering)
            self.refused.extend(refused)
            for standing, rule in table[cell]:
                self.rules.append(rule)
                self.standings.append(standing)
                self._holds.append(rule.when.evaluate if rule.when is not None else _always)
        return linked


def _always(values: Mapping[str, Any]) -> bool:
    return True


def _in_order(
    linked: Mapping[tuple[Layer, str], dict[str, Bucket]], chain: Sequence[str]
) -> tuple[dict[str, Bucket], ...]:
    keys = ((layer, category) for layer in LAYERS for category in chain)
    return tuple(linked[key] for key in keys if key in linked)
