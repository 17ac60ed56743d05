"""`coverage`, `inspections` and `shares`: duties done, inspections due, and what closed cases say."""

from __future__ import annotations

from datetime import date, datetime

import click

from core.casework import Due
from core.cli.group import Composition, commands, print_json
from core.cli.installation import opened
from core.cli.table import show_table
from core.governance.coverage import Row
from core.governance.coverage import coverage as coverage_of
from core.governance.shares import shares as shares_of
from core.messages import render

DAY = click.DateTime(["%Y-%m-%d"])
FORMAT = click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
OF_COVERAGE = ("duty", "holder", "cell", "days_enough", "rounds", "hours", "left_out", "met")
OF_INSPECTIONS = ("object", "object_kind", "cell", "last", "due_day", "case", "state")


@commands.command()
@click.argument("locality")
@click.option(
    "--week",
    type=DAY,
    default=None,
    show_default="the present one 本周",
    help="A day of the week 该周的某一天",
)
@FORMAT
@click.pass_obj
def coverage(composition: Composition, locality: str, week: datetime | None, form: str) -> None:
    """Whether the holders of posts did their duties in a week 履职情况.

    Counts patrols and visits by check-in and check-out. A round that is still open, too short, or begun before the one
    before it had ended does not count. Where somebody walked is not kept.
    """
    services = opened(composition)
    monday, rows = coverage_of(services.casework, locality, week.date() if week else None)
    services.store.close()
    if form == "json":
        print_json({"locality": locality, "week": monday.isoformat(), "rows": [row.as_dict() for row in rows]})
    elif rows:
        show_table(composition, OF_COVERAGE, [_of_coverage(composition, row) for row in rows])
    else:
        composition.tell("cli-no-coverage", locality=locality)


@commands.command()
@click.argument("locality")
@click.option("--all", "everything", is_flag=True, help="Also what is due later 含尚未到期的")
@FORMAT
@click.pass_obj
def inspections(composition: Composition, locality: str, everything: bool, form: str) -> None:
    """Which registry objects are due to be inspected, or late 到期与逾期的检查.

    A worker opens a case for each object on the day on which it is due; it is late when that day has passed.
    """
    services = opened(composition)
    found = services.casework.list_inspections(locality)
    services.store.close()
    shown = [item for item in found if everything or item.state != "later"]
    if form == "json":
        print_json({"locality": locality, "inspections": [item.as_dict() for item in shown]})
    elif shown:
        show_table(composition, OF_INSPECTIONS, [_of_inspection(composition, item) for item in shown])
    else:
        composition.tell("cli-no-inspections", count=len(found))


def _of_coverage(composition: Composition, row: Row) -> list[str | None]:
    asked = "" if row.days_asked is None else f"/{row.days_asked}"
    met = {True: "yes", False: "no", None: "open"}[row.met]
    left_out = [f"{_said(composition, f'cli-left-out-{why}')} {count}" for why, count in row.left_out.items()]
    return [
        row.duty,
        row.name,
        ", ".join(row.cells),
        f"{row.days_enough}{asked}",
        str(row.rounds),
        f"{row.hours:g}",
        ", ".join(left_out),
        _said(composition, f"cli-met-{met}"),
    ]


def _of_inspection(composition: Composition, item: Due) -> list[str | None]:
    state = _said(composition, f"cli-state-{item.state}")
    return [item.object, item.kind, item.cell, _day(item.last), _day(item.due), item.case, state]


def _said(composition: Composition, code: str) -> str:
    return render(code, {}, composition.language)


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


@commands.command()
@click.argument("locality")
@click.argument("fact")
@click.option("--from", "first", type=DAY, default=None, help="Closed on this day or later 自此日起")
@click.option("--to", "last", type=DAY, default=None, help="Closed on this day or earlier 至此日止")
@FORMAT
@click.pass_obj
def shares(
    composition: Composition, locality: str, fact: str, first: datetime | None, last: datetime | None, form: str
) -> None:
    """Closed cases by what a fact of theirs says, in number and share 按事实统计已结案件.

    For what a scheme notes as a case closes, such as the level that solved it.
    """
    services = opened(composition)
    days = (day.date() if day else None for day in (first, last))
    found = shares_of(services.casework, locality, fact, *days)
    services.store.close()
    if form == "json":
        print_json({"locality": locality, **found.as_dict()})
    elif found.total:
        rows = [[value, str(count), f"{found.share(count):.1%}"] for value, count in found.counts]
        show_table(composition, ("value", "cases", "share"), rows)
    else:
        composition.tell("cli-no-closed-cases", locality=locality)
