"""Folding: a case and its next event give the next snapshot. Pure, and total for the events that `decide` makes.

It never asks whether an event should have happened; it only keeps the books. Instants of the snapshot are the
server's (`recorded_at`); a stamp keeps the claimed one as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from core.engine.evolve_clock import evolve_clock
from core.scheme.case import Case, ShownCard, Stamp, Task
from core.scheme.codec import instant_from_text, owner_from_dict
from core.scheme.event import Event


def evolve(case: Case | None, event: Event) -> Case:
    """The snapshot after the event. ValueError when the event is not the next one, or of no known type."""
    if event.seq != (case.version if case else 0) + 1:
        raise ValueError(f"event {event.seq} does not follow version {case.version if case else 0}")
    if case is None:
        return _opened(event)
    fold = FOLDS.get(event.type)
    if fold is None:
        raise ValueError(f"an open case has no event of type {event.type!r}")
    return replace(case, version=event.seq, **fold(case, event))


def fold(events: Iterable[Event], case: Case | None = None) -> Case | None:
    """All events in turn, from nothing or from a snapshot."""
    for event in events:
        case = evolve(case, event)
    return case


def _opened(event: Event) -> Case:
    if event.type != "opened":
        raise ValueError(f"a case begins with opened, not with {event.type!r}")
    data = event.data
    point = data.get("point")
    return Case(
        id=data["case"],
        number=data["number"],
        locality=data["locality"],
        scheme=data["scheme"],
        kind=data["kind"],
        intake=data["intake"],
        category=data["category"],
        cell=data["cell"],
        channel=data["channel"],
        severity=data["severity"],
        reporter=data["reporter"],
        opened_at=event.recorded_at,
        version=event.seq,
        point=tuple(point) if point is not None else None,
        object=data.get("object"),
        filing_condition=data.get("filing_condition"),
        facts=dict(data["facts"]),
        draw=data.get("draw", 0),
    )


def _stamped(case: Case, event: Event) -> tuple[Stamp, ...]:
    track, meaning = event.data["track"], event.data["meaning"]
    earlier = sum(stamp.track == track and stamp.meaning == meaning for stamp in case.stamps)
    return (*case.stamps, Stamp(track, meaning, earlier + 1, event.occurred_at, event.recorded_at))


def _acted(case: Case, event: Event) -> dict[str, Any]:
    handlers = case.handlers | {event.actor} if event.data["handler"] else case.handlers
    return {"handlers": handlers, "stamps": _stamped(case, event)}


def _moved(case: Case, event: Event) -> dict[str, Any]:
    tracks = {**case.tracks, event.data["track"]: event.data["to"]}
    return {"tracks": tracks, "stamps": _stamped(case, event)}


def _task_opened(case: Case, event: Event) -> dict[str, Any]:
    data = event.data
    task = Task(
        id=data["task"],
        occurrence=data["occurrence"],
        state="open",
        owner=owner_from_dict(data["owner"]),
        opened_at=event.recorded_at,
        co_handlers=tuple(owner_from_dict(owner) for owner in data["co_handlers"]),
        share_of=data.get("share_of"),
        done_when=data.get("done_when"),
    )
    return {"tasks": {**case.tasks, task.id: task}}


def _task_assigned(case: Case, event: Event) -> dict[str, Any]:
    task = replace(case.tasks[event.data["task"]], owner=owner_from_dict(event.data["owner"]))
    return {"tasks": {**case.tasks, task.id: task}}


def _task_surfaced(case: Case, event: Event) -> dict[str, Any]:
    task = case.tasks[event.data["task"]]
    beside = (*task.co_handlers, owner_from_dict(event.data["owner"]))
    return {"tasks": {**case.tasks, task.id: replace(task, co_handlers=beside)}}


def _task_closed(case: Case, event: Event) -> dict[str, Any]:
    task = replace(case.tasks[event.data["task"]], state="closed", closed_at=event.recorded_at)
    return {"tasks": {**case.tasks, task.id: task}}


def _clock(case: Case, event: Event) -> dict[str, Any]:
    limit = event.data["limit"]
    return {"clocks": {**case.clocks, limit: evolve_clock(case.clocks.get(limit), event)}}


def _calendar_changed(case: Case, event: Event) -> dict[str, Any]:
    changed = {**case.calendars, event.data["calendar"]: event.data["days"]}
    return {"calendars": {name: days for name, days in changed.items() if days}}


def _fact_set(case: Case, event: Event) -> dict[str, Any]:
    return {"facts": {**case.facts, event.data["fact"]: event.data["value"]}}


def _counted(case: Case, event: Event) -> dict[str, Any]:
    return {"counts": {**case.counts, event.data["counter"]: event.data["value"]}}


def _approval_asked(case: Case, event: Event) -> dict[str, Any]:
    return {"approvals": {**case.approvals, event.data["approval"]: "asked"}}


def _approval_answered(case: Case, event: Event) -> dict[str, Any]:
    return {"approvals": {**case.approvals, event.data["approval"]: event.data["answer"]}}


def _dispatched(case: Case, event: Event) -> dict[str, Any]:
    told = {name: event.data[name] for name in ("layer", "act_first", "ruling_by") if event.data.get(name)}
    return {"sent": told}


def _evidenced(case: Case, event: Event) -> dict[str, Any]:
    return {"photos": (*case.photos, event.data["photo"])} if "photo" in event.data else {}


def _card_shown(case: Case, event: Event) -> dict[str, Any]:
    data = event.data
    by = instant_from_text(data["answer_by"]) if "answer_by" in data else None
    return {"cards": (*case.cards, ShownCard(data["card"], owner_from_dict(data["owner"]), event.recorded_at, by))}


def _card_answered(case: Case, event: Event) -> dict[str, Any]:
    return {
        "cards": tuple(
            replace(shown, answered_at=event.recorded_at)
            if shown.card == event.data["card"] and shown.answered_at is None
            else shown
            for shown in case.cards
        )
    }


def _climbed(case: Case, event: Event) -> dict[str, Any]:
    return {"rungs": {**case.rungs, event.data["ladder"]: event.data["step"]}}


def _corrected(case: Case, event: Event) -> dict[str, Any]:
    return {name: event.data[name] for name in ("category", "cell", "filing_condition") if name in event.data}


def _linked(case: Case, event: Event) -> dict[str, Any]:
    return {"links": (*case.links, (event.data["relation"], event.data["case"]))}


def _object_changed(case: Case, event: Event) -> dict[str, Any]:
    """A case that named no object names the one that was entered for it."""
    return {"object": case.object or event.data["object"]}


def _alerted(case: Case, event: Event) -> dict[str, Any]:
    return {"alert": event.data["level"]}


def _closed(case: Case, event: Event) -> dict[str, Any]:
    return {"closed_at": event.recorded_at}


def _reopened(case: Case, event: Event) -> dict[str, Any]:
    return {"closed_at": None}


def _nothing(case: Case, event: Event) -> dict[str, Any]:
    return {}


FOLDS: Mapping[str, Callable[[Case, Event], dict[str, Any]]] = {
    "acted": _acted,
    "moved": _moved,
    "evidenced": _evidenced,
    "dispatched": _dispatched,
    "task_opened": _task_opened,
    "task_assigned": _task_assigned,
    "task_surfaced": _task_surfaced,
    "task_closed": _task_closed,
    "clock_started": _clock,
    "clock_paused": _clock,
    "clock_resumed": _clock,
    "clock_extended": _clock,
    "clock_moved": _clock,
    "calendar_changed": _calendar_changed,
    "clock_stopped": _clock,
    "clock_reached": _clock,
    "fact_set": _fact_set,
    "counted": _counted,
    "approval_asked": _approval_asked,
    "approval_answered": _approval_answered,
    "card_shown": _card_shown,
    "card_answered": _card_answered,
    "climbed": _climbed,
    "corrected": _corrected,
    "case_asked": _nothing,
    "photo_doubted": _nothing,
    "linked": _linked,
    "object_changed": _object_changed,
    "alerted": _alerted,
    "noticed": _nothing,
    "skipped": _nothing,
    "closed": _closed,
    "reopened": _reopened,
}
"""What each type of event changes in a case that exists; `opened` makes one."""
