"""`coverage`, `inspections` and `shares` as people run them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from console import Done


@pytest.fixture
def district(here: Callable[..., Done], changed: Callable[..., Path]) -> Callable[..., Done]:
    """The minimal district with a duty that nobody does and lamps that are inspected and opened by nobody."""
    folder = changed(
        ("workflow.yaml", "    facts: {urgent: boolean}\n", "    facts: {urgent: boolean, solved_at: text}\n"),
        (
            "workflow.yaml",
            "    label: {zh: 事件, en: event}\n",
            "    label: {zh: 事件, en: event}\n    purpose: patrol\n",
        ),
        ("registry.yaml", "    columns:\n", "    inspection: {every: 1, unit: day}\n    columns:\n"),
        (
            "roster.yaml",
            "duty_modes:\n",
            "duties:\n  - {id: rounds, label: {zh: 巡查, en: rounds}, post: head, kind: patrol, times: 1, per: day, "
            "case_kind: event}\nduty_modes:\n",
        ),
    )
    assert here("publish", folder).code == 0
    return here


def test_nobody_holds_the_post(district: Callable[..., Done]) -> None:
    done = district("--language", "en", "coverage", "minimal")
    assert (done.code, done.out) == (0, "'minimal' has no duty that is counted, or nobody held its post in that week\n")


def test_a_holder_and_the_week(district: Callable[..., Done]) -> None:
    assert district("staff", "assign", "minimal", "ann", "head", "--cell", "D01").code == 0
    shown = json.loads(district("coverage", "minimal", "--week", "2027-03-04", "--format", "json").out)
    assert shown["week"] == "2027-03-01"
    (row,) = shown["rows"]
    assert (row["duty"], row["name"], row["cells"], row["days_asked"], row["rounds"]) == (
        "rounds",
        "ann",
        ["D01"],
        7,
        0,
    )
    table = district("--language", "en", "coverage", "minimal").out.splitlines()
    assert table[0].split()[:3] == ["DUTY", "HOLDER", "CELL"]
    assert table[1].split()[:4] == ["rounds", "ann", "D01", "0/7"]


def test_inspections_are_listed_with_their_state(district: Callable[..., Done]) -> None:
    assert district("--language", "en", "inspections", "minimal").out == (
        "no inspection is due (objects that are inspected: 1)\n"
    )
    shown = json.loads(district("inspections", "minimal", "--all", "--format", "json").out)
    assert [(item["object"], item["state"], item["case"]) for item in shown["inspections"]] == [("L1", "later", None)]
    assert district("inspections", "nowhere").code == 1


def test_shares_of_closed_cases(district: Callable[..., Done]) -> None:
    assert district("--language", "en", "shares", "minimal", "solved_at").out == (
        "no case of 'minimal' was closed in that time\n"
    )
    refused = district("--language", "en", "shares", "minimal", "solved_by")
    assert refused.code == 1
    assert "fact-unknown" in refused.err and "solved_at" in refused.err
    assert json.loads(district("shares", "minimal", "solved_at", "--format", "json").out)["total"] == 0
