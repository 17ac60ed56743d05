"""A district with a case of every kind, its anchors, and somebody who owns the database and writes to it directly."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, delete, insert, select, text, update
from town import Town, build_town

from core.casework import Depth, LogFinding
from core.engine.evolve import fold
from core.engine.timers import due_timers
from core.factory import create_app
from core.scheme.case import Case
from core.scheme.codec import event_from_dict, event_to_dict
from core.scheme.event import Event
from core.settings import Settings
from core.store import ManualClock
from core.store.anchor_log import AnchorLog
from core.store.anchoring import BEGINNING, anchor
from core.store.cases import columns_of, task_rows
from core.store.chain import canonical, genesis, hash_after
from core.store.database import table_of
from core.store.models import CaseTable, EventTable, PayloadTable, TaskTable, TimerTable

CASE, EVENT, PAYLOAD, TASK, TIMER = map(table_of, (CaseTable, EventTable, PayloadTable, TaskTable, TimerTable))


@dataclass
class District:
    """`cases` by name. `first` ends with an anchoring, then the clock goes on and each case is acted upon again."""

    town: Town
    cases: dict[str, str]
    anchors: Path
    anchored: dict[str, int]

    def anchor(self) -> None:
        anchor(self.town.services.store, self.anchors, "harbour", self.town.clock.now())

    def verify(self, depth: Depth = Depth(photos=True), anchors: bool = True) -> list[LogFinding]:  # noqa: B008
        log = AnchorLog.of(self.anchors, "harbour") if anchors else AnchorLog(self.anchors / "none")
        walked = list(self.town.services.casework.verify_log("harbour", log, depth))
        assert sum(part.cases for part in walked) <= len(self.cases)
        return [finding for part in walked for finding in part.findings]

    def found(self, **how: Any) -> list[tuple[str, str | None, int]]:
        """(code, name of the case, seq) of each finding."""
        names = {case_id: name for name, case_id in self.cases.items()}
        return [(found.code, names.get(found.case or ""), found.seq) for found in self.verify(**how)]

    def tamper(self, *statements: str | Callable[[Connection], None], **named: Any) -> None:
        """Write as the database's owner: without triggers and without foreign keys. `:waiting` is that case's id."""
        url = self.town.services.store.database.engine.url
        engine = create_engine(url)
        with engine.begin() as link:
            if engine.dialect.name == "postgresql":
                link.execute(text("SET LOCAL session_replication_role = replica"))
            else:
                for table in ("case_event", "revision", "revision_file"):
                    for change in ("update", "delete"):
                        link.execute(text(f"DROP TRIGGER {table}_no_{change}"))
            for statement in statements:
                if callable(statement):
                    statement(link)
                else:
                    wanted = {name: value for name, value in (self.cases | named).items() if f":{name}" in statement}
                    assert link.execute(text(statement), wanted).rowcount, "the attack touched nothing"
        engine.dispose()

    @property
    def on_postgres(self) -> bool:
        return self.town.services.store.database.engine.dialect.name == "postgresql"

    def events(self, link: Connection, name: str) -> list[Event]:
        bodies = select(EVENT.c.body).where(EVENT.c.case_id == self.cases[name]).order_by(EVENT.c.seq)
        return [event_from_dict(json.loads(body)) for body in link.scalars(bodies)]

    def rewrite(self, name: str, change: Callable[[list[Event]], Sequence[Event]]) -> Callable[[Connection], None]:
        """Make a case's history anew, so that everything inside the database agrees: chain, head, snapshot, tasks,
        timers."""

        def forge(link: Connection) -> None:
            events = [replace(event, seq=seq) for seq, event in enumerate(change(self.events(link, name)), 1)]
            case = fold(events)
            assert case is not None
            self._write(link, case, events)

        return forge

    def replace_chain(self, name: str, change: Callable[[Event], Event]) -> Callable[[Connection], None]:
        """Make the chain anew from other events, and nothing else."""

        def forge(link: Connection) -> None:
            case_id = self.cases[name]
            rows = chained(case_id, [change(event) for event in self.events(link, name)])
            link.execute(delete(EVENT).where(EVENT.c.case_id == case_id))
            link.execute(insert(EVENT), rows)
            link.execute(update(CASE).where(CASE.c.id == case_id).values(head_hash=rows[-1]["hash"]))

        return forge

    def _write(self, link: Connection, case: Case, events: Sequence[Event]) -> None:
        mine = {"locality_id": "harbour", "case_id": case.id}
        rows = chained(case.id, events)
        head = rows[-1]["hash"]
        path = link.scalar(select(CASE.c.cell_path).where(CASE.c.id == case.id))
        assert path is not None
        link.execute(update(CASE).where(CASE.c.id == case.id).values(**columns_of(case, events[-1], head, path)))
        for table in (EVENT, TASK):
            link.execute(delete(table).where(table.c.case_id == case.id))
        link.execute(delete(TIMER).where(TIMER.c.case_id == case.id, TIMER.c.done_at.is_(None)))
        link.execute(insert(EVENT), rows)
        tasks = [{"locality_id": "harbour", **row} for task in case.tasks for row in task_rows(case, task)]
        if tasks:
            link.execute(insert(TASK), tasks)
        named = {text for event in events for text in event.data.get("texts", ())}
        link.execute(delete(PAYLOAD).where(PAYLOAD.c.case_id == case.id, PAYLOAD.c.id.not_in(named)))
        with self.town.services.store.read("harbour") as reading:
            due = due_timers(case, self.town.services.casework.schemes.by_digest(reading, case.scheme))
        for timer in due:
            key = {"limit_id": timer.limit, "occurrence": timer.occurrence, "reach": timer.reach}
            link.execute(insert(TIMER), mine | key | {"due_at": timer.due_at, "run_at": timer.due_at, "attempts": 0})


def build_district(database_url: str, folder: Path) -> District:
    """Two hours of cases, anchored; then each is taken a step further."""
    town = build_town(database_url, folder / "instance", localities=("harbour",))
    district = District(town, {}, folder / "anchors", {})
    waiting = town.report(contact={"name": "王小明", "phone": "13812345678"}, description="井盖破损")
    handled = town.report(evidence=[{"attachment": town.photo()}])
    late = town.report()
    for name, case in (("waiting", waiting), ("handled", handled), ("late", late)):
        district.cases[name] = case["id"]
    assert town.act(handled, "assign", "head", inputs={"assignee": "handler", "opinion": "速办"}).status_code == 200
    town.clock.advance(minutes=1)
    district.anchor()
    town.clock.advance(hours=3)
    assert town.sweep() == 2  # `waiting` and `late` are past their limit
    town.clock.advance(hours=3)
    further = town.get(f"/cases/{handled['id']}").json
    assert further is not None
    assert town.act(further, "accept", "handler").status_code == 200
    district.cases["open"] = town.report()["id"]  # its timer is still to come
    with town.services.store.read("harbour") as reading:
        district.anchored = {
            head.case_id: head.version for head in reading.cases.changed_heads(BEGINNING, None, 100_000)
        }
    return district


def open_copy(database_url: str, folder: Path, made: District) -> District:
    """The same district on a copy of its database and of its anchors."""
    settings = Settings(instance=folder / "instance", database_url=database_url, log_level="error")
    clock = ManualClock(made.town.clock.now())
    town = Town(create_app(settings, clock), clock, dict(made.town.tokens), made.town.keys)
    return District(town, dict(made.cases), folder / "anchors", dict(made.anchored))


def chained(case_id: str, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Rows of events whose hashes hold."""
    head, rows = genesis("harbour", case_id), []
    for event in events:
        body = canonical(event_to_dict(event))
        row = {"locality_id": "harbour", "case_id": case_id, "seq": event.seq, "type": event.type, "body": body}
        rows.append(row | {"previous_hash": head, "hash": (head := hash_after(head, body))})
    return rows
