"""`receipts`: who has read which notice, by the names of the accounts and the district's time."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from console import MINIMAL, Done

from core.store import open_store

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
Here = Callable[..., Done]


def test_it_lists_who_was_owed_what_and_who_has_read_it(here: Here, instance: Path) -> None:
    here("publish", MINIMAL)
    here("staff", "assign", "minimal", "王强", "head", "--cell", "D01")
    store = open_store(f"sqlite:///{instance / 'gridwright.sqlite3'}", instance / "blobs")
    account = store.accounts.by_name("王强")
    assert account is not None
    with store.unit("minimal") as unit:
        unit.receipts.add("n:1", "daily", None, [account.id, "gone"], NOW)
        unit.receipts.read("n:1", "gone", NOW.replace(minute=5))
        unit.keep()
    store.close()
    shown = here("--language", "en", "receipts", "minimal").out.splitlines()
    assert shown[0].split() == ["CADENCE", "NOTICE", "PERSON", "OWED", "READ"]
    assert sorted(line.split() for line in shown[1:]) == [
        ["daily", "n:1", "gone", "2026-03-02T09:00+08:00", "2026-03-02T09:05+08:00"],
        ["daily", "n:1", "王强", "2026-03-02T09:00+08:00", "–"],
    ]
    told = json.loads(here("receipts", "minimal", "--unread", "--json").out)
    assert [one["person"] for one in told["receipts"]] == ["王强"]
    assert here("receipts", "nowhere").code == 1
