"""A fault of an expression stands at its own line and column, and knows the names that hold where it stands."""

from pathlib import Path

import pytest

from core.manifest.pipeline import check
from core.manifest.source import read_source, source_of

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")
GUARD = "guard: not fact.urgent or count.reminders < 3"


def faults(file: str, old: str, new: str) -> list[tuple[str, str, int, int]]:
    text = MINIMAL.files[file].decode()
    assert old in text
    report = check(source_of("minimal", {**MINIMAL.files, file: text.replace(old, new, 1).encode()}))
    return [(each.code, each.place.file, each.place.line, each.place.column) for each in report.findings]


@pytest.mark.parametrize(
    ("written", "column"),
    [
        ("guard: fact.urgnt", 16),
        ('guard: "fact.urgnt"', 17),
        ("guard: 'fact.urgnt'", 17),
        ("guard: fact.urgent and fact.urgnt", 16 + 16),
        ("guard: severity == '一般的' and fact.urgnt", 16 + 22),
    ],
)
def test_a_fault_in_a_scalar(written, column):
    ((code, file, line, found),) = faults("workflow.yaml", GUARD, written)
    assert (file, line, found) == ("workflow.yaml", 59, column)
    assert code.startswith("expression-")


def test_a_fault_in_a_block_stands_at_the_block():
    ((_, file, line, column),) = faults("workflow.yaml", GUARD, "guard: >-\n          fact.urgnt")
    assert (file, line, column) == ("workflow.yaml", 59, 16)


@pytest.mark.parametrize(("written", "column"), [("fact.depth >= 5", 41), ('"fact.depth >= 5"', 42)])
def test_a_fault_in_a_cell(written, column):
    ((_, file, line, found),) = faults("rules.csv", "fact.depth_cm >= 5", written)
    assert (file, line, found) == ("rules.csv", 2, column)


def test_every_fault_of_every_expression_is_found():
    text = MINIMAL.files["workflow.yaml"].decode()
    text = text.replace(GUARD, "guard: fact.one and fact.two").replace("when: fact.urgent}", "when: hour == 'x'}")
    report = check(source_of("minimal", {**MINIMAL.files, "workflow.yaml": text.encode()}))
    assert [each.place.line for each in report.findings] == [59, 59, 64]


@pytest.mark.parametrize(
    "guard",
    [
        "input.urgent",  # a field of another action's form
        "stage.dark == 'x'",
        "open.repair",
        "count.returns > 1",
        "parameter.answer_hours > 1",
        "fact.depth_mm > 1",
    ],
)
def test_names_that_do_not_hold_there(guard):
    assert len(faults("workflow.yaml", GUARD, f"guard: {guard}")) == 1


@pytest.mark.parametrize(
    "guard",
    [
        "open.handling",
        "stage.main == 'handling'",
        "count.reminders > 1",
        "parameter.answer_days > 1",
        "parameter.slogan == '小事不出格'",
        "fact.depth_cm > 1",
    ],
)
def test_names_that_hold(guard):
    assert faults("workflow.yaml", GUARD, f"guard: {guard}") == []


def test_the_value_of_a_fact_has_the_facts_type():
    assert faults("workflow.yaml", "input: urgent}", "expression: hour > 20}") == []
    assert len(faults("workflow.yaml", "input: urgent}", "expression: hour}")) == 1


def test_while_a_file_that_declares_names_is_broken_no_expression_is_judged():
    files = dict(MINIMAL.files)
    files["locality.yaml"] = files["locality.yaml"].replace(b"parameters:", b"parameters: none\nsettlements:")
    files["workflow.yaml"] = files["workflow.yaml"].replace(GUARD.encode(), b"guard: parameter.answer_days > 1")
    codes = {finding.code for finding in check(source_of("minimal", files)).findings}
    assert codes and not any(code.startswith("expression-") for code in codes)
