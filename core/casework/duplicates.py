"""Open cases that may be about what is being reported: gathered from the neighbourhood, judged by plugins.

Only cases that the asker may see are named; of others it is only said that there are some, and of those of confidential
classes nothing. Nothing here keeps anybody from reporting.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import structlog

from core.casework.locating import Place, locate_place
from core.casework.office import Office, seen, situation_of
from core.casework.references import refuse, unknown
from core.casework.requests import Answer, Point, Principal
from core.casework.views import instant, label
from core.casework.visibility import path_of, visibility_of
from core.errors import Fault
from core.scheme.extensions import Sighting, SuggestDuplicates, Suggestion
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.store import NearbyCase, Reading, Visibility

METRES, DAYS = 1000, 60
"""How far round a report and how far back it is looked; plugins look closer."""
OWN_CELL, OTHER_CELL, MOST_CELLS, MOST = 100, 20, 24, 200
"""Cases of the report's own cell, of each other one, other cells, and cases in all: the newest."""
NAMED = 20
"""Suggestions in an answer."""
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Intended:
    """What somebody is about to report."""

    category: str
    cell: str | None = None
    point: Point | None = None
    object: str | None = None


@dataclass
class Likely:
    """What plugins say of one case, taken together: the highest likeness, and every reason once."""

    likeness: Decimal
    reasons: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def add(self, suggestion: Suggestion) -> None:
        self.likeness = max(self.likeness, suggestion.likeness)
        self.reasons += [reason for reason in suggestion.reasons if reason not in self.reasons]


def find_duplicates(office: Office, locality: str, who: Principal, intended: Intended) -> Answer:
    """Of a report that is not made yet. Unprocessable lists what is wrong with it, as reporting would."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        situation = situation_of(office, reading, who, now)
        report = _intended(situation, intended, now)
        nearby = _gather(office, reading, situation, report, now)
    return Answer(200, _answer(situation.today, locality, report, nearby))


def duplicates_of(office: Office, locality: str, who: Principal, case_id: str) -> Answer:
    """Of a case that `who` may read: other open cases. NotFound and Forbidden as for reading it."""
    now = office.clock.now()
    with office.store.read(locality) as reading:
        found = seen(office, reading, who, case_id, now)
        case = found.case
        classes = found.situation.today.codes.chains.get(case.category, ())[1:]
        report = Sighting(
            case.id, case.number, case.category, case.cell, case.opened_at, case.point, case.object, classes
        )
        nearby = _gather(office, reading, found.situation, report, now)
    return Answer(200, _answer(found.situation.today, locality, report, nearby))


def _intended(situation: Situation, intended: Intended, now: datetime) -> Sighting:
    today, faults = situation.today, list[Fault]()
    if intended.category not in today.codes.categories:
        faults.append(unknown("category-unknown", intended.category, today.codes.categories, "category"))
    objects = {*today.registry.objects, *situation.objects}
    if intended.object is not None and intended.object not in objects:
        faults.append(unknown("object-unknown", intended.object, objects, "object"))
    located = locate_place(today, Place(intended.cell, intended.point, None, intended.object), now)
    refuse([*faults, *located.faults])
    registered = today.registry.objects.get(intended.object or "")
    point = located.point or (registered.point if registered else None)
    classes = today.codes.chain(intended.category)[1:]
    return Sighting(None, "", intended.category, located.cell, now, point, intended.object, classes)


def _gather(
    office: Office, reading: Reading, situation: Situation, report: Sighting, now: datetime
) -> list[NearbyCase]:
    """The newest open cases of the report's cell, the cells above it and those around its position."""
    today = situation.today
    may_read = "read" in situation.actor.scopes
    to = visibility_of(situation) if may_read else Visibility()
    since = now - timedelta(days=DAYS)
    around = today.cell_index.near(*report.point, METRES) if report.point else ()
    chain = today.grid.chains.get(report.cell, ())
    cells = tuple(dict.fromkeys((*chain, *around)))[: MOST_CELLS + 1]
    found: dict[str, NearbyCase] = {}
    for cell in cells:
        own = cell == report.cell
        taken = reading.nearby.open_cases(path_of(today, cell), since, to, OWN_CELL if own else OTHER_CELL)
        if report.object is not None:
            taken += reading.nearby.open_cases(path_of(today, cell), since, to, OTHER_CELL, report.object)
        found.update((case.id, case) for case in taken)
    found.pop(report.id or "", None)
    newest = sorted(found.values(), key=lambda case: case.opened_at, reverse=True)
    return [case for case in newest if case.seen or not _confidential(office, reading, today, case)][:MOST]


def _confidential(office: Office, reading: Reading, today: Scheme, case: NearbyCase) -> bool:
    """Today, or under the scheme that the case was opened under."""
    pinned = today if case.scheme == today.digest else office.schemes.by_digest(reading, case.scheme)
    chains = ((scheme.codes, scheme.codes.chains.get(case.category, ())) for scheme in (today, pinned))
    return any(codes.categories[code].confidential for codes, chain in chains for code in chain)


def _answer(today: Scheme, locality: str, report: Sighting, nearby: Sequence[NearbyCase]) -> dict[str, Any]:
    known = {case.id: case for case in nearby}
    likely, failed = _judged(today, locality, report, nearby)
    order = sorted(likely, key=lambda id: (-likely[id].likeness, known[id].number))
    named = [_view(today, known[id], likely[id]) for id in order if known[id].seen]
    return {
        "suggestions": named[:NAMED],
        "others": any(not known[id].seen for id in order),
        "failed": failed,
    }


def _judged(
    today: Scheme, locality: str, report: Sighting, nearby: Sequence[NearbyCase]
) -> tuple[dict[str, Likely], list[str]]:
    """What every plugin says, by case, and the plugins that failed."""
    sightings = tuple(_sighting(today, case) for case in nearby)
    known = {case.id for case in nearby}
    likely: dict[str, Likely] = {}
    failed: list[str] = []
    for plugin, suggest in today.extensions.suggest_duplicates.items():
        try:
            suggestions = _suggestions(suggest, report, sightings)
        except Exception as error:  # noqa: BLE001  (a plugin may raise anything; the others are still asked)
            log.warning("duplicates-plugin-failed", locality=locality, plugin=plugin, error=type(error).__name__)
            failed.append(plugin)
            continue
        for suggestion in suggestions:
            if suggestion.case in known:
                likely.setdefault(suggestion.case, Likely(Decimal(0))).add(suggestion)
    return likely, failed


def _suggestions(suggest: SuggestDuplicates, report: Sighting, nearby: tuple[Sighting, ...]) -> tuple[Suggestion, ...]:
    """The answer in full; TypeError or ValueError for one that is not what the hook promises."""
    found = tuple(suggest(report, nearby))
    for suggestion in found:
        if not isinstance(suggestion, Suggestion):
            raise TypeError(type(suggestion).__name__)
        if not 0 <= suggestion.likeness <= 1:
            raise ValueError(suggestion.likeness)
    return found


def _sighting(today: Scheme, case: NearbyCase) -> Sighting:
    classes = today.codes.chains.get(case.category, ())[1:]
    return Sighting(case.id, case.number, case.category, case.cell, case.opened_at, case.point, case.object, classes)


def _view(today: Scheme, case: NearbyCase, likely: Likely) -> dict[str, Any]:
    category, cell = today.codes.categories.get(case.category), today.grid.cells.get(case.cell)
    return {
        "case": case.id,
        "number": case.number,
        "category": case.category,
        "cell": case.cell,
        "object": case.object,
        "opened_at": instant(case.opened_at),
        "labels": {
            "category": label(category.label if category else None, case.category),
            "cell": label(cell.label if cell else None, case.cell),
        },
        "likeness": float(likely.likeness),
        "reasons": [{"code": code, "params": dict(params)} for code, params in likely.reasons],
    }
