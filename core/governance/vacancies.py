"""Which positions stand empty, since when, whether the scheme allows that, and who stands in meanwhile.

Each place of a post (a cell, an organisation, or the whole district) is judged by itself: one too many in one cell
fills nothing in another. Reads, and changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.governance.demo_people import positions
from core.manifest.yaml_text import read_yaml
from core.scheme.roster import Post
from core.scheme.scheme import Scheme
from core.store import Held, Reading

Place = tuple[str | None, str | None]
"""Cell and organisation; of a post with a fixed quota both are None, since all share it."""


@dataclass(frozen=True, slots=True)
class Vacancy:
    """A place where positions stand empty. `since` is when the place was left last (None: never filled), `due` until
    when it is to be filled. `backup` hold the backup post in the same cell and act while nobody holds the post there;
    `fallback` hold the post that stands in, in the cell or the nearest one above."""

    cell: str | None
    organisation: str | None
    vacant: int
    since: datetime | None
    due: datetime | None
    overdue: bool
    backup: tuple[Held, ...] = ()
    fallback: tuple[Held, ...] = ()


@dataclass(frozen=True, slots=True)
class Staffed:
    """A post with the positions that its quota calls for, how many hold it now, and where positions stand empty."""

    post: Post
    positions: int
    held: int
    vacancies: tuple[Vacancy, ...]

    @property
    def vacant(self) -> int:
        return sum(one.vacant for one in self.vacancies)

    @property
    def too_many(self) -> bool:
        """More at once than the scheme allows."""
        allowed = self.post.vacancies.allowed
        return allowed is not None and self.vacant > allowed

    @property
    def overdue(self) -> bool:
        return any(one.overdue for one in self.vacancies)

    @property
    def since(self) -> datetime | None:
        """Since when the place that was left first has stood empty; None when no empty place was ever filled."""
        return min((one.since for one in self.vacancies if one.since is not None), default=None)


def vacancies(reading: Reading, scheme: Scheme, now: datetime) -> Iterator[Staffed]:
    """Every post of today's scheme, in its order."""
    held = reading.assignments.held(now)
    by_post: dict[str, list[Held]] = {}
    by_cell: dict[tuple[str, str | None], list[Held]] = {}
    for one in held:
        by_post.setdefault(one.assignment.post, []).append(one)
        by_cell.setdefault((one.assignment.post, one.assignment.cell), []).append(one)
    called: dict[str, Counter[Place]] = {}
    for position in positions(scheme):
        where = place_of(scheme.roster.posts[position.post], position.cell, position.organisation)
        called.setdefault(position.post, Counter())[where] += 1
    left = reading.assignments.left(now)
    brought = _Brought(reading, scheme)
    for post in scheme.roster.posts.values():
        there = Counter(_where(post, one) for one in by_post.get(post.id, ()))
        last = _last(post, left)
        found = [
            _vacancy(scheme, post, where, (wanted - there[where], there[where]), last.get(where), brought, by_cell, now)
            for where, wanted in called.get(post.id, Counter()).items()
            if wanted > there[where]
        ]
        total = called.get(post.id, Counter()).total()
        yield Staffed(post, total, len(by_post.get(post.id, ())), tuple(found))


def place_of(post: Post, cell: str | None, organisation: str | None) -> Place:
    """The part of a post's quota that a position, or an assignment, draws on."""
    if post.quota.basis == "fixed":
        return None, None
    if post.quota.basis == "unit":
        return None, organisation or post.organisation
    return cell, None


def _where(post: Post, held: Held) -> Place:
    return place_of(post, held.assignment.cell, held.assignment.organisation)


def _last(post: Post, left: Mapping[tuple[str, str | None, str | None], datetime]) -> dict[Place, datetime]:
    """When each place of a post was left last."""
    found: dict[Place, datetime] = {}
    for (named, cell, organisation), at in left.items():
        if named == post.id:
            where = place_of(post, cell, organisation)
            found[where] = max(at, found.get(where, at))
    return found


def _vacancy(
    scheme: Scheme,
    post: Post,
    where: Place,
    counted: tuple[int, int],
    since: datetime | None,
    brought: Callable[[str], datetime | None],
    by_cell: Mapping[tuple[str, str | None], Sequence[Held]],
    now: datetime,
) -> Vacancy:
    cell, organisation = where
    vacant, there = counted
    days = post.vacancies.fill_within_days
    begun = since or brought(post.id) if days is not None else None
    due = begun + timedelta(days=days) if begun is not None and days is not None else None
    backup = by_cell.get((post.backup, cell), ()) if post.backup is not None and there == 0 else ()
    return Vacancy(
        cell=cell,
        organisation=organisation,
        vacant=vacant,
        since=since,
        due=due,
        overdue=due is not None and due <= now,
        backup=tuple(backup),
        fallback=tuple(_fallback(scheme, post, cell, by_cell)),
    )


def _fallback(
    scheme: Scheme, post: Post, cell: str | None, by_cell: Mapping[tuple[str, str | None], Sequence[Held]]
) -> Sequence[Held]:
    """Holders of the post that stands in, or of the one that stands in for that: the nearest to the cell."""
    seen, current = {post.id}, post.fallback
    while current is not None and current not in seen:
        seen.add(current)
        for where in (*(scheme.grid.chains.get(cell, (cell,)) if cell is not None else ()), None):
            if (current, where) in by_cell:
                return by_cell[current, where]
        current = scheme.roster.posts[current].fallback if current in scheme.roster.posts else None
    return ()


class _Brought:
    """Since when the scheme has had a post without a break: what was never filled is counted from there."""

    def __init__(self, reading: Reading, scheme: Scheme) -> None:
        self._reading, self._posts = reading, set(scheme.roster.posts)
        self._found: dict[str, datetime] | None = None

    def __call__(self, post: str) -> datetime | None:
        if self._found is None:
            self._found = self._look()
        return self._found.get(post)

    def _look(self) -> dict[str, datetime]:
        found: dict[str, datetime] = {}
        wanted = set(self._posts)
        for revision in self._reading.revisions.list():  # the latest first
            body = self._reading.revisions.files(revision.number).get("roster.yaml", b"")
            document, _ = read_yaml("roster.yaml", body)
            value = document.value if document is not None else {}
            wanted &= {item["id"] for item in value.get("posts", ())} if isinstance(value, dict) else set()
            if not wanted:
                break
            found |= dict.fromkeys(wanted, revision.published_at)
        return found
