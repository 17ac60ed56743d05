"""`backlog`: what is due or owed and not done, and trying again what was given up."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import click

from core.cli.group import Composition, commands, print_json
from core.cli.installation import opened
from core.cli.table import show_table
from core.store import Backlog

COLUMNS = ("kind", "waiting", "leased", "failed", "dead", "oldest", "error")


@commands.command()
@click.option("--retry", is_flag=True, help="Try again what was given up 重试已放弃的任务")
@click.option("--kind", default=None, show_default="all 全部", help="Of this kind only 只看此类")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.pass_obj
def backlog(composition: Composition, retry: bool, kind: str | None, as_json: bool) -> None:
    """What is due or owed and not done, by kind 积压的时钟与对外任务.

    Waiting, held by a worker, failed and to be tried again, given up; with the age of the oldest and the last error.
    """
    services = opened(composition)
    store, now = services.store, services.clock.now()
    revived = store.outbox.revive(now, kind) if retry else None
    found = [item for item in (store.timers.backlog(now), *store.outbox.backlog(now)) if item]
    kept = [item for item in found if kind in (None, item.kind)]
    store.close()
    if as_json:
        print_json({"revived": revived, "backlog": [_as_json(item, now) for item in kept]})
        return
    if revived is not None:
        composition.tell("cli-revived", count=revived)
    if kept:
        show_table(composition, COLUMNS, [_row(item, now) for item in kept])
    else:
        composition.tell("cli-no-backlog")


def _seconds(item: Backlog, now: datetime) -> int:
    return max(int((now - item.oldest).total_seconds()), 0)


def _as_json(item: Backlog, now: datetime) -> dict[str, Any]:
    return {
        "kind": item.kind,
        "waiting": item.waiting,
        "leased": item.leased,
        "failed": item.failed,
        "dead": item.dead,
        "oldest_seconds": _seconds(item, now),
        "last_error": item.last_error,
    }


def _row(item: Backlog, now: datetime) -> list[str | None]:
    numbers = (item.waiting, item.leased, item.failed, item.dead)
    hours, rest = divmod(_seconds(item, now), 3600)
    return [item.kind, *map(str, numbers), f"{hours}:{rest // 60:02}:{rest % 60:02}", item.last_error]
