"""A class or a cell is corrected, and the case goes to whoever answers for what it now says."""

from __future__ import annotations

import pytest
from scheme_builder import CELL, NEXT_CELL, Story, action, build_scheme, effect, opening

from core.errors import Unprocessable
from core.scheme.dispatch import Rule
from core.scheme.workflow import Grant, Target

DIRECTOR = (Grant("director"),)
FIELDS = {"type": "object", "properties": {"class": {"type": "string"}, "where": {"type": "string"}}}
RULES = (
    Rule("here", "normal", Target("organisation", "municipal"), cell=CELL),
    Rule("there", "normal", Target("organisation", "platform"), cell=NEXT_CELL),
)


def story() -> Story:
    send, correct = Target("dispatch"), effect("correct", category="class", cell="where")
    actions = (
        action("give", "work", "idle", who=DIRECTOR, effects=(effect("open_task", task="share", target=send),)),
        action(
            "correct",
            "work",
            "idle",
            who=DIRECTOR,
            inputs=FIELDS,
            effects=(correct, effect("assign_task", task="share", target=send)),
        ),
    )
    made = Story(build_scheme(actions, rules=RULES))
    made("director", opening(intake="trial", category="07001", evidence=()))
    made.act("director", "give")
    return made


def test_a_corrected_cell_sends_the_case_elsewhere() -> None:
    made = story()
    assert made.case.tasks["share"].owner.organisation == "municipal"
    made.act("director", "correct", where=NEXT_CELL)
    assert (made.case.cell, made.case.tasks["share"].owner.organisation) == (NEXT_CELL, "platform")
    corrected = next(event for event in made.events if event.type == "corrected")
    assert corrected.data == {"cell": NEXT_CELL, "was": {"cell": CELL}}
    assert made.case.sent == {"layer": "normal"}


def test_nothing_filled_in_changes_nothing() -> None:
    made = story()
    made.act("director", "correct")
    assert "corrected" not in made.types()
    codes = [reason.params.get("because", {}).get("code") for reason in made.last.explanation.effects]
    assert "correction-changes-nothing" in codes


@pytest.mark.parametrize(
    ("inputs", "code", "pointer"),
    [
        ({"class": "99"}, "category-unknown", "/inputs/class"),
        ({"class": "07"}, "category-not-leaf", "/inputs/class"),
        ({"class": "05001"}, "category-of-another-kind", "/inputs/class"),
        ({"where": "nowhere"}, "cell-unknown", "/inputs/where"),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field(inputs: dict[str, str], code: str, pointer: str) -> None:
    made = story()
    with pytest.raises(Unprocessable) as refused:
        made.act("director", "correct", **inputs)
    assert [(fault.code, fault.pointer) for fault in refused.value.faults] == [(code, pointer)]
    assert made.case.cell == CELL


def test_a_class_without_a_kind_of_its_own_is_taken_with_its_filing_condition() -> None:
    made = story()
    made.act("director", "correct", **{"class": "06001"})
    assert (made.case.category, made.case.filing_condition) == ("06001", "noise")


def test_a_confidential_class_is_not_left_by_a_correction() -> None:
    """Otherwise a handler could learn who reported by calling the matter something else."""
    made = story()
    made.act("director", "correct", **{"class": "06001"})
    with pytest.raises(Unprocessable) as refused:
        made.act("director", "correct", **{"class": "07001"})
    assert [fault.code for fault in refused.value.faults] == ["category-leaves-confidence"]
    assert made.case.category == "06001"
