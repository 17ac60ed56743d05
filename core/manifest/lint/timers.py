"""Lint of limits: ones that can never start or stop, that nothing reads, and actions that their cases do not have."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.scheme import Scheme
from core.scheme.timers import Limit
from core.scheme.workflow import CaseKind


def limits(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A limit whose start or stop no case of its scope can reach; a reach whose action they lack."""
    for limit in scheme.timers.limits.values():
        if limit.pool is not None:
            continue
        place = place_of(documents, "timers", "limits", limit.id)
        if limit.task is not None:
            if not any(limit.task in opened(kind) for kind in kinds_of(scheme, limit)):
                yield finding("lint-limit-task-never-opened", place, limit=limit.id, task=limit.task)
            continue
        starting = [kind for kind in kinds_of(scheme, limit) if _stamps(kind, limit, limit.start, "start_clock")]
        about = {"limit": limit.id, "track": limit.track}
        if not starting:
            yield finding("lint-limit-never-starts", place, **about, meaning=limit.start)
        elif not all(_stamps(kind, limit, limit.stop, "stop_clock") for kind in starting):
            yield finding("lint-limit-never-stops", place, **about, meaning=limit.stop)
        for reach in limit.reaches:
            lacking = [kind.id for kind in starting if reach.action and reach.action not in kind.actions]
            if lacking:
                yield finding(
                    "lint-limit-action-missing", place, limit=limit.id, action=reach.action, kinds=", ".join(lacking)
                )


def filing_limits(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Filing conditions that state a limit, where no limit of the district runs by them."""
    if any(limit.by_filing_condition for limit in scheme.timers.limits.values()):
        return
    table = documents.table("categories", "filing_conditions")
    stated = [row for row in table or () if row.values.get("amount")]
    if stated:
        yield finding("lint-filing-limit-unused", stated[0].place("amount"), count=len(stated))


def kinds_of(scheme: Scheme, limit: Limit) -> list[CaseKind]:
    """The case kinds that a limit is for."""
    wanted = limit.scope.case_kinds
    return [kind for kind in scheme.workflow.case_kinds.values() if not wanted or kind.id in wanted]


def opened(kind: CaseKind) -> set[str]:
    """The tasks that actions of a case kind open, joint ones too."""
    actions = kind.actions.values()
    plain = {part.arguments["task"] for action in actions for part in action.effects if part.kind == "open_task"}
    return plain | {action.joint.task for action in actions if action.joint is not None}


def _stamps(kind: CaseKind, limit: Limit, meaning: str, effect: str) -> bool:
    """Whether a meaning is stamped on the limit's track, by a stage or an action, or an effect names the limit."""
    track = kind.tracks.get(limit.track)
    stages = {stage.meaning for stage in track.stages.values()} if track else set()
    taken = {action.meaning for action in kind.actions.values() if action.track == limit.track}
    effects = {(part.kind, part.arguments.get("limit")) for action in kind.actions.values() for part in action.effects}
    return meaning in stages | taken or (effect, limit.id) in effects
