"""Folding events of a clock into its snapshot. Keeps the books; whether anything should happen is `clocks`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from core.engine.deadline import whole_second
from core.scheme.case import Clock
from core.scheme.codec import instant_from_text
from core.scheme.event import Event


def evolve_clock(clock: Clock | None, event: Event) -> Clock:
    """Fold a clock_* event into the clock of its limit; `clock` is None, or stopped, before clock_started."""
    if event.type == "clock_started":
        return _begun(clock, event.data)
    if clock is None:
        raise ValueError(f"{event.type} before clock_started of {event.data['limit']}")
    if event.type not in FOLDS:
        raise ValueError(f"{event.type} is no event of a clock")
    return replace(clock, **FOLDS[event.type](clock, event.data, whole_second(event.recorded_at)))


def _begun(earlier: Clock | None, data: Mapping[str, Any]) -> Clock:
    """A new run; how often the case's runs were held and extended before goes on counting."""
    started_at = instant_from_text(data["started_at"])
    return Clock(
        limit=data["limit"],
        occurrence=data["occurrence"],
        state="running",
        started_at=started_at,
        resumed_at=started_at,
        due_at=instant_from_text(data["due_at"]),
        allowed=data["allowed"],
        elapsed=data["elapsed"],
        provisional=data["provisional"],
        unit=data.get("unit"),
        amount=data.get("amount"),
        suspensions=earlier.suspensions if earlier else 0,
        extensions=earlier.extensions if earlier else 0,
    )


def _pause(clock: Clock, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    held = data["held"]
    told = {"elapsed": data["elapsed"], "held": held, "suspensions": clock.suspensions + held}
    return {"state": "paused", "due_at": None, "paused_at": at, **told}


def _resume(clock: Clock, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    told = {"elapsed": data["elapsed"], "provisional": data["provisional"]}
    return {"state": "running", "resumed_at": at, "due_at": instant_from_text(data["due_at"]), "held": False, **told}


def _move(clock: Clock, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    """Another deadline; a paused clock has none, and keeps what it knew of provisional years."""
    moved: dict[str, Any] = {"allowed": data["allowed"], "reached": tuple(data["reached"])}
    if "due_at" in data:
        moved |= {"due_at": instant_from_text(data["due_at"]), "provisional": data["provisional"]}
    return moved


def _extend(clock: Clock, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {**_move(clock, data, at), "extensions": clock.extensions + 1, "extended": True}


def _stop(clock: Clock, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {"state": "stopped", "stopped_at": at, "elapsed": data["elapsed"], "held": False}


def _reach(clock: Clock, data: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    return {"reached": (*clock.reached, data["reach"])}


FOLDS: Mapping[str, Callable[[Clock, Mapping[str, Any], datetime], dict[str, Any]]] = {
    "clock_paused": _pause,
    "clock_resumed": _resume,
    "clock_extended": _extend,
    "clock_moved": _move,
    "clock_stopped": _stop,
    "clock_reached": _reach,
}
"""What each event changes in a clock that has been started, at the server's second."""
