"""Who is to be told, now: from an owner or a target to the accounts that stand for it by today's staff.

Says who, never how to reach somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.scheme.case import Owner
from core.scheme.extensions import Recipient
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment

NameOf = Callable[[str], str]
"""The name of an account; its id when the host knows none."""


@dataclass(frozen=True)
class Staff:
    """Who holds what at the moment of delivery."""

    today: Scheme
    by_post: Mapping[str, Sequence[Assignment]]
    name_of: NameOf

    def of_owner(self, owner: Owner, cells: Sequence[str]) -> tuple[Recipient, ...]:
        """The people of an owner, each once; empty when nobody holds what it names. `cells` are the case's cell and
        the cells above it."""
        if owner.account is not None:
            return self._account(owner.account)
        if owner.post is not None:
            return self._once(self._post(owner.post, owner.cell))
        if owner.pool is not None:
            pool = self.today.dispatch.pools.get(owner.pool)
            posts = pool.posts if pool else ()
            return self._once(held for post in posts for held in self._on(post) if held.cell in (*cells, None))
        return self._once(held for held in self._all() if self._organisation(held) == owner.organisation)

    def of_post(self, post: str) -> tuple[Recipient, ...]:
        """Everyone who holds a post, wherever."""
        return self._once(self._on(post))

    def _account(self, account: str) -> tuple[Recipient, ...]:
        """The account, and whoever stands in for it."""
        own = [held for held in self._all() if held.account == account]
        deputies = [held for held in self._all() if held.deputy_for == account]
        first = self._once(own) or (Recipient(account, self.name_of(account)),)
        return (*first, *(one for one in self._once(deputies) if one.account != account))

    def _post(self, post: str, cell: str | None) -> list[Assignment]:
        """Holders of the post in the cell or the nearest one above, else of the posts that stand in for it."""
        cells = (*self.today.grid.chains.get(cell, (cell,)), None) if cell is not None else (None,)
        for tried in _with_fallbacks(self.today, post):
            for where in cells:
                found = [held for held in self._on(tried) if held.cell == where]
                if found:
                    return found
        return []

    def _on(self, post: str) -> Sequence[Assignment]:
        return self.by_post.get(post, ())

    def _all(self) -> Iterator[Assignment]:
        return (held for holders in self.by_post.values() for held in holders)

    def _once(self, assignments: Iterable[Assignment]) -> tuple[Recipient, ...]:
        """Each account once, with the first of its posts that is meant."""
        found: dict[str, Assignment] = {}
        for held in assignments:
            found.setdefault(held.account, held)
        return tuple(
            Recipient(account, self.name_of(account), held.post, held.cell, held.organisation)
            for account, held in found.items()
        )

    def _organisation(self, assignment: Assignment) -> str | None:
        post = self.today.roster.posts.get(assignment.post)
        return assignment.organisation or (post.organisation if post else None)


def _with_fallbacks(today: Scheme, post: str) -> Iterator[str]:
    seen: set[str] = set()
    current: str | None = post
    while current is not None and current not in seen:
        seen.add(current)
        yield current
        current = today.roster.posts[current].fallback if current in today.roster.posts else None
