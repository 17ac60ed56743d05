"""Draw imagined reports without looking at the rules, dispatch each, and count how many need no person.

A person decides where the winning rule stands in the layer `fallback`: that is where a scheme puts what its rules leave
open. A drawn report brings no form and no registry object. Stores nothing, opens no case. The same seed draws the same
reports.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from typing import Any
from zoneinfo import ZoneInfo

from core.engine.sending import Sending, send
from core.errors import NotFound
from core.scheme.case import Case
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.scheme.workflow import IntakeKind

MINUTES_A_WEEK = 7 * 24 * 60
FALLBACK = "fallback"


@dataclass(frozen=True, slots=True)
class Group:
    """Reports that one fallback rule takes, or that none does (`rule` None)."""

    rule: str | None
    layer: str | None
    basis: str
    place: str
    handler: str | None
    reports: int

    def as_dict(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class Sample:
    """`automatic` reports went to their handler by a rule; `by_person` are the others, the largest group first.

    `unanswered` counts reports that end with nobody: no rule, or a handler that nobody could be.
    """

    reports: int
    seed: int
    automatic: int
    unanswered: int
    by_person: tuple[Group, ...]

    @property
    def share(self) -> float:
        return self.automatic / self.reports

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        return {
            "reports": self.reports,
            "seed": self.seed,
            "automatic": self.automatic,
            "share": round(self.share, 4),
            "unanswered": self.unanswered,
            "by_person": [group.as_dict() for group in self.by_person],
        }


def sample(
    scheme: Scheme,
    reports: int,
    seed: int,
    monday: date,
    watch: Callable[[Sequence[int]], Iterable[int]] = iter,
) -> Sample:
    """Dispatch `reports` drawn reports of the week that begins on `monday`. `watch` sees the numbers go by.

    Raises NotFound `nothing-to-sample` for a scheme without classes, cells or intake kinds.
    """
    draw = _Draw(scheme, seed, monday)
    automatic = unanswered = 0
    others: Counter[int | None] = Counter()
    found: dict[int | None, Sending] = {}
    for _ in watch(range(reports)):
        case, now = draw.report()
        decision = send(scheme, Situation(scheme), case, now)
        answered = _answered(scheme, decision)
        unanswered += not answered
        if answered and decision.layer != FALLBACK:
            automatic += 1
        else:
            key = None if decision.found.rule is None else id(decision.found.rule)
            others[key] += 1
            found.setdefault(key, decision)
    groups = tuple(_group(found[key], count) for key, count in others.most_common())
    return Sample(reports, seed, automatic, unanswered, groups)


def _answered(scheme: Scheme, decision: Sending) -> bool:
    """Whether the handler is somebody: an organisation or pool that exists, a post with positions."""
    handler = decision.handler
    if handler is None:
        return False
    if handler.kind == "post":
        return scheme.roster.positions.get(handler.value or "", 0) > 0
    return handler.value in (scheme.roster.organisations if handler.kind == "organisation" else scheme.dispatch.pools)


def _group(decision: Sending, reports: int) -> Group:
    told = decision.as_dict()
    handler = decision.handler
    named = f"{handler.kind}:{handler.value}" if handler else None
    return Group(told["rule"], told["layer"], told["basis"], told["place"], named, reports)


class _Draw:
    """Reports at random: leaf classes alike, leaf cells by their households, everything else alike."""

    def __init__(self, scheme: Scheme, seed: int, monday: date) -> None:
        self._scheme = scheme
        self._chance = random.Random(seed)  # noqa: S311  (to be repeatable, not secret)
        self._start = datetime.combine(monday, datetime.min.time(), ZoneInfo(scheme.locality.time_zone))
        self._categories, self._cells = scheme.codes.leaves, scheme.grid.leaves
        self._weights = list(accumulate(_weights(scheme)))
        self._severities = list(scheme.workflow.severities)
        self._intakes = list(scheme.workflow.intake_kinds.values())
        if not (self._categories and self._cells and self._intakes):
            raise NotFound("nothing-to-sample", locality=scheme.locality.id)

    def report(self) -> tuple[Case, datetime]:
        """A case that never was, and when it came in."""
        chance, codes = self._chance, self._scheme.codes
        category = chance.choice(self._categories)
        wanted = codes.inherited(category, "case_kind")
        intake = chance.choice([kind for kind in self._intakes if wanted in (None, kind.case_kind)] or self._intakes)
        now = (self._start + timedelta(minutes=chance.randrange(MINUTES_A_WEEK))).astimezone(UTC)
        case = Case(
            id="",
            number="",
            locality=self._scheme.locality.id,
            scheme=self._scheme.digest,
            kind=intake.case_kind,
            intake=intake.id,
            category=category,
            cell=chance.choices(self._cells, cum_weights=self._weights)[0],
            channel=chance.choice(list(self._channels(intake))),
            severity=chance.choice(self._severities),
            reporter="",
            opened_at=now,
            version=0,
        )
        return case, now

    def _channels(self, intake: IntakeKind) -> Iterable[str]:
        return intake.channels or self._scheme.workflow.channels or ("",)


def _weights(scheme: Scheme) -> Iterator[float]:
    """Households of each leaf cell; the mean of the others for a cell that gives none, 1 where no cell does."""
    counts = [scheme.grid.cells[code].households for code in scheme.grid.leaves]
    given = [count for count in counts if count is not None]
    mean = sum(given) / len(given) if any(given) else 1.0
    for count in counts:
        yield float(count) if count is not None and any(given) else mean
