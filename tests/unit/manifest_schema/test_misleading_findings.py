"""What a check does not say: nothing that follows from another fault, and no advice that would be wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import Finding
from core.manifest.nearest import NONE, meant
from core.manifest.pipeline import check
from core.manifest.source import read_source, source_of
from core.messages import render

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")
WAIVER = """waivers:
  - {code: lint-no-service, file: workflow.yaml, reason: {zh: 无, en: none}}
  - {code: file-ignored, file: notes.txt, reason: {zh: 无, en: none}}
"""


def findings(*edits: tuple[str, str, str]) -> list[Finding]:
    made = {**MINIMAL.files}
    for file, old, new in edits:
        text = made[file].decode()
        assert old in text
        made[file] = text.replace(old, new, 1).encode()
    return list(check(source_of("minimal", made)).findings)


def codes(*edits: tuple[str, str, str]) -> list[str]:
    return [finding.code for finding in findings(*edits)]


def test_a_waiver_is_called_unused_only_when_everything_was_looked_for() -> None:
    edit = ("locality.yaml", "parameters:\n", f"{WAIVER}parameters:\n")
    assert codes(edit) == ["waiver-unused", "waiver-unused"]
    assert codes(edit, ("timers.yaml", "calendar: office", "calendar: ofice")) == ["reference-unknown-calendar"]


@pytest.mark.parametrize("end", ["urban,first,250", "a,urban,first,250,demo"], ids=["short", "long"])
def test_a_row_with_too_few_or_too_many_cells_is_one_fault(end: str) -> None:
    row = "D02,grid,D,第二网格,Grid 2,"
    (finding,) = findings(("cells.csv", f"{row}urban,first,250,demo", row + end))
    assert (finding.code, finding.place.line) == ("csv-ragged-row", 4)


def test_other_rows_beside_a_ragged_one_are_still_checked() -> None:
    ragged = ("cells.csv", "first,300,demo", "first,300")
    assert codes(ragged, ("cells.csv", "Grid 2,urban", "Grid 2,urbn")) == [
        "csv-ragged-row",
        "reference-unknown-area-kind",
    ]


@pytest.mark.parametrize(("name", "near"), [("ofice", "office"), ("D03", "D01"), ("zzz", NONE), ("x", NONE)])
def test_only_a_similar_name_is_suggested(name: str, near: str) -> None:
    assert meant(name, ["office", "D01"]) == near


def test_an_opening_that_does_not_exist_is_only_unknown() -> None:
    assert codes(("workflow.yaml", "opening: report,", "opening: reprot,")) == ["reference-unknown-action"]


def test_an_amount_of_another_type_says_what_an_amount_is() -> None:
    (finding,) = findings(("timers.yaml", "amount: ", "amount: some # "))
    assert finding.code == "schema-wrong-type"
    assert "正数，或 {parameter: 标识}" in render(finding.code, finding.params)
    assert "a positive number, or {parameter: id}" in render(finding.code, finding.params, "en")
