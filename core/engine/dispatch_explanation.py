"""Why a dispatch rule lost, and why nobody answers: reasons as codes and parameters. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from core.engine.decision import Reason
from core.scheme.condition_mask import SET_CONDITIONS, WINDOW, DispatchQuery
from core.scheme.dispatch import Rule
from core.scheme.rule_index import RuleIndex, Standing
from core.scheme.scheme import Scheme

RunnerUp = tuple[Rule, Reason]
"""A rule that stands for the case's category and cell and did not win, and why it lost."""

FIELDS = ("layer", "category_depth", "cell_depth", "conditions", "priority")
LOST = (
    "dispatch-lost-layer",
    "dispatch-lost-category",
    "dispatch-lost-cell",
    "dispatch-lost-conditions",
    "dispatch-lost-priority",
)
"""Codes in the order of the fields of `Standing`; a rule that is equal in all of them stands later in the file."""


class _Losses(dict[Standing, Reason]):
    """Why rules of any standing lose against one, worked out once: a scheme has few standings and many rules."""

    def __init__(self, winner: Standing) -> None:
        super().__init__()
        self.winner = winner

    def __missing__(self, own: Standing) -> Reason:
        self[own] = reason = self._first_difference(own)
        return reason

    def _first_difference(self, own: Standing) -> Reason:
        for code, field in zip(LOST, FIELDS, strict=True):
            mine, best = getattr(own, field), getattr(self.winner, field)
            if mine != best:
                return Reason(code, {"own": mine, "winner": best})
        return Reason("dispatch-lost-order")


_losses_against = lru_cache(maxsize=1024)(_Losses)


def outranked(index: RuleIndex, winner: int, behind: Iterable[int]) -> list[RunnerUp]:
    """The rules that rank behind the winner, each with the first difference that makes it lose."""
    rules, standings = index.rules, index.standings
    losses = _losses_against(standings[winner])
    return [(rules[position], losses[standings[position]]) for position in behind]


def fallen(index: RuleIndex, missed: Iterable[int], case: int, query: DispatchQuery) -> list[RunnerUp]:
    """Rules that cover the case and fail, each with the first condition that does not hold, the expression last."""
    return [(index.rules[position], _failed(index, position, case, query)) for position in missed]


def _failed(index: RuleIndex, position: int, case: int, query: DispatchQuery) -> Reason:
    rule, condition = index.rules[position], index.mask.condition(case & index.refused[position])
    asked = SET_CONDITIONS.get(condition)
    if asked:
        return _not_among(asked, getattr(rule, condition), getattr(query, asked))
    if condition == WINDOW:
        return _not_within(rule.window or (0, 0), query.minute)
    return _not_held(rule.when.source if rule.when else "")


@lru_cache(maxsize=4096)
def _not_among(asked: str, wanted: frozenset[str], found: str | None) -> Reason:
    params = {"wanted": ", ".join(sorted(wanted)), "found": found or "–"}
    return Reason(f"dispatch-fell-{asked.replace('_', '-')}", params)


@lru_cache(maxsize=4096)
def _not_within(window: tuple[int, int], minute: int) -> Reason:
    start, end = map(clock, window)
    return Reason("dispatch-fell-window", {"from": start, "to": end, "found": clock(minute)})


@lru_cache(maxsize=4096)
def _not_held(expression: str) -> Reason:
    return Reason("dispatch-fell-expression", {"expression": expression})


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def strangers(scheme: Scheme, query: DispatchQuery) -> tuple[Reason, ...]:
    """A class or cell of the case that today's scheme does not know: only rules for any cover it."""
    reasons = []
    if query.category not in scheme.codes.categories:
        reasons.append(Reason("dispatch-category-unknown", {"category": query.category}))
    if query.cell not in scheme.grid.cells:
        reasons.append(Reason("dispatch-cell-unknown", {"cell": query.cell}))
    return tuple(reasons)


def nobody(query: DispatchQuery, covering: int) -> Reason:
    """Why no rule wins: none covers the category and cell, or of those that do none holds."""
    params = {"category": query.category, "cell": query.cell, "covering": covering}
    return Reason("dispatch-nothing-holds" if covering else "dispatch-nothing-covers", params)
