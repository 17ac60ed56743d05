"""Receipts: which notice is whose to read, since when, and whether it has been read. Decides nothing, tells nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, tuple_, update

from core.store.database import insert_into, table_of
from core.store.models import AccountTable, ReceiptTable

ACCOUNT = table_of(AccountTable)
RECEIPT = table_of(ReceiptTable)
NOT_READ = RECEIPT.c.read_at.is_(None)
NOT_REMINDED = RECEIPT.c.reminded_at.is_(None)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A notice of a cadence that an account is to confirm as read. `owed_at` is when it was first carried to them."""

    notice: str
    account: str
    cadence: str
    case_id: str | None
    owed_at: datetime
    read_at: datetime | None = None
    reminded_at: datetime | None = None


COLUMNS = [RECEIPT.c[field.name] for field in fields(Receipt)]


class Receipts:
    """The receipts of one locality, inside a transaction."""

    def __init__(self, connection: Connection, locality: str) -> None:
        self._connection = connection
        self._locality = locality

    def add(self, notice: str, cadence: str, case_id: str | None, accounts: Iterable[str], now: datetime) -> None:
        """The notice is theirs to read from now on; those whose it is already keep their row as it is."""
        own = {"locality_id": self._locality, "notice": notice, "cadence": cadence, "case_id": case_id, "owed_at": now}
        rows = [own | {"account": account} for account in dict.fromkeys(accounts)]
        if rows:
            statement = insert_into(self._connection.dialect.name, ReceiptTable).on_conflict_do_nothing()
            self._connection.execute(statement, rows)

    def of_account(
        self, account: str, unread: bool = False, after: tuple[datetime, str] | None = None, limit: int = 50
    ) -> tuple[Receipt, ...]:
        """An account's own, newest first; `after` is the (owed_at, notice) of the last one seen."""
        statement = self._select(RECEIPT.c.account == account, *((NOT_READ,) if unread else ()))
        if after is not None:
            statement = statement.where(tuple_(RECEIPT.c.owed_at, RECEIPT.c.notice) < after)
        return self._found(statement.order_by(RECEIPT.c.owed_at.desc(), RECEIPT.c.notice.desc()).limit(limit))

    def of_notice(self, notice: str) -> tuple[Receipt, ...]:
        """Whose one notice is, by account."""
        return self._found(self._select(RECEIPT.c.notice == notice).order_by(RECEIPT.c.account))

    def list(self, unread: bool = False) -> tuple[tuple[Receipt, str], ...]:
        """All of them with the names of their accounts (the id when the host knows none), newest first."""
        statement = (
            select(*COLUMNS, func.coalesce(ACCOUNT.c.name, RECEIPT.c.account))
            .join(ACCOUNT, ACCOUNT.c.id == RECEIPT.c.account, isouter=True)
            .where(RECEIPT.c.locality_id == self._locality, *((NOT_READ,) if unread else ()))
            .order_by(RECEIPT.c.owed_at.desc(), RECEIPT.c.notice, RECEIPT.c.account)
        )
        return tuple((Receipt(*row[:-1]), row[-1]) for row in self._connection.execute(statement))

    def get(self, notice: str, account: str) -> Receipt | None:
        """One person's receipt of one notice."""
        found = self._found(self._select(RECEIPT.c.notice == notice, RECEIPT.c.account == account))
        return found[0] if found else None

    def read(self, notice: str, account: str, now: datetime) -> bool:
        """It has been read; False when it had been before, or is not theirs. The first time stays."""
        mine = (RECEIPT.c.locality_id == self._locality, RECEIPT.c.notice == notice, RECEIPT.c.account == account)
        statement = update(RECEIPT).where(*mine, NOT_READ).values(read_at=now)
        return self._connection.execute(statement).rowcount == 1

    def waiting(self) -> bool:
        """Whether anything has been neither read nor reminded of."""
        statement = select(RECEIPT.c.notice).where(RECEIPT.c.locality_id == self._locality, NOT_READ, NOT_REMINDED)
        return self._connection.scalar(statement.limit(1)) is not None

    def unread(self, cadence: str, until: datetime, limit: int) -> tuple[Receipt, ...]:
        """What a cadence owed up to an instant and was neither read nor reminded of, the oldest first."""
        statement = self._select(RECEIPT.c.cadence == cadence, RECEIPT.c.owed_at <= until, NOT_READ, NOT_REMINDED)
        return self._found(statement.order_by(RECEIPT.c.owed_at, RECEIPT.c.notice, RECEIPT.c.account).limit(limit))

    def remind(self, receipts: Sequence[Receipt], now: datetime) -> tuple[Receipt, ...]:
        """Mark them as reminded of; those among them that were still neither read nor reminded of."""
        marked = []
        for one in receipts:
            mine = (RECEIPT.c.locality_id == self._locality, RECEIPT.c.notice == one.notice)
            still = (RECEIPT.c.account == one.account, NOT_READ, NOT_REMINDED)
            if self._connection.execute(update(RECEIPT).where(*mine, *still).values(reminded_at=now)).rowcount == 1:
                marked.append(one)
        return tuple(marked)

    def _select(self, *conditions: Any) -> Any:
        return select(*COLUMNS).where(RECEIPT.c.locality_id == self._locality, *conditions)

    def _found(self, statement: Any) -> tuple[Receipt, ...]:
        return tuple(Receipt(*row) for row in self._connection.execute(statement))
