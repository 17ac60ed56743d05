"""Lint of what raises a matter: ladders that never climb, extensions that are not provided for, open approvals."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.scheme import Scheme
from core.scheme.workflow import CaseKind


def ladders(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A ladder that climbs by nothing, or by a counter that no case of its scope counts; steps out of order."""
    for ladder in scheme.timers.ladders.values():
        place = place_of(documents, "timers", "ladders", ladder.id)
        kinds = [
            kind
            for kind in scheme.workflow.case_kinds.values()
            if not ladder.scope.case_kinds or kind.id in ladder.scope.case_kinds
        ]
        counted = ladder.counter is not None and any(ladder.counter in _counters(kind) for kind in kinds)
        if ladder.limit is None and not counted:
            yield finding("lint-ladder-never-climbs", place, ladder=ladder.id, counter=ladder.counter or "–")
        heights = [step.at for step in ladder.steps]
        if any(later <= earlier for earlier, later in pairwise(heights)):
            yield finding("lint-ladder-not-rising", place, ladder=ladder.id)


def extensions(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """An action that extends a limit which provides for no extension: it can never be taken."""
    for kind in scheme.workflow.case_kinds.values():
        for action in kind.actions.values():
            for effect in action.effects:
                limit = scheme.timers.limits.get(effect.arguments.get("limit", ""))
                if effect.kind == "extend_clock" and limit is not None and limit.extension is None:
                    place = place_of(documents, "workflow", "case_kinds", kind.id, "actions", action.id)
                    yield finding("lint-extension-not-provided", place, action=action.id, limit=limit.id)


def approvals(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """An approval that is asked for and that no action answers."""
    for kind in scheme.workflow.case_kinds.values():
        asked, answered = _approvals(kind, "request_approval"), _approvals(kind, "answer_approval")
        for approval in sorted(asked - answered):
            place = place_of(documents, "workflow", "case_kinds", kind.id)
            yield finding("lint-approval-never-answered", place, approval=approval, kind=kind.id)


def _counters(kind: CaseKind) -> set[str]:
    effects = (effect for action in kind.actions.values() for effect in action.effects)
    return {effect.arguments["counter"] for effect in effects if effect.kind == "count"}


def _approvals(kind: CaseKind, effect: str) -> set[str]:
    effects = (part for action in kind.actions.values() for part in action.effects)
    return {part.arguments["approval"] for part in effects if part.kind == effect}
