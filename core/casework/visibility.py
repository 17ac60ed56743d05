"""What an actor may see in lists: the permissions of `core.engine.permission.visible`, said as conditions on rows."""

from __future__ import annotations

from core.scheme.roster import Role
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment, Situation
from core.store import Holder, Visibility


def visibility_of(situation: Situation) -> Visibility:
    """Own reports, open tasks, and whatever the actor's roles may view."""
    everything, cells = False, []
    for assignment in situation.actor.assignments:
        role = _role(situation, assignment)
        if role is None or "view_cases" not in role.rights:
            continue
        everything = everything or role.reach == "locality"
        if role.reach == "subtree" and assignment.cell is not None and assignment.cell in situation.today.grid.chains:
            cells.append(path_of(situation.today, assignment.cell))
    return Visibility(
        everything=everything, cells=tuple(cells), tasks=holder_of(situation), reporter=situation.actor.account
    )


def holder_of(situation: Situation) -> Holder:
    """Whose open tasks are the actor's: its own, those it deputises for, its organisations', its posts' and pools'."""
    roster = situation.today.roster
    accounts: set[str] = {situation.actor.account}
    organisations: set[str] = set()
    posts: set[tuple[str, str | None]] = set()
    pools: set[str] = set()
    for assignment in situation.actor.assignments:
        post = roster.posts.get(assignment.post)
        organisation = assignment.organisation or (post.organisation if post else None)
        if organisation is not None:
            organisations.add(organisation)
        if assignment.deputy_for is not None:
            accounts.add(assignment.deputy_for)
        posts.add((assignment.post, assignment.cell))
        if assignment.cell is None:  # a pool's cell is the case's, which only a reach without a cell always covers
            pools.update(pool.id for pool in situation.today.dispatch.pools.values() if assignment.post in pool.posts)
    posts |= {(post.id, None) for post in roster.posts.values() if post.organisation in organisations}
    return Holder(
        accounts=frozenset(accounts),
        organisations=frozenset(organisations),
        posts=frozenset(posts),
        pools=frozenset(pools),
    )


def path_of(scheme: Scheme, cell: str) -> str:
    """`/root/town/cell/`: the cell and all under it."""
    return "/" + "/".join(reversed(scheme.grid.chain(cell))) + "/"


def _role(situation: Situation, assignment: Assignment) -> Role | None:
    post = situation.today.roster.posts.get(assignment.post)
    return situation.today.roster.roles[post.role] if post else None
