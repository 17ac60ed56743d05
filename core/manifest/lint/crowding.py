"""Lint of what a division rule cannot hold: a building larger than a cell may be, cells many times too large.

A rule that is broken is told by `division`; here is told where dividing anew will not do, or not by a little.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from core.errors import Finding, Place
from core.manifest.documents import Documents
from core.manifest.lint.division import measured
from core.manifest.lint.finding import finding
from core.scheme.scheme import Scheme

SIZES = ("households", "population", "area_km2")
FAR = 2
"""How many times the maximum is far above it."""


def far_above(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Cells at twice a rule's maximum or more: one finding a rule, with the worst of them."""
    for rule in documents.root("grid")["division_rules"]:
        maximum = rule["maximum"].value
        if not maximum or rule["kind"].value not in SIZES:
            continue
        far = [(value, cell.code) for cell, value in measured(scheme, documents, rule) if value >= FAR * maximum]
        if far:
            value, code = max(far)
            yield finding(
                "lint-cell-far-above-rule",
                rule["id"].place(),
                rule=rule["id"].text,
                cells=len(far),
                cell=code,
                value=float(round(value, 3)),
                maximum=maximum,
                times=float(round(value / Decimal(str(maximum)), 1)),
            )


def buildings(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A building with more households than any cell may have: it has to be divided, or the rule gives way."""
    largest = _largest(scheme, documents)
    table = documents.table("grid", "buildings")
    if largest is None or table is None:
        return
    households: dict[str, int] = {}
    cells: dict[str, set[str]] = {}
    places: dict[str, Place] = {}
    for row in table:
        building = row.values["building"]
        households[building] = households.get(building, 0) + int(row.values.get("households") or 0)
        cells.setdefault(building, set()).add(row.values["cell"])
        places.setdefault(building, row.place("building"))
    for building, number in households.items():
        if number > largest[0]:
            yield finding(
                "lint-building-beyond-cell",
                places[building],
                building=building,
                households=number,
                maximum=largest[0],
                rule=largest[1],
                cells=len(cells[building]),
            )


def _largest(scheme: Scheme, documents: Documents) -> tuple[float, str] | None:
    """The most households that any rule for a lowest tier allows a cell, with the rule's id."""
    lowest = {scheme.grid.cells[code].tier for code in scheme.grid.leaves}
    rules = [
        (rule["maximum"].value, rule["id"].text)
        for rule in documents.root("grid")["division_rules"]
        if rule["kind"].value == "households" and rule["tier"].value in lowest and rule["maximum"].value is not None
    ]
    return max(rules, default=None)
