"""Events: what has happened to a case. Append-only; folding them gives the snapshot (`core.engine.evolve`).

An event holds no contact data, no free text and no photo bytes: only ids, codes, numbers and references to payloads
(erasable, salted digests). `data` is JSON-able; instants inside it are ISO 8601 UTC strings with `Z`.

type              data
opened            {case, locality, number, kind, intake, category, cell, channel, severity, reporter, point?,
                   object?, filing_condition?, scheme, facts, draw?}
acted             {action, meaning, track, stamp: true, texts?: [payload ids], handler: bool, inputs?: those that
                   are ids, codes, numbers or instants, authority?: {role, post, reach, cell?, ...}}
moved             {track, from, to, meaning, final}
evidenced         {kind, meaning, attachment, photo?: {at?, point?}}   where photos are compared
photo_doubted     {attachment, doubts: [time-unknown, place-unknown, not-after, too-far]}
corrected         {category?, cell?, filing_condition?, was}
dispatched        {handler, co_handlers, act_first, ruling_by?, instead_of?, rule, layer, place, origin, basis,
                   runners_up, total, reasons, digest}   (`Sending.as_dict`)
task_opened       {task, occurrence, owner, co_handlers, share_of?, done_when?}
task_assigned     {task, occurrence, owner}
task_surfaced     {task, occurrence, owner}     nobody claimed it in time: `owner` now sees it too
task_closed       {task, occurrence}
clock_started     {limit, occurrence, started_at, allowed, due_at, provisional, elapsed, unit?, amount?}
clock_paused      {limit, occurrence, elapsed, held}   held: by an effect, not by the stage
clock_resumed     {limit, occurrence, due_at, elapsed, provisional}
clock_extended    {limit, occurrence, by, allowed, reached, due_at?, provisional?}
clock_moved       {limit, occurrence, due_at, allowed, provisional, reached, was?}   by a changed calendar
calendar_changed  {calendar, digest, days}      days: what differs from the pinned calendar now
clock_stopped     {limit, occurrence, elapsed, met: bool}
clock_reached     {limit, occurrence, reach, due_at, late_seconds}
fact_set          {fact, value}
counted           {counter, value}
approval_asked    {approval, owner}
approval_answered {approval, answer: granted | refused}
linked            {relation, case}
case_asked        {intake, category, item?}    a linked case is opened for it after the commit
climbed           {ladder, step}
card_shown        {card, limit, owner, answer_by?}
card_answered     {card}
object_changed    {object, kind?, status?, values?}   kind when the object is entered
alerted           {level | null, was, by}
noticed           {target, template, limit?, reach?, ladder?, step?, cadence?}
skipped           {reaction, action, because}   a reaction that could not be taken
closed            {}                            every entered track is final
reopened          {}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Event:
    """`seq` counts from 1 without gaps in its case. `scheme` is the pinned scheme's digest, `today` the digest that
    decided permission and dispatch."""

    seq: int
    type: str
    actor: str
    occurred_at: datetime
    recorded_at: datetime
    scheme: str
    today: str
    data: Mapping[str, Any] = field(default_factory=dict)
