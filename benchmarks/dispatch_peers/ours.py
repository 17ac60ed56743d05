"""Our engine through its public function, the explanation read as a caller reads it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from core.engine.dispatch import DispatchQuery, dispatch
from core.scheme.categories import CodeList
from core.scheme.dispatch import DispatchTable
from core.scheme.grid import Grid
from core.scheme.rule_index import RuleIndex
from core.scheme.scheme import Scheme
from dispatch_peers.peer import Peer
from dispatch_peers.workload import PlainCase, Workload, values


@dataclass(frozen=True)
class SchemeOfRules:
    """The parts of a scheme that dispatch reads."""

    codes: CodeList
    grid: Grid
    dispatch: DispatchTable

    @cached_property
    def rule_index(self) -> RuleIndex:
        return RuleIndex.build(self.dispatch, self.grid, self.codes)


class Gridwright(Peer):
    """`core.engine.dispatch.dispatch`: the rule with its place, origin and handler, and the explanation as it is kept:
    how many rules stand behind it, which five come first, and the bits that those in front fell on."""

    name = "gridwright"

    def build(self, workload: Workload) -> None:
        self.scheme = cast(Scheme, SchemeOfRules(workload.codes, workload.grid, workload.table))
        self.scheme.rule_index  # noqa: B018 - built now, not in the first timed decision

    def prepare(self, case: PlainCase) -> DispatchQuery:
        return DispatchQuery(
            category=case.category_chain[-1],
            cell=case.cell_chain[-1],
            area_kind=case.area,
            channel=case.channel,
            severity=case.severity,
            minute=case.minute,
            values=values(case),
        )

    def decide(self, prepared: Any) -> str | None:
        decision = dispatch(self.scheme, prepared)
        winner = decision.rule
        if winner is None:
            return None
        winner.place, winner.origin, winner.handler, decision.total  # noqa: B018 - read, as a caller does
        return winner.id


class GridwrightRead(Gridwright):
    """The same, with every runner-up looked up and its reason worded as code and parameters."""

    name = "gridwright_read"

    def decide(self, prepared: Any) -> str | None:
        decision = dispatch(self.scheme, prepared)
        for loser, lost_by in decision.runners_up:
            loser.id, lost_by.code  # noqa: B018 - read, as a caller does
        winner = decision.rule
        if winner is None:
            return None
        winner.place, winner.origin, winner.handler, decision.total  # noqa: B018
        return winner.id
