"""`explain`: why a manifest would send a case where it does, and when a limit would fall due. Needs no database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from core.cli.folder import FolderType
from core.cli.group import Composition, commands, print_json
from core.cli.table import NOTHING
from core.governance.checking import compiled, read_locality
from core.governance.explaining import explain_code, explain_dispatch, explain_limit
from core.messages import Language, render
from core.scheme.scheme import Scheme

FOLDER = click.argument("folder", type=FolderType())
LOCAL = click.DateTime(["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"])


@commands.group()
def explain() -> None:
    """Explain what a manifest decides 解释方案的判定."""


@explain.command()
@FOLDER
@click.option("--category", required=True, help="Class code 类别代码")
@click.option("--cell", required=True, help="Cell code 网格代码")
@click.option("--at", type=LOCAL, default="2026-03-02T10:00", show_default=True, help="Local time 当地时间")
@click.option("--kind", default=None, help="Case kind 案件种类")
@click.option("--channel", default=None, help="Channel 渠道")
@click.option("--severity", default=None, help="Severity 严重程度")
@click.option("--object", "thing", default=None, help="Registry object 登记对象")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.pass_obj
def dispatch(composition: Composition, folder: Path, as_json: bool, kind: str | None, **asked: Any) -> None:
    """Which rule sends a case where, and why the others lost 派给谁、为何."""
    found = explain_dispatch(_compiled(composition, folder), case_kind=kind, **asked)
    if as_json:
        print_json(found)
        return
    if found["handler"] is None:
        composition.tell("cli-no-rule")
    else:
        handler = found["handler"]
        rule = found["rule"] or NOTHING
        click.echo(f"→ {handler['kind']}:{handler['value']}  {rule} {found['layer'] or NOTHING}  {found['place']}")
        click.echo(f"  {found['basis']}  [{found['origin']}]")
    for reason in found["reasons"]:
        click.echo(f"  {_said(reason, composition.language)}")
    for loser in found["runners_up"]:
        click.echo(f"  ✗ {loser['rule']}  {_said(loser['lost_by'], composition.language)}  {loser['place']}")
    more = found["total"] - len(found["runners_up"])
    if more:
        composition.tell("cli-rules-beside", more=more)


@explain.command()
@FOLDER
@click.option("--limit", required=True, help="Limit 时限")
@click.option("--from", "start", type=LOCAL, required=True, help="Local start 起点（当地时间）")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.pass_obj
def deadline(composition: Composition, folder: Path, limit: str, start: datetime, as_json: bool) -> None:
    """When a limit falls due, with every interval that counts 何时到期、逐段说明."""
    found = explain_limit(_compiled(composition, folder), limit, start)
    if as_json:
        print_json(found)
        return
    composition.tell("cli-limit-due", **{name: found[name] for name in ("due_at", "amount", "unit", "allowed_seconds")})
    if found["provisional"]:
        click.echo(f"  {render('deadline-provisional', {}, composition.language)}")
    for interval in found["counted"]:
        why = render(interval["why"], {}, composition.language)
        click.echo(f"  {interval['start'][:16]} … {interval['end'][:16]}  {interval['seconds']:>6} s  {why}")


@explain.command()
@FOLDER
@click.option("--category", required=True, help="Class code 类别代码")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.pass_obj
def code(composition: Composition, folder: Path, category: str, as_json: bool) -> None:
    """Which codes of published lists a class stands for 类别对应哪些标准代码."""
    found = explain_code(_compiled(composition, folder), category)
    if as_json:
        print_json(found)
        return
    click.echo(f"{found['category']}  {found['label'][composition.language]}")
    for each in found["mapped"]:
        label = each["label"][composition.language] if each["label"] else ""
        relation = render(f"relation-{each['relation']}", {}, composition.language)
        click.echo(f"  {each['list']}  {each['kind'] or '–'}  {each['code']}  {label}  {relation}")
    if not found["mapped"]:
        composition.tell("cli-code-unmapped")


def _compiled(composition: Composition, folder: Path) -> Scheme:
    return compiled(read_locality(folder), composition.plugins(composition.settings()).resolve)


def _said(reason: Mapping[str, Any], language: Language) -> str:
    return render(reason["code"], reason["params"], language)
