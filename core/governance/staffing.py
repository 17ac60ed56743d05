"""Who holds which post, who has which token, and which duty mode holds: the host's own administration.

Checks every id against the scheme that holds today; writes rows, never manifests. A refusal names the nearest id.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.errors import Conflict, NotFound, Unprocessable
from core.governance.demo_people import positions
from core.manifest.nearest import NONE, meant, nearest
from core.scheme.roster import Post
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment
from core.store import Account, Held, Store, Token

SCOPES = ("read", "report", "act", "admin")


@dataclass(frozen=True, slots=True)
class Assigned:
    """An assignment that was made; how many positions the quota gives its place, and how many hold one there now."""

    assignment: Assignment
    positions: int
    holders: int


def open_account(store: Store, name: str, now: datetime) -> Account:
    """An account of that name; the one that exists already is given back."""
    return store.accounts.by_name(name) or store.accounts.create(name, now)


def assign(
    store: Store,
    scheme: Scheme,
    name: str,
    post: str,
    now: datetime,
    cell: str | None = None,
    organisation: str | None = None,
    until: datetime | None = None,
) -> Assigned:
    """Put an account on a post from now on; the account is made when there is none of that name.

    More holders than the quota has positions are the district's own affair: the answer says so. Raises NotFound
    `post-unknown`, `cell-unknown`, `organisation-unknown` (or their `-near`); Unprocessable `assignment-needs-cell`
    and `assignment-wrong-tier` when the post belongs to a tier and no cell, or one of another tier, is named; Conflict
    `assignment-exists` when the account holds the post there already.
    """
    if post not in scheme.roster.posts:
        raise _unknown("post-unknown", post, scheme.roster.posts)
    declared = scheme.roster.posts[post]
    if organisation is not None and organisation not in scheme.roster.organisations:
        raise _unknown("organisation-unknown", organisation, scheme.roster.organisations)
    _require_cell(scheme, declared, cell)
    account = open_account(store, name, now)
    made = Assignment(account.id, post, cell, organisation or declared.organisation, now, until)
    with store.unit(scheme.locality.id) as unit:
        holding = [held for held in unit.assignments.holding(now) if held.post == post]
        if any(held.account == account.id and _place(held) == _place(made) for held in holding):
            where = _place(made) or scheme.locality.id
            raise Conflict("assignment-exists", name=name, post=declared.label.as_dict(), where=where)
        unit.assignments.add(made, now)
        unit.keep()
    given = [position for position in positions(scheme) if position.post == post]
    return Assigned(made, *(sum(_shares(declared, held, made) for held in all_) for all_ in (given, [*holding, made])))


def leave(
    store: Store,
    scheme: Scheme,
    name: str,
    post: str,
    now: datetime,
    cell: str | None = None,
    organisation: str | None = None,
) -> tuple[Held, ...]:
    """End what an account holds on a post, now; without `cell` and `organisation` wherever that is. A post that today's
    scheme no longer has can be left too.

    Raises NotFound `account-unknown`, `assignment-unknown`; Conflict `assignment-ambiguous` when the account holds the
    post in several places.
    """
    account = account_of(store, name)
    with store.unit(scheme.locality.id) as unit:
        mine = tuple(
            held
            for held in unit.assignments.held(now)
            if (held.assignment.account, held.assignment.post) == (account.id, post)
            and cell in (None, held.assignment.cell)
            and organisation in (None, held.assignment.organisation)
        )
        places = {_place(held.assignment) or "–" for held in mine}
        if not mine:
            raise NotFound("assignment-unknown", name=name, post=post, where=cell or organisation or scheme.locality.id)
        if len(places) > 1:
            raise Conflict("assignment-ambiguous", name=name, post=post, places=" ".join(sorted(places)))
        for held in mine:
            unit.assignments.end(held.id, now)
        unit.keep()
    return mine


def account_of(store: Store, name: str) -> Account:
    """The account of that name. Raises NotFound `account-unknown`."""
    account = store.accounts.by_name(name)
    if account is None:
        raise NotFound("account-unknown", account=name)
    return account


def issue_token(
    store: Store, locality: str | None, name: str, scopes: Iterable[str], now: datetime, days: int | None = None
) -> tuple[Token, str]:
    """A token and its secret, shown this once. Raises NotFound `account-unknown`."""
    account = account_of(store, name)
    expires = now + timedelta(days=days) if days is not None else None
    return store.accounts.issue_token(account.id, scopes, now, locality=locality, expires_at=expires)


def call_duty_mode(
    store: Store, scheme: Scheme, mode: str, by: str, now: datetime, hours: int | None
) -> datetime | None:
    """Call a duty mode; answers when it ends by itself.

    A crisis mode runs at most as long as the scheme lets it. Raises NotFound `duty-mode-unknown` and Unprocessable
    `duty-mode-too-long`.
    """
    declared = scheme.roster.duty_modes.get(mode)
    if declared is None:
        known = scheme.roster.duty_modes
        raise NotFound("duty-mode-unknown", value=mode, nearest=nearest(mode, known) or "–")
    longest = declared.max_hours if declared.crisis else None
    if longest is not None and (hours or longest) > longest:
        raise Unprocessable("duty-mode-too-long", mode=mode, hours=hours, longest=longest)
    lasting = hours or longest
    until = now + timedelta(hours=lasting) if lasting is not None else None
    with store.unit(scheme.locality.id) as unit:
        unit.duty.start(mode if declared.crisis else None, by, now, until if declared.crisis else None)
        unit.keep()
    return until if declared.crisis else None


def _require_cell(scheme: Scheme, post: Post, cell: str | None) -> None:
    """The cell has to exist, and to be of the post's tier if the post has one."""
    cells = scheme.grid.cells
    if cell is not None and cell not in cells:
        raise _unknown("cell-unknown", cell, cells)
    if post.tier is None or (cell is not None and cells[cell].tier == post.tier):
        return
    tiers = {tier.id: tier.label.as_dict() for tier in scheme.grid.tiers}
    label, wanted = post.label.as_dict(), tiers[post.tier]
    if cell is None:
        raise Unprocessable("assignment-needs-cell", post=label, tier=wanted)
    related = (code for code in scheme.grid.cells if scheme.grid.within(code, cell) or scheme.grid.within(cell, code))
    example = next((code for code in related if cells[code].tier == post.tier), "–")
    found = tiers[cells[cell].tier]
    raise Unprocessable("assignment-wrong-tier", cell=cell, found=found, post=label, tier=wanted, example=example)


def _place(held: Assignment) -> str | None:
    """Where a post is held: in a cell, otherwise in an organisation."""
    return held.cell or held.organisation


def _shares(post: Post, held: Assignment, other: Assignment) -> bool:
    """Whether two assignments to the post draw on the same part of its quota."""
    if post.quota.basis == "fixed":
        return True
    if post.quota.basis == "unit":
        return held.organisation == other.organisation
    return held.cell == other.cell


def _unknown(code: str, value: str, options: Collection[str]) -> NotFound:
    near = meant(value, options)
    return NotFound(code, value=value) if near == NONE else NotFound(f"{code}-near", value=value, nearest=near)
