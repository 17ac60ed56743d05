"""Shares: of the cases of a kind that were closed in a time, how many did each value of a fact say.

So a district measures what it only claims, such as the share that is solved at the lowest level: an action that closes
a case sets a fact, and this counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from difflib import get_close_matches
from typing import Any
from zoneinfo import ZoneInfo

from core.casework.office import Office
from core.errors import NotFound
from core.scheme.scheme import Scheme


@dataclass(frozen=True, slots=True)
class Shares:
    """Closed cases by what the fact says, the most frequent first; `value` None: it was not set."""

    case_kind: str
    fact: str
    total: int
    counts: tuple[tuple[str | None, int], ...]

    def share(self, count: int) -> float:
        return count / self.total if self.total else 0.0

    def as_dict(self) -> dict[str, Any]:
        """JSON-able."""
        values = [{"value": said, "cases": count, "share": round(self.share(count), 4)} for said, count in self.counts]
        return {"case_kind": self.case_kind, "fact": self.fact, "total": self.total, "values": values}


def shares(office: Office, locality: str, fact: str, first: date | None = None, last: date | None = None) -> Shares:
    """Of the cases closed from the local day `first` to the day `last`, both included (None: not bounded).

    NotFound `locality-unknown`, and `fact-unknown` for one that no kind of case has as text.
    """
    with office.store.read(locality) as reading:
        if reading.revisions.current() is None:
            raise NotFound("locality-unknown", locality=locality)
        today = office.schemes.current(reading)
        kind = _kind_of(today, fact)
        zone = ZoneInfo(today.locality.time_zone)
        start = datetime.combine(first, time(), zone) if first else None
        end = datetime.combine(last + timedelta(days=1), time(), zone) if last else None
        found = reading.tally.by_fact(kind, fact, start, end)
    counts = sorted(found.items(), key=lambda item: (-item[1], item[0] or ""))
    return Shares(kind, fact, sum(found.values()), tuple(counts))


def _kind_of(scheme: Scheme, fact: str) -> str:
    """The first kind of case that has the fact."""
    known = {
        name: kind.id
        for kind in reversed(list(scheme.workflow.case_kinds.values()))
        for name, type in kind.facts.items()
        if type == "text"
    }
    if fact not in known:
        nearest = next(iter(get_close_matches(fact, known, 1)), "—")
        raise NotFound("fact-unknown", value=fact, nearest=nearest)
    return known[fact]
