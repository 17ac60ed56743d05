"""Who holds which post of a district now: where the account ids come from that inputs of `format: account` take.

For the district's own staff only. Says names and posts, never how to reach somebody.
"""

from __future__ import annotations

from typing import Any

from core.casework.office import Office, situation_of
from core.casework.references import refuse, unknown
from core.casework.requests import Answer, Principal
from core.casework.views import label
from core.errors import Forbidden
from core.scheme.grid import Grid
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment
from core.store import Held

Key = tuple[str, str, str, str]


def list_people(
    office: Office,
    locality: str,
    who: Principal,
    cursor: str | None = None,
    limit: int = 20,
    post: str | None = None,
    cell: str | None = None,
    organisation: str | None = None,
) -> Answer:
    """Everyone who holds a post now, by post; goes on after the last one even when others have come or gone.

    `cell` keeps those whose own cell it is, lies above or under it, and those who have none. Raises Forbidden
    `not-of-this-locality` and `staff-only`, and Unprocessable for a post, cell or organisation that does not exist.
    """
    now = office.clock.now()
    with office.store.read(locality) as reading:
        situation = situation_of(office, reading, who, now)
        if not situation.actor.assignments:
            raise Forbidden("staff-only", locality=locality)
        held = reading.assignments.held(now)
    today = situation.today
    _refuse_unknown(today, post, cell, organisation)
    bound = {"locality": locality, "people": [post, cell, organisation]}
    after = office.cursors.read(bound, cursor)
    found = {_key(item.assignment): item for item in held if _wanted(today.grid, item, post, cell, organisation)}
    keys = sorted(key for key in found if after is None or key > after)
    following = office.cursors.make(bound, keys[limit - 1]) if len(keys) > limit else None
    entries = [_entry(today, found[key]) for key in keys[:limit]]
    return Answer(200, {"entries": entries, "cursor": following})


def _key(held: Assignment) -> Key:
    """Where an entry stands in the list; somebody who was put on the same place twice stands there once."""
    return held.post, held.cell or "", held.organisation or "", held.account


def _wanted(grid: Grid, item: Held, post: str | None, cell: str | None, organisation: str | None) -> bool:
    held = item.assignment
    return (
        post in (None, held.post)
        and organisation in (None, held.organisation)
        and (cell is None or held.cell is None or grid.within(held.cell, cell) or grid.within(cell, held.cell))
    )


def _entry(today: Scheme, item: Held) -> dict[str, Any]:
    held = item.assignment
    declared = today.roster.posts.get(held.post)
    return {
        "account": held.account,
        "name": item.name,
        "post": held.post,
        "post_label": label(declared.label if declared else None, held.post),
        "cell": held.cell,
        "organisation": held.organisation,
    }


def _refuse_unknown(today: Scheme, post: str | None, cell: str | None, organisation: str | None) -> None:
    faults = []
    if post is not None and post not in today.roster.posts:
        faults.append(unknown("post-unknown", post, today.roster.posts, "post"))
    if cell is not None and cell not in today.grid.cells:
        faults.append(unknown("cell-unknown", cell, today.grid.cells, "cell"))
    if organisation is not None and organisation not in today.roster.organisations:
        faults.append(unknown("organisation-unknown", organisation, today.roster.organisations, "organisation"))
    refuse(faults)
