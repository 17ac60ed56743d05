"""Documents with places: what the readers of YAML and CSV produce and every later pass consumes.

Knows nothing of schemas or of meaning.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.errors import Place

Path = tuple[str | int, ...]
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def json_path(path: Sequence[str | int]) -> str:
    """`("tiers", 0, "id")` → `$.tiers[0].id`; names that are not plain are quoted: `$['a b']`."""
    parts = ["$"]
    for step in path:
        if isinstance(step, int):
            parts.append(f"[{step}]")
        elif _PLAIN.match(step):
            parts.append(f".{step}")
        else:
            parts.append(f"['{step}']")
    return "".join(parts)


@dataclass(frozen=True)
class Document:
    """A YAML (or GeoJSON) file. `value` is made of dict, list, str, int, Decimal, bool and None.

    `positions` maps the path of every key and item to (line, column), from 1, in characters: for a mapping's entry
    the position of its value; `key_positions` those of the keys.
    """

    file: str
    value: Any
    positions: Mapping[Path, tuple[int, int]] = field(default_factory=dict)
    key_positions: Mapping[Path, tuple[int, int]] = field(default_factory=dict)

    def place(self, path: Sequence[str | int] = (), key: bool = False) -> Place:
        """The place of a path; a path that is absent has the place of its nearest present ancestor."""
        path = tuple(path)
        known = self.key_positions if key else self.positions
        here = path
        while here and here not in known:
            here, known = here[:-1], self.positions
        line, column = known.get(here, (1, 1))
        return Place(self.file, line, column, json_path(path))


@dataclass(frozen=True)
class Row:
    """One data row of a table. `values` has an entry for each header column ("" where the cell is empty).

    `ragged`: it has more or fewer cells than the header, so that nobody knows which value belongs to which column.
    """

    table: str
    index: int
    values: Mapping[str, str]
    positions: Mapping[str, tuple[int, int]]
    ragged: bool = False

    def place(self, column: str = "") -> Place:
        found = self.positions.get(column) if column else None
        line, position = found or next(iter(self.positions.values()), (self.index + 2, 1))
        return Place(self.table, line, position, json_path((self.index, column) if column else (self.index,)))


@dataclass(frozen=True)
class Table:
    """A CSV file: header and rows. Cells are strings, stripped of surrounding space."""

    file: str
    columns: tuple[str, ...]
    rows: tuple[Row, ...]

    def __iter__(self) -> Iterator[Row]:
        return iter(self.rows)
