"""The known name that a wrong one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

NONE = "—"
"""Shown where there is no name to suggest."""
MOST = 300
"""Suggestions of one pass: comparing is slow, and a file that is wrong throughout needs no more of them."""


LEAST = 0.6
"""How similar (0 to 1) a name has to be before it is taken for what was meant."""


def nearest(name: str, known: Iterable[str], least: float = 0.0) -> str:
    """The most similar of the known names, or a dash when none is at least so similar."""
    close = get_close_matches(name, sorted(set(known)), n=1, cutoff=least)
    return close[0] if close else NONE


def meant(name: str, known: Iterable[str]) -> str:
    """The known name that a wrong one may stand for, or a dash when none is similar enough."""
    return nearest(name, known, LEAST)


class Suggestions:
    """`meant` for one pass, until it has been asked too often; a dash from then on."""

    def __init__(self, most: int = MOST) -> None:
        self._left = most

    def meant(self, name: str, known: Iterable[str]) -> str:
        self._left -= 1
        return meant(name, known) if self._left >= 0 else NONE
