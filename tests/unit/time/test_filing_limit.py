"""A limit that runs by the case's filing condition: its amount and unit, in the deadline, the timers and the words."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from clock_story import CALLED, OPENED, Story, limit, scheme
from time_oracle import at

from core.engine.clock_explanation import explain_clock
from core.engine.limits import limit_of
from core.engine.timers import due_timers
from core.scheme.categories import FilingCondition

CONDITIONS = {
    "deep": FilingCondition("deep", "0203", CALLED, amount=Decimal(2), unit="urgent_hour"),
    "shallow": FilingCondition("shallow", "0203", CALLED, amount=Decimal(1), unit="work_day"),
    "silent": FilingCondition("silent", "0203", CALLED),
}


def story(condition: str | None, **values) -> Story:
    made = scheme(limit(**{"by_filing_condition": True, **values}))
    made = replace(made, codes=replace(made.codes, filing_conditions=CONDITIONS))
    told = Story(made, {**OPENED, **({"filing_condition": condition} if condition else {})})
    told.enter("dispatched", at("2026-10-09 10:00"))
    return told


@pytest.mark.parametrize(
    ("condition", "due"),
    [
        ("deep", "2026-10-09 12:00"),  # two hours on the clock, whatever the windows are
        ("shallow", "2026-10-10 10:00"),  # a working day: the tenth is a make-up day
        ("silent", "2026-10-10 10:30"),  # the condition states nothing: the general eight working hours
        (None, "2026-10-10 10:30"),
    ],
)
def test_the_condition_decides_amount_and_unit(condition, due):
    assert story(condition).clock().due_at == at(due)


def test_a_limit_that_does_not_ask_runs_by_its_own_amount():
    assert story("deep", by_filing_condition=False).clock().due_at == at("2026-10-10 10:30")


def test_pausing_resuming_and_reaching_count_in_the_unit_of_the_condition():
    told = story("deep")
    told.enter("suspended", at("2026-10-09 11:00"))
    assert (told.clock().state, told.clock().elapsed) == ("paused", 3600)
    told.enter("handling", at("2026-10-09 13:00"))  # in the midday break: an urgent hour counts it
    assert told.clock().due_at == at("2026-10-09 14:00")
    assert [(timer.reach, timer.due_at) for timer in due_timers(told.case, told.scheme)][1] == (
        "due",
        at("2026-10-09 14:00"),
    )
    told.enter("closed", at("2026-10-09 13:30"))
    assert (told.clock().state, told.clock().elapsed) == ("stopped", 5400)


def test_the_explanation_names_the_condition_and_its_terms():
    told = story("deep")
    found = explain_clock(told.scheme, told.events, "handling", at("2026-10-09 10:30")).as_dict()
    assert (found["amount"], found["unit"], found["filing_condition"]) == ("2", "urgent_hour", "deep")
    assert found["runs"][0]["elapsed"] == 1800
    told = story("silent")
    found = explain_clock(told.scheme, told.events, "handling", at("2026-10-09 10:30")).as_dict()
    assert (found["amount"], found["unit"], found["filing_condition"]) == ("8", "work_hour", None)


def test_an_unknown_condition_of_an_old_case_leaves_the_general_limit():
    told = story("deep")
    gone = replace(told.scheme, codes=replace(told.scheme.codes, filing_conditions={}))
    assert limit_of(gone, replace(told.case, clocks={}), "handling").amount == Decimal(8)


def test_a_run_counts_by_what_it_was_started_with_whatever_the_condition_is_by_now():
    told = story("deep")
    begun = limit_of(told.scheme, told.case, "handling")
    assert limit_of(told.scheme, replace(told.case, filing_condition=None), "handling") == begun
