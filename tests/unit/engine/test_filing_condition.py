"""Which filing condition a case is opened under: the one that was chosen, or the only one that there is."""

from __future__ import annotations

from dataclasses import replace

from scheme_builder import Story, build_scheme, opening

from core.scheme.categories import Category, CodeList, FilingCondition
from core.scheme.label import Label

NAME = Label("名称")


def codes(*conditions: FilingCondition) -> CodeList:
    categories = [
        Category("01", None, "major", "event", NAME),
        Category("0101", "01", "minor", "event", NAME),
        Category("0102", "01", "minor", "event", NAME),
    ]
    return CodeList("x", "1", ("major", "minor"), {c.code: c for c in categories}, {c.id: c for c in conditions})


def ids(found: tuple[FilingCondition, ...]) -> list[str]:
    return [condition.id for condition in found]


def test_a_class_has_its_own_conditions_or_its_nearest_ancestors():
    made = codes(FilingCondition("all", "01", NAME), FilingCondition("own", "0101", NAME))
    assert ids(made.conditions("0101", None)) == ["own"]
    assert ids(made.conditions("0102", None)) == ["all"]
    assert ids(made.conditions("unknown", None)) == []


def test_conditions_of_the_areas_grade_come_instead_of_those_of_no_grade():
    made = codes(FilingCondition("first", "0101", NAME, grade="first"), FilingCondition("any", "0101", NAME))
    assert ids(made.conditions("0101", "first")) == ["first"]
    assert ids(made.conditions("0101", "second")) == ["any"]
    assert ids(made.conditions("0101", None)) == ["any"]


def test_a_report_that_names_no_condition_has_the_only_one_of_its_class() -> None:
    story = Story()
    story("cleaner", opening())
    assert story.case is not None
    assert (story.case.category, story.case.filing_condition) == ("05001", "broken")


def test_where_the_class_has_several_only_the_report_decides() -> None:
    scheme = build_scheme()
    conditions = {**scheme.codes.filing_conditions, "lost": FilingCondition("lost", "05001", NAME)}
    story = Story(replace(scheme, codes=replace(scheme.codes, filing_conditions=conditions)))
    story("cleaner", opening())
    assert story.case is not None
    assert story.case.filing_condition is None
