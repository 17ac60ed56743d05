"""How alike a report and an open case are: class × place × time, each from 0 to 1. Pure.

class  1 for the same class, 0.6 for a sibling (one class above both), 0.8 for another class of the same object, else 0
place  1 for the same registry object, else 1 at no distance and falling to 0 at the radius; 0.5 in the same cell when
       a position is missing
time   1 at once, falling to 0.5 at the last day that counts; 0 beyond
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.hookspecs import PluginSetup, hookimpl
from core.scheme.distance import metres_between
from core.scheme.extensions import Sighting, Suggestion

SIBLING, OTHER_CLASS_OF_OBJECT, SAME_CELL, LEAST_TIME = 0.6, 0.8, 0.5, 0.5
Reason = tuple[str, dict[str, Any]]
Part = tuple[float, Reason | None]
"""A factor with why it is what it is."""


def create(setup: PluginSetup) -> NearDuplicates:
    """The plugin for a district."""
    config = setup.config
    return NearDuplicates(
        float(config.get("radius_m", 100)), float(config.get("days", 14)), float(config.get("threshold", 0.3))
    )


@dataclass(frozen=True)
class NearDuplicates:
    """`radius` in metres; `threshold` is the least likeness that is worth saying."""

    radius: float
    days: float
    threshold: float

    @hookimpl
    def suggest_duplicates(self, report: Sighting, nearby: Sequence[Sighting]) -> Sequence[Suggestion]:
        """Every case that is alike enough, the likeliest first."""
        found = [suggestion for case in nearby for suggestion in self._compared(report, case)]
        return sorted(found, key=lambda suggestion: (-suggestion.likeness, suggestion.case))

    def _compared(self, report: Sighting, case: Sighting) -> Iterator[Suggestion]:
        parts = (_class(report, case), self._place(report, case), self._time(report, case))
        likeness = 1.0
        for factor, _ in parts:
            likeness *= factor
        if case.id is not None and likeness > 0 and likeness >= self.threshold:
            reasons = tuple(reason for _, reason in parts if reason is not None)
            yield Suggestion(case.id, Decimal(str(round(likeness, 2))), reasons)

    def _place(self, report: Sighting, case: Sighting) -> Part:
        if _same_object(report, case):
            return 1.0, ("duplicate-same-object", {"object": report.object})
        if report.point is None or case.point is None:
            if report.cell != case.cell:
                return 0.0, None
            return SAME_CELL, ("duplicate-same-cell", {"cell": case.cell})
        metres = metres_between(report.point, case.point)
        return max(0.0, 1 - metres / self.radius), ("duplicate-near", {"metres": round(metres)})

    def _time(self, report: Sighting, case: Sighting) -> Part:
        hours = abs((report.at - case.at).total_seconds()) / 3600
        share = hours / 24 / self.days
        factor = 1 - (1 - LEAST_TIME) * share if share <= 1 else 0.0
        return factor, ("duplicate-recent", {"hours": round(hours)})


def _class(report: Sighting, case: Sighting) -> Part:
    if report.category == case.category:
        return 1.0, ("duplicate-same-class", {"category": case.category})
    if _same_object(report, case):
        return OTHER_CLASS_OF_OBJECT, None
    if report.classes and case.classes and report.classes[0] == case.classes[0]:
        return SIBLING, ("duplicate-sibling-class", {"category": case.classes[0]})
    return 0.0, None


def _same_object(report: Sighting, case: Sighting) -> bool:
    return report.object is not None and report.object == case.object
