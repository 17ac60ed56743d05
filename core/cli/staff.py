"""`staff` and `duty`: accounts, posts, tokens, and the duty mode of a district, by whoever runs the host."""

from __future__ import annotations

from typing import Any

import click

from core.cli.group import Composition, commands
from core.governance import staffing
from core.scheme.scheme import Scheme


@commands.group()
def staff() -> None:
    """Accounts, posts and tokens 人员、岗位与令牌."""


@staff.command()
@click.argument("locality")
@click.argument("name")
@click.argument("post")
@click.option("--cell", default=None, help="Cell of the post 网格")
@click.option("--organisation", default=None, help="Organisation of the post 单位")
@click.pass_obj
def assign(
    composition: Composition, locality: str, name: str, post: str, cell: str | None, organisation: str | None
) -> None:
    """Put an account on a post 任岗; the account is made when it is new."""
    services = composition.build(composition.settings())
    scheme = _scheme(services, locality)
    made = staffing.assign(services.store, scheme, name, post, services.clock.now(), cell, organisation)
    label = scheme.roster.posts[post].label
    where = made.cell or made.organisation or locality
    composition.tell("cli-assigned", name=name, post=label.as_dict(), where=where)


@staff.command()
@click.argument("name")
@click.option("--locality", default=None, help="Good for this district only 仅限此地区")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(staffing.SCOPES), default=("read", "report", "act"))
@click.option("--days", type=click.IntRange(1, 3650), default=None, help="Days until it expires 有效天数")
@click.pass_obj
def token(composition: Composition, name: str, locality: str | None, scopes: tuple[str, ...], days: int | None) -> None:
    """Issue a token and show its secret once 签发令牌."""
    services = composition.build(composition.settings())
    _, secret = staffing.issue_token(services.store, locality, name, scopes, services.clock.now(), days)
    composition.tell("cli-secret-once")
    click.echo(secret)


@staff.command()
@click.argument("token_id")
@click.pass_obj
def revoke(composition: Composition, token_id: str) -> None:
    """Revoke a token 吊销令牌."""
    services = composition.build(composition.settings())
    done = services.store.accounts.revoke(token_id, services.clock.now())
    composition.tell("cli-token-revoked" if done else "cli-token-not-valid")


@staff.command(name="list")
@click.argument("locality")
@click.pass_obj
def list_staff(composition: Composition, locality: str) -> None:
    """Who holds which post now, with their tokens 现任人员与令牌."""
    services = composition.build(composition.settings())
    now = services.clock.now()
    with services.store.read(locality) as reading:
        holding = reading.assignments.holding(now)
    for held in holding:
        account = services.store.accounts.get(held.account)
        tokens = [token.id for token in services.store.accounts.tokens(held.account) if token.revoked_at is None]
        name = account.name if account else held.account
        click.echo(f"{name}  {held.post}  {held.cell or held.organisation or '-'}  {' '.join(tokens)}")


@commands.command()
@click.argument("locality")
@click.argument("mode")
@click.option("--hours", type=click.IntRange(1), default=None, help="Ends by itself after 若干小时后自动结束")
@click.option("--by", required=True, help="Who calls it 批准人")
@click.pass_obj
def duty(composition: Composition, locality: str, mode: str, hours: int | None, by: str) -> None:
    """Call a duty mode, e.g. wartime; it ends by itself 宣布值守状态."""
    services = composition.build(composition.settings())
    scheme = _scheme(services, locality)
    until = staffing.call_duty_mode(services.store, scheme, mode, by, services.clock.now(), hours)
    label = scheme.roster.duty_modes[mode].label
    ends = until.isoformat() if until else "–"
    composition.tell("cli-duty-mode", mode=label.as_dict(), ends=ends)


def _scheme(services: Any, locality: str) -> Scheme:
    with services.store.read(locality) as reading:
        found: Scheme = services.casework.schemes.current(reading)
    return found
