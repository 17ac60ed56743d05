"""Who holds which post, who has which token, and which duty mode holds: the host's own administration.

Checks every id against the scheme that holds today; writes rows, never manifests. A refusal names the nearest id.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from core.errors import NotFound, Unprocessable
from core.manifest.nearest import nearest
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment
from core.store import Account, Store, Token

SCOPES = ("read", "report", "act", "admin")


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
) -> Assignment:
    """Put an account on a post from now on; the account is made when there is none of that name.

    Raises NotFound `post-unknown`, `cell-unknown`, `organisation-unknown`; Unprocessable `assignment-needs-cell` when
    the post belongs to a tier and no cell of that tier is named.
    """
    declared = scheme.roster.posts.get(post)
    if declared is None:
        raise NotFound("post-unknown", value=post, nearest=nearest(post, scheme.roster.posts) or "–")
    if cell is not None and cell not in scheme.grid.cells:
        raise NotFound("cell-unknown", value=cell, nearest=nearest(cell, scheme.grid.cells) or "–")
    if organisation is not None and organisation not in scheme.roster.organisations:
        known = scheme.roster.organisations
        raise NotFound("organisation-unknown", value=organisation, nearest=nearest(organisation, known) or "–")
    if declared.tier is not None and (cell is None or scheme.grid.cells[cell].tier != declared.tier):
        raise Unprocessable("assignment-needs-cell", post=post, tier=declared.tier)
    account = open_account(store, name, now)
    made = Assignment(account.id, post, cell, organisation or declared.organisation, now, until)
    with store.unit(scheme.locality.id) as unit:
        unit.assignments.add(made, now)
        unit.keep()
    return made


def issue_token(
    store: Store, locality: str | None, name: str, scopes: Iterable[str], now: datetime, days: int | None = None
) -> tuple[Token, str]:
    """A token and its secret, shown this once. Raises NotFound `account-unknown`."""
    account = store.accounts.by_name(name)
    if account is None:
        raise NotFound("account-unknown", account=name)
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
