"""Why a limit of a case is due when it is: every run, every stretch between pauses, every counted interval.

Read from the case's events alone, so that it can be given years later. It decides nothing; sentences are made from
the codes at the doors.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.engine.calendars import effective
from core.engine.deadline import (
    DayOff,
    Interval,
    counted_intervals,
    counted_seconds,
    days_off,
    whole_second,
    years_touched,
)
from core.engine.decision import Reason
from core.engine.evolve import evolve
from core.engine.evolve_clock import evolve_clock
from core.engine.limits import deciding, limit_of
from core.engine.scope import scope_reasons
from core.scheme.case import Clock
from core.scheme.codec import instant_to_text
from core.scheme.event import Event
from core.scheme.scheme import Scheme
from core.scheme.timers import Limit


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which a clock ran, and what began and ended it; up to `now` (no end) if it still runs."""

    start: datetime
    end: datetime
    seconds: int
    counted: tuple[Interval, ...]
    off: tuple[DayOff, ...]
    began: Reason
    ended: Reason | None

    def as_dict(self) -> dict[str, Any]:
        return {
            "start": instant_to_text(self.start),
            "end": instant_to_text(self.end),
            "seconds": self.seconds,
            "counted": _intervals_to_list(self.counted),
            "off": _off_to_list(self.off),
            "began": self.began.as_dict(),
            "ended": self.ended.as_dict() if self.ended else None,
        }


@dataclass(frozen=True, slots=True)
class ClockRun:
    """One run of a limit.

    `began` and `ended` are what last set it going and what last halted it. `elapsed` is the sum of its stretches.
    `ahead` is what is still to be counted until the due instant. `met` is None until the clock is stopped.
    """

    clock: Clock
    began: Reason
    ended: Reason | None = None
    stretches: tuple[Stretch, ...] = ()
    elapsed: int = 0
    ahead: tuple[Interval, ...] = ()
    ahead_off: tuple[DayOff, ...] = ()
    met: bool | None = None
    notes: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        clock = self.clock
        return {
            "occurrence": clock.occurrence,
            "state": clock.state,
            "started_at": instant_to_text(clock.started_at),
            "due_at": instant_to_text(clock.due_at) if clock.due_at else None,
            "stopped_at": instant_to_text(clock.stopped_at) if clock.stopped_at else None,
            "allowed": clock.allowed,
            "elapsed": self.elapsed,
            "provisional": clock.provisional,
            "met": self.met,
            "reached": list(clock.reached),
            "began": self.began.as_dict(),
            "ended": self.ended.as_dict() if self.ended else None,
            "stretches": [stretch.as_dict() for stretch in self.stretches],
            "ahead": _intervals_to_list(self.ahead),
            "ahead_off": _off_to_list(self.ahead_off),
            "notes": [note.as_dict() for note in self.notes],
        }


@dataclass(frozen=True, slots=True)
class ClockExplanation:
    """`scope` says by which traits the case is one that the limit is for. No runs: the limit has not started.

    `condition` is the filing condition whose own amount and unit `limit` has instead of the general ones.
    """

    limit: Limit
    scope: tuple[Reason, ...]
    runs: tuple[ClockRun, ...]
    condition: str | None = None

    def as_dict(self) -> dict[str, Any]:
        """JSON-able: instants as ISO 8601 UTC text, reasons as code and parameters, durations in seconds."""
        return {
            "limit": self.limit.id,
            "label": dict(self.limit.label.as_dict()),
            "kind": self.limit.kind,
            "amount": str(self.limit.amount),
            "unit": self.limit.unit,
            "filing_condition": self.condition,
            "calendar": self.limit.calendar,
            "starts_on": self.limit.starts_on,
            "origin": self.limit.origin,
            "scope": [reason.as_dict() for reason in self.scope],
            "runs": [run.as_dict() for run in self.runs],
        }


def explain_clock(scheme: Scheme, events: Sequence[Event], limit: str, now: datetime) -> ClockExplanation:
    """Explain a limit of the case whose whole history `events` is. `scheme` is the one that the case is pinned to.

    Raises KeyError for a limit that the scheme does not have.
    """
    case = evolve(None, events[0])
    scheme = effective(scheme, replace(case, calendars=_calendars(events)))
    the_limit = limit_of(scheme, case, limit)
    condition = deciding(the_limit, scheme, case)
    runs: list[ClockRun] = []
    for number, event in enumerate(events):
        if not event.type.startswith("clock_") or event.data["limit"] != limit:
            continue
        if event.type == "clock_started":
            runs.append(ClockRun(evolve_clock(None, event), began=_cause(the_limit, events, number)))
        else:
            runs[-1] = _folded(scheme, the_limit, runs[-1], events, number)
    return ClockExplanation(
        limit=the_limit,
        scope=scope_reasons(the_limit.scope, case, scheme),
        runs=tuple(_as_of(scheme, the_limit, run, whole_second(now)) for run in runs),
        condition=condition.id if condition else None,
    )


TOLD = {"clock_extended": "deadline-extended", "clock_moved": "deadline-moved"}
"""Changes of a deadline that neither halt the clock nor set it going, with the note that tells of them."""


def _calendars(events: Sequence[Event]) -> dict[str, Any]:
    """What differs from the pinned calendars after all events."""
    return {event.data["calendar"]: event.data["days"] for event in events if event.type == "calendar_changed"}


def _folded(scheme: Scheme, limit: Limit, run: ClockRun, events: Sequence[Event], number: int) -> ClockRun:
    """The run after a pause, a resumption, a stop, a reach, an extension or a changed calendar."""
    event, before = events[number], run.clock
    clock = evolve_clock(before, event)
    if event.type == "clock_reached":
        return replace(run, clock=clock)
    if event.type in TOLD:
        note = Reason(TOLD[event.type], {name: event.data.get(name) for name in ("by", "was", "due_at")})
        return replace(run, clock=clock, notes=(*run.notes, note))
    cause, met = _cause(limit, events, number), event.data.get("met", run.met)
    if event.type == "clock_resumed":
        return replace(run, clock=clock, began=cause, ended=None)
    if before.state == "paused":  # a hold, or a stop, of a clock that is paused already
        return replace(run, clock=clock, met=met, ended=cause)
    stretch = _stretch(scheme, limit, run, whole_second(event.recorded_at), cause)
    return replace(run, clock=clock, met=met, ended=cause, stretches=(*run.stretches, stretch))


def _as_of(scheme: Scheme, limit: Limit, run: ClockRun, now: datetime) -> ClockRun:
    """The run with what has been counted up to `now`, and what lies ahead until it is due."""
    clock, calendar = run.clock, scheme.timers.calendars[limit.calendar]
    if clock.state == "running":
        stretches = (*run.stretches, _stretch(scheme, limit, run, now, None))
        due_at = clock.due_at or now
        start = max(now, clock.resumed_at)
        run = replace(
            run,
            stretches=stretches,
            ahead=counted_intervals(calendar, limit.unit, start, due_at),
            ahead_off=days_off(calendar, limit.unit, start, due_at),
        )
    notes = list(run.notes)
    if clock.provisional:
        last = max(run.stretches[-1].end, clock.due_at or clock.started_at)
        touched = years_touched(calendar, clock.started_at, last)
        missing = [year for year in touched if year not in calendar.announced]
        notes.append(Reason("deadline-provisional", {"calendar": calendar.id, "years": missing}))
    return replace(run, elapsed=sum(stretch.seconds for stretch in run.stretches), notes=tuple(notes))


def _stretch(scheme: Scheme, limit: Limit, run: ClockRun, end: datetime, ended: Reason | None) -> Stretch:
    start, calendar = run.clock.resumed_at, scheme.timers.calendars[limit.calendar]
    end = max(start, end)
    return Stretch(
        start=start,
        end=end,
        seconds=counted_seconds(calendar, limit.unit, start, end),
        counted=counted_intervals(calendar, limit.unit, start, end),
        off=days_off(calendar, limit.unit, start, end),
        began=run.began,
        ended=ended,
    )


def _cause(limit: Limit, events: Sequence[Event], number: int) -> Reason:
    """What changed the clock by event `number`: the stamp or the stage of the same command, else an action's effect."""
    event = events[number]
    acted: Event | None = None
    for earlier in reversed(events[:number]):
        if earlier.recorded_at != event.recorded_at:
            break
        if _explains(limit, event, earlier):
            by = "stage" if earlier.type == "moved" else "action"
            return Reason(f"{_verb(event)}-by-{by}", _step(earlier))
        if earlier.type == "acted" and acted is None:
            acted = earlier
    return Reason(f"{_verb(event)}-by-effect", _step(acted) if acted else {})


def _explains(limit: Limit, event: Event, earlier: Event) -> bool:
    """Whether a stamp of the same command is what the limit declares for this change of its clock."""
    if earlier.type not in ("acted", "moved") or earlier.data["track"] != limit.track:
        return False
    meaning = earlier.data["meaning"]
    match event.type:
        case "clock_started":
            return bool(meaning == limit.start)
        case "clock_stopped":
            return bool(meaning == limit.stop)
        case "clock_paused":
            return earlier.type == "moved" and meaning in limit.pause and not event.data["held"]
        case "clock_resumed":
            return earlier.type == "moved" and meaning not in limit.pause
    return False


def _verb(event: Event) -> str:
    return event.type.replace("_", "-")


def _step(event: Event) -> dict[str, Any]:
    """Which event it was: its place in the case's history, with the ids of track, meaning, and stage or action."""
    data = event.data
    step = {"seq": event.seq, "track": data["track"], "meaning": data["meaning"]}
    return step | ({"stage": data["to"]} if event.type == "moved" else {"action": data["action"]})


def _intervals_to_list(intervals: tuple[Interval, ...]) -> list[dict[str, Any]]:
    return [
        {
            "start": instant_to_text(interval.start),
            "end": instant_to_text(interval.end),
            "seconds": interval.seconds,
            "why": Reason(interval.why).as_dict(),
        }
        for interval in intervals
    ]


def _off_to_list(off: tuple[DayOff, ...]) -> list[dict[str, Any]]:
    return [{"day": one.day.isoformat(), "why": Reason(one.why).as_dict()} for one in off]
