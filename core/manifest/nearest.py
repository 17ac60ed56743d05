"""The known name that a wrong one most likely stands for."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

NONE = "—"
"""Shown where there is no name to suggest."""
MOST = 300
"""Suggestions of one pass: comparing is slow, and a file that is wrong throughout needs no more of them."""


def nearest(name: str, known: Iterable[str]) -> str:
    """The most similar of the known names, or a dash when none exists."""
    close = get_close_matches(name, sorted(set(known)), n=1, cutoff=0.0)
    return close[0] if close else NONE


class Suggestions:
    """`nearest` for one pass, until it has been asked too often; a dash from then on."""

    def __init__(self, most: int = MOST) -> None:
        self._left = most

    def nearest(self, name: str, known: Iterable[str]) -> str:
        self._left -= 1
        return nearest(name, known) if self._left >= 0 else NONE
