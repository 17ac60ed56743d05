"""Which filing condition a case is opened under: the one that was chosen, or the only one that there is."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from scheme_builder import CELL, NEXT_CELL, Story, build_scheme, opening

from core.engine.limits import for_case
from core.errors import Unprocessable
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


# ------------------------------------------------------------------------------------- one condition, several grades
def test_a_condition_has_another_limit_in_areas_of_another_grade():
    scheme = build_scheme()
    general = FilingCondition("waste", "05001", Label("垃圾"), amount=Decimal(5), unit="work_day")
    urgent = FilingCondition(
        "waste_a", "05001", Label("垃圾"), grade="A", amount=Decimal(2), unit="urgent_hour", of="waste"
    )
    codes = replace(scheme.codes, filing_conditions={"waste": general, "waste_a": urgent})
    handling = replace(scheme.timers.limits["handling"], by_filing_condition=True)
    timers = replace(scheme.timers, limits={**scheme.timers.limits, "handling": handling})
    scheme = replace(scheme, codes=codes, timers=timers)
    for cell, wanted in ((CELL, "urgent_hour"), (NEXT_CELL, "work_day")):  # CELL is of grade A, the other of none
        story = Story(scheme)
        story("operator", opening(cell=cell, filing_condition="waste", intake="hotline", object=None))
        assert for_case(handling, scheme, story.case).unit == wanted
    story = Story(scheme)
    with pytest.raises(Unprocessable) as refused:
        story("operator", opening(filing_condition="waste_a", intake="hotline", object=None))
    assert [fault.code for fault in refused.value.faults] == ["filing-condition-unknown"], "reports name the condition"


def test_a_condition_of_another_grade_is_refused():
    scheme = build_scheme()
    condition = FilingCondition("waste", "05001", Label("垃圾"), grade="B")
    scheme = replace(scheme, codes=replace(scheme.codes, filing_conditions={"waste": condition}))
    with pytest.raises(Unprocessable) as refused:
        Story(scheme)("operator", opening(filing_condition="waste", intake="hotline", object=None))
    assert [fault.code for fault in refused.value.faults] == ["filing-condition-of-another-grade"]
