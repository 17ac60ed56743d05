"""Cases and events as JSON-able dictionaries and back, without loss: the form that the store keeps.

An instant is ISO 8601 in UTC with six digits of a second and `Z`. Absent values are left out; the order of keys
is fixed. It validates nothing: what it reads it has written itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import UTC, datetime
from typing import Any

from core.scheme.case import Case, Clock, Owner, ShownCard, Stamp, Task
from core.scheme.event import Event

INSTANTS = frozenset(
    [
        "opened_at",
        "closed_at",
        "started_at",
        "resumed_at",
        "due_at",
        "stopped_at",
        "occurred_at",
        "recorded_at",
        "paused_at",
        "shown_at",
        "answer_by",
        "answered_at",
    ],
)
SPARSE = ("calendars", "draw", "sent", "cards", "rungs", "photos", "suspensions", "extensions", "extended")
"""Fields that most cases have nothing in: left out while they are empty or 0."""


def instant_to_text(instant: datetime) -> str:
    """`2026-03-02T01:00:00.000000Z`; the instant must know its zone."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def instant_from_text(text: str) -> datetime:
    """The instant, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def owner_to_dict(owner: Owner) -> dict[str, str]:
    """Only what the owner names; an owner that names nothing is `{}`."""
    return {item.name: value for item in fields(Owner) if (value := getattr(owner, item.name)) is not None}


def owner_from_dict(data: Mapping[str, str]) -> Owner:
    return Owner(**data)


def case_to_dict(case: Case) -> dict[str, Any]:
    """The snapshot as JSON-able data."""
    data = _plain(case)
    if case.point is not None:
        data["point"] = list(case.point)
    data["facts"] = dict(case.facts)
    data["tracks"] = dict(case.tracks)
    data["counts"] = dict(case.counts)
    data["approvals"] = dict(case.approvals)
    data["handlers"] = sorted(case.handlers)
    data["links"] = [list(link) for link in case.links]
    data["stamps"] = [_plain(stamp) for stamp in case.stamps]
    data["tasks"] = {name: _task_to_dict(task) for name, task in case.tasks.items()}
    data["clocks"] = {name: _plain(clock) | {"reached": list(clock.reached)} for name, clock in case.clocks.items()}
    if case.cards:
        data["cards"] = [_plain(card) | {"owner": owner_to_dict(card.owner)} for card in case.cards]
    for name in {"calendars", "sent", "rungs"} & data.keys():
        data[name] = dict(data[name])
    if case.photos:
        data["photos"] = [dict(photo) for photo in case.photos]
    return data


def case_from_dict(data: Mapping[str, Any]) -> Case:
    """The snapshot that `case_to_dict` wrote."""
    values = _instants(data)
    if "point" in values:
        values["point"] = tuple(values["point"])
    values["handlers"] = frozenset(values["handlers"])
    values["links"] = tuple((relation, case) for relation, case in values["links"])
    values["stamps"] = tuple(Stamp(**_instants(stamp)) for stamp in values["stamps"])
    values["tasks"] = {name: _task_from_dict(task) for name, task in values["tasks"].items()}
    values["clocks"] = {
        name: Clock(**{"due_at": None, **_instants(clock), "reached": tuple(clock["reached"])})
        for name, clock in values["clocks"].items()
    }
    if "cards" in values:
        values["cards"] = tuple(
            ShownCard(**_instants(card) | {"owner": owner_from_dict(card["owner"])}) for card in values["cards"]
        )
    if "photos" in values:
        values["photos"] = tuple(values["photos"])
    return Case(**values)


def event_to_dict(event: Event) -> dict[str, Any]:
    """The event as JSON-able data; its own `data` already is."""
    return _plain(event) | {"data": dict(event.data)}


def event_from_dict(data: Mapping[str, Any]) -> Event:
    """The event that `event_to_dict` wrote."""
    return Event(**_instants(data))


def _task_to_dict(task: Task) -> dict[str, Any]:
    return _plain(task) | {
        "owner": owner_to_dict(task.owner),
        "co_handlers": [owner_to_dict(owner) for owner in task.co_handlers],
    }


def _task_from_dict(data: Mapping[str, Any]) -> Task:
    values = _instants(data)
    values["owner"] = owner_from_dict(values["owner"])
    values["co_handlers"] = tuple(owner_from_dict(owner) for owner in values["co_handlers"])
    return Task(**values)


def _plain(value: Case | Task | Clock | Stamp | ShownCard | Event) -> dict[str, Any]:
    """Fields of a dataclass that are not None, instants as text; nested values stay as they are."""
    found = {item.name: getattr(value, item.name) for item in fields(value)}
    return {
        name: instant_to_text(part) if name in INSTANTS else part
        for name, part in found.items()
        if part is not None and (part or name not in SPARSE)
    }


def _instants(data: Mapping[str, Any]) -> dict[str, Any]:
    return {name: instant_from_text(part) if name in INSTANTS else part for name, part in data.items()}
