"""How many positions a quota calls for."""

from datetime import date
from decimal import Decimal

import pytest

from core.manifest.compile.roster import positions
from core.scheme.grid import Cell, Grid, Tier
from core.scheme.label import Label
from core.scheme.roster import Organisation, Post, Quota

NAME = Label("名")


def cell(code: str, kind: str, households: int | None, ended: bool = False) -> Cell:
    end = date(2026, 1, 1) if ended else None
    return Cell(code, "grid", "top", NAME, kind=kind, households=households, valid_to=end)


CELLS = [
    Cell("top", "district", None, NAME, households=9999),
    cell("a", "urban", 301),
    cell("b", "urban", 100),
    cell("c", "rural", 99),
    cell("d", "rural", None),
    cell("e", "urban", 500, ended=True),
]
GRID = Grid((Tier("district", NAME, 1), Tier("grid", NAME, 2, leaf=True)), {each.code: each for each in CELLS})
UNITS = [Organisation(f"o{number}", NAME, kind) for number, kind in enumerate(["company", "company", "bureau"])]


def count(basis: str, amount: str, kinds: tuple[str, ...] = ()) -> int:
    post = Post("p", NAME, "role", Quota(basis, Decimal(amount), kinds), tier="grid")
    return positions(post, GRID, UNITS)


@pytest.mark.parametrize(
    ("quota", "expected"),
    [
        (("fixed", "5"), 5),
        (("cell", "1"), 4),
        (("cell", "2", ("rural",)), 4),
        (("cell", "0.5"), 2),
        (("cell", "0.3", ("rural",)), 1),
        (("ratio", "100"), 4 + 1 + 1),
        (("ratio", "100", ("urban",)), 4 + 1),
        (("unit", "2"), 6),
        (("unit", "2", ("company",)), 4),
        (("unit", "1", ("court",)), 0),
    ],
)
def test_positions(quota, expected):
    assert count(*quota) == expected
