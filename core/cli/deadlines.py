"""`deadlines`: which open deadlines today's calendars would move, and moving them."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import click

from core.casework.reckoning import GROUP, PAGE
from core.cli.group import Composition, commands, print_json
from core.cli.installation import opened
from core.cli.progress import watched
from core.cli.table import show_table
from core.store import CaseFilter

COLUMNS = ("case", "limit", "was", "due")


@commands.command()
@click.argument("locality")
@click.option("--apply", "applying", is_flag=True, help="Move them 实际变动")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.pass_obj
def deadlines(composition: Composition, locality: str, applying: bool, as_json: bool) -> None:
    """Open deadlines that today's calendars would move 日历变更后会变动的时限.

    After a holiday was announced or changed: publish the new calendar, look here, then apply. Cases keep the calendar
    that they were opened under until then.
    """
    services = opened(composition)
    with services.store.read(locality) as reading:
        zone = ZoneInfo(services.casework.schemes.current(reading).locality.time_zone)
        pages = -(-reading.cases.count(CaseFilter(open=True)) // PAGE)
    looked, moving = 0, []
    for count, found in watched(composition, services.casework.moving(locality), "cli-deadlines-looking", pages):
        looked += count
        moving += found
    cases = sorted({each.case for each in moving}) if applying else []
    groups = [cases[begun : begun + GROUP] for begun in range(0, len(cases), GROUP)]
    applied = watched(composition, groups, "cli-deadlines-apply")
    moved = sum(services.casework.move(locality, group) for group in applied)
    services.store.close()
    rows = [
        [each.number, each.limit, each.was.astimezone(zone).isoformat() if each.was else "–",
         each.due_at.astimezone(zone).isoformat()]
        for each in moving
    ]  # fmt: skip
    if as_json:
        told = [dict(zip(COLUMNS, row, strict=True)) for row in rows]
        print_json({"locality": locality, "open_cases": looked, "moving": told, "moved": moved})
        return
    if rows:
        show_table(composition, COLUMNS, rows)
    if applying:
        composition.tell("cli-deadlines-moved", locality=locality, count=moved)
    else:
        composition.tell("cli-deadlines-moving", locality=locality, cases=looked, count=len(moving))
