"""The store of a host: its units, readings, queues, accounts and blobs behind one object."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import Flask
from flask_migrate import Migrate

from core.store.accounts import Accounts
from core.store.blobs import Blobs, FolderBlobs
from core.store.chain import ChainFault
from core.store.database import Database, db, open_database
from core.store.idempotency import forget_expired
from core.store.migrate import MIGRATIONS, upgrade
from core.store.outbox import OutboxQueue, forget_carried
from core.store.payloads import erase_expired
from core.store.repositories import Reading, Unit
from core.store.revisions import published_localities
from core.store.soundness import chain_faults
from core.store.standing import Standings
from core.store.timers import TimerQueue
from core.store.unit import look, view, write


@dataclass(frozen=True, slots=True)
class Purged:
    """How many rows a purge has deleted or erased."""

    idempotency: int
    outbox: int
    payloads: int


class Store:
    """Everything that is kept, of every locality on this host."""

    def __init__(self, database: Database, blobs: Blobs) -> None:
        self.database = database
        self.blobs = blobs
        self.accounts = Accounts(database)
        self.timers = TimerQueue(database)
        self.outbox = OutboxQueue(database)
        self._standings = Standings()

    def upgrade(self) -> None:
        """Bring the database to the newest schema."""
        upgrade(self.database)

    def unit(self, locality: str) -> Unit:
        """A transaction on a locality; leaving it without `keep` changes nothing."""
        return Unit(self.database, self._standings, locality)

    @contextmanager
    def read(self, locality: str) -> Iterator[Reading]:
        """One unchanging view of a locality."""
        with view(self.database) as connection:
            yield Reading(self._standings, connection, locality)

    def localities(self) -> tuple[str, ...]:
        """Ids of the localities that have a published revision."""
        return look(self.database, published_localities)

    def verify_chain(self, locality: str, case_id: str) -> tuple[ChainFault, ...]:
        """Everything that has been altered in a case's events and payloads. NotFound `case-unknown`."""
        with self.read(locality) as reading:
            (entry,) = reading.log.read([reading.log.id_of(case_id)])
            return tuple(chain_faults(locality, entry))

    def purge(self, now: datetime) -> Purged:
        """Erase payloads past their time, and forget old idempotency keys and carried effects."""
        return write(
            self.database,
            lambda link: Purged(
                idempotency=forget_expired(link, now),
                outbox=forget_carried(link, now),
                payloads=erase_expired(link, now),
            ),
        )

    def ready(self) -> bool:
        """Whether the database answers; raises what it raises when it does not."""
        return look(self.database, lambda link: link.exec_driver_sql("SELECT 1").scalar() == 1)

    def close(self) -> None:
        """Let go of the database's connections."""
        self.database.engine.dispose()


def open_store(database_url: str, blob_folder: Path | str, app: Flask | None = None) -> Store:
    """The store behind an address; with `app`, Flask-SQLAlchemy and Flask-Migrate are bound to it.

    Raises GridwrightError `database-unsupported`. Does not migrate: call `upgrade`.
    """
    database = open_database(database_url, app)
    if app is not None:
        Migrate(app, db, directory=str(MIGRATIONS))
    return Store(database, FolderBlobs(Path(blob_folder)))
