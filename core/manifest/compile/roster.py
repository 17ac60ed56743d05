"""roster.yaml → Roster, with the positions that the quotas call for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_CEILING, Decimal

from core.errors import Finding
from core.manifest.compile.values import file_origin, label, labels, number, origin, window
from core.manifest.node import Node
from core.scheme.grid import Cell, Grid
from core.scheme.roster import Duty, DutyMode, Organisation, Post, Quota, Role, Roster, Team, Vacancies
from core.scheme.scheme import Parameter


def compile_roster(root: Node, grid: Grid, parameters: Mapping[str, Parameter]) -> tuple[Roster, list[Finding]]:
    """The roster; a quota that cannot be counted is a finding."""
    inherited = file_origin(root)
    organisations = {item["id"].value: _organisation(item, inherited) for item in root["organisations"]}
    posts = {item["id"].value: _post(item, inherited, parameters) for item in root["posts"]}
    findings = [
        finding for item in root["posts"] for finding in _uncountable(item["quota"], posts[item["id"].value], grid)
    ]
    roster = Roster(
        organisations=organisations,
        teams={item["id"].value: _team(item, inherited) for item in root["teams"]},
        roles={item["id"].value: _role(item) for item in root["roles"]},
        posts=posts,
        duty_modes={item["id"].value: _duty_mode(item) for item in root["duty_modes"]},
        duties={item["id"].value: _duty(item, inherited) for item in root["duties"]},
        positions={post.id: positions(post, grid, organisations.values()) for post in posts.values()},
    )
    return roster, findings


def positions(post: Post, grid: Grid, organisations: Iterable[Organisation]) -> int:
    """How many positions a post's quota calls for, over the cells that have no end; each share is rounded up."""
    quota = post.quota
    if quota.basis == "fixed":
        counted = quota.amount
    elif quota.basis == "unit":
        counted = quota.amount * sum(1 for unit in organisations if not quota.kinds or unit.kind in quota.kinds)
    elif quota.basis == "cell":
        counted = quota.amount * len(_cells_of(post, grid))
    else:
        shares = (Decimal(cell.households or 0) / quota.amount for cell in _cells_of(post, grid))
        counted = sum((share.to_integral_value(ROUND_CEILING) for share in shares), Decimal(0))
    return int(counted.to_integral_value(ROUND_CEILING))


def _cells_of(post: Post, grid: Grid) -> list[Cell]:
    kinds = post.quota.kinds
    return [
        cell
        for cell in grid.cells.values()
        if cell.tier == post.tier and cell.valid_to is None and (not kinds or cell.kind in kinds)
    ]


def _uncountable(node: Node, post: Post, grid: Grid) -> list[Finding]:
    if post.quota.basis in ("cell", "ratio") and post.tier is None:
        return [Finding("compile-quota-without-tier", "error", node.place(), {"post": post.id})]
    if post.quota.basis != "ratio":
        return []
    unknown = [cell.code for cell in _cells_of(post, grid) if cell.households is None]
    if not unknown:
        return []
    params = {"post": post.id, "count": len(unknown), "first": unknown[0]}
    return [Finding("compile-households-missing", "warning", node.place(), params)]


def _organisation(item: Node, inherited: str) -> Organisation:
    return Organisation(
        id=item["id"].value,
        label=label(item["label"].value),
        kind=item["kind"].value,
        parent=item["parent"].value,
        cell=item["cell"].value,
        origin=origin(item, inherited),
    )


def _team(item: Node, inherited: str) -> Team:
    return Team(
        id=item["id"].value,
        label=label(item["label"].value),
        member_kinds=labels(item["member_kinds"]),
        organisation=item["organisation"].value,
        origin=origin(item, inherited),
    )


def _role(item: Node) -> Role:
    return Role(
        id=item["id"].value,
        label=label(item["label"].value),
        meaning=item["meaning"].value,
        reach=item["reach"].value,
        rights=frozenset(item["rights"].value or ()),
    )


def _post(item: Node, inherited: str, parameters: Mapping[str, Parameter]) -> Post:
    return Post(
        id=item["id"].value,
        label=label(item["label"].value),
        role=item["role"].value,
        quota=_quota(item["quota"], parameters),
        tier=item["tier"].value,
        organisation=item["organisation"].value,
        team=item["team"].value,
        member_kind=item["member_kind"].value,
        fallback=item["fallback"].value,
        backup=item["backup"].value,
        vacancies=Vacancies(item["vacancies"]["allowed"].value, item["vacancies"]["fill_within_days"].value),
        origin=origin(item, inherited),
    )


def _quota(item: Node, parameters: Mapping[str, Parameter]) -> Quota:
    return Quota(
        basis=item["per"].value,
        amount=amount(item["amount"], parameters),
        kinds=tuple(item["kinds"].value or ()),
        approximate=bool(item["approximate"].value),
    )


def amount(item: Node, parameters: Mapping[str, Parameter]) -> Decimal:
    """A number, or the number that `{parameter: id}` names."""
    if isinstance(item.value, dict):
        return number(parameters[item["parameter"].value].value)
    return number(item.value)


def _duty_mode(item: Node) -> DutyMode:
    return DutyMode(
        id=item["id"].value,
        label=label(item["label"].value),
        crisis=bool(item["crisis"].value),
        authority=item["authority"].value,
        max_hours=item["max_hours"].value,
        rights={role: frozenset(actions.value) for role, actions in item["rights"].entries()},
    )


def _duty(item: Node, inherited: str) -> Duty:
    times, days, hours = (item[name].value for name in ("times", "days_per_week", "hours_each"))
    return Duty(
        id=item["id"].value,
        label=label(item["label"].value),
        post=item["post"].value,
        kind=item["kind"].value,
        times=None if times is None else int(times),
        per=item["per"].value,
        days_per_week=None if days is None else int(days),
        hours_each=None if hours is None else number(hours),
        hours=tuple(window(part.text) for part in item["hours"]),
        case_kind=item["case_kind"].value,
        origin=origin(item, inherited),
    )
