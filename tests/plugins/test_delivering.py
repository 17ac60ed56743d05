"""The kernel's side of notices: a row for each way of telling, people as they are at delivery, failures by kind."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from town import START, Town, scheme_of, settle

from core.casework import Summaries
from core.casework.recipients import Staff
from core.engine.reach import chain
from core.errors import PermanentFailure, TemporaryFailure
from core.factory import create_worker
from core.scheme.case import Owner
from core.scheme.dispatch import Pool
from core.scheme.extensions import Notice
from core.scheme.label import Label
from core.scheme.situation import Assignment, Situation
from core.scheme.timers import Cadence
from core.scheme.workflow import Target, Template
from core.store import OutboxItem


class Post:
    """A way of telling that keeps what it was given, and fails when it is told to."""

    def __init__(self, failure: Exception | None = None) -> None:
        self.taken: list[Notice] = []
        self.asked = 0
        self.failure = failure

    def __call__(self, notice: Notice, dry_run: bool) -> None:
        self.asked += 1
        if self.failure is not None:
            raise self.failure
        if not dry_run:
            self.taken.append(notice)


def relay(town: Town) -> None:
    create_worker(town.services).run_once()


def rows(town: Town, state: Any = "waiting") -> dict[str, OutboxItem]:
    with town.services.store.read("harbour") as reading:
        return {item.id: item for item in reading.outbox.list(state)}


def later(town: Town, **time: float) -> None:
    town.clock.set(town.clock.now() + timedelta(**time))


def test_hook_deliver_notice(towns: Town, equip: Callable[..., None]) -> None:
    """A notice reaches every plugin that delivers, with who is meant, what is said and what it is about."""
    first, second = Post(), Post()
    equip(towns, deliver_notice={"a": first, "b": second})
    case = towns.report(point={"longitude": 120.005, "latitude": 30.005, "system": "WGS84"}, description="我叫王强")
    assert sorted(id.rpartition(":")[2] for id in rows(towns)) == ["a", "b"]
    relay(towns)
    assert rows(towns) == {}
    (notice,) = first.taken
    assert second.taken == [replace(notice, id=notice.id.removesuffix("a") + "b")]
    assert notice.id == f"harbour:{case['id']}:{notice.about['seq']}:a"
    assert [(one.account, one.name, one.post, one.cell) for one in notice.recipients] == [
        ("head", "head", "head", "HB-01")
    ]
    assert (notice.kind, notice.template, notice.at) == ("notice", "new_report", START)
    assert case["number"] in notice.subject.zh and "破损路面" in notice.subject.zh
    assert "broken road" in notice.subject.en and "Grid 1" in notice.subject.en
    assert notice.about["number"] == case["number"] and notice.about["due_at"].endswith("Z")
    assert "walker" not in str(notice) and "王强" not in str(notice)


def test_without_a_plugin_the_log_carries_one_row(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    case = town.report()
    (item,) = rows(town).values()
    assert item.id == f"{case['id']}:{item.body['seq']}" and "via" not in item.body
    relay(town)
    assert list(rows(town, "done")) == [item.id]


def test_a_way_that_fails_is_tried_again_alone(towns: Town, equip: Callable[..., None]) -> None:
    good, bad = Post(), Post(TemporaryFailure("notice-unreachable", delay=100, host="there"))
    equip(towns, deliver_notice={"mail": good, "webhook": bad})
    towns.report()
    relay(towns)
    (waiting,) = rows(towns).values()
    assert waiting.body["via"] == "webhook" and waiting.attempts == 1
    later(towns, seconds=99)
    relay(towns)
    assert bad.asked == 1, "not before the delay that it asked for"
    bad.failure = None
    later(towns, seconds=1)
    relay(towns)
    assert (len(good.taken), len(bad.taken), rows(towns)) == (1, 1, {})
    assert bad.taken[0].id.endswith(":webhook")


def test_a_permanent_failure_is_given_up_visibly(town: Town, equip: Callable[..., None]) -> None:
    bad = Post(PermanentFailure("notice-rejected", host="there", status=410))
    equip(town, deliver_notice={"webhook": bad})
    town.report()
    relay(town)
    (dead,) = rows(town, "dead").values()
    assert "notice-rejected" in (dead.last_error or "")
    later(town, days=2)
    relay(town)
    assert bad.asked == 1


def test_what_a_plugin_raises_is_temporary_and_its_text_stays_out(
    town: Town, equip: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    bad = Post(ValueError("13812345678 王强"))
    equip(town, deliver_notice={"webhook": bad})
    town.report()
    relay(town)
    (waiting,) = rows(town).values()
    assert "notice-plugin-broke" in (waiting.last_error or "")
    said = (waiting.last_error or "") + "".join(capsys.readouterr())
    assert "王强" not in said and "13812345678" not in said
    later(town, seconds=10)
    relay(town)
    assert bad.asked == 2


def test_a_plugin_that_is_gone_keeps_its_notices_waiting(town: Town, equip: Callable[..., None]) -> None:
    post = Post()
    equip(town, deliver_notice={"webhook": post})
    town.report()
    equip(town)
    relay(town)
    (waiting,) = rows(town).values()
    assert "notice-plugin-missing" in (waiting.last_error or "")
    equip(town, deliver_notice={"webhook": post})
    later(town, seconds=60)
    relay(town)
    assert len(post.taken) == 1


def test_whoever_holds_the_post_at_delivery_is_told(town: Town, equip: Callable[..., None]) -> None:
    post = Post()
    equip(town, deliver_notice={"a": post})
    town.report()
    settle(town, "harbour", "successor", Assignment("successor", "head", "HB-01"))
    with town.services.store.unit("harbour") as unit:
        (held,) = [item for item in unit.assignments.held(START) if item.assignment.account == "head"]
        unit.assignments.end(held.id, START)
        unit.keep()
    relay(town)
    assert [one.account for one in post.taken[0].recipients] == ["successor"]


def test_a_template_says_what_the_district_wrote_in_one_line(town: Town, equip: Callable[..., None]) -> None:
    post = Post()
    text = Label("案件{case_number}\r\nBcc: x@example.org {cell}{due}{nothing}", "{category} of {severity}")
    template = Template("new_report", Label("新"), text)

    def changed(scheme: Any) -> Any:
        return replace(scheme, workflow=replace(scheme.workflow, templates={"new_report": template}))

    equip(town, changed=changed, deliver_notice={"a": post})
    case = town.report()
    relay(town)
    subject = post.taken[0].subject
    assert subject.zh == f"案件{case['number']} Bcc: x@example.org 一号网格2026-03-02 11:00{{nothing}}"
    assert subject.en == "broken road of major"


def test_a_confidential_class_tells_ids_and_codes_only(town: Town, equip: Callable[..., None]) -> None:
    post = Post()
    equip(town, deliver_notice={"a": post})
    town.report(category="0901", description="经理受贿", contact={"phone": "13812345678"})
    relay(town)
    (notice,) = post.taken
    assert set(notice.about) <= {
        *("case", "number", "seq", "kind", "category", "cell", "channel", "severity", "alert", "opened_at", "due_at")
    }
    assert not any(secret in str(notice) for secret in ("walker", "经理", "13812345678"))


def test_a_summary_goes_each_way_to_everyone_on_the_post(town: Town, equip: Callable[..., None]) -> None:
    good, bad = Post(), Post(TemporaryFailure("notice-unreachable", host="there"))
    cadence = Cadence("daily", Label("每日汇总", "daily summary"), "daily", Target("post", "head"), at=18 * 60)

    def changed(scheme: Any) -> Any:
        return replace(scheme, timers=replace(scheme.timers, cadences={"daily": cadence}))

    equip(town, changed=changed, deliver_notice={"mail": good, "webhook": bad})
    town.report()
    later(town, hours=10)
    Summaries(town.services.casework).owe()
    relay(town)
    (notice,) = [item for item in good.taken if item.kind == "summary"]
    assert [one.account for one in notice.recipients] == ["head", "head2"]
    assert notice.subject == Label("每日汇总：1 件", "daily summary: 1 cases") and notice.template == "daily"
    assert notice.about["total"] == 1 and not {"via", "target"} & set(notice.about)
    assert [item.body["via"] for item in rows(town).values() if item.kind == "summary"] == ["webhook"]


@pytest.mark.parametrize(
    ("owner", "told"),
    [
        (Owner(post="head", cell="HB-01"), {"head"}),
        (Owner(post="walker", cell="HB-02"), set()),
        (Owner(post="operator", cell="HB-02"), {"operator"}),
        (Owner(organisation="water_company"), {"plumber"}),
        (Owner(organisation="harbour_office"), {"operator"}),
        (Owner(account="handler"), {"handler", "handler2"}),
        (Owner(account="resident"), {"resident"}),
        (Owner(pool="night"), {"head", "handler", "handler2"}),
        (Owner(pool="no_more"), set()),
    ],
    ids=lambda value: " ".join(sorted(value)) if isinstance(value, set) else str(value),
)
def test_who_stands_for_an_owner(town: Town, owner: Owner, told: set[str]) -> None:
    with town.services.store.unit("harbour") as unit:
        unit.assignments.add(Assignment("handler2", "handler", None, deputy_for="handler"), START)
        holding = unit.assignments.holding(START)
    by_post: dict[str, list[Assignment]] = {}
    for held in holding:
        by_post.setdefault(held.post, []).append(held)
    today = scheme_of("harbour")
    pools = {"night": Pool("night", Label("夜班"), ("head", "handler"), 30)}
    today = replace(today, dispatch=replace(today.dispatch, pools=pools))
    cells = chain(Situation(today), "HB-01", None)
    found = Staff(today, by_post, lambda account: account).of_owner(owner, cells)
    assert {one.account for one in found} == told
    assert len(found) == len(told)


def test_a_test_notice_says_who_is_meant_and_what_failed(town: Town, equip: Callable[..., None]) -> None:
    good, bad = Post(), Post(PermanentFailure("notice-rejected", host="there", status=410))
    equip(town, deliver_notice={"mail": good, "webhook": bad})
    meant, tried = town.services.casework.try_notice("harbour", "head", "HB-01", dry_run=True)
    assert [one.account for one in meant] == ["head"]
    assert [(one.plugin, one.failure and one.failure.code) for one in tried] == [
        ("mail", None),
        ("webhook", "notice-rejected"),
    ]
    assert good.asked == 1 and good.taken == []
    bad.failure = ValueError("13812345678")
    _, (broken,) = town.services.casework.try_notice("harbour", "head", plugins=["webhook"])
    assert broken.failure and broken.failure.params == {"plugin": "webhook", "error": "ValueError"}
    town.services.casework.try_notice("harbour", "head", plugins=["mail"])
    assert [one.account for one in good.taken[0].recipients] == ["head", "head2"]
