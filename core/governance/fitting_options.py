"""What may be done about a post's load: sharing, pairs (AB 岗), merging, more positions, dividing by the rule.

Each option carries its own arithmetic as codes with numbers, so that anybody can follow it with a pencil. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Any

from core.engine.decision import Reason
from core.governance.fitting_load import Load, one_each, shared, with_one_away
from core.scheme.label import Label


@dataclass(frozen=True)
class Site:
    """A post with the cells that are its holders' to look after.

    households  of each cell; `unknown` of them are not counted in the manifest and stand here as 0
    quota       how many positions the scheme calls for; `staff` is how many there are
    cell_hours  hours a week that the duties ask for in each cell; `own_hours` of each holder, whatever the cells
    maximum     the most households that a cell may have, by the division rule (or wish) that `rule` names
    """

    post: str
    label: Label
    place: Label
    households: tuple[int, ...]
    quota: int
    staff: int
    unknown: int = 0
    cell_hours: Decimal = Decimal(0)
    own_hours: Decimal = Decimal(0)
    maximum: Decimal | None = None
    rule: str | None = None


@dataclass(frozen=True)
class Wishes:
    """What the user gives: hours that a holder has in a week, a price, the share that others pay, a budget."""

    hours_per_week: Decimal | None = None
    cost_per_post: Decimal | None = None
    funded_share: Decimal = Decimal(0)
    budget: Decimal | None = None

    @property
    def own_cost(self) -> Decimal | None:
        """What one more position costs the user."""
        return None if self.cost_per_post is None else self.cost_per_post * (1 - self.funded_share)


@dataclass(frozen=True)
class Option:
    """One way: how many cells and positions there are then, what they carry, what it costs, and why."""

    id: str
    cells: int
    positions: int
    added: int
    load: Load
    hours: Decimal | None
    cost: Decimal | None
    exceeds: tuple[Reason, ...]
    arithmetic: tuple[Reason, ...]


def options(site: Site, wishes: Wishes) -> tuple[Option, ...]:
    """Every option that applies, the present state first."""
    return tuple(_every(site, wishes)) if site.households else ()


def _every(site: Site, wishes: Wishes) -> Iterator[Option]:
    cells, staff, households = len(site.households), site.staff, sum(site.households)
    by_rule = _ceiling(Decimal(households) / site.maximum) if site.maximum else None
    yield _as_it_is(site, wishes)
    if 0 < staff < cells:
        yield _made(site, wishes, "share", cells, staff, shared(site.households, staff))
    if 1 < staff <= cells:
        yield _pairs(site, wishes)
    fits = site.maximum is not None and max(site.households) <= site.maximum
    merged = staff if staff < cells else by_rule if fits else None
    if merged and merged < cells:
        load = Load(merged, ((1, merged),), 1, _ceiling(Decimal(households) / merged))
        told = Reason("fit-evenly", {"households": households, "cells": merged, "most": load.households})
        yield _made(site, wishes, "merge", merged, merged, load, told)
    if staff < cells:
        yield from _more_posts(site, wishes)
    elif site.maximum and not fits:
        yield _second_holders(site, wishes, site.maximum)
    if by_rule is not None and by_rule > cells:
        load = Load(by_rule, ((1, by_rule),), 1, _ceiling(Decimal(households) / by_rule))
        numbers = {"households": households, "maximum": plain(site.maximum), "rule": site.rule, "cells": by_rule}
        told = Reason("fit-divided", {**numbers, "most": load.households})
        yield _made(site, wishes, "divide", by_rule, by_rule, load, told)


def _as_it_is(site: Site, wishes: Wishes) -> Option:
    cells, load = len(site.households), one_each(site.households, site.staff)
    numbers = {"cells": cells, "staff": site.staff, "uncovered": load.uncovered, "without": load.without}
    told = [Reason("fit-one-each", numbers)] if load.uncovered else []
    return _made(site, wishes, "now", cells, site.staff, load, *told)


def _pairs(site: Site, wishes: Wishes) -> Option:
    """AB 岗: no more positions; each cell has a second holder for when the first is away."""
    away, cells, households = with_one_away(site.households, site.staff)
    numbers = {"cells": cells, "households": households, "most_cells": away.cells, "most": away.households}
    load = shared(site.households, site.staff)
    return _made(site, wishes, "pair", len(site.households), site.staff, load, Reason("fit-away", numbers))


def _more_posts(site: Site, wishes: Wishes) -> Iterator[Option]:
    """公益岗位 and the like: one holder a cell, and as far as the budget goes."""
    cells = len(site.households)
    lacking, price = cells - site.staff, wishes.own_cost
    told = Reason("fit-lacking", {"cells": cells, "staff": site.staff, "added": lacking})
    yield _made(site, wishes, "add", cells, cells, shared(site.households, cells), told)
    if wishes.budget is None or not price:
        return
    affordable = int(wishes.budget // price)
    if 0 < affordable < lacking:
        numbers = {"budget": plain(wishes.budget), "price": plain(price), "added": affordable}
        positions = site.staff + affordable
        load = shared(site.households, positions)
        yield _made(site, wishes, "afford", cells, positions, load, Reason("fit-affordable", numbers))


def _second_holders(site: Site, wishes: Wishes, maximum: Decimal) -> Option:
    """As many holders in each cell as its households ask for."""
    heavy = [count for count in site.households if count > maximum]
    positions = max(site.staff, sum(max(_ceiling(count / maximum), 1) for count in site.households))
    load = shared(site.households, positions)
    numbers = {"heavy": len(heavy), "maximum": plain(maximum), "added": positions - site.staff}
    told = Reason("fit-second-holder", {**numbers, "most": load.households})
    return _made(site, wishes, "second", len(site.households), positions, load, told)


def _made(site: Site, wishes: Wishes, id: str, cells: int, positions: int, load: Load, *told: Reason) -> Option:
    """An option with what follows from its load: hours, cost, broken bounds, and the sums to check them by."""
    added = positions - site.staff
    price = wishes.own_cost
    cost = None if price is None else price * max(added, 0)
    hours = hours_of(site, load.cells)
    exceeds = list(bounds_broken(site, wishes, load.households, hours))
    if cost is not None and wishes.budget is not None and cost > wishes.budget:
        exceeds.append(Reason("fit-above-budget", {"cost": plain(cost), "budget": plain(wishes.budget)}))
    sums = [*told, *_sums(site, load, hours)]
    if added > 0 and wishes.cost_per_post is not None and cost is not None:
        numbers = {"price": plain(wishes.cost_per_post), "funded": plain(wishes.funded_share), "cost": plain(cost)}
        sums.append(Reason("fit-cost", {"added": added, **numbers}))
    return Option(id, cells, positions, added, load, hours, cost, tuple(exceeds), tuple(sums))


def _sums(site: Site, load: Load, hours: Decimal | None) -> Iterator[Reason]:
    if load.cells > 1:
        mean = round(Decimal(sum(site.households)) / load.holders, 1)
        numbers = {"sum": load.sum, "households": sum(site.households), "holders": load.holders}
        yield Reason("fit-shared", {**numbers, "mean": plain(mean), "most": load.households})
    if hours is not None:
        numbers = {"cells": load.cells, "each": plain(site.cell_hours), "own": plain(site.own_hours)}
        yield Reason("fit-hours", {**numbers, "hours": plain(hours)})


def hours_of(site: Site, cells: int) -> Decimal | None:
    """Hours a week of a holder with so many cells; None when no duty states its hours."""
    if not site.cell_hours and not site.own_hours:
        return None
    return site.cell_hours * cells + site.own_hours


def bounds_broken(site: Site, wishes: Wishes, households: int, hours: Decimal | None) -> tuple[Reason, ...]:
    """Which bounds the heaviest holder breaks: households by the rule or wish, hours by the wish."""
    found = []
    if site.maximum is not None and households > site.maximum:
        numbers: dict[str, Any] = {"value": households, "maximum": plain(site.maximum), "rule": site.rule}
        found.append(Reason("fit-above-households", numbers))
    if wishes.hours_per_week is not None and hours is not None and hours > wishes.hours_per_week:
        found.append(Reason("fit-above-hours", {"value": plain(hours), "maximum": plain(wishes.hours_per_week)}))
    return tuple(found)


def plain(value: Decimal | None) -> int | float | None:
    """A number as a sentence and JSON have it."""
    if value is None:
        return None
    return int(value) if value == value.to_integral_value() else float(value)


def _ceiling(value: Decimal) -> int:
    return int(value.to_integral_value(ROUND_CEILING))
