"""Columns of a row that a worker takes under a lease, tries, and tries again later."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column


class Leased:
    """`run_at` is when to try next: the due instant at first, later after a failure. A row whose lease has run out
    may be taken by anyone; it is finished when `done_at` is set and given up when `dead_at` is."""

    run_at: Mapped[datetime] = mapped_column(sort_order=100)
    attempts: Mapped[int] = mapped_column(default=0, sort_order=101)
    last_error: Mapped[str | None] = mapped_column(sort_order=102)
    lease_owner: Mapped[str | None] = mapped_column(sort_order=103)
    lease_until: Mapped[datetime | None] = mapped_column(sort_order=104)
    done_at: Mapped[datetime | None] = mapped_column(sort_order=105)
    dead_at: Mapped[datetime | None] = mapped_column(sort_order=106)
