"""One page of a list that a scheme makes, behind a cursor that is bound to what was asked for. Knows no list."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from itertools import islice
from typing import Any

from core.casework.office import Office, situation_of
from core.casework.requests import Answer, Principal
from core.scheme.situation import Situation
from core.store import Reading

Entries = Iterable[dict[str, Any]]


def page(
    office: Office,
    locality: str,
    who: Principal,
    scope: Mapping[str, Any],
    cursor: str | None,
    limit: int,
    entries: Callable[[Situation, Reading], Entries],
) -> Answer:
    """A slice of a list that one scheme fixes; a cursor of an earlier scheme is of another list."""
    with office.store.read(locality) as reading:
        situation = situation_of(office, reading, who, office.clock.now())
        bound = {"locality": locality, "scheme": situation.today.digest, **scope}
        position = office.cursors.read(bound, cursor)
        start = int(position[0]) if position else 0
        found = list(islice(entries(situation, reading), start, start + limit + 1))
    following = office.cursors.make(bound, (start + limit,)) if len(found) > limit else None
    return Answer(200, {"entries": found[:limit], "cursor": following})
