"""`fit`: what each post carries, and what sharing, pairs, merging or more positions would change. Needs no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click

from core.cli.folder import FolderType
from core.cli.group import Composition, commands, print_json
from core.cli.table import show_table
from core.engine.decision import Reason
from core.governance.checking import compiled, read_locality
from core.governance.fitting import Fitted, fit
from core.governance.fitting_ground import known_post, sites
from core.governance.fitting_options import Option, Wishes, plain
from core.manifest.documents import read_documents
from core.messages import LANGUAGES, Language, render

LOADS = ("post", "cells", "households", "quota", "staff", "most-cells", "most-households", "hours", "verdict")
OPTIONS = ("option", "cells", "positions", "added", "uncovered", "most-cells", "most-households", "hours", "cost")


class Amount(click.ParamType):
    """A decimal number that is not negative; `most` bounds it."""

    name = "number"

    def __init__(self, most: int | None = None) -> None:
        self.most = most

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> Decimal:
        try:
            number = Decimal(value)
        except InvalidOperation:
            self.fail(f"{value!r} is not a number", param, context)
        if not number.is_finite() or number < 0 or (self.most is not None and number > self.most):
            self.fail(f"{value!r} is out of range", param, context)
        return number


class Staff(click.ParamType):
    """POST=N."""

    name = "POST=N"

    def convert(self, value: Any, param: click.Parameter | None, context: click.Context | None) -> tuple[str, int]:
        post, _, number = str(value).partition("=")
        if not post or not number.isascii() or not number.isdigit():
            self.fail(f"{value!r} is not POST=N", param, context)
        return post, int(number)


@commands.command("fit")
@click.argument("folder", type=FolderType())
@click.option("--post", "posts", multiple=True, help="Options for this post 只看此岗位的办法")
@click.option("--staff", multiple=True, type=Staff(), help="How many there are 实有人数 (else the quota 缺省为员额)")
@click.option("--households-per-cell", type=Amount(), help="Most households a cell 每格最多户数 (else by the rule)")
@click.option("--hours-per-week", type=Amount(), help="Hours that a holder has a week 每人每周可用小时")
@click.option("--cost-per-post", type=Amount(), help="Cost of one position 每个岗位的费用")
@click.option("--funded-share", type=Amount(1), default="0", help="Share that others pay, 0 to 1 上级等承担的比例")
@click.option("--budget", type=Amount(), help="What may be spent on positions 可用于增岗的预算")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def fit_command(
    composition: Composition,
    folder: Path,
    posts: Sequence[str],
    staff: Sequence[tuple[str, int]],
    households_per_cell: Decimal | None,
    hours_per_week: Decimal | None,
    cost_per_post: Decimal | None,
    funded_share: Decimal,
    budget: Decimal | None,
    form: str,
) -> None:
    """What each post carries and what would lighten it 测算各岗位负荷与减负办法.

    Compares households, cells and hours of duties with the quota, and shows sharing cells, pairs (AB 岗), merging,
    more positions (公益岗位) and dividing by the rule, each with its arithmetic. Prices are only those given here.
    """
    source = read_locality(folder)
    scheme = compiled(source, composition.plugins(composition.settings()).resolve)
    wanted = [known_post(scheme, post) for post in posts]
    found = sites(scheme, read_documents(source)[0], dict(staff), households_per_cell or None)
    fitted = fit(found, Wishes(hours_per_week, cost_per_post, funded_share, budget), wanted)
    if form == "json":
        print_json({"locality": source.id, "posts": [_said_as_dict(each) for each in fitted]})
        return
    show_table(composition, LOADS, [_load_row(composition.language, each) for each in fitted])
    for each in fitted:
        if each.options:
            _show(composition, each, cost_per_post is not None)
    if not any(each.options for each in fitted):
        composition.tell("fit-nothing-to-do")


def _load_row(language: Language, each: Fitted) -> list[str | None]:
    site, load = each.site, each.load
    verdicts = [Reason("fit-short", {})] if each.short else []
    numbers = (len(site.households), sum(site.households), site.quota, site.staff)
    heaviest = (load.cells, load.households) if load else (None, None)
    told = "; ".join(_render(reason, language) for reason in (*verdicts, *each.exceeds))
    name = f"{site.label.as_dict()[language]} {site.post}"
    return [name, *map(_text, (*numbers, *heaviest, plain(each.hours))), told]


def _show(composition: Composition, each: Fitted, priced: bool) -> None:
    """One post: its options, the sums behind each, and what they come to."""
    site, language = each.site, composition.language
    click.echo()
    numbers = {"cells": len(site.households), "households": sum(site.households), "staff": site.staff}
    composition.tell("fit-heading", post=site.label.as_dict(), place=site.place.as_dict(), **numbers)
    show_table(composition, OPTIONS, [_option_row(language, option) for option in each.options])
    for option in each.options:
        for reason in (*option.arithmetic, *option.exceeds):
            click.echo(f"  {_name(option, language)}: {_render(reason, language)}")
    if site.unknown:
        composition.tell("fit-unknown-households", cells=site.unknown)
    if not priced:
        composition.tell("fit-no-price")
    for line in _advice(each, language):
        click.echo(line)


def _advice(each: Fitted, language: Language) -> Iterator[str]:
    """What covers every cell, and what of it keeps every bound."""
    covering = [f"{_name(option, language)} ({option.load.households})" for option in each.covering]
    if covering:
        yield render("fit-covering", {"options": "; ".join(covering)}, language)
    within = [f"{_name(option, language)} (+{max(option.added, 0)})" for option in each.within]
    code = "fit-within" if within else "fit-none-within"
    yield render(code, {"options": "; ".join(within)}, language)


def _option_row(language: Language, option: Option) -> list[str | None]:
    load = option.load
    numbers = (option.cells, option.positions, option.added, load.uncovered, load.cells, load.households)
    return [_name(option, language), *map(_text, (*numbers, plain(option.hours), plain(option.cost)))]


def _name(option: Option, language: Language) -> str:
    return render(f"fit-option-{option.id}", {}, language)


def _text(value: float | None) -> str | None:
    return None if value is None else str(value)


def _render(reason: Reason, language: Language) -> str:
    return render(reason.code, reason.params, language)


def _said_as_dict(each: Fitted) -> dict[str, Any]:
    """The numbers, with every reason said in both languages."""
    found = each.as_dict()
    for option, shown in zip(each.options, found["options"], strict=True):
        shown["label"] = {language: _name(option, language) for language in LANGUAGES}
        for name in ("arithmetic", "exceeds"):
            for reason in shown[name]:
                reason["message"] = {lang: render(reason["code"], reason["params"], lang) for lang in LANGUAGES}
    return found
