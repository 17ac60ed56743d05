"""Photos before and after, compared by time and place: what does not fit is a doubt for whoever checks, no refusal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from core.engine.climbing import count_up
from core.engine.command import Evidence
from core.engine.ledger import Ledger
from core.scheme.codec import instant_to_text
from core.scheme.distance import metres_between

DOUBTS = "photo_doubts"
"""The counter of doubts that expressions read."""


def compare(ledger: Ledger, given: Sequence[Evidence]) -> None:
    """Hold each photo taken after against those taken before; count what does not fit."""
    within = ledger.kind.photos_within
    if within is None:
        return
    for item in given:
        if item.kind != "photo" or item.meaning != "after":
            continue
        doubts = sorted(set(_doubts(ledger.case.photos, _of(item), within)))
        if doubts:
            ledger.emit("photo_doubted", {"attachment": item.attachment, "doubts": doubts})
            count_up(ledger, DOUBTS)


def kept(ledger: Ledger, item: Evidence) -> dict[str, Any]:
    """What of a photo taken before is kept for comparison; nothing where photos are not compared."""
    if ledger.kind.photos_within is None or item.kind != "photo" or item.meaning != "before":
        return {}
    return {"photo": _of(item)}


def _of(item: Evidence) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if item.taken_at is not None:
        told["at"] = instant_to_text(item.taken_at)
    if item.point is not None:
        told["point"] = list(item.point)
    return told


def _doubts(before: Sequence[Mapping[str, Any]], after: Mapping[str, Any], within: float) -> Iterator[str]:
    if "at" not in after:
        yield "time-unknown"
    if "point" not in after:
        yield "place-unknown"
    times = [photo["at"] for photo in before if "at" in photo]
    if "at" in after and times and after["at"] <= max(times):
        yield "not-after"
    places = [photo["point"] for photo in before if "point" in photo]
    if "point" in after and places and min(metres_between(place, after["point"]) for place in places) > within:
        yield "too-far"
