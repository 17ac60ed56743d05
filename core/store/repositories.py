"""What a use case works with: the repositories of one locality on one connection, to read, or to write as well."""

from __future__ import annotations

from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from core.store.assignments import Assignments, Duty
from core.store.attachments import Attachments
from core.store.cases import Cases
from core.store.database import Database
from core.store.idempotency import Idempotency
from core.store.log import Log
from core.store.nearby import Nearby
from core.store.numbers import Numbers
from core.store.objects import Objects
from core.store.outbox import Outbox
from core.store.payloads import Payloads
from core.store.receipts import Receipts
from core.store.revisions import Revisions
from core.store.spans import Spans
from core.store.standing import Standing, Standings
from core.store.tally import Tally
from core.store.timers import Timers
from core.store.unit import Transaction


class Reading:
    """The rows of one locality, and of no other. Outside a unit it never commits: what is written through it is
    refused (PostgreSQL) or does not stay (SQLite)."""

    def __init__(self, standings: Standings, connection: Connection, locality: str) -> None:
        self.locality = locality
        self._standings, self._link = standings, connection
        self.cases = Cases(connection, locality)
        self.log = Log(connection, locality)
        self.nearby = Nearby(connection, locality)
        self.payloads = Payloads(connection, locality)
        self.timers = Timers(connection, locality)
        self.outbox = Outbox(connection, locality)
        self.receipts = Receipts(connection, locality)
        self.numbers = Numbers(connection, locality)
        self.attachments = Attachments(connection, locality)
        self.idempotency = Idempotency(connection, locality)
        self.assignments = Assignments(connection, locality)
        self.duty = Duty(connection, locality)
        self.objects = Objects(connection, locality)
        self.spans = Spans(connection, locality)
        self.tally = Tally(connection, locality)
        self.revisions = Revisions(connection, locality)

    def standing(self, now: datetime) -> Standing | None:
        """What holds in the locality at `now`, of which this process keeps what has not changed; None when nothing is
        published."""
        marks, self.idempotency.marks = self.idempotency.marks, None  # good once: what follows may change them
        return self._standings.at(self._link, self.locality, now, marks)


class Unit(Transaction, Reading):
    """A unit of work on one locality: all of it is committed, or nothing."""

    def __init__(self, database: Database, standings: Standings, locality: str) -> None:
        Transaction.__init__(self, database)
        self._standings, self.locality = standings, locality

    def __enter__(self) -> Self:
        super().__enter__()
        Reading.__init__(self, self._standings, self.connection, self.locality)
        return self

    def before_keeping(self) -> None:
        self.idempotency.require_finished()
