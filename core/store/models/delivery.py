"""What a transaction owes to the outside: effects to carry, receipts of them, answers to repeat, numbers given out."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store.columns import Json
from core.store.database import Model
from core.store.models.leased import Leased


class OutboxTable(Leased, Model):
    """An outside effect, carried at least once under its stable id. Given up on (`dead_at`) rows stay visible."""

    __tablename__ = "outbox"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    __table_args__ = (
        Index(
            "ix_outbox_run_at",
            "run_at",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
            sqlite_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
        Index("ix_outbox_done_at", "done_at"),
    )


class ReceiptTable(Model):
    """A notice that an account has to confirm as read. `notice` is the effect's stable id without the plugin's."""

    __tablename__ = "receipt"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    notice: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    cadence: Mapped[str]
    case_id: Mapped[str | None]
    owed_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
    __table_args__ = (
        Index(None, "locality_id", "account", "owed_at", "notice"),
        Index(
            "ix_receipt_waiting",
            *("locality_id", "cadence", "owed_at"),
            postgresql_where=text("read_at IS NULL AND reminded_at IS NULL"),
            sqlite_where=text("read_at IS NULL AND reminded_at IS NULL"),
        ),
    )


class IdempotencyTable(Model):
    """The first answer to a write, kept for whoever sends the same request again."""

    __tablename__ = "idempotency"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    principal: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    status: Mapped[int | None]
    body: Mapped[Any | None] = mapped_column(Json)
    etag: Mapped[str | None]
    expires_at: Mapped[datetime]
    __table_args__ = (Index("ix_idempotency_expires_at", "expires_at"),)


class CounterTable(Model):
    """The last serial given out in a scope (a day's case numbers, for instance)."""

    __tablename__ = "counter"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]
