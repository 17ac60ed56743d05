"""Rulings: whose a case was said to be by an action whose meaning is `rule_ownership` (确权). Reads events only.

A ruling gives a task to an organisation, or leaves it with the one that has it. Ruled again, a case stands for its last
ruling.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.casework.office import Office
from core.engine.dispatch import DispatchQuery
from core.engine.reach import chain
from core.engine.sending import query_of
from core.scheme.case import Case
from core.scheme.event import Event
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.store import Reading

MEANING = "rule_ownership"


@dataclass(frozen=True, slots=True)
class Ruling:
    """That a case's class in the cell above its own belongs to an organisation; `query` asks today's rules of it."""

    number: str
    category: str
    cell: str
    organisation: str
    query: DispatchQuery


def rulings(office: Office, reading: Reading, situation: Situation, since: datetime | None) -> Iterator[Ruling]:
    """What every case was ruled last, if that was at `since` or later."""
    for case_id in reading.log.acted(MEANING):
        case = reading.cases.get(case_id)
        pinned = office.schemes.by_digest(reading, case.scheme)
        told = _Told(case, pinned)
        for event in _events(reading, case_id):
            told.take(event)
        if told.ruled and (since is None or told.at >= since):
            asked = query_of(pinned, situation, case, office.clock.now())
            for organisation, (category, cell) in told.ruled.items():
                yield _ruling(situation, pinned, case, asked, category, cell, organisation)


class _Told:
    """What a case's events tell, one after the other: its class and cell, who has which task, what was ruled last."""

    def __init__(self, case: Case, pinned: Scheme) -> None:
        self._actions = pinned.kind(case.kind).actions
        self._where = case.category, case.cell
        self._owners: dict[str, Mapping[str, Any]] = {}
        self._ruling = self._fresh = False
        self.at = case.opened_at
        self.ruled: dict[str, tuple[str, str]] = {}

    def take(self, event: Event) -> None:
        if event.type in ("opened", "corrected"):
            category, cell = self._where
            self._where = event.data.get("category", category), event.data.get("cell", cell)
        elif event.type == "acted":
            self._ruling = self._fresh = event.data["meaning"] == MEANING
            if self._ruling:
                named = dict.fromkeys(self._confirmed(event))
                if named:
                    self._rule(event, *named)
        elif event.type in ("task_assigned", "task_opened"):
            owner = event.data["owner"]
            self._owners[event.data["task"]] = owner
            if self._ruling and "organisation" in owner:
                self._rule(event, owner["organisation"])
        elif event.type == "task_closed":
            self._owners.pop(event.data["task"], None)

    def _rule(self, event: Event, *organisations: str) -> None:
        """What one action rules stands together, and in place of what was ruled before."""
        if self._fresh:
            self.ruled, self._fresh = {}, False
        self.at = event.recorded_at
        self.ruled |= dict.fromkeys(organisations, self._where)

    def _confirmed(self, event: Event) -> Iterator[str]:
        """Organisations to which the action gives a task that they have already: no event of its own tells of that."""
        action = self._actions.get(event.data["action"])
        for effect in action.effects if action is not None else ():
            target = effect.arguments.get("target")
            if effect.kind != "assign_task" or target is None or target.kind not in ("input", "organisation"):
                continue
            named = event.data.get("inputs", {}).get(target.value) if target.kind == "input" else target.value
            if named is not None and self._owners.get(effect.arguments["task"]) == {"organisation": named}:
                yield named


def _events(reading: Reading, case_id: str) -> Iterator[Event]:
    after = 0
    while page := reading.cases.events(case_id, after):
        yield from page
        after = page[-1].seq


def _ruling(
    situation: Situation,
    pinned: Scheme,
    case: Case,
    asked: DispatchQuery,
    category: str,
    cell: str,
    organisation: str,
) -> Ruling:
    above = _above(situation, pinned, cell)
    known = situation.today.grid.cells.get(above)
    kind, grade = (known.kind, known.grade) if known else (None, None)
    query = asked._replace(category=category, cell=above, area_kind=kind, grade=grade)
    return Ruling(case.number, category, above, organisation, query)


def _above(situation: Situation, pinned: Scheme, cell: str) -> str:
    """The cell at the tier above the leaf; a cell that is no leaf stays itself."""
    cells = chain(situation, cell, pinned)
    grid = situation.today.grid if cell in situation.today.grid.cells else pinned.grid
    leaves = {tier.id for tier in grid.tiers if tier.leaf}
    is_leaf = cell in grid.cells and grid.cells[cell].tier in leaves
    return cells[1] if is_leaf and len(cells) > 1 else cells[0]
