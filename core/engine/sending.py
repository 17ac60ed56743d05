"""To whom a case is sent: what goes before the rules, the rules, and what stands beside them.

A control zone that is in force goes first, then a contested area that is not ruled yet, then the rules
(`core.engine.dispatch`). When only a fallback rule answers, or none, an act-first entry may name who acts at once.
Pure; says who in the manifest's words, not which person that is (`core.engine.targets`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.engine.decision import Reason
from core.engine.dispatch import DispatchDecision, dispatch, target_dict
from core.engine.reach import chain
from core.engine.scope import in_scope
from core.engine.values import Values, cell_of, local_time, object_of
from core.scheme.case import Case
from core.scheme.condition_mask import DispatchQuery, in_window
from core.scheme.dispatch import ActFirst, ContestedArea, ControlZone
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.scheme.workflow import Target


@dataclass(frozen=True, slots=True)
class Sending:
    """Who answers, beside whom, and why. `layer` is control_zone, contested, or the winning rule's; `found` is what
    the rules alone say."""

    handler: Target | None
    co_handlers: tuple[Target, ...]
    layer: str | None
    found: DispatchDecision
    act_first: bool = False
    ruling_by: str | None = None
    because: tuple[Reason, ...] = ()
    instead_by: str | None = None  # the origin of what went before the rules

    def as_dict(self) -> dict[str, Any]:
        """JSON-able, as events and explanations keep it: the rules' answer, with what goes before it put over it."""
        told = self.found.as_dict() | {
            "handler": target_dict(self.handler) if self.handler else None,
            "co_handlers": [target_dict(target) for target in self.co_handlers],
            "layer": self.layer,
            "act_first": self.act_first,
        }
        if self.instead_by is not None:
            told |= {"rule": None, "basis": "", "place": "", "origin": self.instead_by, "instead_of": told["rule"]}
        if self.ruling_by is not None:
            told["ruling_by"] = self.ruling_by
        if self.because:
            told["reasons"] = [*(reason.as_dict() for reason in self.because), *told["reasons"]]
        return told


def send(
    pinned: Scheme, situation: Situation, case: Case, now: datetime, inputs: Mapping[str, Any] | None = None
) -> Sending:
    """Decide by today's scheme. Never raises for what a case may hold; nobody may answer (`handler` None)."""
    today, query = situation.today, query_of(pinned, situation, case, now, inputs)
    found = dispatch(today, query)
    beside = _beside(today, case, query)
    cells = chain(situation, case.cell, pinned)
    zone, area = _zone(today, case, cells, now), _contested(today, cells, now)
    if zone is not None:
        named = {"zone": zone.id, "authority": zone.authority, "until": zone.last.isoformat()}
        because = (Reason("dispatch-control-zone", named),)
        return Sending(zone.handler, beside, "control_zone", found, because=because, instead_by=zone.origin)
    if area is not None:
        claimed = {"area": area.id, "claimants": list(area.claimants), "until": _text(area)}
        because = (Reason("dispatch-contested", claimed),)
        return Sending(area.interim, beside, "contested", found, because=because, instead_by=area.origin)
    first = _act_first(today, case, query) if found.layer in (None, "fallback") else None
    if first is not None:
        entry = {"entry": first.id, "ruling_by": first.ruling_by or "-"}
        because = (Reason("dispatch-act-first", entry),)
        return Sending(first.handler, beside, found.layer, found, True, first.ruling_by, because)
    return Sending(found.handler, (*found.co_handlers, *beside), found.layer, found, found.act_first)


def query_of(
    pinned: Scheme, situation: Situation, case: Case, now: datetime, inputs: Mapping[str, Any] | None = None
) -> DispatchQuery:
    """What dispatch by today's rules is told of a case; expressions read today's parameters."""
    today = situation.today
    cell = cell_of(pinned, situation, case)
    found = object_of(situation, case.object, pinned)
    local = local_time(today, now)
    return DispatchQuery(
        category=case.category,
        cell=case.cell,
        case_kind=case.kind,
        area_kind=cell.kind if cell else None,
        grade=cell.grade if cell else None,
        channel=case.channel,
        severity=case.severity,
        object_kind=found.get("kind") if found else None,
        minute=local.hour * 60 + local.minute,
        values=Values(today, situation, case, now, inputs or {}),
    )


def _zone(today: Scheme, case: Case, cells: tuple[str, ...], now: datetime) -> ControlZone | None:
    """The control zone in force that covers the case; of several the one declared first."""
    if not today.dispatch.control_zones:
        return None
    local = local_time(today, now)
    classes = today.codes.chains.get(case.category, ())
    for zone in today.dispatch.control_zones:
        timely = zone.first <= local.date() <= zone.last and (
            zone.window is None or in_window(local.hour * 60 + local.minute, zone.window)
        )
        covered = not zone.cells.isdisjoint(cells) and (not zone.categories or not zone.categories.isdisjoint(classes))
        if timely and covered:
            return zone
    return None


def _contested(today: Scheme, cells: tuple[str, ...], now: datetime) -> ContestedArea | None:
    if not today.dispatch.contested:
        return None
    day = local_time(today, now).date()
    for area in today.dispatch.contested:
        if not area.cells.isdisjoint(cells) and (area.until is None or day <= area.until):
            return area
    return None


def _act_first(today: Scheme, case: Case, query: DispatchQuery) -> ActFirst | None:
    for entry in today.dispatch.act_first:
        if in_scope(entry.scope, case, today, query.values):
            return entry
    return None


def _beside(today: Scheme, case: Case, query: DispatchQuery) -> tuple[Target, ...]:
    def named() -> Iterator[Target]:
        for entry in today.dispatch.co_handling:
            if in_scope(entry.scope, case, today, query.values):
                yield from entry.targets

    return tuple(named())


def _text(area: ContestedArea) -> str:
    return area.until.isoformat() if area.until else "-"
