"""Brings a database to the newest schema. Each process does so at its start; one of them does the work.

The migrations are in Flask-Migrate's layout, so `flask db` works on them too.
"""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, text

from core.store.database import Database
from core.store.unit import write

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x67726964  # any number that no other program on the server uses


def upgrade(database: Database) -> None:
    """Apply the migrations that are missing, in one transaction; processes that start together wait for each other."""
    write(database, _upgrade)


def _upgrade(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": ADVISORY_LOCK})
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
