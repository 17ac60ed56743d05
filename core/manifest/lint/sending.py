"""Lint of what goes before or beside the dispatch rules: overlays without a unit, pools, control zones."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.scheme import Scheme
from core.scheme.workflow import Target


def overlays(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """An overlay that tasks or notices go to, with an area that names no organisation."""
    named = {target.value for target in _targets(scheme) if target.kind == "overlay"}
    for overlay in scheme.grid.overlays.values():
        lacking = [area.id for area in overlay.areas if area.organisation is None]
        if overlay.id in named and lacking:
            place = place_of(documents, "grid", "overlays", overlay.id)
            yield finding("lint-overlay-without-organisation", place, overlay=overlay.id, areas=", ".join(lacking))


def pools(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A pool whose unclaimed tasks nobody gets to see."""
    for pool in scheme.dispatch.pools.values():
        if pool.unclaimed is None:
            place = place_of(documents, "dispatch", "pools", pool.id)
            yield finding("lint-pool-never-surfaces", place, pool=pool.id, minutes=pool.claim_minutes)


def control_zones(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A control zone that ends before it begins."""
    for zone in scheme.dispatch.control_zones:
        if zone.last < zone.first:
            place = place_of(documents, "dispatch", "control_zones", zone.id)
            days = {"first": zone.first.isoformat(), "last": zone.last.isoformat()}
            yield finding("lint-control-zone-reversed", place, zone=zone.id, **days)


def _targets(scheme: Scheme) -> Iterator[Target]:
    """Everybody that actions, rules, limits and cadences name."""
    for kind in scheme.workflow.case_kinds.values():
        for action in kind.actions.values():
            for effect in action.effects:
                yield from (part for part in effect.arguments.values() if isinstance(part, Target))
                yield from effect.arguments.get("co_targets") or ()
            if action.joint is not None:
                yield from (target for target in (action.joint.lead, *action.joint.members) if target is not None)
    for rule in scheme.dispatch.rules:
        yield from (rule.handler, *rule.co_handlers)
    for limit in scheme.timers.limits.values():
        yield from (reach.notify for reach in limit.reaches if reach.notify is not None)
    for cadence in scheme.timers.cadences.values():
        yield from (cadence.target, *cadence.copies)
