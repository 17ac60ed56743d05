"""Lint of what would break or be cut off when it runs: limits that are never over, reactions beyond the most."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from graphlib import TopologicalSorter
from itertools import groupby

from core.engine.deadline import deadline
from core.engine.taking import MOST_REACTIONS
from core.errors import Finding, PermanentFailure
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.scheme import Scheme
from core.scheme.timers import Calendar, Limit
from core.scheme.workflow import CaseKind


def endless(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A limit whose end lies a century away or in no working time at all: no case that it is for could be opened."""
    alike = sorted(_limits(scheme), key=lambda limit: (limit.calendar, limit.unit, limit.amount))
    for (calendar, _), group in groupby(alike, key=lambda limit: (limit.calendar, limit.unit)):
        limits = list(group)
        first = bisect_left(limits, True, key=lambda limit: _is_endless(scheme.timers.calendars[calendar], limit))
        for limit in limits[first:]:
            place = place_of(documents, "timers", "limits", limit.id)
            yield finding("lint-limit-endless", place, limit=limit.id, amount=str(limit.amount), calendar=calendar)


def _limits(scheme: Scheme) -> Iterator[Limit]:
    """Every limit, and as it is by each amount and unit that filing conditions state."""
    stated = {(item.amount, item.unit) for item in scheme.codes.filing_conditions.values()}
    for limit in scheme.timers.limits.values():
        yield limit
        for amount, unit in stated if limit.by_filing_condition else ():
            if amount is not None and unit is not None and (amount, unit) != (limit.amount, limit.unit):
                yield replace(limit, amount=amount, unit=unit)


def reactions(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A case kind in which one action sets off more reactions than one decision takes."""
    for kind in scheme.workflow.case_kinds.values():
        counts = _set_off(kind)
        action = max(counts, key=counts.__getitem__, default="")
        if counts.get(action, 0) > MOST_REACTIONS:
            place = place_of(documents, "workflow", "case_kinds", kind.id)
            yield finding("lint-reactions-too-many", place, action=action, most=MOST_REACTIONS)


def _is_endless(calendar: Calendar, limit: Limit) -> bool:
    """Monotonic in the limit's amount."""
    start = datetime(min(calendar.announced, default=2000), 1, 1, tzinfo=UTC)
    try:
        deadline(calendar, limit.unit, limit.amount, start)
    except PermanentFailure:
        return True
    return False


def _set_off(kind: CaseKind) -> dict[str, int]:
    """How many reactions each action sets off, directly or not; more than the most are not counted on."""
    after = kind.reactions_after
    counts: dict[str, int] = {}
    follows = {name: [reaction.action for reaction in found] for name, found in after.items()}
    for action in TopologicalSorter(follows).static_order():  # a circle is an error of its own: here is none
        counts[action] = min(sum(1 + counts[reaction] for reaction in follows.get(action, ())), MOST_REACTIONS + 1)
    return counts
