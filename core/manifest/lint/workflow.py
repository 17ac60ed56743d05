"""Lint of workflows: stages that cannot be reached or left, actions that nobody or nothing takes, tasks left open."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.manifest.lint.timers import opened
from core.scheme.scheme import Scheme
from core.scheme.workflow import CaseKind, Track


def stages(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A stage nobody reaches or leaves; a track without an end."""
    for kind in scheme.workflow.case_kinds.values():
        for track in kind.tracks.values():
            reached, left = _reached(kind, track), _left(kind, track)
            where = ("case_kinds", kind.id, "tracks", track.id)
            if not any(stage.final for stage in track.stages.values()):
                yield finding("lint-track-without-end", place_of(documents, "workflow", *where), track=track.id)
            for stage in track.stages.values():
                place = place_of(documents, "workflow", *where, "stages", stage.id)
                if stage.id not in reached:
                    yield finding("lint-stage-unreachable", place, stage=stage.id, track=track.id)
                elif not stage.final and stage.id not in left:
                    yield finding("lint-stage-without-exit", place, stage=stage.id, track=track.id)


def _reached(kind: CaseKind, track: Track) -> set[str]:
    """Stages of a track that a way leads to: from its entry by actions, or by the effect `move`."""
    steps = [action for action in kind.actions.values() if action.track == track.id and action.to]
    reached = _moved_to(kind, track)
    while True:
        further = {action.to for action in steps if action.to and (not action.sources or action.sources & reached)}
        if further <= reached:
            return reached
        reached |= further


def _left(kind: CaseKind, track: Track) -> set[str]:
    """Stages of a track that an action or the effect `move` leaves."""
    moved_to = _moved_to(kind, track)
    left = {stage for stage in track.stages if moved_to - {stage}}
    for action in kind.actions.values():
        if action.track == track.id and action.to:
            left |= action.sources - {action.to}
    return left


def _moved_to(kind: CaseKind, track: Track) -> set[str]:
    """Stages that some action's effect moves the track to, wherever it stands."""
    effects = (effect for action in kind.actions.values() for effect in action.effects)
    return {part.arguments["stage"] for part in effects if part.kind == "move" and part.arguments["track"] == track.id}


def actions(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """An action that no post may take; an automatic one that nothing triggers."""
    roster = scheme.roster
    staffed = {post.role for post in roster.posts.values() if roster.positions.get(post.id)}
    called = {
        action
        for mode in roster.duty_modes.values()
        for role, actions in mode.rights.items()
        if role in staffed
        for action in actions
    }
    public = {(intake.case_kind, intake.opening) for intake in scheme.workflow.intake_kinds.values() if intake.public}
    for kind in scheme.workflow.case_kinds.values():
        triggered = {reaction.action for reaction in kind.reactions} | _fired(scheme, kind)
        for action in kind.actions.values():
            if action.id in triggered:
                continue
            place = place_of(documents, "workflow", "case_kinds", kind.id, "actions", action.id)
            granted = action.id in called or any(grant.role in staffed for grant in action.who)
            if action.automatic:
                yield finding("lint-action-never-triggered", place, action=action.id)
            elif not granted and (kind.id, action.id) not in public:
                yield finding("lint-action-nobody", place, action=action.id)


def _fired(scheme: Scheme, kind: CaseKind) -> set[str | None]:
    """The actions that limits and ladders take in cases of this kind."""
    limits = [
        limit
        for limit in scheme.timers.limits.values()
        if not limit.scope.case_kinds or kind.id in limit.scope.case_kinds
    ]
    reached = {reach.action for limit in limits for reach in limit.reaches}
    resumed = {limit.suspension.action for limit in limits if limit.suspension is not None}
    climbed = {
        step.action
        for ladder in scheme.timers.ladders.values()
        if not ladder.scope.case_kinds or kind.id in ladder.scope.case_kinds
        for step in ladder.steps
    }
    return reached | resumed | climbed


def tasks(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A task that is opened and that no action closes."""
    for kind in scheme.workflow.case_kinds.values():
        effects = [effect for action in kind.actions.values() for effect in action.effects]
        closed = {effect.arguments["task"] for effect in effects if effect.kind == "close_task"}
        for task in sorted(opened(kind) - closed):
            place = place_of(documents, "workflow", "case_kinds", kind.id)
            yield finding("lint-task-never-closed", place, task=task, kind=kind.id)


def intakes(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A case kind that nothing comes in by; a scheme that serves nobody."""
    intakes = scheme.workflow.intake_kinds.values()
    for kind in sorted(scheme.workflow.case_kinds.keys() - {intake.case_kind for intake in intakes}):
        yield finding("lint-case-kind-without-intake", place_of(documents, "workflow", "case_kinds", kind), kind=kind)
    if not any(intake.public or intake.service for intake in intakes):
        yield finding("lint-no-service", documents.root("workflow")["intake_kinds"].place())


def checkers(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A district that lets the reporter or the handler check says why."""
    for kind in scheme.workflow.case_kinds.values():
        policy = kind.checker_policy
        checked = any(action.checks for action in kind.actions.values())
        if checked and not (policy.not_reporter and policy.not_handler) and not policy.waived:
            place = place_of(documents, "workflow", "case_kinds", kind.id)
            yield finding("lint-checker-not-independent", place, kind=kind.id)
