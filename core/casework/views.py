"""Cases, tasks and events as answers show them: codes and labels, never sentences, never contact data.

What a reader may not know is left out here, in one place.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.scheme.case import Case, Clock, ShownCard, Task
from core.scheme.codec import event_to_dict, instant_to_text, owner_to_dict
from core.scheme.event import Event
from core.scheme.label import Label
from core.scheme.scheme import Scheme
from core.store import Attachment, CaseRow

SYSTEM_OF_COORDINATES = "CGCS2000"
HELD_BACK = ("draw", "photo")
"""What events hold and nobody is shown: a case's lot, and where and when a photo was taken."""


def case_view(case: Case, pinned: Scheme, *, reporter: bool) -> dict[str, Any]:
    """The snapshot. `reporter` says whether the reader may know who reported."""
    view: dict[str, Any] = without(_whole(case, pinned, reporter), None if reporter else case.reporter)
    return view


def _whole(case: Case, pinned: Scheme, reporter: bool) -> dict[str, Any]:
    return {
        "id": case.id,
        "number": case.number,
        "version": case.version,
        "scheme": case.scheme,
        "kind": case.kind,
        "intake": case.intake,
        "category": case.category,
        "cell": case.cell,
        "channel": case.channel,
        "severity": case.severity,
        "alert": case.alert,
        "reporter": case.reporter if reporter else None,
        "opened_at": instant(case.opened_at),
        "closed_at": instant(case.closed_at),
        "point": point_view(case.point),
        "object": case.object,
        "filing_condition": case.filing_condition,
        "facts": dict(case.facts),
        "counts": dict(case.counts),
        "tracks": {track: _stage(pinned, case.kind, track, stage) for track, stage in case.tracks.items()},
        "tasks": [task_view(name, task) for name, task in case.tasks.items()],
        "clocks": [_clock(pinned, clock) for clock in case.clocks.values()],
        "links": [{"relation": relation, "case": other} for relation, other in case.links],
        "approvals": dict(case.approvals),
        "cards": [_card(pinned, card) for card in case.cards],
        "rungs": [_rung(pinned, ladder, step) for ladder, step in case.rungs.items()],
        "labels": labels(pinned, case.kind, case.intake, case.category, case.cell, case.channel, case.severity),
    }


def row_view(row: CaseRow, scheme: Scheme, *, reporter: bool) -> dict[str, Any]:
    """A case as lists show it."""
    return {
        "id": row.id,
        "number": row.number,
        "version": row.version,
        "scheme": row.scheme,
        "kind": row.kind,
        "intake": row.intake,
        "category": row.category,
        "cell": row.cell,
        "channel": row.channel,
        "severity": row.severity,
        "alert": row.alert,
        "object": row.object,
        "open": row.open,
        "reporter": row.reporter if reporter else None,
        "opened_at": instant(row.opened_at),
        "updated_at": instant(row.updated_at),
        "due_at": instant(row.due_at),
        "tracks": {track: _stage(scheme, row.kind, track, stage) for track, stage in row.stages.items()},
        "labels": labels(scheme, row.kind, row.intake, row.category, row.cell, row.channel, row.severity),
    }


def event_view(event: Event, *, hidden: str | None) -> dict[str, Any]:
    """An event as it was recorded; the account `hidden`, if any, is left out wherever it stands."""
    view = event_to_dict(event)
    view["data"] = {name: part for name, part in event.data.items() if name not in HELD_BACK}
    if hidden is None:
        return view
    shown: dict[str, Any] = without(view, hidden)
    return shown


def task_view(name: str, task: Task) -> dict[str, Any]:
    """One owner's share of a case."""
    return {
        "id": name,
        "occurrence": task.occurrence,
        "share_of": task.share_of,
        "state": task.state,
        "owner": owner_to_dict(task.owner),
        "co_handlers": [owner_to_dict(owner) for owner in task.co_handlers],
        "opened_at": instant(task.opened_at),
        "closed_at": instant(task.closed_at),
    }


def attachment_view(attachment: Attachment, *, place: bool) -> dict[str, Any]:
    """An attachment; where and when a photo was taken only for those who may see originals."""
    longitude, latitude = attachment.longitude, attachment.latitude
    point = (longitude, latitude) if longitude is not None and latitude is not None else None
    return {
        "id": attachment.id,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "width": attachment.width,
        "height": attachment.height,
        "digest": attachment.digest if place else None,
        "taken_at": instant(attachment.taken_at) if place else None,
        "point": point_view(point) if place else None,
        "created_at": instant(attachment.created_at),
    }


def point_view(point: tuple[float, float] | None) -> dict[str, Any] | None:
    """A point always says its coordinate system."""
    if point is None:
        return None
    return {"longitude": point[0], "latitude": point[1], "system": SYSTEM_OF_COORDINATES}


def instant(at: datetime | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if at is None else instant_to_text(at)


def label(found: Label | None, fallback: str) -> dict[str, str]:
    """A label in both languages; what the scheme no longer knows is shown by its code."""
    return dict(found.as_dict()) if found is not None else {"zh": fallback, "en": fallback}


def labels(
    scheme: Scheme, kind: str, intake: str, category: str, cell: str, channel: str, severity: str
) -> dict[str, dict[str, str]]:
    """What people read for the codes of a case."""
    flow = scheme.workflow
    return {
        "kind": label(_label(flow.case_kinds, kind), kind),
        "intake": label(_label(flow.intake_kinds, intake), intake),
        "category": label(_label(scheme.codes.categories, category), category),
        "cell": label(_label(scheme.grid.cells, cell), cell),
        "channel": label(flow.channels.get(channel), channel),
        "severity": label(flow.severities.get(severity), severity),
    }


def _label(entries: Mapping[str, Any], code: str) -> Label | None:
    entry = entries.get(code)
    return entry.label if entry is not None else None


def _stage(scheme: Scheme, kind: str, track: str, stage: str) -> dict[str, Any]:
    known = scheme.workflow.case_kinds.get(kind)
    found = known.tracks[track].stages.get(stage) if known and track in known.tracks else None
    return {
        "stage": stage,
        "meaning": found.meaning if found else None,
        "final": found.final if found else False,
        "label": label(found.label if found else None, stage),
    }


def _clock(scheme: Scheme, clock: Clock) -> dict[str, Any]:
    limit = scheme.timers.limits.get(clock.limit.partition("@")[0])
    return {
        "limit": clock.limit,
        "label": label(limit.label if limit else None, clock.limit),
        "occurrence": clock.occurrence,
        "state": clock.state,
        "started_at": instant(clock.started_at),
        "due_at": instant(clock.due_at),
        "stopped_at": instant(clock.stopped_at),
        "allowed_seconds": clock.allowed,
        "elapsed_seconds": clock.elapsed,
        "provisional": clock.provisional,
        "reached": list(clock.reached),
        "extensions": clock.extensions,
        "suspensions": clock.suspensions,
    }


def _card(scheme: Scheme, shown: ShownCard) -> dict[str, Any]:
    declared = scheme.timers.cards.get(shown.card)
    return {
        "card": shown.card,
        "label": label(declared.label if declared else None, shown.card),
        "owner": owner_to_dict(shown.owner),
        "shown_at": instant(shown.shown_at),
        "answer_by": instant(shown.answer_by),
        "answered_at": instant(shown.answered_at),
    }


def _rung(scheme: Scheme, ladder: str, step: str) -> dict[str, Any]:
    declared = scheme.timers.ladders.get(ladder)
    found = next((each for each in declared.steps if each.id == step), None) if declared else None
    return {
        "ladder": ladder,
        "label": label(declared.label if declared else None, ladder),
        "step": step,
        "step_label": label(found.label if found else None, step),
    }


def without(value: Any, account: str | None) -> Any:
    """The value with an account left out wherever it stands; None: nothing is."""
    if account is None:
        return value
    if isinstance(value, Mapping):
        return {name: without(item, account) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [without(item, account) for item in value]
    return None if value == account else value
