"""`backlog` shows what is due or owed and not done, and `--retry` tries again what was given up."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console import Done

from core.store import Store, open_store


@pytest.fixture
def owed(sqlite_url: str, instance: Path) -> Store:
    """Of five notices one was carried, one is held, one failed, one was given up; and one summary waits."""
    now = datetime.now(UTC)
    store = open_store(sqlite_url, instance / "blobs")
    with store.unit("seaside") as unit:
        notices = [("notice", {}, stable_id) for stable_id in ("carried", "failed", "given-up", "held", "waiting")]
        unit.outbox.add_several([*notices, ("summary", {}, "s")], now - timedelta(hours=30))
        unit.keep()
    by_id = {item.id: item for item in store.outbox.claim_due(now, "w", 30, 10)}
    store.outbox.done(by_id["carried"], now)
    store.outbox.fail(by_id["failed"], "first", now)
    store.outbox.fail(by_id["given-up"], "gone for good", now + timedelta(minutes=1), dead=True)
    store.outbox.release([by_id["waiting"], by_id["s"]], "w")
    return store


def test_it_shows_each_kind_with_its_oldest_and_its_last_error(
    owed: Store, here: Callable[..., Done], sqlite_url: str
) -> None:
    done = here("backlog", "--json", DATABASE_URL=sqlite_url)
    shown = json.loads(done.out)
    notice, summary = shown["backlog"]
    assert shown["revived"] is None
    assert 30 * 3600 <= notice.pop("oldest_seconds") < 31 * 3600
    assert notice == {
        "kind": "notice", "waiting": 2, "leased": 1, "failed": 1, "dead": 1, "last_error": "gone for good",
    }  # fmt: skip
    assert (summary["kind"], summary["waiting"], summary["last_error"]) == ("summary", 1, None)
    table = here("--language", "en", "backlog", "--kind", "notice", DATABASE_URL=sqlite_url).out.splitlines()
    assert table[0].split() == ["KIND", "WAITING", "LEASED", "FAILED", "DEAD", "OLDEST", "LAST", "ERROR"]
    assert len(table) == 2 and table[1].startswith("notice") and "30:00" in table[1]


def test_it_tries_again_what_was_given_up(owed: Store, here: Callable[..., Done], sqlite_url: str) -> None:
    other = here("--language", "en", "backlog", "--retry", "--kind", "summary", DATABASE_URL=sqlite_url)
    assert other.out.startswith("0 to be tried again")
    shown = json.loads(here("backlog", "--retry", "--json", DATABASE_URL=sqlite_url).out)
    assert shown["revived"] == 1
    assert [item["dead"] for item in shown["backlog"]] == [0, 0]
    assert "given-up" in [item.id for item in owed.outbox.claim_due(datetime.now(UTC), "v", 30, 10)]


def test_without_a_backlog_it_says_so(here: Callable[..., Done], sqlite_url: str) -> None:
    done = here("--language", "en", "backlog", DATABASE_URL=sqlite_url)
    assert (done.code, done.out) == (0, "there is no backlog\n")
