"""How the cells of a post are shared out among so many holders, and what the heaviest of them then carries.

Pure arithmetic on counts; knows no scheme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heapreplace


@dataclass(frozen=True, slots=True)
class Load:
    """What holders carry. `shares` is how many holders have how many cells: {2: 7, 1: 4}.

    `households` and `cells` are those of whoever carries most households and most cells; `uncovered` cells have nobody.
    """

    holders: int
    shares: tuple[tuple[int, int], ...]
    cells: int
    households: int
    uncovered: int = 0
    without: int = 0

    @property
    def sum(self) -> str:
        """The shares as a sum to check by hand: `7 × 2 + 4 × 1 = 18`."""
        total = sum(cells * holders for cells, holders in self.shares)
        return " + ".join(f"{holders} × {cells}" for cells, holders in self.shares) + f" = {total}"


def shared(households: Sequence[int], holders: int) -> Load:
    """Every cell is somebody's: with fewer holders than cells some have several, with more some cells have several.

    Cells go out from the largest, each to whoever has the fewest households so far; further holders go where most
    households come on one. Raises ValueError without a holder or a cell.
    """
    if holders < 1 or not households:
        raise ValueError("nobody to share among, or nothing to share")
    return _load(_piles(households, holders)) if holders < len(households) else _staffed(households, holders)


def one_each(households: Sequence[int], holders: int) -> Load:
    """Nobody has more than one cell: the smallest cells are left without a holder when there are too few."""
    if holders >= len(households):
        return shared(households, holders)
    ordered = sorted(households, reverse=True)
    held, left = ordered[:holders], ordered[holders:]
    most = held[0] if held else 0
    shares = ((1, holders),) if holders else ()
    return Load(holders, shares, min(holders, 1), most, len(left), sum(left))


def with_one_away(households: Sequence[int], holders: int) -> tuple[Load, int, int]:
    """While whoever carries most is away and each of the cells goes to a second holder: the others' load, then how
    many cells and households that is about."""
    piles = _piles(households, min(holders, len(households)))
    piles.sort(key=lambda pile: (sum(pile), len(pile)), reverse=True)
    away, others = piles[0], [list(pile) for pile in piles[1:]]
    for cell in sorted(away, reverse=True):
        if others:
            min(others, key=lambda pile: (sum(pile), len(pile))).append(cell)
    return _load(others), len(away), sum(away)


def _piles(households: Sequence[int], holders: int) -> list[list[int]]:
    piles: list[list[int]] = [[] for _ in range(holders)]
    waiting = [(0, 0, number) for number in range(holders)]
    for cell in sorted(households, reverse=True):
        carried, cells, number = waiting[0]
        piles[number].append(cell)
        heapreplace(waiting, (carried + cell, cells + 1, number))
    return piles


def _load(piles: Sequence[Sequence[int]]) -> Load:
    counted = Counter(len(pile) for pile in piles)
    most = max((sum(pile) for pile in piles), default=0)
    return Load(len(piles), tuple(sorted(counted.items(), reverse=True)), max(counted, default=0), most)


def _staffed(households: Sequence[int], holders: int) -> Load:
    """At least one holder a cell, and the rest one by one where most households come on one holder."""
    staff = [1] * len(households)
    heaviest = [(-float(count), number) for number, count in enumerate(households)]
    heapify(heaviest)
    for _ in range(holders - len(households)):
        number = heaviest[0][1]
        staff[number] += 1
        heapreplace(heaviest, (-households[number] / staff[number], number))
    most = max(-(-count // here) for count, here in zip(households, staff, strict=True))
    return Load(holders, ((1, holders),), 1, most)
