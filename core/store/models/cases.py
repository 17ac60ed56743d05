"""A case and what hangs on it: events, payloads, tasks, timers, attachments."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.store.columns import Path
from core.store.database import Model
from core.store.models.leased import Leased


def _of_case() -> ForeignKeyConstraint:
    """Checked at the end of the transaction: a payload is written before the case that it belongs to."""
    return ForeignKeyConstraint(
        ["locality_id", "case_id"], ["case.locality_id", "case.id"], deferrable=True, initially="DEFERRED"
    )


def _where(condition: str) -> dict[str, Any]:
    """A partial index, in both dialects."""
    return {"postgresql_where": text(condition), "sqlite_where": text(condition)}


class CaseTable(Model):
    """The snapshot with its version and the head of its event chain; the other columns serve lists."""

    __tablename__ = "case"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(Path)
    version: Mapped[int]
    head_hash: Mapped[bytes]
    scheme: Mapped[str]
    kind: Mapped[str]
    intake: Mapped[str]
    category: Mapped[str]
    cell: Mapped[str]
    cell_path: Mapped[str] = mapped_column(Path)
    channel: Mapped[str]
    severity: Mapped[str]
    alert: Mapped[str | None]
    stages: Mapped[dict[str, Any]]
    open: Mapped[bool]
    object: Mapped[str | None]
    reporter: Mapped[str]
    opened_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    snapshot: Mapped[dict[str, Any]]
    __table_args__ = (
        UniqueConstraint("locality_id", "number"),
        Index(None, "locality_id", "opened_at", "id"),
        Index(None, "locality_id", "updated_at", "id"),
        Index(None, "locality_id", "due_at", "id"),
        Index(None, "locality_id", "cell_path", "opened_at", "id"),
        Index(
            "ix_case_open_cell",
            *("locality_id", "cell_path", "opened_at", "id"),
            postgresql_where=text("open"),
            sqlite_where=text("open = 1"),
        ),
        Index(None, "locality_id", "category", "opened_at", "id"),
        Index(None, "locality_id", "reporter", "opened_at", "id"),
        Index("ix_case_open", "locality_id", "opened_at", "id", **_where("open")),
        Index("ix_case_alert", "locality_id", "alert", "opened_at", "id", **_where("alert IS NOT NULL")),
    )


class EventTable(Model):
    """Append-only (triggers refuse UPDATE and DELETE). `body` are the canonical bytes (RFC 8785)."""

    __tablename__ = "case_event"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    type: Mapped[str]
    body: Mapped[bytes]
    previous_hash: Mapped[bytes]
    hash: Mapped[bytes]
    __table_args__ = (_of_case(),)


class PayloadTable(Model):
    """What events may not hold: contact data and free text. Erasure empties `salt` and `body`; `id` is their digest."""

    __tablename__ = "payload"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str]
    kind: Mapped[str]
    salt: Mapped[bytes | None]
    body: Mapped[bytes | None]
    created_at: Mapped[datetime]
    keep_until: Mapped[datetime | None]
    erased_at: Mapped[datetime | None]
    __table_args__ = (
        _of_case(),
        Index(None, "locality_id", "case_id"),
        Index("ix_payload_keep_until", "keep_until", **_where("erased_at IS NULL")),
    )


class TaskTable(Model):
    """A case's tasks in their latest occurrence. `place` 0 is the owner, 1 and up the co-handlers."""

    __tablename__ = "case_task"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(primary_key=True)
    task: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    occurrence: Mapped[int]
    state: Mapped[str]
    organisation: Mapped[str | None]
    post: Mapped[str | None]
    cell: Mapped[str | None]
    pool: Mapped[str | None]
    account: Mapped[str | None]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    __table_args__ = (
        _of_case(),
        Index(None, "locality_id", "account", "state", "opened_at"),
        Index(None, "locality_id", "organisation", "state", "opened_at"),
        Index(None, "locality_id", "post", "cell", "state", "opened_at"),
    )


class TimerTable(Leased, Model):
    """A point of a running clock. The key makes it fire once; a row that has fired stays."""

    __tablename__ = "timer"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str] = mapped_column(primary_key=True)
    limit_id: Mapped[str] = mapped_column(primary_key=True)
    occurrence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    reach: Mapped[str] = mapped_column(primary_key=True)
    due_at: Mapped[datetime]
    __table_args__ = (
        _of_case(),
        Index("ix_timer_run_at", "run_at", **_where("done_at IS NULL")),
    )


class AttachmentTable(Model):
    """A file of a case: the restricted original by digest, and the public copy without EXIF."""

    __tablename__ = "attachment"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    case_id: Mapped[str | None]
    digest: Mapped[str]
    public_digest: Mapped[str | None]
    media_type: Mapped[str]
    size: Mapped[int]
    width: Mapped[int | None]
    height: Mapped[int | None]
    taken_at: Mapped[datetime | None]
    longitude: Mapped[float | None]
    latitude: Mapped[float | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    __table_args__ = (_of_case(), Index(None, "locality_id", "case_id"))
