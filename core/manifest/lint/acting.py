"""Lint of tasks and their handlers: a case must not be sent where nobody may do anything about it.

What a guard or an input decides is not known here, and neither is what happens on the other tracks: whatever may be
possible counts as possible. Handlers that nobody works for are found in `dispatch` and `roster`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.errors import Finding, Place
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, item, place_of
from core.scheme.roster import Post
from core.scheme.scheme import Scheme
from core.scheme.workflow import Action, CaseKind, Effect, Target

REACHES = {
    "post": frozenset({"task", "organisation", "subtree", "locality"}),
    "organisation": frozenset({"organisation", "subtree", "locality"}),
    "pool": frozenset({"task", "subtree", "locality"}),
}
"""By the kind of handler, how a permission can reach a case whose task is the handler's."""


@dataclass(frozen=True, slots=True)
class _Opening:
    """Where a case kind gives a task to a target, and the actions that whoever has the task needs one of."""

    kind: CaseKind
    action: Action
    task: str
    target: Target
    place: Place
    useful: tuple[Action, ...]


def unable(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A task whose handler may take no action on it; one finding for each handler, kind and task."""
    judged: set[tuple[Target, str, str]] = set()
    kinds = _kinds_of_classes(scheme)
    for opening in _openings(scheme, documents):
        for handler, place in _handlers(scheme, documents, opening, kinds):
            key = (handler, opening.kind.id, opening.task)
            if key in judged:
                continue
            judged.add(key)
            if not _able(scheme, handler, opening):
                yield finding(
                    "lint-handler-cannot-act",
                    place,
                    kind=opening.kind.id,
                    task=opening.task,
                    handler=f"{handler.kind}:{handler.value}",
                    action=opening.action.id,
                    actions=" | ".join(action.id for action in opening.useful) or "–",
                )


def _openings(scheme: Scheme, documents: Documents) -> Iterator[_Opening]:
    for kind in scheme.workflow.case_kinds.values():
        actions = item(documents.root("workflow")["case_kinds"], kind.id)["actions"]
        for action in kind.actions.values():
            stated = item(actions, action.id)["effects"]
            for effect, node in zip(action.effects, stated, strict=True):
                if effect.kind in ("open_task", "assign_task"):
                    task = effect.arguments["task"]
                    useful = tuple(_useful(kind, action, task))
                    yield _Opening(kind, action, task, effect.arguments["target"], node.place(), useful)
            if action.joint is not None:
                useful = tuple(_useful(kind, action, action.joint.task))
                place = item(actions, action.id)["joint"].place()
                for target in (action.joint.lead, *action.joint.members):
                    if target is not None:
                        yield _Opening(kind, action, action.joint.task, target, place, useful)


def _kinds_of_classes(scheme: Scheme) -> Mapping[str | None, set[str | None]]:
    """The case kinds that the leaves under each class (None: any) ask for; the kind None leaves it to the intake."""
    codes = scheme.codes
    found: dict[str | None, set[str | None]] = {}
    for leaf in codes.leaves:
        asked = (codes.categories[code].case_kind for code in codes.chain(leaf))
        wanted = next((kind for kind in asked if kind is not None), None)
        for code in (*codes.chain(leaf), None):
            found.setdefault(code, set()).add(wanted)
    return found


def _handlers(
    scheme: Scheme, documents: Documents, opening: _Opening, kinds: Mapping[str | None, set[str | None]]
) -> Iterator[tuple[Target, Place]]:
    """The handlers that the target can come to, as far as the scheme says, each with the place that names it."""
    if opening.target.kind in REACHES:
        yield opening.target, opening.place
    elif opening.target.kind == "dispatch":
        for rule in scheme.dispatch.rules:
            own = not rule.case_kinds or opening.kind.id in rule.case_kinds
            if own and rule.handler.kind in REACHES and kinds.get(rule.category, set()) & {None, opening.kind.id}:
                yield rule.handler, rule.place
        for handler, place in _before_the_rules(scheme, documents):
            if handler.kind in REACHES:
                yield handler, place


def _before_the_rules(scheme: Scheme, documents: Documents) -> Iterator[tuple[Target, Place]]:
    """Who answers in control zones and contested areas, and who acts first."""
    dispatch = scheme.dispatch
    for zone in dispatch.control_zones:
        yield zone.handler, place_of(documents, "dispatch", "control_zones", zone.id)
    for area in dispatch.contested:
        yield area.interim, place_of(documents, "grid", "contested_areas", area.id)
    for entry in dispatch.act_first:
        yield entry.handler, place_of(documents, "dispatch", "act_first", entry.id)


def _useful(kind: CaseKind, opening: Action, task: str) -> Iterator[Action]:
    """What people may do about a task once it is theirs: close it, give it on, handle the case, or move it on from
    where it stands. A remark is not enough."""
    at_once = {opening.to} if opening.to else set(opening.sources)
    at_once = _following(kind, opening.track, at_once, automatic=True)
    later = _following(kind, opening.track, at_once)
    for action in kind.actions.values():
        if action.automatic or action.opens:
            continue
        elsewhere = action.track != opening.track
        about_task = action.handles or any(_ends(effect, task) for effect in action.effects)
        in_time = elsewhere or not action.sources or action.sources & later
        moves_on = not elsewhere and _moves(action) and action.sources & at_once
        if moves_on or (about_task and in_time):
            yield action


def _ends(effect: Effect, task: str) -> bool:
    return effect.kind in ("close_task", "assign_task") and effect.arguments["task"] == task


def _moves(action: Action) -> bool:
    return action.to is not None or any(effect.kind == "move" for effect in action.effects)


def _following(kind: CaseKind, track: str, start: set[str], automatic: bool = False) -> set[str]:
    """The stages of a track that can follow, the first ones included; by automatic actions alone if so asked."""
    steps = [step for step in kind.actions.values() if step.track == track and (step.automatic or not automatic)]
    found = set(start)
    while True:
        further = {step.to for step in steps if step.to and step.sources & found} | found
        if further == found:
            return found
        found = further


def _able(scheme: Scheme, handler: Target, opening: _Opening) -> bool:
    """Whether somebody who has the task may take one of the actions; true where nobody works for the handler."""
    posts = _posts(scheme, handler)
    return not posts or any(_may(scheme, post, handler, action) for post in posts for action in opening.useful)


def _posts(scheme: Scheme, handler: Target) -> list[Post]:
    roster = scheme.roster
    if handler.kind == "post":
        return [post for post in roster.posts.values() if post.id == handler.value]
    held = [post for post in roster.posts.values() if roster.positions.get(post.id)]
    if handler.kind == "pool":
        pool = scheme.dispatch.pools.get(handler.value or "")
        return [post for post in held if pool and post.id in pool.posts]
    unit = roster.organisations.get(handler.value or "")
    return [post for post in held if unit and (post.organisation == unit.id or _in_every(post, unit.kind))]


def _in_every(post: Post, kind: str) -> bool:
    """Whether the post stands in every organisation of the kind."""
    return post.quota.basis == "unit" and (not post.quota.kinds or kind in post.quota.kinds)


def _may(scheme: Scheme, post: Post, handler: Target, action: Action) -> bool:
    roles, modes = scheme.roster.roles, scheme.roster.duty_modes
    reaches = {
        grant.reach or roles[grant.role].reach
        for grant in action.who
        if grant.role == post.role and (grant.duty_mode is None or not modes[grant.duty_mode].crisis)
    }
    for mode in modes.values():
        if not mode.crisis and action.id in mode.rights.get(post.role, ()):
            reaches.add(roles[post.role].reach)
    if handler.kind == "post" and post.organisation is None:
        reaches.discard("organisation")
    return bool(reaches & REACHES[handler.kind])
