"""`notify`: a test notice, so that whoever sets up notification sees at once whom it reaches and what goes wrong."""

from __future__ import annotations

import click

from core.cli.group import Composition, commands
from core.cli.installation import opened
from core.cli.table import show_table
from core.messages import render

RECIPIENTS = ("name", "account", "post", "cell", "organisation")


@commands.command()
@click.argument("locality")
@click.argument("post")
@click.option("--cell", default=None, show_default="everywhere 各处", help="Cell of the post 网格")
@click.option("--via", "plugins", multiple=True, show_default="all 全部", help="Notification plugin 通知插件")
@click.option("--dry-run", is_flag=True, help="Check what can be checked; nothing is sent 只检查，不发送")
@click.pass_context
def notify(
    context: click.Context, locality: str, post: str, cell: str | None, plugins: tuple[str, ...], dry_run: bool
) -> None:
    """Send a test notice to the holders of a post 发送测试通知."""
    composition: Composition = context.obj
    services = opened(composition)
    meant, tried = services.casework.try_notice(locality, post, cell, plugins, dry_run)
    rows = [(one.name, one.account, one.post, one.cell, one.organisation) for one in meant]
    show_table(composition, RECIPIENTS, rows)
    if not tried:
        composition.tell("cli-notice-logged-only")
    for one in tried:
        if one.failure is None:
            composition.tell("cli-notice-checked" if dry_run else "cli-notice-sent", plugin=one.plugin)
            continue
        reason = render(one.failure.code, one.failure.params, composition.language)
        composition.tell("cli-notice-failed", plugin=one.plugin, reason=reason, problem=one.failure.code)
    context.exit(1 if any(one.failure for one in tried) else 0)
