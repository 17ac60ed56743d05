"""Who answers for a case: the strongest rule that matches, with the runners-up and why each lost.

Pure; the search is `core.scheme.rule_index`, the reasons are `core.engine.dispatch_explanation`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from core.engine.decision import Reason
from core.engine.dispatch_explanation import RunnerUp, fallen, nobody, outranked, strangers
from core.errors import Place
from core.scheme.condition_mask import DispatchQuery
from core.scheme.dispatch import Layer, Rule
from core.scheme.rule_index import LISTED, RuleIndex, Search
from core.scheme.scheme import Scheme
from core.scheme.workflow import Target

__all__ = ["DispatchDecision", "DispatchQuery", "RunnerUp", "dispatch"]


class DispatchDecision(NamedTuple):
    """The rule that won (None: nobody answers, `reasons` says why), and the search that it came from.

    `total` counts the runners-up: the other rules that stand for the case's category and cell.
    """

    rule: Rule | None
    total: int
    reasons: tuple[Reason, ...]
    table: RuleIndex
    found: Search
    query: DispatchQuery

    @property
    def runners_up(self) -> tuple[RunnerUp, ...]:
        """At most five, in rank order: first the stronger rules, each with the condition that fails, then the weaker
        ones, each with what it was outranked by (whether their own conditions hold is not asked)."""
        winner, missed, behind, _, case = self.found
        listed = fallen(self.table, missed[:LISTED], case, self.query) if missed else []
        if behind:
            listed += outranked(self.table, winner, behind)
        return tuple(listed)

    @property
    def handler(self) -> Target | None:
        return self.rule.handler if self.rule else None

    @property
    def co_handlers(self) -> tuple[Target, ...]:
        return self.rule.co_handlers if self.rule else ()

    @property
    def layer(self) -> Layer | None:
        return self.rule.layer if self.rule else None

    @property
    def place(self) -> Place:
        """Where the rule stands in the manifest."""
        return self.rule.place if self.rule else Place()

    @property
    def origin(self) -> str:
        return self.rule.origin if self.rule else ""

    @property
    def act_first(self) -> bool:
        return self.rule.act_first if self.rule else False

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, as events and explanations keep it."""
        return {
            "rule": self.rule.id if self.rule else None,
            "handler": target_dict(self.handler) if self.handler else None,
            "co_handlers": [target_dict(target) for target in self.co_handlers],
            "act_first": self.act_first,
            "layer": self.layer,
            "place": str(self.place) if self.rule else "",
            "origin": self.origin,
            "basis": self.rule.basis if self.rule else "",
            "runners_up": [
                {"rule": rule.id, "place": str(rule.place), "lost_by": lost_by.as_dict()}
                for rule, lost_by in self.runners_up
            ],
            "total": self.total,
            "considered": self.total + (self.rule is not None),
            "reasons": [reason.as_dict() for reason in self.reasons],
        }


def target_dict(target: Target) -> Mapping[str, Any]:
    return {"kind": target.kind, "value": target.value}


def dispatch(scheme: Scheme, query: DispatchQuery) -> DispatchDecision:
    """Decide by `scheme` (today's). Never raises for what a case may hold: an unknown channel, class or cell is covered
    by the rules that do not ask for it."""
    index = scheme.rule_index
    found = index.search(query)
    winner, covering = found[0], found[3]
    reasons = () if index.knows(query) else strangers(scheme, query)
    if winner < 0:
        return DispatchDecision(None, covering, (*reasons, nobody(query, covering)), index, found, query)
    return DispatchDecision(index.rules[winner], covering - 1, reasons, index, found, query)
