"""Demo accounts: somebody on every position that a scheme's quotas call for, and a token for one of each post.

For trying things out only. Tokens are labelled `demo`, and the API refuses them on an address that is not loopback.
The secrets go into a file that only its owner can read. What is there already is left alone, so that a start that was
cut short is made good by the next one.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

from core.scheme.grid import Cell
from core.scheme.roster import Post
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment
from core.store import DEMO, Store

SCOPES = ("read", "report", "act")


def positions(scheme: Scheme) -> Iterator[Assignment]:
    """Every position of every post, with an account id that says where it is."""
    for post in scheme.roster.posts.values():
        for number, (cell, organisation) in enumerate(_places(scheme, post), 1):
            where = cell or organisation or scheme.locality.id
            yield Assignment(f"{DEMO}-{scheme.locality.id}-{post.id}-{where}-{number}", post.id, cell, organisation)


def _places(scheme: Scheme, post: Post) -> Iterator[tuple[str | None, str | None]]:
    quota = post.quota
    if quota.basis == "fixed":
        yield from [(None, post.organisation)] * int(quota.amount)
    elif quota.basis == "unit":
        for organisation in scheme.roster.organisations.values():
            if not quota.kinds or organisation.kind in quota.kinds:
                yield from [(None, organisation.id)] * int(quota.amount)
    else:
        for cell in scheme.grid.cells.values():
            if cell.tier == post.tier and cell.valid_to is None and (not quota.kinds or cell.kind in quota.kinds):
                yield from [(cell.code, post.organisation)] * _in_cell(post, cell)


def _in_cell(post: Post, cell: Cell) -> int:
    if post.quota.basis == "ratio":
        return ceil((cell.households or 0) / post.quota.amount)
    return int(post.quota.amount)


def is_settled(locality: str, tokens: Path) -> bool:
    """Whether `settle_demo_people` came to its end for this district before."""
    return locality in _written(tokens)


def settle_demo_people(store: Store, scheme: Scheme, tokens: Path, now: datetime) -> int:
    """Give every position its demo account, and write one token a post to `tokens` (mode 0600). How many are new."""
    locality = scheme.locality.id
    with store.read(locality) as reading:
        settled = {assignment.account for assignment in reading.assignments.holding(now)}
    every = list(positions(scheme))
    fresh = [position for position in every if position.account not in settled]
    store.accounts.create_missing((position.account for position in fresh), now)
    with store.unit(locality) as unit:
        unit.assignments.add_all(fresh, now)
        unit.keep()
    known = _written(tokens)
    own = known.get(locality, {})
    lacking = [position for position in every if position.post not in own]
    known[locality] = own | _one_a_post(store, scheme, lacking, now)
    _write(tokens, known)
    return len(fresh)


def _one_a_post(store: Store, scheme: Scheme, held: Iterable[Assignment], now: datetime) -> dict[str, dict[str, str]]:
    """A token for one holder of each post: the one nearest to the first leaf cell, so that they meet in one case."""
    near = scheme.grid.chain(scheme.grid.leaves[0])
    found: dict[str, dict[str, str]] = {}
    for position in sorted(held, key=lambda position: position.cell not in near):
        if position.post in found:
            continue
        _, secret = store.accounts.issue_token(position.account, SCOPES, now, label=DEMO, locality=scheme.locality.id)
        label = scheme.roster.posts[position.post].label
        found[position.post] = {
            "token": secret,
            "account": position.account,
            "label": f"{label.zh} {label.en}",
            "cell": position.cell or "",
            "organisation": position.organisation or "",
        }
    return found


def _written(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return found


def _write(path: Path, known: dict[str, Any]) -> None:
    """Replace the file whole; a file from `mkstemp` has mode 0600."""
    handle, made = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(known, file, ensure_ascii=False, indent=2)
    os.replace(made, path)
