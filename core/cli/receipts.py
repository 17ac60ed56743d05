"""`receipts`: who has read which notice, and who has not."""

from __future__ import annotations

from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

import click

from core.cli.group import Composition, commands, print_json
from core.cli.installation import opened
from core.cli.table import show_table

COLUMNS = ("cadence", "notice", "person", "owed", "read")


@commands.command()
@click.argument("locality")
@click.option("--unread", is_flag=True, help="Only what has not been read 只看未读")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.pass_obj
def receipts(composition: Composition, locality: str, unread: bool, as_json: bool) -> None:
    """Who has read which notice, newest first, by the district's time 已读回执.

    Of the cadences with read_receipt: true, since a notice was first carried.
    """
    services = opened(composition)
    with services.store.read(locality) as reading:
        zone = ZoneInfo(services.casework.schemes.current(reading).locality.time_zone)
        found = reading.receipts.list(unread)
    services.store.close()
    rows = [
        (one.cadence, one.notice, name, _minute(one.owed_at, zone), _minute(one.read_at, zone)) for one, name in found
    ]
    if as_json:
        print_json({"locality": locality, "receipts": [dict(zip(COLUMNS, row, strict=True)) for row in rows]})
    else:
        show_table(composition, COLUMNS, rows)


def _minute(at: datetime | None, zone: tzinfo) -> str | None:
    """ISO 8601 to the minute, with the zone's offset."""
    return at.astimezone(zone).isoformat(timespec="minutes") if at else None
