"""Why a scheme would send a case where it does, and when a limit would fall due: questions asked without a case."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from core.engine.deadline import deadline
from core.engine.sending import send
from core.errors import NotFound
from core.manifest.nearest import nearest
from core.scheme.case import Case
from core.scheme.mapping import mapped
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation


def explain_dispatch(
    scheme: Scheme,
    category: str,
    cell: str,
    at: datetime,
    case_kind: str | None = None,
    channel: str | None = None,
    severity: str | None = None,
    thing: str | None = None,
) -> dict[str, Any]:
    """The rule that would win, the runners-up and why each lost. `at` is the district's local time.

    What is not said is taken from the class where it says so, and is unknown otherwise. Raises NotFound for a class,
    cell or object that the scheme does not have.
    """
    _known("category-unknown-near", category, scheme.codes.categories)
    _known("cell-unknown-near", cell, scheme.grid.cells)
    if thing is not None:
        _known("object-unknown-near", thing, scheme.registry.objects)
    now = _instant(scheme, at)
    imagined = Case(
        id="",
        number="",
        locality=scheme.locality.id,
        scheme=scheme.digest,
        kind=cast(str, case_kind or scheme.codes.inherited(category, "case_kind")),
        intake=cast(str, None),
        category=category,
        cell=cell,
        channel=cast(str, channel),
        severity=cast(str, severity or scheme.codes.inherited(category, "severity")),
        reporter="",
        opened_at=now,
        version=0,
        object=thing,
    )
    return send(scheme, Situation(scheme), imagined, now).as_dict()


def explain_limit(scheme: Scheme, limit: str, start: datetime) -> dict[str, Any]:
    """When a limit that starts at `start` (the district's local time) is due, with every counted interval.

    Raises NotFound for a limit that the scheme does not have.
    """
    declared = _known("limit-unknown", limit, scheme.timers.limits)
    zone = ZoneInfo(scheme.locality.time_zone)
    calendar = scheme.timers.calendars[declared.calendar]
    found = deadline(calendar, declared.unit, declared.amount, _instant(scheme, start))
    return {
        "limit": limit,
        "amount": str(declared.amount),
        "unit": declared.unit,
        "due_at": found.due_at.astimezone(zone).isoformat(),
        "allowed_seconds": found.allowed,
        "provisional": found.provisional,
        "counted": [
            asdict(interval)
            | {"start": interval.start.astimezone(zone).isoformat(), "end": interval.end.astimezone(zone).isoformat()}
            for interval in found.counted
        ],
    }


def explain_code(scheme: Scheme, category: str) -> dict[str, Any]:
    """Which codes of published lists a class stands for. Raises NotFound for a class that the scheme does not have."""
    item = _known("category-unknown-near", category, scheme.codes.categories)
    return {
        "category": category,
        "label": item.label.as_dict(),
        "standard_code": item.standard_code,
        "mapped": [
            {
                "list": each.list,
                "kind": each.kind,
                "code": each.code,
                "relation": each.relation,
                "label": each.label.as_dict() if each.label else None,
            }
            for each in mapped(scheme.codes, scheme.extensions.code_lists, category)
        ],
    }


def _instant(scheme: Scheme, local: datetime) -> datetime:
    return local.replace(tzinfo=ZoneInfo(scheme.locality.time_zone)).astimezone(UTC)


def _known(code: str, asked: str, known: Any) -> Any:
    if asked not in known:
        raise NotFound(code, value=asked, nearest=nearest(asked, known))
    return known[asked]
