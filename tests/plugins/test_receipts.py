"""Who has read what: one row a person whatever carries the notice, read once, reminded of once, on both databases."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from town import START, Town

from core.casework import Reminders, Summaries
from core.errors import TemporaryFailure
from core.factory import create_worker
from core.scheme.extensions import Notice
from core.scheme.label import Label
from core.scheme.timers import Cadence
from core.scheme.workflow import Target
from core.store import Receipt

AT_ONCE = Cadence(
    *("urgent", Label("重大信息", "major matters"), "at_once", Target("post", "head")),
    copies=(Target("post", "operator"),),
    read_receipt=True,
    remind_after=30,
)
DAILY = Cadence(
    *("daily", Label("每日汇总", "daily summary"), "daily", Target("post", "head")),
    at=18 * 60,
    copies=(Target("organisation", "harbour_office"),),
    read_receipt=True,
)


class Post:
    """A way of telling that keeps what it was given, and fails when it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.taken: list[Notice] = []
        self.failure = failure

    def __call__(self, notice: Notice, dry_run: bool) -> None:
        if self.failure is not None:
            raise self.failure
        self.taken.append(notice)

    def of(self, kind: str) -> list[Notice]:
        return [notice for notice in self.taken if notice.kind == kind]


def using(*cadences: Cadence) -> Callable[[Any], Any]:
    named = {cadence.id: cadence for cadence in cadences}
    return lambda scheme: replace(scheme, timers=replace(scheme.timers, cadences=named))


def relay(town: Town) -> None:
    create_worker(town.services).run_once()


def later(town: Town, **time: float) -> None:
    town.clock.set(town.clock.now() + timedelta(**time))


def receipts(town: Town) -> dict[tuple[str, str], Receipt]:
    with town.services.store.read("harbour") as reading:
        return {(one.cadence, one.account): one for one, _ in reading.receipts.list()}


def test_two_plugins_and_a_repeated_delivery_give_one_row_a_person(towns: Town, equip: Callable[..., None]) -> None:
    good, bad = Post(), Post(TemporaryFailure("notice-unreachable", host="there"))
    equip(towns, changed=using(AT_ONCE), deliver_notice={"a": good, "b": bad})
    case = towns.report()
    assert receipts(towns) == {}, "owed when it is carried"
    later(towns, seconds=20)
    relay(towns)
    first = receipts(towns)
    assert set(first) == {("urgent", "head"), ("urgent", "operator")}
    assert {(one.case_id, one.owed_at, one.read_at) for one in first.values()} == {
        (case["id"], START + timedelta(seconds=20), None)
    }
    later(towns, minutes=2)
    relay(towns)  # the second way is tried again, and fails again
    bad.failure = None
    later(towns, minutes=5)
    relay(towns)
    assert len([one for one in bad.taken if one.template == "at_once"]) == 2
    assert receipts(towns) == first, "neither the other plugin nor the repetition adds or moves a row"
    plain = [one for one in good.taken if one.template == "new_report"]
    assert plain and all(":" in one.notice for one in first.values()), "a notice without a cadence is not recorded"
    assert {one.notice for one in first.values()} == {
        one.id.removeprefix("harbour:").removesuffix(":a") for one in good.taken if one.template == "at_once"
    }


def test_without_a_plugin_it_can_still_be_read(towns: Town, equip: Callable[..., None]) -> None:
    equip(towns, changed=using(AT_ONCE))
    towns.report()
    relay(towns)
    (told,) = towns.get("/receipts?unread=true", "head").json["receipts"]
    assert told["label"] == {"zh": "重大信息", "en": "major matters"}
    assert towns.post(f"/receipts/{told['notice']}/read", {}, "head").status_code == 200
    assert towns.get("/receipts?unread=true", "head").json == {"receipts": [], "cursor": None}


def test_a_cadence_that_asks_for_no_receipt_has_none(town: Town, equip: Callable[..., None]) -> None:
    equip(town, changed=using(replace(AT_ONCE, read_receipt=False)), deliver_notice={"a": Post()})
    town.report()
    relay(town)
    later(town, hours=1)
    relay(town)
    assert receipts(town) == {}


def test_a_reminder_comes_once_and_only_to_who_has_not_read(towns: Town, equip: Callable[..., None]) -> None:
    first, second = Post(), Post()
    equip(towns, changed=using(AT_ONCE), deliver_notice={"a": first, "b": second})
    case = towns.report()
    relay(towns)
    mine = receipts(towns)
    towns.post(f"/receipts/{mine['urgent', 'operator'].notice}/read", {}, "operator")
    later(towns, minutes=29, seconds=59)
    relay(towns)
    assert first.of("reminder") == []
    later(towns, seconds=1)
    for _ in range(3):
        relay(towns)
        later(towns, hours=1)
    for post in (first, second):
        (reminder,) = post.of("reminder")
        assert [one.account for one in reminder.recipients] == ["head"]
        assert case["number"] in reminder.subject.zh and "not read yet" in reminder.subject.en
        assert reminder.about == {
            "cadence": "urgent",
            "notice": mine["urgent", "head"].notice,
            "case": case["id"],
            "number": case["number"],
        }
    assert first.of("reminder")[0].id == f"harbour:reminder:{mine['urgent', 'head'].notice}:head:a"
    after = receipts(towns)
    assert after["urgent", "head"].reminded_at == START + timedelta(minutes=30)
    assert after["urgent", "operator"].reminded_at is None


def test_workers_that_remind_at_the_same_time_owe_one_reminder(towns: Town, equip: Callable[..., None]) -> None:
    equip(towns, changed=using(AT_ONCE), deliver_notice={"a": Post()})
    towns.report()
    relay(towns)
    later(towns, hours=1)
    start, owed = threading.Barrier(3), []

    def work() -> None:
        start.wait()
        owed.append(Reminders(towns.services.casework).owe())

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(owed) == 2, "head's and operator's"


def test_what_was_read_meanwhile_is_not_reminded_of(town: Town, equip: Callable[..., None]) -> None:
    post = Post()
    equip(town, changed=using(AT_ONCE), deliver_notice={"a": post})
    town.report()
    relay(town)
    later(town, hours=1)
    assert Reminders(town.services.casework).owe() == 2
    town.post(f"/receipts/{receipts(town)['urgent', 'head'].notice}/read", {}, "head")
    relay(town)
    assert [one.recipients[0].account for one in post.of("reminder")] == ["operator"]


def test_a_daily_summary_with_copies_is_read_by_each(towns: Town, equip: Callable[..., None]) -> None:
    first, second = Post(), Post()
    equip(towns, changed=using(DAILY), deliver_notice={"a": first, "b": second})
    towns.report()
    later(towns, hours=10)
    for _ in range(2):
        assert Summaries(towns.services.casework).owe() in (0, 2)
        relay(towns)
    found = receipts(towns)
    assert set(found) == {("daily", "head"), ("daily", "head2"), ("daily", "operator")}
    assert found["daily", "head"].notice == found["daily", "head2"].notice == "summary:daily:2026-03-02T18:00:00+08:00"
    copied = found["daily", "operator"].notice
    assert copied == "summary:daily:2026-03-02T18:00:00+08:00:copy1" and found["daily", "operator"].case_id is None
    assert towns.post(f"/receipts/{copied}/read", {}, "operator").json["notice"] == copied
    later(towns, days=1)
    relay(towns)
    assert first.of("reminder") == [], "the cadence says no time after which it reminds"
    equip(towns, changed=using(replace(DAILY, remind_after=60)), deliver_notice={"a": first, "b": second})
    relay(towns)
    assert sorted(one.recipients[0].account for one in second.of("reminder")) == ["head", "head2"]
    assert second.of("reminder")[0].subject == Label(
        "尚未阅读：每日汇总（2026-03-02 19:00）", "not read yet: daily summary (2026-03-02 19:00)"
    )


@pytest.fixture
def read(towns: Town) -> Town:
    """Three notices for the head, the last of them for the operator too."""
    with towns.services.store.unit("harbour") as unit:
        for number, accounts in enumerate((["head"], ["head"], ["head", "operator"])):
            unit.receipts.add(f"n:{number}", "gone", None, accounts, START + timedelta(minutes=number // 2))
        unit.keep()
    return towns


def test_the_list_goes_on_by_its_cursor(read: Town) -> None:
    shown, cursor = [], ""
    while True:
        page = read.get(f"/receipts?limit=1{cursor}", "head").json
        shown += [one["notice"] for one in page["receipts"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert shown == ["n:2", "n:1", "n:0"]
    stolen = read.get(f"/receipts?limit=1{cursor}", "operator")
    assert (stolen.status_code, stolen.json["code"]) == (422, "cursor-invalid")


def test_reading_twice_keeps_the_first_time_and_nobody_reads_for_others(read: Town) -> None:
    once = read.post("/receipts/n:2/read", {}, "head", key="k")
    later(read, minutes=5)
    assert read.post("/receipts/n:2/read", {}, "head", key="k").json == once.json
    again = read.post("/receipts/n:2/read", {}, "head")
    assert again.json["read_at"] == once.json["read_at"] == "2026-03-02T01:00:00.000000Z"
    for who, notice in (("operator", "n:1"), ("head2", "n:2"), ("head", "nothing")):
        refused = read.post(f"/receipts/{notice}/read", {}, who)
        assert (refused.status_code, refused.json["code"]) == (404, "receipt-unknown"), who
    assert read.get("/receipts?unread=true", "operator").json["receipts"][0]["read_at"] is None


def test_superiors_see_who_has_read_and_nobody_else_does(read: Town) -> None:
    read.post("/receipts/n:2/read", {}, "head")
    told = read.get("/receipts/n:2", "operator").json
    assert [one["account"] for one in told["read"]] == ["head"]
    assert [(one["name"], one["read_at"]) for one in told["unread"]] == [("operator", None)]
    assert read.get("/receipts/nothing", "operator").status_code == 404
    for who in ("head", "walker", "handler", "plumber"):
        refused = read.get("/receipts/n:2", who)
        assert (refused.status_code, refused.json["code"]) == (403, "receipts-not-visible"), who
