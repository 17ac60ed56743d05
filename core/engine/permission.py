"""Who may take an action, read a case, use a right: decided by today's roster and assignments, with every reason.

A grant names a role; a role is held through a post, a post through an assignment; a reach says how far it goes.
Nothing here raises and nothing is written: a caller turns a Permission into a refusal. Deputies hold what they
deputise for. Behaviour never depends on what a role is called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from core.engine.decision import Reason
from core.engine.reach import covered
from core.scheme.case import Case
from core.scheme.roster import Role
from core.scheme.scheme import Scheme
from core.scheme.situation import SYSTEM, Assignment, Situation
from core.scheme.workflow import Action, CaseKind, CheckerPolicy, Grant

RIGHTS = {
    "view_cases": "read",
    "view_contact": "read",
    "view_originals": "read",
    "manage_assignments": "admin",
    "manage_duty_mode": "admin",
    "publish": "admin",
}
"""The kernel's rights, each with the scope that a token needs for it; a role lists those that it has.

view_cases          read the cases within the role's reach
view_contact        read the reporter's contact data unmasked (each unmasking is logged), and who reported
view_originals      see a photo as it was taken, with its position and time
manage_assignments  give and take posts
manage_duty_mode    begin and end a duty mode
publish             check, publish and roll back the scheme
"""


@dataclass(frozen=True, slots=True)
class Permission:
    """Whether, and why: the grant that allowed it, or why each grant did not."""

    allowed: bool
    because: tuple[Reason, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        return {"allowed": self.allowed, "reasons": self.reasons()}

    def reasons(self) -> list[dict[str, Any]]:
        """As data, as answers and refusals carry them."""
        return [reason.as_dict() for reason in self.because]


def permit(
    situation: Situation,
    case: Case,
    kind: CaseKind,
    action: Action,
    *,
    opening: bool = False,
    now: datetime | None = None,
    pinned: Scheme | None = None,
) -> Permission:
    """Whether the actor may take `action` of the pinned `kind` on `case`, its stage left aside.

    `opening` when the case is only being opened: a reach through tasks has nothing to hold on to yet. `pinned` lends
    its grid for cells that today's no longer has. `now` leaves out assignments that do not hold then.
    """
    actor = situation.actor
    if actor.account == SYSTEM:
        return Permission(True, (Reason("acts-as-system"),))
    if action.automatic:
        return Permission(False, (Reason("action-automatic", {"action": action.id}),))
    scope = "report" if opening else "act"
    if scope not in actor.scopes:
        return Permission(False, (Reason("token-scope-missing", {"scope": scope}),))
    today = situation.today.workflow.case_kinds.get(kind.id, kind)
    known = today.actions.get(action.id, action)
    conflict = tuple(_as_checker(case, actor.account, today.checker_policy)) if known.checks else ()
    if conflict:
        return Permission(False, conflict)
    grants = (*known.who, *_duty_grants(situation, action.id))
    if not grants:
        return Permission(False, (Reason("action-granted-to-nobody", {"action": action.id}),))
    return _any_of(situation, case, grants, opening, now, pinned)


def may(
    situation: Situation,
    right: str,
    case: Case | None = None,
    *,
    now: datetime | None = None,
    pinned: Scheme | None = None,
) -> Permission:
    """Whether the actor has a right of `RIGHTS`: on that case, or (None) anywhere at all. KeyError: no such right."""
    actor = situation.actor
    if RIGHTS[right] not in actor.scopes:
        return Permission(False, (Reason("token-scope-missing", {"scope": RIGHTS[right]}),))
    if actor.account == SYSTEM:
        return Permission(True, (Reason("acts-as-system"),))
    refused = []
    for assignment, role in held_by(situation, now):
        if right not in role.rights:
            continue
        outside = covered(situation, case, role.reach, role.id, assignment, pinned) if case else None
        if outside is None:
            return Permission(True, (_granted(role.id, role.reach, assignment),))
        refused.append(outside)
    return Permission(False, _once(refused) or (Reason("right-not-held", {"right": right}),))


def visible(
    situation: Situation, case: Case, *, now: datetime | None = None, pinned: Scheme | None = None
) -> Permission:
    """Whether the actor may read the case: its reporter, who has an open task in it, or a role that may view it."""
    actor = situation.actor
    if "read" not in actor.scopes:
        return Permission(False, (Reason("token-scope-missing", {"scope": "read"}),))
    if actor.account == case.reporter:
        return Permission(True, (Reason("reported-it"),))
    viewing = may(situation, "view_cases", case, now=now, pinned=pinned)
    if viewing.allowed:
        return viewing
    task = _task_held(situation, case, now, pinned)
    if task is not None:
        return Permission(True, (task,))
    return Permission(False, (*viewing.because, Reason("holds-no-open-task")))


def sees_reporter(situation: Situation, case: Case, pinned: Scheme, *, now: datetime | None = None) -> Permission:
    """Whether the actor may know who reported a case that it may read.

    A class that is confidential, today or when the case was opened, hides its reporter from whoever has handled the
    case or has a task in it, whatever rights they hold, and from all others who lack `view_contact`.
    """
    account = situation.actor.account
    if account == case.reporter:
        return Permission(True, (Reason("reported-it"),))
    if not any(_confidential(scheme, case.category) for scheme in (pinned, situation.today)):
        return visible(situation, case, now=now, pinned=pinned)
    if account in case.handlers or _task_held(situation, case, now, pinned) is not None:
        return Permission(False, (Reason("reporter-hidden-from-handlers", {"category": case.category}),))
    return may(situation, "view_contact", case, now=now, pinned=pinned)


def holds_at(assignment: Assignment, now: datetime | None) -> bool:
    """Whether the assignment holds at `now` (its end is exclusive); without a time, it does."""
    if now is None:
        return True
    begun = assignment.valid_from is None or assignment.valid_from <= now
    return begun and (assignment.valid_to is None or now < assignment.valid_to)


def held_by(situation: Situation, now: datetime | None) -> Iterator[tuple[Assignment, Role]]:
    """The actor's assignments that hold, with the role of each, in their order; behind each the posts in the same
    cell that it is the backup of (AB岗) while nobody holds them."""
    roster = situation.today.roster
    for assignment in situation.actor.assignments:
        post = roster.posts.get(assignment.post)
        if post is not None and holds_at(assignment, now):
            yield assignment, roster.roles[post.role]
            for backed in roster.backing.get(assignment.post, ()):
                if not _staffed(situation, backed, assignment.cell, now):
                    standing_in = replace(assignment, post=backed)
                    yield standing_in, roster.roles[roster.posts[backed].role]


def _staffed(situation: Situation, post: str, cell: str | None, now: datetime | None) -> bool:
    return any(row.cell == cell and holds_at(row, now) for row in situation.staff.get(post, ()))


def _duty_grants(situation: Situation, action: str) -> Iterator[Grant]:
    """What the duty mode in force grants beyond the workflow."""
    mode = situation.today.roster.duty_modes.get(situation.duty_mode or "")
    for role, actions in sorted(mode.rights.items()) if mode else ():
        if action in actions:
            yield Grant(role, duty_mode=situation.duty_mode)


def _as_checker(case: Case, account: str, policy: CheckerPolicy) -> Iterator[Reason]:
    if policy.not_reporter and account == case.reporter:
        yield Reason("checker-is-reporter")
    if policy.not_handler and account in case.handlers:
        yield Reason("checker-is-handler")


def _any_of(
    situation: Situation,
    case: Case,
    grants: Iterable[Grant],
    opening: bool,
    now: datetime | None,
    pinned: Scheme | None,
) -> Permission:
    held = tuple(held_by(situation, now))
    refused = []
    for grant in grants:
        if grant.duty_mode is not None and grant.duty_mode != situation.duty_mode:
            refused.append(Reason("duty-mode-not-in-force", {"role": grant.role, "duty_mode": grant.duty_mode}))
            continue
        holders = [(assignment, role) for assignment, role in held if role.id == grant.role]
        if not holders:
            refused.append(Reason("role-not-held", {"role": grant.role}))
        for assignment, role in holders:
            reach = grant.reach or role.reach
            outside = covered(situation, case, reach, role.id, assignment, pinned, opening=opening)
            if outside is None:
                return Permission(True, (_granted(role.id, reach, assignment, grant.duty_mode),))
            refused.append(outside)
    return Permission(False, _once(refused))


def _once(reasons: Iterable[Reason]) -> tuple[Reason, ...]:
    """Without repetitions: several grants, or several posts, may fail for one reason."""
    found: list[Reason] = []
    for reason in reasons:
        if reason not in found:
            found.append(reason)
    return tuple(found)


def _granted(role: str, reach: str, assignment: Assignment, duty_mode: str | None = None) -> Reason:
    params = {
        "role": role,
        "post": assignment.post,
        "reach": reach,
        "cell": assignment.cell,
        "organisation": assignment.organisation,
        "deputy_for": assignment.deputy_for,
        "duty_mode": duty_mode,
    }
    return Reason("role-held", {name: value for name, value in params.items() if value is not None})


def _task_held(situation: Situation, case: Case, now: datetime | None, pinned: Scheme | None) -> Reason | None:
    """The open task through which the actor, or an organisation that it stands in, has to do with the case."""
    own = Assignment(situation.actor.account, post="")
    for assignment in (own, *(assignment for assignment, _ in held_by(situation, now))):
        for reach in ("task", "organisation"):
            if covered(situation, case, reach, "", assignment, pinned) is None:
                return Reason("has-open-task")
    return None


def leaves_confidence(pinned: Scheme, today: Scheme, category: str, to: str) -> bool:
    """Whether a case of one class would no longer be confidential as one of the other: who reported it would show."""
    schemes = (pinned, today)
    return any(_confidential(each, category) for each in schemes) and not any(_confidential(e, to) for e in schemes)


def _confidential(scheme: Scheme, category: str) -> bool:
    codes = scheme.codes
    return any(codes.categories[code].confidential for code in codes.chains.get(category, ()))
