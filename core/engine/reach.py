"""How far a role's permission goes: whether an assignment reaches a case, and if not, why not.

The cell tree is today's; a cell that today's grid no longer has is looked up in the scheme that the case pinned.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.engine.decision import Reason
from core.scheme.case import Case, Owner
from core.scheme.roster import Reach
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment, Situation


def covered(
    situation: Situation,
    case: Case,
    reach: Reach,
    role: str,
    assignment: Assignment,
    pinned: Scheme | None = None,
    *,
    opening: bool = False,
) -> Reason | None:
    """None when the assignment reaches the case, otherwise the reason why it does not.

    `opening`: the case has no task yet, so that reaches through tasks do not restrict.
    """
    if reach == "locality" or (opening and reach in ("task", "organisation")):
        return None
    if reach == "subtree":
        return _in_subtree(situation, case, role, assignment, pinned)
    if reach == "own":
        return None if case.reporter == assignment.account else Reason("case-not-reported-by-actor", {"role": role})
    if reach == "organisation":
        organisation = organisation_of(situation, assignment)
        owners = {_owning_organisation(situation, owner) for owner in _open_owners(case)}
        if organisation is not None and organisation in owners:
            return None
        return Reason("organisation-has-no-open-task", {"role": role, "organisation": organisation or "-"})
    if any(holds(situation, case, owner, assignment, pinned) for owner in _open_owners(case)):
        return None
    return Reason("no-open-task-of-actor", {"role": role})


def chain(situation: Situation, cell: str, pinned: Scheme | None) -> tuple[str, ...]:
    """The cell and its ancestors, most specific first, by today's grid, else by the pinned one, else itself."""
    found = situation.today.grid.chains.get(cell)
    if found is None and pinned is not None:
        found = pinned.grid.chains.get(cell)
    return found or (cell,)


def _in_subtree(
    situation: Situation, case: Case, role: str, assignment: Assignment, pinned: Scheme | None
) -> Reason | None:
    if assignment.cell in chain(situation, case.cell, pinned):
        return None
    return Reason(
        "cell-outside-reach",
        {"role": role, "post": assignment.post, "cell": assignment.cell or "-", "case_cell": case.cell},
    )


def _open_owners(case: Case) -> Iterator[Owner]:
    for task in case.tasks.values():
        if task.state == "open":
            yield task.owner
            yield from task.co_handlers


def organisation_of(situation: Situation, assignment: Assignment) -> str | None:
    """The assignment's own organisation, else its post's."""
    if assignment.organisation is not None:
        return assignment.organisation
    post = situation.today.roster.posts.get(assignment.post)
    return post.organisation if post else None


def _owning_organisation(situation: Situation, owner: Owner) -> str | None:
    if owner.organisation is not None:
        return owner.organisation
    post = situation.today.roster.posts.get(owner.post or "")
    return post.organisation if post else None


def holds(situation: Situation, case: Case, owner: Owner, assignment: Assignment, pinned: Scheme | None) -> bool:
    """Whether the owner is the assignment's account (or whom it deputises for), its post in its cell, or a pool from
    which its post may claim."""
    if owner.account is not None:
        return owner.account in (assignment.account, assignment.deputy_for)
    if owner.post is not None:
        return (owner.post, owner.cell) == (assignment.post, assignment.cell)
    pool = situation.today.dispatch.pools.get(owner.pool or "")
    if pool is None or assignment.post not in pool.posts:
        return False
    return assignment.cell is None or assignment.cell in chain(situation, case.cell, pinned)
