"""Lint of rosters: posts without positions, roles without posts, duties that the posts cannot cover."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.roster import Post
from core.scheme.scheme import Scheme

SHIFTS = 4.2
"""Positions that one place needs around the clock: 168 hours a week over 40 hours a position."""


def posts(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A post that no quota staffs; a role that no post holds; a duty mode of crisis without an end."""
    held = {post.role for post in scheme.roster.posts.values()}
    for post in scheme.roster.posts.values():
        if not scheme.roster.positions.get(post.id):
            yield finding("lint-post-without-positions", place_of(documents, "roster", "posts", post.id), post=post.id)
    for role in scheme.roster.roles.values():
        if role.id not in held:
            yield finding("lint-role-without-post", place_of(documents, "roster", "roles", role.id), role=role.id)
    for mode in scheme.roster.duty_modes.values():
        if mode.crisis and (mode.authority is None or mode.max_hours is None):
            yield finding("lint-crisis-without-end", place_of(documents, "roster", "duty_modes", mode.id), mode=mode.id)


def fewer_than_cells(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A post with a fixed number of positions for the cells of a tier, and fewer positions than cells."""
    grid = scheme.grid
    for post in scheme.roster.posts.values():
        if post.quota.basis != "fixed" or post.tier is None:
            continue
        unit = scheme.roster.organisations.get(post.organisation or "")
        cells = sum(
            1
            for cell in grid.cells.values()
            if cell.tier == post.tier
            and cell.valid_to is None
            and (not post.quota.kinds or cell.kind in post.quota.kinds)
            and (unit is None or unit.cell is None or grid.within(cell.code, unit.cell))
        )
        found = scheme.roster.positions[post.id]
        if found < cells:
            place = place_of(documents, "roster", "posts", post.id)
            yield finding("lint-positions-fewer-than-cells", place, post=post.id, positions=found, cells=cells)


def round_the_clock(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A duty day and night in each of several places, without the positions for its shifts."""
    for duty in documents.root("roster")["duties"]:
        if duty["round_the_clock"].value is not True:
            continue
        post = scheme.roster.posts[duty["post"].text]
        positions, needed = scheme.roster.positions.get(post.id, 0), ceil(SHIFTS * _places(scheme, post))
        if positions < needed:
            yield finding("lint-round-the-clock-thin", duty["id"].place(), post=post.id, found=positions, needed=needed)


def _places(scheme: Scheme, post: Post) -> int:
    """In how many places the post stands: cells of its tier and kinds, organisations of its kinds, or one."""
    wanted, kinds = post.quota.basis, post.quota.kinds
    if wanted == "unit":
        found = [item.kind for item in scheme.roster.organisations.values()]
    elif post.tier is not None:
        current = (cell for cell in scheme.grid.cells.values() if cell.valid_to is None)
        found = [cell.kind or "" for cell in current if cell.tier == post.tier]
    else:
        return 1
    return sum(1 for kind in found if not kinds or kind in kinds)
