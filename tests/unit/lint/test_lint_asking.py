"""What a linked case would be refused for is found before anybody loses a finding over it."""

from __future__ import annotations

import pytest
from lint_source import Edit, found

CLOSE = "          - close_task: {task: handling}\n    reactions"
OPEN = '          - open_case: {intake: request, category: "0101"}\n    reactions'
ASKING: Edit = ("workflow.yaml", CLOSE, CLOSE.replace("    reactions", OPEN))
OPENS = "        opens: true\n"
INPUTS = "        inputs: {type: object, required: [what], properties: {what: {type: string}}}\n"
REFUSED = ["lint-linked-case-refused"]


def test_a_class_that_asks_for_nothing_is_opened() -> None:
    assert found(ASKING) == []


@pytest.mark.parametrize(
    "edit",
    [
        ("categories.yaml", "      type: object\n", "      type: object\n      required: [depth_cm]\n"),
        ("workflow.yaml", OPENS, f"{OPENS}        evidence: [{{kind: photo, meaning: before}}]\n"),
        ("workflow.yaml", OPENS, OPENS + INPUTS),
    ],
    ids=["form", "evidence", "inputs"],
)
def test_one_that_asks_for_something_is_not(edit: Edit) -> None:
    assert found(ASKING, edit) == REFUSED
    assert found(edit) == [], "only where a case follows from a case"
