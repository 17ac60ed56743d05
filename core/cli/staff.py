"""`staff` and `duty`: accounts, posts, tokens, and the duty mode of a district, by whoever runs the host."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import click

from core.cli.group import Composition, commands
from core.cli.installation import opened
from core.cli.table import NOTHING, show_table
from core.governance import staffing
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment

PEOPLE = ("name", "account", "post", "label", "cell", "organisation", "since")
TOKENS = ("token", "scopes", "district", "expires", "revoked")


@commands.group()
def staff() -> None:
    """Accounts, posts and tokens 人员、岗位与令牌."""


@staff.command()
@click.argument("locality")
@click.argument("name")
@click.argument("post")
@click.option("--cell", default=None, show_default="none 无", help="Cell of the post 网格")
@click.option(
    "--organisation", default=None, show_default="the post's own 岗位所属", help="Organisation of the post 单位"
)
@click.pass_obj
def assign(
    composition: Composition, locality: str, name: str, post: str, cell: str | None, organisation: str | None
) -> None:
    """Put an account on a post 任岗; the account is made when it is new."""
    services = opened(composition)
    scheme = _scheme(services, locality)
    done = staffing.assign(services.store, scheme, name, post, services.clock.now(), cell, organisation)
    made = done.assignment
    label = scheme.roster.posts[post].label.as_dict()
    where = made.cell or made.organisation or locality
    composition.tell("cli-assigned", name=name, post=label, where=where)
    if done.holders > done.positions:
        composition.tell("cli-post-full", post=label, where=where, positions=done.positions, holders=done.holders)


@staff.command()
@click.argument("locality")
@click.argument("name")
@click.argument("post")
@click.option("--cell", default=None, show_default="wherever it is 任何一处", help="Cell of the post 网格")
@click.option("--organisation", default=None, show_default="any 任何", help="Organisation of the post 单位")
@click.pass_obj
def leave(
    composition: Composition, locality: str, name: str, post: str, cell: str | None, organisation: str | None
) -> None:
    """End what an account holds on a post, now 卸任."""
    services = opened(composition)
    scheme = _scheme(services, locality)
    ended = staffing.leave(services.store, scheme, name, post, services.clock.now(), cell, organisation)
    held = ended[0].assignment
    composition.tell("cli-left", name=name, post=_label(scheme, post, composition), where=_where(held) or locality)


@staff.command()
@click.argument("name")
@click.option(
    "--locality", default=None, show_default="wherever NAME holds a post 任职各地", help="Good there only 地区"
)
@click.option(
    "--scope",
    "scopes",
    multiple=True,
    type=click.Choice(staffing.SCOPES),
    default=("read", "report", "act"),
    show_default=True,
    help="What it allows 权限",
)
@click.option(
    "--days", type=click.IntRange(1, 3650), default=None, show_default="for ever 不限", help="Days it lasts 有效天数"
)
@click.pass_obj
def token(composition: Composition, name: str, locality: str | None, scopes: tuple[str, ...], days: int | None) -> None:
    """Issue a token and show its secret once, on the last line 签发令牌."""
    services = opened(composition)
    made, secret = staffing.issue_token(services.store, locality, name, scopes, services.clock.now(), days)
    told = {"scopes": " ".join(_in_order(made.scopes)), "district": made.locality or "*"}
    composition.tell("cli-token-issued", id=made.id, expires=_minute(made.expires_at) or NOTHING, **told)
    composition.tell("cli-secret-once")
    click.echo(secret)


@staff.command()
@click.argument("token_id")
@click.pass_obj
def revoke(composition: Composition, token_id: str) -> None:
    """Revoke a token 吊销令牌."""
    services = opened(composition)
    done = services.store.accounts.revoke(token_id, services.clock.now())
    composition.tell("cli-token-revoked" if done else "cli-token-not-valid")


@staff.command(name="list")
@click.argument("locality")
@click.pass_obj
def list_staff(composition: Composition, locality: str) -> None:
    """Who holds which post now, and since when by the district's time 现任人员."""
    services = opened(composition)
    scheme = _scheme(services, locality)
    with services.store.read(locality) as reading:
        held = reading.assignments.held(services.clock.now())
    zone = ZoneInfo(scheme.locality.time_zone)
    rows = [
        (
            item.name,
            item.assignment.account,
            item.assignment.post,
            _label(scheme, item.assignment.post, composition),
            item.assignment.cell,
            item.assignment.organisation,
            _minute(item.since, zone),
        )
        for item in held
    ]
    show_table(composition, PEOPLE, rows)


@staff.command()
@click.argument("name")
@click.pass_obj
def tokens(composition: Composition, name: str) -> None:
    """The tokens of an account, revoked ones too; times in UTC, * is every district 令牌."""
    services = opened(composition)
    account = staffing.account_of(services.store, name)
    rows = [
        (
            item.id,
            " ".join(_in_order(item.scopes)),
            item.locality or "*",
            _minute(item.expires_at),
            _minute(item.revoked_at),
        )
        for item in services.store.accounts.tokens(account.id)
    ]
    show_table(composition, TOKENS, rows)


@commands.command()
@click.argument("locality")
@click.argument("mode")
@click.option(
    "--hours",
    type=click.IntRange(1),
    default=None,
    show_default="the longest allowed 最长时限",
    help="Ends by itself after 若干小时后自动结束",
)
@click.option("--by", required=True, help="Who calls it 批准人")
@click.pass_obj
def duty(composition: Composition, locality: str, mode: str, hours: int | None, by: str) -> None:
    """Call a duty mode, e.g. wartime; it ends by itself 宣布值守状态."""
    services = opened(composition)
    scheme = _scheme(services, locality)
    until = staffing.call_duty_mode(services.store, scheme, mode, by, services.clock.now(), hours)
    label = scheme.roster.duty_modes[mode].label
    ends = until.isoformat() if until else "–"
    composition.tell("cli-duty-mode", mode=label.as_dict(), ends=ends)


def _scheme(services: Any, locality: str) -> Scheme:
    with services.store.read(locality) as reading:
        found: Scheme = services.casework.schemes.current(reading)
    return found


def _label(scheme: Scheme, post: str, composition: Composition) -> str:
    """The post's name; its id when today's scheme no longer has it."""
    declared = scheme.roster.posts.get(post)
    return declared.label.as_dict()[composition.language] if declared else post


def _where(held: Assignment) -> str | None:
    return held.cell or held.organisation


def _in_order(scopes: frozenset[str]) -> list[str]:
    return [scope for scope in staffing.SCOPES if scope in scopes]


def _minute(at: datetime | None, zone: tzinfo = UTC) -> str | None:
    """ISO 8601 to the minute, with the zone's offset."""
    return at.astimezone(zone).isoformat(timespec="minutes") if at else None
