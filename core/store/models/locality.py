"""A district: its published revisions, who holds which post, its duty mode, what changed in its registry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKeyConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from core.store.database import Model


class LocalityTable(Model):
    """Appears with the first publication. The marks change with what they stand for (`core.store.marks`)."""

    __tablename__ = "locality"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    current_revision: Mapped[int | None]
    created_at: Mapped[datetime]
    staff_mark: Mapped[str] = mapped_column(server_default="")
    objects_mark: Mapped[str] = mapped_column(server_default="")


class RevisionTable(Model):
    """A published revision; never changed afterwards. Which one holds is said by the locality's row."""

    __tablename__ = "revision"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    source_digest: Mapped[str]
    scheme_digest: Mapped[str]
    lock: Mapped[dict[str, Any]]
    published_at: Mapped[datetime]
    published_by: Mapped[str]
    __table_args__ = (Index(None, "locality_id", "scheme_digest"),)


class RevisionFileTable(Model):
    """A manifest file as it was published, byte for byte."""

    __tablename__ = "revision_file"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    path: Mapped[str] = mapped_column(primary_key=True)
    body: Mapped[bytes]
    __table_args__ = (ForeignKeyConstraint(["locality_id", "number"], ["revision.locality_id", "revision.number"]),)


class AssignmentTable(Model):
    """An account holds a post, from `valid_from` up to, not including, `valid_to`."""

    __tablename__ = "assignment"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str]
    post: Mapped[str]
    cell: Mapped[str | None]
    organisation: Mapped[str | None]
    valid_from: Mapped[datetime | None]
    valid_to: Mapped[datetime | None]
    deputy_for: Mapped[str | None]
    created_at: Mapped[datetime]
    __table_args__ = (Index(None, "locality_id", "account"),)


class DutyTable(Model):
    """A duty mode that was called, by whom, from when; one with `ends_at` ends by itself."""

    __tablename__ = "duty"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    mode: Mapped[str | None]
    called_by: Mapped[str]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "locality_id", "starts_at"),)


class ObjectTable(Model):
    """What changed on a registry object since the manifest was published."""

    __tablename__ = "object_change"
    locality_id: Mapped[str] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    changed: Mapped[dict[str, Any]]
    case_id: Mapped[str | None]
    updated_at: Mapped[datetime]
