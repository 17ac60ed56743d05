"""Each attack by somebody who owns the database gives exactly the finding that names it; a clean log gives none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from ledger_district import District

from core.casework import Depth
from core.scheme.event import Event

CASE_ROW = 'UPDATE "case" SET {} WHERE id = :waiting'
PATH = "/HB/HB-02/"
ONE_ROW: dict[str, tuple[str, tuple[str, str | None, int]]] = {
    "event body": (
        "UPDATE case_event SET body = (SELECT body FROM case_event AS o WHERE o.case_id = :late AND o.seq = 2)"
        " WHERE case_id = :waiting AND seq = 2",
        ("event-altered", "waiting", 2),
    ),
    "event type": (
        "UPDATE case_event SET type = 'moved' WHERE case_id = :waiting AND seq = 2",
        ("event-altered", "waiting", 2),
    ),
    "event gone": ("DELETE FROM case_event WHERE case_id = :waiting AND seq = 3", ("chain-gap", "waiting", 3)),
    "first event gone": ("DELETE FROM case_event WHERE case_id = :waiting AND seq = 1", ("chain-gap", "waiting", 1)),
    "tail gone": ("DELETE FROM case_event WHERE case_id = :waiting AND seq > 3", ("chain-head", "waiting", 3)),
    "version": (CASE_ROW.format("version = 2"), ("chain-head", "waiting", 9)),
    "head": (
        CASE_ROW.format("head_hash = (SELECT hash FROM case_event WHERE case_id = :late AND seq = 1)"),
        ("chain-head", "waiting", 9),
    ),
    "snapshot": (
        CASE_ROW.format('snapshot = (SELECT snapshot FROM "case" AS o WHERE o.id = :handled)'),
        ("snapshot-altered", "waiting", 9),
    ),
    "payload": (
        "UPDATE payload SET body = salt WHERE case_id = :waiting AND kind = 'report'",
        ("payload-altered", "waiting", 0),
    ),
    "payload gone": (
        "DELETE FROM payload WHERE case_id = :waiting AND kind = 'report'",
        ("payload-missing", "waiting", 2),
    ),
    "task": (
        "UPDATE case_task SET account = 'handler2' WHERE case_id = :handled AND task = 'handling'",
        ("task-altered", "handled", 0),
    ),
    "task gone": ("DELETE FROM case_task WHERE case_id = :waiting", ("task-altered", "waiting", 9)),
    "timer moved": (
        "UPDATE timer SET due_at = '2099-01-01 00:00:00' WHERE case_id = :open",
        ("timer-altered", "open", 0),
    ),
    "timer silenced": ("UPDATE timer SET done_at = due_at WHERE case_id = :open", ("timer-altered", "open", 0)),
    "timer gone": ("DELETE FROM timer WHERE case_id = :open", ("timer-altered", "open", 0)),
    "fired timer gone": ("DELETE FROM timer WHERE case_id = :late", ("timer-altered", "late", 9)),
    "photo": (
        "UPDATE attachment SET digest = public_digest WHERE case_id = :handled",
        ("attachment-altered", "handled", 0),
    ),
    "photo's uploader": (
        "UPDATE attachment SET created_by = 'handler' WHERE case_id = :handled",
        ("attachment-altered", "handled", 0),
    ),
    "photo gone": ("DELETE FROM attachment WHERE case_id = :handled", ("attachment-missing", "handled", 0)),
    "revision file": (
        "UPDATE revision_file SET body = body || '#' WHERE path = 'grid.yaml'",
        ("revision-altered", None, 0),
    ),
    "case row alone": ('DELETE FROM "case" WHERE id = :open', ("case-missing", "open", 0)),
}
COLUMNS = {
    "number": "'HB-x'", "scheme": "'s'", "kind": "'k'", "intake": "'hotline'", "category": "'0101'",
    "cell": "'HB-02'", "cell_path": f"'{PATH}'", "channel": "'phone'", "severity": "'dire'", "alert": "'yellow'",
    "stages": "'{\"main\": \"closed\"}'", "open": "FALSE", "object": "'x'", "reporter": "'head'",
    "opened_at": "'2020-01-01 00:00:00'", "updated_at": "'2020-01-01 00:00:00'", "due_at": "'2099-01-01 00:00:00'",
}  # fmt: skip


def test_a_clean_log_gives_no_finding(district: District) -> None:
    assert district.found() == []
    district.anchor()
    assert district.found() == []
    assert district.found(anchors=False) == []
    assert district.found(depth=Depth(rows=False)) == []


@pytest.mark.parametrize("attack", ONE_ROW)
def test_one_altered_row_is_told_as_what_it_is(district: District, attack: str) -> None:
    statement, (code, name, seq) = ONE_ROW[attack]
    if district.on_postgres:
        statement = statement.replace("'#'", "'\\x23'::bytea")
    district.tamper(statement)
    found = district.found()
    assert [(one[0], one[1]) for one in found] == [(code, name)], found
    assert not seq or found[0][2] == seq


def test_an_event_with_another_seq_leaves_a_gap_and_stands_where_none_should(district: District) -> None:
    district.tamper("UPDATE case_event SET seq = 99 WHERE case_id = :waiting AND seq = 2")
    found = [("chain-gap", 2), ("chain-gap", 10), ("event-altered", 99), ("chain-head", 99)]
    assert district.found() == [(code, "waiting", seq) for code, seq in found]


def test_a_hash_that_was_altered_is_neither_its_event_s_nor_its_successor_s(district: District) -> None:
    district.tamper("UPDATE case_event SET hash = previous_hash WHERE case_id = :late AND seq = 5")
    assert district.found() == [("event-altered", "late", 5), ("chain-broken", "late", 6)]


def test_a_payload_given_to_another_case_is_missed_in_one_and_unnamed_in_the_other(district: District) -> None:
    district.tamper("UPDATE payload SET case_id = :late WHERE case_id = :handled")
    assert [found[:2] for found in district.found()] == [("payload-missing", "handled"), ("payload-unnamed", "late")]


@pytest.mark.parametrize(
    "garbage",
    [
        CASE_ROW.format("snapshot = 'no JSON'"),
        CASE_ROW.format("opened_at = 'yesterday'"),
        CASE_ROW.format("head_hash = 'text'"),
        "UPDATE case_event SET body = 'text' WHERE case_id = :waiting AND seq = 2",
        "UPDATE payload SET salt = 'text' WHERE case_id = :waiting",
    ],
)
def test_what_no_column_can_hold_is_told_and_does_not_end_the_walk(district: District, garbage: str) -> None:
    if district.on_postgres:
        return  # its columns hold nothing else
    district.tamper(garbage, "UPDATE case_task SET account = 'x' WHERE case_id = :handled AND task = 'handling'")
    assert {found[:2] for found in district.found()} >= {("task-altered", "handled")}
    assert {name for _, name, _ in district.found()} == {"handled", "waiting"}


def test_an_unnamed_text_was_put_in_behind_the_programs_back(district: District) -> None:
    with district.town.services.store.unit("harbour") as unit:
        unit.payloads.put(district.cases["late"], "action", {"note": "同意"}, district.town.clock.now())
        unit.keep()
    assert district.found() == [("payload-unnamed", "late", 0)]


def test_photos_are_read_when_asked_for(district: District) -> None:
    (first, second) = sorted(path for path in district.town.services.settings.blobs.rglob("*") if path.is_file())
    first.unlink()
    second.write_bytes(b"another picture")
    assert sorted(code for code, _, _ in district.found()) == ["photo-altered", "photo-missing"]
    assert district.found(depth=Depth()) == []


@pytest.mark.parametrize("column", COLUMNS)
def test_a_column_that_lists_read_is_what_the_events_make_of_it(district: District, column: str) -> None:
    district.tamper(CASE_ROW.format(f'"{column}" = {COLUMNS[column]}'))
    findings = district.verify()
    assert [(found.code, found.params) for found in findings] == [("column-altered", {"column": column})]


def test_the_fast_check_judges_chains_payloads_and_anchors_only(district: District) -> None:
    district.tamper(CASE_ROW.format("category = '0101'"), "UPDATE payload SET body = salt WHERE case_id = :waiting")
    assert {code for code, _, _ in district.found(depth=Depth(rows=False))} == {"payload-altered"}


# What nothing inside the database can tell: everything in it agrees. The anchors do.
def shortened(events: list[Event]) -> Sequence[Event]:
    return events[:4]


def reassigned(events: list[Event]) -> Sequence[Event]:
    return [replace(event, actor="head2") if event.actor == "head" else event for event in events]


REWRITTEN = {
    "cut tail": ("handled", shortened, "chain-cut", 4),
    "rewritten chain": ("handled", reassigned, "chain-rewritten", None),
}


@pytest.mark.parametrize("attack", REWRITTEN)
def test_a_history_made_anew_is_told_by_the_anchors_alone(district: District, attack: str) -> None:
    name, change, code, seq = REWRITTEN[attack]
    district.tamper(district.rewrite(name, change))
    assert district.found(anchors=False) == []
    ((found, case, at),) = district.found()
    assert (found, case) == (code, name)
    assert seq is None or at == seq


def test_a_chain_rewritten_before_it_was_anchored_again_is_still_told(district: District) -> None:
    district.tamper(district.rewrite("handled", reassigned))
    district.town.clock.advance(hours=1)
    district.anchor()
    assert [(code, name) for code, name, _ in district.found()] == [("chain-rewritten", "handled")]


def test_what_was_rewritten_between_two_anchors_is_not_told(district: District) -> None:
    """The limit of the method, as the documentation says."""
    district.tamper(
        district.rewrite("open", lambda events: [replace(event, today=event.scheme) for event in events][:9])
    )
    assert district.found() == []


def test_a_case_that_was_removed_whole_is_told_by_the_anchors(district: District) -> None:
    tables = ("case_event", "payload", "case_task", "timer")
    district.tamper(
        *(f"DELETE FROM {table} WHERE case_id = :waiting" for table in tables),  # noqa: S608
        'DELETE FROM "case" WHERE id = :waiting',
    )
    assert district.found(anchors=False) == []
    ((code, name, version),) = district.found()
    assert (code, name) == ("case-removed", "waiting")
    assert version > 0


def test_a_removed_revision_is_told_by_the_anchors_and_by_its_cases(district: District) -> None:
    district.tamper("DELETE FROM revision_file", "DELETE FROM revision")
    codes = [code for code, _, _ in district.found()]
    assert codes == ["scheme-missing"] * len(district.cases) + ["revision-removed"]


def test_a_publisher_made_another_is_told_by_the_anchors(district: District) -> None:
    district.tamper("UPDATE revision SET published_by = 'nobody'")
    assert district.found(anchors=False) == []
    assert district.found() == [("revision-altered", None, 0)]


def test_an_event_that_was_dated_back_is_told_by_the_anchors(district: District) -> None:
    district.town.clock.advance(hours=2)
    district.anchor()
    assert district.found() == []
    early = district.town.clock.now().replace(year=2025)
    district.town.clock.set(early)
    district.cases["late entry"] = district.town.report()["id"]
    assert district.found() == [("event-not-anchored", "late entry", 1)]


def test_rubbish_in_a_chain_that_holds_is_told(district: District) -> None:
    def invented(event: Event) -> Event:
        return replace(event, type="invented") if event.seq == 2 else event

    district.tamper(district.replace_chain("open", invented))
    assert district.found() == [("events-unreadable", "open", 6)]
