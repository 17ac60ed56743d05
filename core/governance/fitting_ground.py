"""What `fit` needs of a manifest: each post of a tier with its cells' households, its quota and its duties' hours.

Reads the compiled scheme, with the documents beside it for duties and division rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from core.errors import NotFound, Unprocessable
from core.governance.fitting_options import Site
from core.manifest.documents import Documents
from core.manifest.nearest import NONE, meant
from core.manifest.node import Node
from core.scheme.grid import Cell
from core.scheme.label import Label
from core.scheme.roster import Post
from core.scheme.scheme import Scheme

WEEKS = {"week": Decimal(1), "month": Decimal(12) / 52, "quarter": Decimal(4) / 52, "year": Decimal(1) / 52}
IN_THE_CELL = ("patrol", "visit", "watch")
"""Duties that are done in each cell; the others are done once, however many cells one has."""


def sites(
    scheme: Scheme, documents: Documents, staff: Mapping[str, int] | None = None, maximum: Decimal | None = None
) -> tuple[Site, ...]:
    """Every post of a tier that has cells. `staff` replaces the quota's positions, `maximum` the rule's households.

    Raises NotFound `post-unknown` and Unprocessable `post-without-cells` for a post of `staff` that is none of these.
    """
    staff = staff or {}
    for post_id in staff:
        known_post(scheme, post_id)
    duties = list(documents.root("roster")["duties"])
    found = []
    for post in scheme.roster.posts.values():
        cells = cells_of(scheme, post)
        if not cells:
            if post.id in staff:
                raise Unprocessable("post-without-cells", post=post.id)
            continue
        counted = [_households(scheme, cell) for cell in cells]
        bound, rule = _bound(scheme, documents, post, maximum)
        mine = [duty for duty in duties if duty["post"].value == post.id]
        found.append(
            Site(
                post=post.id,
                label=post.label,
                place=_place(scheme, post),
                households=tuple(count or 0 for count in counted),
                unknown=sum(1 for count in counted if count is None),
                quota=scheme.roster.positions[post.id],
                staff=staff.get(post.id, scheme.roster.positions[post.id]),
                cell_hours=sum((hours(duty) for duty in mine if duty["kind"].value in IN_THE_CELL), Decimal(0)),
                own_hours=sum((hours(duty) for duty in mine if duty["kind"].value not in IN_THE_CELL), Decimal(0)),
                maximum=bound,
                rule=rule,
            )
        )
    return tuple(found)


def known_post(scheme: Scheme, post: str) -> str:
    """The post's id; raises NotFound `post-unknown` (or `-near`) when the scheme has none."""
    if post in scheme.roster.posts:
        return post
    near = meant(post, scheme.roster.posts)
    if near == NONE:
        raise NotFound("post-unknown", value=post)
    raise NotFound("post-unknown-near", value=post, nearest=near)


def cells_of(scheme: Scheme, post: Post) -> list[Cell]:
    """The current cells of the post's tier and kinds, under the cell of its organisation where that has one."""
    unit = scheme.roster.organisations.get(post.organisation or "")
    under = unit.cell if unit else None
    kinds = post.quota.kinds
    return [
        cell
        for cell in scheme.grid.cells.values()
        if cell.tier == post.tier
        and cell.valid_to is None
        and (not kinds or cell.kind in kinds)
        and (under is None or scheme.grid.within(cell.code, under))
    ]


def hours(duty: Node) -> Decimal:
    """Hours a week that a duty asks for; 0 when it does not say how long it takes."""
    if duty["round_the_clock"].value:
        return Decimal(168)
    each = duty["hours_each"].value
    if each is None:
        return Decimal(0)
    times, days = Decimal(duty["times"].value or 1), duty["days_per_week"].value
    per = duty["per"].value or ("day" if days else "week")
    weekly = times * Decimal(days or 7) if per == "day" else times * WEEKS[per]
    return round(weekly * Decimal(str(each)), 2)


def _households(scheme: Scheme, cell: Cell) -> int | None:
    """The cell's own count, else that of the cells at the bottom of it; None when nothing is counted."""
    if cell.households is not None:
        return cell.households
    below = [scheme.grid.cells[code].households for code in scheme.grid.leaves if scheme.grid.within(code, cell.code)]
    counted = [count for count in below if count is not None]
    return sum(counted) if counted else None


def _bound(
    scheme: Scheme, documents: Documents, post: Post, maximum: Decimal | None
) -> tuple[Decimal | None, str | None]:
    """The most households of a cell of the post's tier: what the user wishes for the lowest tiers, else the rule's."""
    if maximum is not None:
        lowest = {scheme.grid.cells[code].tier for code in scheme.grid.leaves}
        return (maximum, None) if post.tier in lowest else (None, None)
    for rule in documents.root("grid")["division_rules"]:
        kinds = {kind.value for kind in rule["area_kinds"]}
        fits = rule["tier"].value == post.tier and (not kinds or bool(kinds & set(post.quota.kinds)))
        if rule["kind"].value == "households" and fits and rule["maximum"].value:
            return Decimal(str(rule["maximum"].value)), rule["id"].text
    return None, None


def _place(scheme: Scheme, post: Post) -> Label:
    """The cell of the post's organisation, else its tier."""
    unit = scheme.roster.organisations.get(post.organisation or "")
    if unit and unit.cell:
        return scheme.grid.cells[unit.cell].label
    return next(tier.label for tier in scheme.grid.tiers if tier.id == post.tier)
