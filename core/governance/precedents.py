"""Precedents: what was ruled in cases (确权), as rules that the next draft of a manifest may take over.

Holds rulings (`core.governance.rulings`) against today's rules; writes nothing, and takes nothing over by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.casework.office import Office, situation_of
from core.engine.dispatch import dispatch
from core.errors import Conflict
from core.governance.rulings import Ruling, rulings
from core.manifest.csv_text import read_csv
from core.manifest.lint.dispatch import unconditional
from core.scheme.dispatch import Rule
from core.scheme.scheme import Scheme
from core.scheme.workflow import Target
from core.store import Reading

BASIS = "precedent"
LONGEST = 56
"""Characters of a rule's id, before a number that sets it apart."""
NEEDED = ("category", "cell")


@dataclass(frozen=True, slots=True)
class Precedent:
    """What was ruled for a class in a cell. `others` were ruled for the same in other cases; `missing` is what today's
    scheme no longer has; `rival` is a rule of today for exactly this that says otherwise."""

    category: str
    cell: str
    organisation: str
    cases: tuple[str, ...]
    others: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    rival: str | None = None
    rule: str = ""

    @property
    def offered(self) -> bool:
        return not self.others and not self.missing

    def row(self) -> Mapping[str, str]:
        """The rule, by the columns of the table of rules."""
        handler = f"organisation:{self.organisation}"
        named = {"id": self.rule, "layer": "normal", "category": self.category, "cell": self.cell}
        return named | {"handler": handler, "basis": BASIS}


@dataclass(frozen=True, slots=True)
class Found:
    """What was ruled, in the order of class and cell, and how much of it today's rules say already."""

    precedents: tuple[Precedent, ...]
    covered: int


def precedents(office: Office, locality: str, since: datetime | None = None) -> Found:
    """Every class, cell and organisation that was ruled since an instant. NotFound `locality-unknown`."""
    with office.store.read(locality) as reading:
        situation = situation_of(office, reading, None, office.clock.now())
        grouped: dict[tuple[str, str], dict[str, list[Ruling]]] = {}
        for ruling in rulings(office, reading, situation, since):
            by_organisation = grouped.setdefault((ruling.category, ruling.cell), {})
            by_organisation.setdefault(ruling.organisation, []).append(ruling)
    today = situation.today
    found, covered = [], 0
    for (_, _), ruled in sorted(grouped.items()):
        for organisation, of_it in sorted(ruled.items()):
            one = _precedent(today, of_it, tuple(other for other in sorted(ruled) if other != organisation))
            if one.offered and _covered(today, one, of_it):
                covered += 1
            else:
                found.append(one)
    return Found(tuple(_named(today, found)), covered)


def rows_to_append(reading: Reading, today: Scheme, found: Sequence[Precedent]) -> str:
    """What is offered as lines to append to the district's table of rules, by the columns that it has.

    Conflict `precedents-without-columns` when it has none for the class or the cell.
    """
    file = today.dispatch.rules[0].place.file if today.dispatch.rules else "rules.csv"
    revision = reading.revisions.current()
    body = reading.revisions.files(revision.number).get(file, b"") if revision is not None else b""
    table, _ = read_csv(file, body.partition(b"\n")[0])
    columns = table.columns if table is not None else ()
    lacking = [column for column in NEEDED if column not in columns]
    if lacking:
        raise Conflict("precedents-without-columns", file=file, columns=", ".join(lacking))
    lines = [",".join(one.row().get(column, "") for column in columns) for one in found if one.offered]
    begun = "" if not lines or body.endswith(b"\n") else "\n"  # the last row there has no end yet
    return begun + "".join(f"{line}\n" for line in lines)


def _precedent(today: Scheme, found: Sequence[Ruling], others: tuple[str, ...]) -> Precedent:
    one = found[0]
    known = (
        (one.category, today.codes.categories),
        (one.cell, today.grid.cells),
        (one.organisation, today.roster.organisations),
    )
    missing = tuple(name for name, names in known if name not in names)
    rival = next((rule.id for rule in _exactly(today, one) if rule.handler != _handler(one)), None)
    cases = tuple(sorted(ruling.number for ruling in found))
    return Precedent(one.category, one.cell, one.organisation, cases, others, missing, rival)


def _exactly(today: Scheme, one: Ruling | Precedent) -> Iterator[Rule]:
    """Today's normal rules for this class and cell that ask nothing else."""
    for rule in today.dispatch.rules:
        if (rule.layer, rule.category, rule.cell) == ("normal", one.category, one.cell) and unconditional(rule):
            yield rule


def _handler(one: Ruling | Precedent) -> Target:
    return Target("organisation", one.organisation)


def _covered(today: Scheme, one: Precedent, found: Sequence[Ruling]) -> bool:
    """Whether today's rules give each of the cases, put at the cell above, to that organisation, or have the very rule
    already."""
    if any(rule.handler == _handler(one) for rule in _exactly(today, one)):
        return True
    return all(dispatch(today, ruling.query).handler == _handler(one) for ruling in found)


def _named(today: Scheme, found: Sequence[Precedent]) -> Iterator[Precedent]:
    """With ids that no rule of today has."""
    taken = {rule.id for rule in today.dispatch.rules}
    for one in found:
        begun = "P-" + re.sub("[^A-Za-z0-9_-]", "-", f"{one.category}-{one.cell}")[:LONGEST]
        name, number = begun, 1
        while name in taken:
            number += 1
            name = f"{begun}-{number}"
        if one.offered:
            taken.add(name)
            yield replace(one, rule=name)
        else:
            yield one
