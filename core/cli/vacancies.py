"""`staff vacancies`: which positions stand empty, for how long, and who stands in."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from core.cli.group import Composition, print_json
from core.cli.installation import opened
from core.cli.staff import staff
from core.cli.table import show_table
from core.governance.vacancies import Staffed, Vacancy, vacancies
from core.messages import render
from core.store import Held

COLUMNS = ("post", "label", "called_for", "held", "vacant", "allowed", "vacant_since", "judged", "stand_ins")
NAMED = 3
"""Names of people in one cell of the table; --json has all."""


@staff.command(name="vacancies")
@click.argument("locality")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, with each place 输出 JSON，逐处列出")
@click.pass_obj
def list_vacancies(composition: Composition, locality: str, as_json: bool) -> None:
    """Positions that stand empty, by post: since when, whether that is allowed, who stands in 空缺.

    Times by the district's time. The backup post acts while nobody holds the post in that cell; tasks go to the
    fallback post.
    """
    services = opened(composition)
    with services.store.read(locality) as reading:
        scheme = services.casework.schemes.current(reading)
        found = list(vacancies(reading, scheme, services.clock.now()))
    services.store.close()
    zone = ZoneInfo(scheme.locality.time_zone)
    if as_json:
        print_json({"locality": locality, "posts": [_as_json(one, zone) for one in found]})
    else:
        show_table(composition, COLUMNS, [_row(one, zone, composition) for one in found])


def _row(one: Staffed, zone: ZoneInfo, composition: Composition) -> list[str | None]:
    def say(code: str, **params: Any) -> str:
        return render(code, params, composition.language)

    allowed = one.post.vacancies.allowed
    since = _minute(one.since, zone) or (say("cli-vacancy-never-filled") if one.vacant else None)
    judged = [say("cli-vacancy-too-many")] * one.too_many + [say("cli-vacancy-overdue")] * one.overdue
    stated = allowed is not None or one.post.vacancies.fill_within_days is not None
    standing = [
        say(code, names=_names(held))
        for code, held in (
            ("cli-vacancy-backup", [held for place in one.vacancies for held in place.backup]),
            ("cli-vacancy-fallback", [held for place in one.vacancies for held in place.fallback]),
        )
        if held
    ]
    return [
        one.post.id,
        one.post.label.as_dict()[composition.language],
        *map(str, (one.positions, one.held, one.vacant)),
        None if allowed is None else str(allowed),
        since,
        ", ".join(judged) or (say("cli-vacancy-in-order") if stated else None),
        "; ".join(standing),
    ]


def _names(held: Iterable[Held]) -> str:
    names = list(dict.fromkeys(one.name for one in held))
    more = f" +{len(names) - NAMED}" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def _as_json(one: Staffed, zone: ZoneInfo) -> dict[str, Any]:
    stated = one.post.vacancies
    return {
        "post": one.post.id,
        "label": one.post.label.as_dict(),
        "positions": one.positions,
        "held": one.held,
        "vacant": one.vacant,
        "allowed": stated.allowed,
        "fill_within_days": stated.fill_within_days,
        "since": _minute(one.since, zone),
        "too_many": one.too_many,
        "overdue": one.overdue,
        "places": [_place(place, zone) for place in one.vacancies],
    }


def _place(place: Vacancy, zone: ZoneInfo) -> dict[str, Any]:
    return {
        "cell": place.cell,
        "organisation": place.organisation,
        "vacant": place.vacant,
        "since": _minute(place.since, zone),
        "due": _minute(place.due, zone),
        "overdue": place.overdue,
        "backup": [_person(held) for held in place.backup],
        "fallback": [_person(held) for held in place.fallback],
    }


def _person(held: Held) -> dict[str, Any]:
    assignment = held.assignment
    return {"account": assignment.account, "name": held.name, "post": assignment.post, "cell": assignment.cell}


def _minute(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="minutes") if at else None
