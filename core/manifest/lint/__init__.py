"""What the field knows and a schema cannot say: each rule is one small function from a scheme to findings.

Reads the compiled scheme, with the documents beside it for places. Changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint import (
    acting,
    asking,
    bounds,
    crossing,
    crowding,
    dispatch,
    division,
    duties,
    geometry,
    not_run,
    notices,
    principles,
    raising,
    rivals,
    roster,
    sending,
    standard,
    timers,
    workflow,
)
from core.scheme.scheme import Scheme

Rule = Callable[[Scheme, Documents], Iterator[Finding]]

RULES: tuple[Rule, ...] = (
    workflow.stages,
    workflow.actions,
    workflow.tasks,
    workflow.intakes,
    workflow.checkers,
    dispatch.coverage,
    rivals.rivals,
    dispatch.shadowed,
    dispatch.impossible,
    dispatch.handlers,
    acting.unable,
    roster.posts,
    roster.fewer_than_cells,
    roster.round_the_clock,
    duties.duties,
    duties.inspections,
    timers.limits,
    timers.filing_limits,
    asking.linked_cases,
    asking.ratings,
    asking.variants,
    sending.overlays,
    sending.pools,
    sending.control_zones,
    raising.ladders,
    raising.extensions,
    raising.approvals,
    bounds.endless,
    bounds.reactions,
    division.division_rules,
    crowding.far_above,
    crowding.buildings,
    crossing.crossed,
    crossing.open_ended,
    geometry.outlines,
    principles.registry_columns,
    standard.standard_codes,
    notices.places,
    notices.templates,
    notices.undelivered,
    not_run.not_run,
)
"""The list of rules is the specification."""


def lint(scheme: Scheme, documents: Documents) -> list[Finding]:
    """The findings of every rule, in the order of the rules."""
    return [finding for rule in RULES for finding in rule(scheme, documents)]
