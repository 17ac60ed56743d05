"""`precedents`: what was ruled in cases, as rows that the next draft may take over."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from core.cli.group import Composition, commands, print_bytes, print_json
from core.cli.installation import opened
from core.cli.table import show_table
from core.governance import precedents as governance
from core.governance.precedents import Found, Precedent
from core.messages import render

COLUMNS = ("rule", "category", "cell", "handler", "times", "rests_on", "note")
NAMED = 3
"""Case numbers in one cell of the table; --json has all."""


@commands.command()
@click.argument("locality")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    default=None,
    show_default="ever 不限",
    help="Ruled on that day or later, by the district's time 此日（含）以后的确权",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.option("--csv", "as_csv", is_flag=True, help="Print rows to append to rules.csv 输出可追加到 rules.csv 的行")
@click.pass_obj
def precedents(composition: Composition, locality: str, since: datetime | None, as_json: bool, as_csv: bool) -> None:
    """Rules that rulings of ownership offer for the next draft 确权先例.

    One for each class, cell above the leaf and organisation that was ruled, unless today's rules say so already.
    Nothing is written: look at each, then append and publish.
    """
    if as_json and as_csv:
        raise click.UsageError("--json, --csv")
    services = opened(composition)
    with services.store.read(locality) as reading:
        today = services.casework.schemes.current(reading)
        begun = since.replace(tzinfo=ZoneInfo(today.locality.time_zone)) if since else None
        found = governance.precedents(services.casework, locality, begun)
        rows = governance.rows_to_append(reading, today, found.precedents) if as_csv else ""
    services.store.close()
    if as_csv:
        print_bytes(rows.encode())
    elif as_json:
        print_json(_as_json(locality, since, found))
    else:
        if found.precedents:
            show_table(composition, COLUMNS, [_row(one, composition) for one in found.precedents])
        composition.tell("cli-precedents", **_counts(found))


def _counts(found: Found) -> dict[str, int]:
    return {
        "offered": sum(one.offered for one in found.precedents),
        "contradicted": sum(bool(one.others) for one in found.precedents),
        "outdated": sum(bool(one.missing and not one.others) for one in found.precedents),
        "covered": found.covered,
    }


def _row(one: Precedent, composition: Composition) -> list[str | None]:
    more = f" +{len(one.cases) - NAMED}" if len(one.cases) > NAMED else ""
    cases = " ".join(one.cases[:NAMED]) + more
    said = (one.rule, one.category, one.cell, one.row()["handler"], str(len(one.cases)), cases)
    return [*said, _note(one, composition)]


def _note(one: Precedent, composition: Composition) -> str:
    if one.others:
        return render("cli-precedent-contradicted", {"others": ", ".join(one.others)}, composition.language)
    if one.missing:
        return render("cli-precedent-outdated", {"names": ", ".join(one.missing)}, composition.language)
    if one.rival is not None:
        return render("cli-precedent-rival", {"rule": one.rival}, composition.language)
    return ""


def _as_json(locality: str, since: datetime | None, found: Found) -> dict[str, Any]:
    def listed(*wanted: Precedent) -> list[dict[str, Any]]:
        return [
            {**one.row(), "times": len(one.cases), "cases": list(one.cases)}
            | {"contradicted_by": list(one.others), "missing": list(one.missing), "rival": one.rival}
            for one in wanted
        ]

    return {
        "locality": locality,
        "since": since.date().isoformat() if since else None,
        "offered": listed(*(one for one in found.precedents if one.offered)),
        "not_offered": listed(*(one for one in found.precedents if not one.offered)),
        "counts": _counts(found),
    }
