"""Accounts and tokens: they belong to the host, and one may act in several districts.

What an account may do is not said here. Each call is a transaction of its own.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import bindparam, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from core.errors import Conflict, NotFound
from core.store.database import Database, insert_into, table_of
from core.store.hot import Hot, first
from core.store.ids import new_id
from core.store.models import AccountTable, TokenTable
from core.store.unit import look, look_once, write

ACCOUNT = table_of(AccountTable)
TOKEN = table_of(TokenTable)
SECRET_BYTES = 32
DEMO = "demo"
"""The label of tokens that are good on a loopback address only."""
SECRET_PREFIX = "gw_"  # noqa: S105  (lets secret scanners know ours)


@dataclass(frozen=True, slots=True)
class Account:
    """Someone or something that may act; `name` is unique on the host."""

    id: str
    name: str
    created_at: datetime
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """`scopes` are `read`, `report`, `act`, `admin`; `locality` None is good for every district."""

    id: str
    account_id: str
    scopes: frozenset[str]
    locality: str | None
    label: str
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


ACCOUNT_COLUMNS = [ACCOUNT.c[field.name] for field in fields(Account)]
TOKEN_COLUMNS = [TOKEN.c[field.name] for field in fields(Token)]


TOKEN_FIELDS = [field.name for field in fields(Token)]
FIND = Hot(
    select(*TOKEN_COLUMNS)
    .join(ACCOUNT, ACCOUNT.c.id == TOKEN.c.account_id)
    .where(
        TOKEN.c.secret_hash == bindparam("secret"),
        TOKEN.c.revoked_at.is_(None),
        or_(TOKEN.c.expires_at.is_(None), TOKEN.c.expires_at > bindparam("now")),
        ACCOUNT.c.disabled_at.is_(None),
    )
)


class Accounts:
    """The host's accounts and tokens."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def create(self, name: str, now: datetime, account_id: str | None = None) -> Account:
        """Conflict `account-exists` when the name (or the id) is taken."""
        account = Account(account_id or new_id(), name, now)
        row = {"id": account.id, "name": name, "created_at": now}
        try:
            write(self._database, lambda link: link.execute(insert(ACCOUNT).values(row)))
        except IntegrityError as error:
            raise Conflict("account-exists", name=name) from error
        return account

    def create_missing(self, names: Iterable[str], now: datetime) -> None:
        """One account for each name, the name being its id too, in one transaction; those that are there stay."""
        rows = [{"id": name, "name": name, "created_at": now} for name in names]
        statement = insert_into(self._database.engine.dialect.name, AccountTable).on_conflict_do_nothing()
        if rows:
            write(self._database, lambda link: link.execute(statement, rows))

    def get(self, account_id: str) -> Account | None:
        return self._account(ACCOUNT.c.id == account_id)

    def by_name(self, name: str) -> Account | None:
        return self._account(ACCOUNT.c.name == name)

    def disable(self, account_id: str, now: datetime) -> bool:
        """Its tokens are no longer found; False when it was disabled or unknown before."""
        statement = update(ACCOUNT).where(ACCOUNT.c.id == account_id, ACCOUNT.c.disabled_at.is_(None))
        return write(self._database, lambda link: link.execute(statement.values(disabled_at=now)).rowcount == 1)

    def issue_token(
        self,
        account_id: str,
        scopes: Iterable[str],
        now: datetime,
        label: str = "",
        locality: str | None = None,
        expires_at: datetime | None = None,
    ) -> tuple[Token, str]:
        """A new token and its secret, which is shown this once and never again. NotFound `account-unknown`."""
        if self.get(account_id) is None:
            raise NotFound("account-unknown", account=account_id)
        secret = SECRET_PREFIX + secrets.token_urlsafe(SECRET_BYTES)
        token = Token(new_id(), account_id, frozenset(scopes), locality, label, now, expires_at, None)
        row = {name: getattr(token, name) for name in Token.__dataclass_fields__}
        row |= {"scopes": sorted(token.scopes), "secret_hash": _hash(secret)}
        write(self._database, lambda link: link.execute(insert(TOKEN).values(row)))
        return token, secret

    def find(self, secret: str, now: datetime) -> Token | None:
        """The token of a secret, while it is neither revoked nor expired and its account not disabled."""
        found = look_once(self._database, lambda link: first(link, FIND, {"secret": _hash(secret), "now": now}))
        return None if found is None else _token(dict(zip(TOKEN_FIELDS, found, strict=True)))

    def tokens(self, account_id: str) -> tuple[Token, ...]:
        """All tokens of an account, revoked ones too."""
        statement = select(*TOKEN_COLUMNS).where(TOKEN.c.account_id == account_id).order_by(TOKEN.c.id)
        found = look(self._database, lambda link: link.execute(statement).mappings().all())
        return tuple(_token(row) for row in found)

    def revoke(self, token_id: str, now: datetime) -> bool:
        """False when it was revoked or unknown before."""
        statement = update(TOKEN).where(TOKEN.c.id == token_id, TOKEN.c.revoked_at.is_(None))
        return write(self._database, lambda link: link.execute(statement.values(revoked_at=now)).rowcount == 1)

    def _account(self, condition: Any) -> Account | None:
        statement = select(*ACCOUNT_COLUMNS).where(condition)
        row = look(self._database, lambda link: link.execute(statement).one_or_none())
        return None if row is None else Account(*row)


def _token(values: Mapping[Any, Any]) -> Token:
    return Token(**dict(values) | {"scopes": frozenset(values["scopes"])})


def _hash(secret: str) -> bytes:
    return sha256(secret.encode()).digest()
