"""Linked cases that an action asks for, recurrences, previews and corrections, over HTTP on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from town import PEOPLE, START, Town, build_town, files_of, settle

from core.casework.following import DEEPEST
from core.factory import create_worker
from core.manifest.pipeline import load
from core.manifest.source import source_of

MORE = """
      - id: look_round
        label: {zh: 查看周边, en: look round}
        meaning: verify
        track: main
        from: [handling]
        who: [{role: handler}]
        effects:
          - open_case: {intake: patrol, category: "0102"}
      - id: correct
        label: {zh: 更正, en: correct}
        meaning: correct
        track: main
        from: [reported]
        who: [{role: operator}]
        inputs:
          type: object
          properties:
            where: {type: string, format: cell, title: {zh: 网格, en: cell}}
        effects:
          - correct: {cell: where}
          - assign_task: {task: dispatching, target: dispatch}
"""


@pytest.fixture
def town(database_url: str, tmp_path: Path) -> Iterator[Town]:
    made = build_town(database_url, tmp_path / "instance", localities=())
    files = files_of("harbour")
    text = files["workflow.yaml"].decode()
    text = text.replace("intake_kinds:", MORE.lstrip("\n") + "intake_kinds:", 1)
    text = text.replace("    tracks:", "    recurrence: {within_metres: 100, within_days: 30}\n    tracks:", 1)
    source = source_of("harbour", files | {"workflow.yaml": text.encode()})
    with made.services.store.unit("harbour") as unit:
        unit.revisions.publish(source.files, source.digest, load(source).digest, {}, START, "test")
        unit.keep()
    for name, assignment in PEOPLE.items():
        settle(made, "harbour", name, assignment)
    yield made
    made.services.store.close()


def handled(town: Town) -> dict:
    case = town.report()
    case = town.act(case, "assign", "head", inputs={"assignee": "handler"}).json
    return town.act(case, "accept", "handler").json


def cases(town: Town) -> list[dict]:
    return town.get("/cases").json["cases"]


def test_a_linked_case_is_opened_once_and_names_its_parent(town: Town) -> None:
    case = handled(town)
    assert town.act(case, "look_round", "handler").status_code == 200
    assert len(cases(town)) == 1, "nothing is opened before the effect is carried"
    worker = create_worker(town.services)
    worker.run_once()
    worker.run_once()
    listed = cases(town)
    assert len(listed) == 2
    child = next(row for row in listed if row["id"] != case["id"])
    found = town.get(f"/cases/{child['id']}").json
    assert found["links"] == [{"relation": "parent", "case": case["id"]}]
    assert (found["category"], found["cell"]) == ("0102", "HB-01")


def test_cases_that_ask_for_cases_come_to_an_end(town: Town) -> None:
    """Here every report asks for the next one; the worker stops following after a while, and says so."""
    files = files_of("harbour")
    text = (
        files["workflow.yaml"]
        .decode()
        .replace(
            "          - open_task: {task: dispatching, target: {post: head}}\n",
            "          - open_task: {task: dispatching, target: {post: head}}\n"
            '          - open_case: {intake: patrol, category: "0102"}\n',
            1,
        )
    )
    source = source_of("harbour", files | {"workflow.yaml": text.encode()})
    with town.services.store.unit("harbour") as unit:
        unit.revisions.publish(source.files, source.digest, load(source).digest, {}, town.clock.now(), "test")
        unit.keep()
    town.report()
    worker = create_worker(town.services)
    for _ in range(DEEPEST + 4):
        worker.run_once()
    assert len(cases(town)) == DEEPEST + 1
    with town.services.store.read("harbour") as reading:
        (given_up,) = reading.outbox.list("dead")
    assert "linked-cases-too-deep" in str(given_up.last_error)


def test_carrying_it_again_opens_nothing(town: Town) -> None:
    case = handled(town)
    town.act(case, "look_round", "handler")
    items = town.services.store.outbox.claim_due(town.clock.now(), "test", 30, 10)
    asked = next(item for item in items if item.kind == "open_case")
    for _ in range(2):
        town.services.casework.follow(asked)
    assert len(cases(town)) == 2


def test_the_same_trouble_again_is_a_recurrence(town: Town) -> None:
    case = handled(town)
    photo = town.photo("handler")
    evidence = [{"attachment": photo, "kind": "photo", "meaning": "after"}]
    assert town.act(case, "finish", "handler", evidence=evidence).status_code == 200
    again = town.report()
    assert again["links"] == [{"relation": "recurrence", "case": case["id"]}]
    assert again["counts"] == {"recurrences": 1}
    other = town.report(cell="HB-02", who="operator")
    assert other["links"] == [], "another cell is not the same place"
    town.clock.advance(days=31)
    assert town.report()["counts"] == {}, "what was closed long ago is not repeated"


def test_a_preview_shows_what_a_correction_would_do_and_does_nothing(town: Town) -> None:
    case = town.report()
    deed = {"action": "correct", "inputs": {"where": "HB-02"}}
    before = town.rows()
    shown = town.client.post(
        town.url(f"/cases/{case['id']}/actions/preview"), json=deed, headers=town.headers("operator")
    )
    assert shown.status_code == 200, shown.json
    assert shown.json["case"]["cell"] == "HB-02"
    assert [event["type"] for event in shown.json["events"]][-2:] == ["dispatched", "task_assigned"]
    assert shown.json["explanation"]["dispatch"][0]["rule"] == "R1"
    assert town.rows() == before
    assert town.get(f"/cases/{case['id']}").json["cell"] == "HB-01"
    assert town.act(case, "correct", "operator", inputs={"where": "HB-02"}).json["cell"] == "HB-02"
    assert town.services.store.verify_chain("harbour", case["id"]) == ()


def test_nobody_learns_a_lot(town: Town) -> None:
    case = town.report()
    events = town.get(f"/cases/{case['id']}/events").json["events"]
    assert "draw" not in events[0]["data"]
    with town.services.store.read("harbour") as reading:
        assert 0 <= reading.cases.get(case["id"]).draw < 10_000
