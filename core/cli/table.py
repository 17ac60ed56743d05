"""Rows for the terminal under headings from the message catalogue, in columns that also fit Chinese text.

Never cut to the terminal's width, so that other programs can read them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from core.cli.group import Composition
from core.messages import render

NOTHING = "–"
_WIDEST = 10_000


def show_table(composition: Composition, columns: Sequence[str], rows: Iterable[Sequence[str | None]]) -> None:
    """Print rows under the headings `cli-column-<column>`; what is None or empty shows as a dash."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="")
    for column in columns:
        table.add_column(render(f"cli-column-{column}", {}, composition.language), no_wrap=True)
    for row in rows:
        table.add_row(*(value or NOTHING for value in row))
    console = Console(file=sys.stdout, width=_WIDEST, markup=False, emoji=False, highlight=False)
    console.print(table)
