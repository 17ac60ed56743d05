"""A scheme's own tests: judged as at the doors, timed by every timer, and every unmet expectation at its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from core.errors import ManifestError
from core.governance.checking import read_locality, test_source
from core.governance.scheme_test import Outcome
from core.manifest.source import read_source, source_of

test_source.__test__ = False  # a use case, not a test

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")
REPORT = {"intake": "request", "category": "0102", "object": "L1"}


def played(*steps: dict[str, Any], people: dict[str, Any] | None = None, **files: tuple[str, str]) -> Outcome:
    """One test with these steps; files may be changed by a text and its replacement."""
    people = people or {"reporter": {"post": "reporter", "cell": "D01"}, "head": {"post": "head", "cell": "D01"}}
    test = {"id": "one", "label": {"zh": "一", "en": "one"}, "people": people, "steps": list(steps)}
    made = dict(MINIMAL.files)
    for name, (old, new) in files.items():
        text = made[f"{name}.yaml"].decode()
        assert old in text
        made[f"{name}.yaml"] = text.replace(old, new, 1).encode()
    made["tests/request.yaml"] = yaml.safe_dump({"schema": "gridwright/scheme_test/1", "tests": [test]}).encode()
    (outcome,) = test_source(source_of("minimal", made))
    return outcome


def step(at: str, by: str = "head", **more: Any) -> dict[str, Any]:
    return {"at": f"2026-03-02T{at}", "by": by, **more}


REPORTED = step("09:00", "reporter", report=REPORT)


def told(outcome: Outcome) -> list[tuple[str, str, Any]]:
    return [(failure.place.path, failure.code, failure.params.get("found")) for failure in outcome.failures]


def test_a_test_that_goes_as_told() -> None:
    outcome = played(
        REPORTED | {"expect": {"stages": {"main": "reported"}, "owner": {"handling": "head"}, "closed": False}},
        step("09:10", act="start", **{"with": {"urgent": True}}, expect={"facts": {"urgent": True}, "alert": None}),
        step(
            "09:20", act="close", expect={"closed": True, "owner": {"handling": None}, "clocks": {"answer": "stopped"}}
        ),
    )
    assert told(outcome) == []
    assert [event.seq for event in outcome.events] == list(range(1, len(outcome.events) + 1))


@pytest.mark.parametrize(
    ("expect", "path", "found"),
    [
        ({"stages": {"main": "handling"}}, "stages.main", "reported"),
        ({"stages": {"dark": "tracking"}}, "stages.dark", "null"),
        ({"owner": {"handling": "reporter"}}, "owner.handling", "head"),
        ({"due": {"answer": "2026-03-03T09:00"}}, "due.answer", "2026-03-09T09:00"),
        ({"clocks": {"answer": "paused"}}, "clocks.answer", "running"),
        ({"counts": {"reminders": 1}}, "counts.reminders", 0),
        ({"facts": {"urgent": True}}, "facts.urgent", "null"),
        ({"objects": {"L1": "broken"}}, "objects.L1", "null"),
        ({"alert": "red"}, "alert", "null"),
        ({"closed": True}, "closed", "false"),
        ({"rule": "R1"}, "rule", "R9"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else None,
)  # fmt: skip
def test_every_subject_can_be_missed(expect: dict[str, Any], path: str, found: Any) -> None:
    outcome = played(REPORTED | {"expect": expect})
    assert told(outcome) == [(f"$.tests[0].steps[0].expect.{path}", "test-unexpected", found)]
    assert outcome.failures[0].place.line > 1


def test_an_expected_refusal_is_no_failure_and_a_missing_one_is() -> None:
    start = step("09:10", act="start")
    assert told(played(REPORTED, step("09:10", "reporter", act="start", refused="action-forbidden"))) == []
    assert told(played(REPORTED, start | {"refused": "action-forbidden"})) == [
        ("$.tests[0].steps[1].refused", "test-not-refused", "–")
    ]
    assert told(played(REPORTED, step("09:10", act="close"))) == [
        ("$.tests[0].steps[1].refused", "test-refused", "action-not-at-stage")
    ]


@pytest.mark.parametrize(
    "given",
    [{"act": "start", "with": {"urgent": "yes"}}, {"act": "start", "with": {"hurry": True}}],
    ids=["wrong type", "unknown field"],
)
def test_what_is_filled_in_is_judged_as_at_the_doors(given: dict[str, Any]) -> None:
    assert told(played(REPORTED, step("09:10", **given, refused="content-invalid"))) == []


def test_the_facts_of_a_report_are_judged_by_the_form_of_the_class() -> None:
    report = {"intake": "request", "category": "0101", "cell": "D01", "facts": {"depth_cm": -1}}
    assert told(played(step("09:00", "reporter", report=report, refused="content-invalid"))) == []
    deep = report | {"facts": {"depth_cm": 7}}
    assert told(played(step("09:00", "reporter", report=deep, expect={"rule": "R1", "facts": {"depth_cm": 7}}))) == []


def test_what_is_not_said_follows_from_the_class_the_object_and_the_intake() -> None:
    opened = played(REPORTED).events[0].data
    assert (opened["cell"], opened["channel"], opened["severity"]) == ("D01", "app", "ordinary")


def test_a_severity_that_is_not_said_is_the_classs_usual_one() -> None:
    lower = ("severities:\n", "severities:\n  - {id: light, label: {zh: 轻微, en: light}}\n")
    assert played(REPORTED, workflow=lower).events[0].data["severity"] == "ordinary"


def test_every_timer_fires_at_its_own_instant_before_the_next_step() -> None:
    outcome = played(REPORTED, {"at": "2026-03-10T09:00", "expect": {"alert": "red", "counts": {"reminders": 1}}})
    assert told(outcome) == []
    reached = [event for event in outcome.events if event.type == "clock_reached"]
    assert [event.data["reach"] for event in reached] == ["warning", "due"]
    assert [event.data["late_seconds"] for event in reached] == [0, 0]


@pytest.mark.parametrize("at", ["2026-02-30T09:00", "2026-03-02T08:59"], ids=["no such day", "before the last step"])
def test_time_that_is_none_or_runs_backwards(at: str) -> None:
    outcome = played(REPORTED, {"at": at, "by": "head", "act": "start"})
    assert told(outcome) == [("$.tests[0].steps[1].at", "test-time-wrong", None)]


def test_expecting_something_of_no_case() -> None:
    assert told(played({"at": "2026-03-02T09:00", "expect": {"closed": False}})) == [
        ("$.tests[0].steps[0].expect.closed", "test-no-case", None)
    ]


def test_an_object_keeps_what_an_earlier_step_made_of_it() -> None:
    breaks = ("- set_fact: {fact: urgent, input: urgent}", "- update_object: {status: broken}")
    guard = ("guard: not fact.urgent or count.reminders < 3", "guard: object_status == 'broken'")
    text = MINIMAL.files["workflow.yaml"].decode()
    workflow = (text, text.replace(*breaks).replace(*guard))
    done = {"closed": True, "objects": {"L1": "broken"}}
    assert (
        told(played(REPORTED, step("09:10", act="start"), step("09:20", act="close", expect=done), workflow=workflow))
        == []
    )


def test_a_manifest_with_errors_is_not_tested() -> None:
    broken = source_of("minimal", {**MINIMAL.files, "roster.yaml": b"schema: gridwright/roster/1\n"})
    with pytest.raises(ManifestError) as refused:
        test_source(broken)
    assert refused.value.findings and refused.value.params["locality"] == "minimal"


def test_a_manifest_without_any_id_goes_by_its_folder(tmp_path: Path) -> None:
    for text in (b"", b"- a list", b"id: 7", b"id: ../up", b"id: \xff"):
        folder = tmp_path / "somewhere"
        folder.mkdir(exist_ok=True)
        (folder / "locality.yaml").write_bytes(text)
        assert read_locality(folder).id == "somewhere"
    (folder / "locality.yaml").write_bytes(b"id: elsewhere")
    assert read_locality(folder).id == "elsewhere"


def test_an_unexpected_refusal_says_why_and_ends_the_test() -> None:
    outcome = played(REPORTED, step("09:10", act="close"), step("09:20", act="start", expect={"closed": True}))
    assert told(outcome) == [
        ("$.tests[0].steps[1].refused", "test-refused", "action-not-at-stage"),
        ("$.tests[0].steps[1]", "test-steps-left-out", None),
    ]
    refused, left_out = outcome.failures
    assert refused.refusal is not None and refused.refusal.params["action"] == "close"
    assert left_out.params == {"steps": 1}
    assert {event.data.get("action") for event in outcome.events if event.type == "action_taken"} <= {"report"}


def test_another_refusal_than_the_expected_one_does_not_end_it() -> None:
    outcome = played(REPORTED, step("09:10", act="close", refused="guard-not-met"), step("09:20", act="start"))
    assert told(outcome) == [("$.tests[0].steps[1].refused", "test-refused-else", "action-not-at-stage")]
    assert outcome.failures[0].refusal is not None


NEW = """          - close_task: {task: handling}
      - id: correct
        label: {zh: 更正, en: correct}
        meaning: correct
        track: main
        from: [reported]
        who: [{role: head}]
        inputs:
          type: object
          properties:
            where: {type: string, format: cell, title: {zh: 网格, en: cell}}
            what: {type: string, format: category, title: {zh: 类别, en: class}}
        effects:
          - correct: {cell: where, category: what}
          - assign_task: {task: handling, target: dispatch}
          - open_case: {intake: request, category: "0101", when: "draw < 0.5"}
          - count: {counter: reminders}
    reactions"""
LADDER = """ladders:
  - id: hard
    label: {zh: 疑难, en: hard}
    counter: reminders
    steps: [{id: first, label: {zh: 一, en: one}, at: 1, target: {post: head}}]
cards: [{id: yellow_card, label: {zh: 黄牌, en: yellow card}}]
cadences:"""


def corrected(expect: dict[str, Any], draw: float = 0, at: str = "09:10") -> Outcome:
    changes = {
        "workflow": ("          - close_task: {task: handling}\n    reactions", NEW),
        "timers": ("cadences:", LADDER),
    }
    report = step("09:00", "reporter", report=REPORT | {"draw": draw})
    deed = step(at, act="correct", **{"with": {"where": "D02"}}, expect=expect)
    return played(report, deed, **changes)


def test_what_follows_a_correction_may_be_expected() -> None:
    expect = {
        "cell": "D02",
        "category": "0102",
        "layer": "fallback",
        "act_first": False,
        "rungs": {"hard": "first"},
        "asked": {"0101": 1},
        "cards": {"yellow_card": None},
    }
    assert told(corrected(expect)) == []
    assert told(corrected({"asked": {"0101": 0}, "layer": "fallback"}, draw=0.5)) == []


@pytest.mark.parametrize(
    ("expect", "found"),
    [
        ({"cell": "D01"}, "D02"),
        ({"category": "0101"}, "0102"),
        ({"layer": "normal"}, "fallback"),
        ({"act_first": True}, "false"),
        ({"rungs": {"hard": None}}, "first"),
        ({"asked": {"0101": 2}}, 1),
        ({"cards": {"yellow_card": "shown"}}, "null"),
    ],
)
def test_and_is_not_taken_for_granted(expect: dict[str, Any], found: Any) -> None:
    (failure,) = told(corrected(expect))
    assert failure[1:] == ("test-unexpected", found)
