"""A progress bar on a terminal, nothing anywhere else: other programs read standard output, people watch standard
error."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

from rich.console import Console
from rich.progress import track

from core.cli.group import Composition
from core.messages import render

T = TypeVar("T")


def watched(
    composition: Composition, items: Sequence[T] | Iterable[T], code: str, total: int | None = None
) -> Iterable[T]:
    """The items one by one, with how far they have come under the message `code`; `total` where they do not say how
    many there are."""
    console = Console(stderr=True)
    described = render(code, {}, composition.language)
    return track(items, described, total=total, console=console, transient=True, disable=not console.is_terminal)
