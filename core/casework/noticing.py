"""What a notice says and to how many ways of telling it is owed: one row of the outbox for each.

A way that fails is tried again alone. What is said holds ids, codes, numbers, instants and labels of the scheme: no
contact data, no free text. Tells nobody itself (`delivering`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from core.casework.views import instant
from core.casework.views import label as labelled
from core.messages import LANGUAGES, render
from core.scheme.case import Case
from core.scheme.label import Label
from core.scheme.scheme import Scheme
from core.scheme.workflow import PLACE
from core.store import Receipt

LONGEST = 200
"""Characters of a subject."""
OWN = {
    "clock_reached": "notice-clock-reached",
    "at_once": "notice-at-once",
    "climbed": "notice-climbed",
    "unclaimed": "notice-unclaimed",
    "approval_asked": "notice-approval-asked",
}
"""Templates that the engine names itself, with the message that says them where a district has no text of its own."""


Effect = tuple[str, Mapping[str, Any], str]
"""An outside effect: kind, body and stable id."""


def shares(
    today: Scheme, kind: Literal["notice", "summary", "reminder"], body: Mapping[str, Any], stable_id: str
) -> Iterator[Effect]:
    """A notice as it is owed: once to each plugin that delivers, named under `via`; without any, once to the log."""
    ways = today.extensions.deliver_notice
    if not ways:
        yield kind, body, stable_id
    for plugin in ways:
        yield kind, {**body, "via": plugin}, f"{stable_id}:{plugin}"


def subject_of_case(today: Scheme, pinned: Scheme, case: Case, body: Mapping[str, Any]) -> Label:
    """What the template says of the case: by today's text, else by the one that the case was opened under, else by a
    sentence of the kernel."""
    name = body["template"]
    template = today.workflow.templates.get(name) or pinned.workflow.templates.get(name)
    words = _words(pinned, case)
    if template is not None:
        return Label(*(_filled(getattr(template.text, language), words, language) for language in LANGUAGES))
    limit = pinned.timers.limits.get(body.get("limit", "").partition("@")[0])
    reach = str(body.get("reach", ""))
    told = {"limit": labelled(limit.label if limit else None, body.get("limit", "")), "reach": reach}
    return said(OWN.get(name, "notice-of-case"), **told, **words)


def subject_of_summary(today: Scheme, body: Mapping[str, Any]) -> Label:
    """The cadence's name and how many cases there were."""
    cadence = today.timers.cadences.get(body["cadence"])
    named = labelled(cadence.label if cadence else None, body["cadence"])
    return said("notice-summary", cadence=named, total=body["total"])


def subject_of_reminder(today: Scheme, pinned: Scheme, case: Case | None, receipt: Receipt) -> Label:
    """What has not been read: the case that it was about, or the cadence and since when by the district's time."""
    if case is not None:
        return said("notice-reminder-of-case", **_words(pinned, case))
    cadence = today.timers.cadences.get(receipt.cadence)
    owed = receipt.owed_at.astimezone(ZoneInfo(today.locality.time_zone))
    named = labelled(cadence.label if cadence else None, receipt.cadence)
    return said("notice-reminder", cadence=named, owed=f"{owed:%Y-%m-%d %H:%M}")


def said(code: str, **params: Any) -> Label:
    """A message of the catalogue as a subject, in both languages."""
    return Label(*(one_line(render(code, params, language)) for language in LANGUAGES))


def about_case(case: Case, body: Mapping[str, Any]) -> dict[str, Any]:
    """The case as it stands, in ids, codes and instants; whoever reported it is not among them."""
    due = _due(case)
    known = {
        "case": case.id,
        "number": case.number,
        "seq": body["seq"],
        "kind": case.kind,
        "category": case.category,
        "cell": case.cell,
        "channel": case.channel,
        "severity": case.severity,
        "alert": case.alert,
        "opened_at": instant(case.opened_at),
        "due_at": instant(due),
        **{name: body.get(name) for name in ("limit", "reach", "cadence")},
    }
    return {name: value for name, value in known.items() if value is not None}


def one_line(text: str) -> str:
    """Without line breaks and of bounded length."""
    joined = " ".join(text.split())
    return joined if len(joined) <= LONGEST else joined[: LONGEST - 1] + "…"


def _words(pinned: Scheme, case: Case) -> dict[str, Any]:
    """The places of a template with what stands in them: texts, or labels."""
    cell = pinned.grid.cells.get(case.cell)
    category = pinned.codes.categories.get(case.category)
    due = _due(case)
    local = due.astimezone(ZoneInfo(pinned.locality.time_zone)) if due else None
    return {
        "case_number": case.number,
        "case_kind": labelled(pinned.kind(case.kind).label, case.kind),
        "category": labelled(category.label if category else None, case.category),
        "cell": labelled(cell.label if cell else None, case.cell),
        "severity": labelled(pinned.workflow.severities.get(case.severity), case.severity),
        "due": f"{local:%Y-%m-%d %H:%M}" if local else "–",
    }


def _filled(text: str, words: Mapping[str, Any], language: str) -> str:
    def word(name: str, otherwise: str) -> str:
        value = words.get(name, otherwise)
        return str(value[language]) if isinstance(value, Mapping) else str(value)

    return one_line(PLACE.sub(lambda place: word(place[1], place[0]), text))


def _due(case: Case) -> datetime | None:
    running = [clock.due_at for clock in case.clocks.values() if clock.state == "running" and clock.due_at]
    return min(running, default=None)
