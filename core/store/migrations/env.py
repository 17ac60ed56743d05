"""Runs migrations on the connection that `core.store.migrate` hands over, or, under `flask db`, on the app's.

Must not begin or end a transaction that it was handed.
"""

from __future__ import annotations

from alembic import context
from flask import current_app
from sqlalchemy import Connection

from core.store import models
from core.store.database import WRITES, db

assert models  # noqa: S101  (importing it fills the metadata)


def run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=db.metadata, compare_type=True)
    with context.begin_transaction():
        context.run_migrations()


handed: Connection | None = context.config.attributes.get("connection")
if handed is not None:
    run(handed)
else:
    engine = current_app.extensions["migrate"].db.engine
    with engine.connect().execution_options(**{WRITES: True}) as connection:
        run(connection)
