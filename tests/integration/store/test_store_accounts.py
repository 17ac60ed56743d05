"""Accounts and tokens of the host."""

import re

import pytest
from sqlalchemy import text
from store_cases import NOW, later

from core.errors import Conflict, NotFound
from core.scheme.situation import Assignment
from core.store import Store
from core.store.unit import look


def test_accounts_are_found_by_id_and_by_name(store: Store) -> None:
    liu = store.accounts.create("刘闯", NOW)
    assert store.accounts.get(liu.id) == liu
    assert store.accounts.by_name("刘闯") == liu
    assert store.accounts.get("nobody") is None
    with pytest.raises(Conflict, match="account-exists"):
        store.accounts.create("刘闯", NOW)
    assert store.accounts.create("platform", NOW, account_id="platform").id == "platform"


def test_many_accounts_are_made_at_once_and_those_that_are_there_stay(store: Store) -> None:
    kept = store.accounts.create("b", NOW, account_id="b")
    store.accounts.create_missing(["a", "b", "c"], later(days=1))
    store.accounts.create_missing([], NOW)
    assert store.accounts.get("b") == kept
    assert [store.accounts.by_name(name).id for name in ("a", "c")] == ["a", "c"]


def test_many_assignments_are_made_at_once(store: Store) -> None:
    wanted = [Assignment(name, "walker", "HB-01") for name in ("a", "b", "c")]
    with store.unit("seaside") as unit:
        unit.revisions.publish({}, "sha256:s", "sha256:t", {}, NOW, "test")
        ids = unit.assignments.add_all(wanted, NOW)
        assert unit.assignments.add_all([], NOW) == ()
        unit.keep()
    with store.read("seaside") as reading:
        assert {held.assignment for held in reading.assignments.held(NOW)} == set(wanted)
        assert {held.id for held in reading.assignments.held(NOW)} == set(ids)


def test_a_token_is_found_by_its_secret_which_is_not_kept(store: Store) -> None:
    liu = store.accounts.create("liu", NOW)
    token, secret = store.accounts.issue_token(liu.id, {"read", "report"}, NOW, "phone", "seaside", later(days=1))
    assert store.accounts.find(secret, NOW) == token
    assert (token.account_id, token.scopes, token.locality) == (liu.id, {"read", "report"}, "seaside")
    assert store.accounts.find(secret + "x", NOW) is None
    assert re.fullmatch(r"gw_[\w-]{43}", secret), "256 bits"
    row = look(store.database, lambda link: link.execute(text("SELECT * FROM token")).one())
    assert secret not in " ".join(map(str, row))
    with pytest.raises(NotFound, match="account-unknown"):
        store.accounts.issue_token("nobody", {"read"}, NOW)


def test_a_token_ends_by_expiry_by_revocation_and_with_its_account(store: Store) -> None:
    liu = store.accounts.create("liu", NOW)
    _, short = store.accounts.issue_token(liu.id, {"read"}, NOW, expires_at=later(days=1))
    revoked, gone = store.accounts.issue_token(liu.id, {"read"}, NOW)
    _, good = store.accounts.issue_token(liu.id, {"read"}, NOW)
    assert store.accounts.find(short, later(hours=23)) is not None
    assert store.accounts.find(short, later(days=1)) is None
    assert store.accounts.revoke(revoked.id, NOW)
    assert not store.accounts.revoke(revoked.id, NOW)
    assert store.accounts.find(gone, NOW) is None
    assert store.accounts.find(good, NOW) is not None
    assert store.accounts.disable(liu.id, NOW)
    assert store.accounts.find(good, NOW) is None
    assert [token.revoked_at for token in store.accounts.tokens(liu.id)] == [None, NOW, None]
