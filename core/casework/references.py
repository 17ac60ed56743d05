"""Whether what a request names exists: classes, cells, objects, posts, accounts, evidence; with the nearest name.

Answers in faults; judges no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from difflib import get_close_matches

from core.casework.forms import Known
from core.casework.requests import Principal
from core.casework.views import label
from core.engine.command import Evidence
from core.errors import Fault, NotFound, Unprocessable
from core.scheme.label import Label
from core.scheme.situation import Situation
from core.store import Attachment, Reading

AHEAD = timedelta(minutes=5)
"""How far a client's clock may be off."""
BACK = timedelta(days=366)
"""How long after the fact something may be reported; older history comes in through import."""


def unknown(code: str, value: str, options: Collection[str], pointer: str) -> Fault:
    """The fault for a name that stands for nothing, with the nearest one that does."""
    nearest = get_close_matches(value, list(options), n=1, cutoff=0.6)
    near = {"nearest": nearest[0]} if nearest else {}
    return Fault(f"{code}-near" if nearest else code, pointer, {"value": value[:100], **near})


def unoffered(code: str, value: str, options: Mapping[str, Label | None], pointer: str) -> Fault:
    """The fault for a name that is not among a few, with all that are and their labels."""
    allowed = {name: label(found, name) for name, found in options.items()}
    return Fault(code, pointer, {"value": value[:100], "allowed": allowed})


def known_in(situation: Situation, reading: Reading | None) -> Known:
    """A judge of references by their format, for forms; without a reading no other case is known."""
    today = situation.today
    named: dict[str, Callable[[str], bool]] = {
        "account": lambda account: any(
            holder.account == account for holders in situation.staff.values() for holder in holders
        ),
        "organisation": today.roster.organisations.__contains__,
        "cell": today.grid.cells.__contains__,
        "category": today.codes.categories.__contains__,
        "object": lambda code: code in today.registry.objects or code in situation.objects,
        "post": today.roster.posts.__contains__,
        "pool": today.dispatch.pools.__contains__,
        "case": lambda case: reading is not None and reading.cases.load(case, lock=False) is not None,
    }
    return lambda kind, value: named[kind](value)


def claimed_time(
    claimed: datetime | None, now: datetime, since: datetime | None = None
) -> tuple[datetime, list[Fault]]:
    """When something is said to have happened: never later than now, nor before the report at `since`; a client's
    clock may be a little off."""
    if claimed is None:
        return now, []
    if claimed > now + AHEAD:
        return now, [Fault("time-in-future", "/occurred_at", {"minutes": int(AHEAD.total_seconds() // 60)})]
    if claimed < now - BACK:
        return now, [Fault("time-too-old", "/occurred_at", {"days": BACK.days})]
    if since is not None and claimed < since - AHEAD:
        return now, [Fault("time-before-report", "/occurred_at", {"minutes": int(AHEAD.total_seconds() // 60)})]
    return min(max(claimed, since or claimed), now), []


def evidence_faults(reading: Reading, evidence: Sequence[Evidence], who: Principal, case_id: str | None) -> list[Fault]:
    """Evidence has to be an attachment that the caller uploaded, and not another case's."""
    faults = []
    named = [item.attachment for item in evidence]
    for index, item in enumerate(evidence):
        pointer = f"/evidence/{index}/attachment"
        found = _attachment(reading, item.attachment)
        if found is None or found.created_by != who.account:
            faults.append(Fault("attachment-unknown", pointer, {"attachment": item.attachment}))
        elif found.case_id not in (None, case_id) or named.index(item.attachment) < index:
            faults.append(Fault("attachment-in-use", pointer, {"value": item.attachment}))
    return faults


def refuse(faults: Sequence[Fault]) -> None:
    """Raise Unprocessable with all faults, if there are any."""
    if faults:
        raise Unprocessable("content-invalid", faults)


def _attachment(reading: Reading, attachment_id: str) -> Attachment | None:
    try:
        return reading.attachments.get(attachment_id)
    except NotFound:
        return None
