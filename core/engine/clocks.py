"""Clocks of a case: what starts, pauses, extends, resumes and stops them. Their events are folded by `evolve_clock`.

A clock is one run of a limit. Its state changes by events only; nothing here builds a case, fires a timer or asks for
the time. A limit starts at the instant that its `starts_on` names; every later change of a clock happens at `now`,
the server's time, because a claimed time could be set back to win a deadline. Whole seconds, UTC.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from math import ceil
from typing import Any

from core.engine.deadline import advance, counted_seconds, deadline, is_provisional, whole_second
from core.engine.limits import for_case, limit_of
from core.engine.scope import in_scope
from core.scheme.case import Case, Clock, Stamp
from core.scheme.codec import instant_to_text
from core.scheme.scheme import Scheme
from core.scheme.timers import Calendar, Limit

Change = tuple[str, dict[str, Any]]
"""The type and the data of a clock_* event that follows (`core.scheme.event`)."""


def clock_changes(
    scheme: Scheme,
    case: Case,
    stamp: Stamp | None,
    stage_meaning_now: str | None,
    now: datetime,
    values: Mapping[str, Any],
) -> list[Change]:
    """What a stamp does to the case's clocks: stops first, then pauses and resumes, then starts.

    `case` has the stamp folded in and `scheme` is its pinned one. `stage_meaning_now` is the meaning of the stage on
    which `stamp.track` stands; the stamp has entered that stage when the two meanings are the same. A clock that an
    effect holds is resumed by an effect only. Without a stamp nothing changes.
    Raises PermanentFailure as `core.engine.deadline.deadline`.
    """
    if stamp is None:
        return []
    changes: list[Change] = []
    idle = {limit: clock.occurrence for limit, clock in case.clocks.items() if clock.state == "stopped"}
    for limit, clock in _live(scheme, case, stamp.track):
        if stamp.meaning == limit.stop:
            changes.append(_stopped(scheme, limit, clock, now))
            idle[limit.id] = clock.occurrence
        elif stamp.meaning == stage_meaning_now:
            changes += _entered(scheme, limit, clock, stage_meaning_now, now)
    for limit in scheme.timers.starting.get((stamp.track, stamp.meaning), ()):
        if (limit.id in idle or limit.id not in case.clocks) and in_scope(limit.scope, case, scheme, values):
            own = for_case(limit, scheme, case)
            started = _started(scheme, own, idle.get(limit.id, 0) + 1, stamp.occurred_at, stamp.recorded_at)
            changes.append(started)
            if stage_meaning_now in limit.pause:
                changes.append(_paused(limit, started[1]["occurrence"], elapsed=0, held=False))
    return changes


def start_clock(
    scheme: Scheme, case: Case, limit: str, occurred_at: datetime, now: datetime, values: Mapping[str, Any]
) -> list[Change]:
    """An effect starts a limit's next run; nothing when one is not stopped yet or the case is out of its scope."""
    clock, the_limit = case.clocks.get(limit), for_case(scheme.timers.limits[limit], scheme, case)
    if (clock is not None and clock.state != "stopped") or not in_scope(the_limit.scope, case, scheme, values):
        return []
    return [_started(scheme, the_limit, clock.occurrence + 1 if clock else 1, occurred_at, now)]


def start_task_clock(
    scheme: Scheme, case: Case, limit: Limit, key: str, now: datetime, values: Mapping[str, Any]
) -> list[Change]:
    """The clock `key` of one share of a task starts; nothing when the case is out of the limit's scope."""
    clock = case.clocks.get(key)
    if (clock is not None and clock.state != "stopped") or not in_scope(limit.scope, case, scheme, values):
        return []
    own = replace(for_case(limit, scheme, case), id=key)
    return [_started(scheme, own, clock.occurrence + 1 if clock else 1, now, now)]


def extend_clock(scheme: Scheme, case: Case, limit: str, by: Decimal, now: datetime) -> list[Change]:
    """An effect gives a live clock `by` more units of its limit; nothing otherwise."""
    clock, the_limit = case.clocks.get(limit), limit_of(scheme, case, limit)
    if clock is None or clock.state == "stopped":
        return []
    calendar = _calendar(scheme, the_limit)
    more = deadline(calendar, the_limit.unit, by, clock.started_at).allowed
    allowed, elapsed = clock.allowed + more, elapsed_now(scheme, the_limit, clock, now)
    data: dict[str, Any] = {"limit": limit, "occurrence": clock.occurrence, "by": more, "allowed": allowed}
    data["reached"] = still_reached(the_limit, clock, allowed, elapsed)
    if clock.state == "running":
        due_at = advance(calendar, the_limit.unit, whole_second(now), allowed - elapsed)
        data["due_at"] = instant_to_text(due_at)
        data["provisional"] = clock.provisional or is_provisional(calendar, the_limit.unit, clock.started_at, due_at)
    return [("clock_extended", data)]


def still_reached(limit: Limit, clock: Clock, allowed: int, elapsed: int) -> list[str]:
    """Of the reaches that have fired, those whose share of `allowed` is still used up after `elapsed` seconds: the
    others are ahead again."""
    shares = {reach.id: reach.share for reach in limit.reaches}
    return [name for name in clock.reached if name in shares and ceil(Fraction(shares[name]) * allowed) <= elapsed]


def stop_clock(scheme: Scheme, case: Case, limit: str, now: datetime) -> list[Change]:
    """An effect stops a running or paused clock; nothing otherwise."""
    clock = case.clocks.get(limit)
    if clock is None or clock.state == "stopped":
        return []
    return [_stopped(scheme, limit_of(scheme, case, limit), clock, now)]


def pause_clock(scheme: Scheme, case: Case, limit: str, now: datetime) -> list[Change]:
    """An effect pauses a clock and holds it: a change of stage no longer resumes it. Nothing when it is held."""
    clock, the_limit = case.clocks.get(limit), limit_of(scheme, case, limit)
    if clock is None or clock.state == "stopped" or clock.held:
        return []
    return [_paused(the_limit, clock.occurrence, elapsed_now(scheme, the_limit, clock, now), held=True)]


def resume_clock(scheme: Scheme, case: Case, limit: str, now: datetime) -> list[Change]:
    """An effect resumes a paused clock, held or not, on whatever stage the track stands; nothing otherwise."""
    clock = case.clocks.get(limit)
    if clock is None or clock.state != "paused":
        return []
    return [_resumed(scheme, limit_of(scheme, case, limit), clock, now)]


def elapsed_now(scheme: Scheme, limit: Limit, clock: Clock, now: datetime) -> int:
    """Counted seconds that a clock has used up to `now`; a halted one uses no more. `limit` is the case's."""
    if clock.state != "running":
        return clock.elapsed
    return clock.elapsed + counted_seconds(_calendar(scheme, limit), limit.unit, clock.resumed_at, whole_second(now))


def _live(scheme: Scheme, case: Case, track: str) -> Iterator[tuple[Limit, Clock]]:
    for clock in case.clocks.values():
        limit = limit_of(scheme, case, clock.limit)
        if clock.state != "stopped" and limit.track == track:
            yield limit, clock


def _entered(scheme: Scheme, limit: Limit, clock: Clock, meaning: str, now: datetime) -> list[Change]:
    """The track has entered a stage of this meaning."""
    pausing = meaning in limit.pause
    if pausing and clock.state == "running":
        return [_paused(limit, clock.occurrence, elapsed_now(scheme, limit, clock, now), held=False)]
    if not pausing and clock.state == "paused" and not clock.held:
        return [_resumed(scheme, limit, clock, now)]
    return []


def _started(scheme: Scheme, limit: Limit, occurrence: int, occurred_at: datetime, recorded_at: datetime) -> Change:
    started_at = whole_second(occurred_at if limit.starts_on == "occurred" else recorded_at)
    answer = deadline(_calendar(scheme, limit), limit.unit, limit.amount, started_at)
    own = {"unit": limit.unit, "amount": str(limit.amount)} if limit.by_filing_condition else {}
    return "clock_started", own | {
        "limit": limit.id,
        "occurrence": occurrence,
        "started_at": instant_to_text(started_at),
        "allowed": answer.allowed,
        "due_at": instant_to_text(answer.due_at),
        "provisional": answer.provisional,
        "elapsed": 0,
    }


def _paused(limit: Limit, occurrence: int, elapsed: int, held: bool) -> Change:
    return "clock_paused", {"limit": limit.id, "occurrence": occurrence, "elapsed": elapsed, "held": held}


def _resumed(scheme: Scheme, limit: Limit, clock: Clock, now: datetime) -> Change:
    """What is left of the allowed time runs from `now`; a clock that was overdue is due at once."""
    at, calendar = whole_second(now), _calendar(scheme, limit)
    due_at = advance(calendar, limit.unit, at, clock.allowed - clock.elapsed)
    return "clock_resumed", {
        "limit": limit.id,
        "occurrence": clock.occurrence,
        "due_at": instant_to_text(due_at),
        "elapsed": clock.elapsed,
        "provisional": clock.provisional or is_provisional(calendar, limit.unit, at, due_at),
    }


def _stopped(scheme: Scheme, limit: Limit, clock: Clock, now: datetime) -> Change:
    elapsed = elapsed_now(scheme, limit, clock, now)
    return "clock_stopped", {
        "limit": limit.id,
        "occurrence": clock.occurrence,
        "elapsed": elapsed,
        "met": elapsed <= clock.allowed,
    }


def _calendar(scheme: Scheme, limit: Limit) -> Calendar:
    return scheme.timers.calendars[limit.calendar]
