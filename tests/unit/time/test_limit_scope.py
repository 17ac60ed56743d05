"""Which cases a limit is for, and by which trait."""

from dataclasses import replace
from decimal import Decimal

import pytest
from clock_story import OPENED, Story, scheme

from core.engine.decision import Reason
from core.engine.scope import in_scope, scope_reasons
from core.expression import compile_expression
from core.scheme.timers import Scope

STORY = Story(scheme(), opened={**OPENED, "filing_condition": "broken"})

MATCHING = {
    "case_kinds": "event",
    "categories": "02",
    "cells": "01",
    "area_kinds": "urban",
    "grades": "first",
    "channels": "hotline",
    "severities": "ordinary",
    "filing_conditions": "broken",
}


def test_no_restriction_is_every_case() -> None:
    assert in_scope(Scope(), STORY.case, STORY.scheme, {})
    assert scope_reasons(Scope(), STORY.case, STORY.scheme) == (Reason("scope-unrestricted"),)


@pytest.mark.parametrize(("name", "value"), MATCHING.items())
def test_each_restriction_lets_in_and_keeps_out(name: str, value: str) -> None:
    assert in_scope(Scope(**{name: frozenset({value, "x"})}), STORY.case, STORY.scheme, {})
    assert not in_scope(Scope(**{name: frozenset({"x"})}), STORY.case, STORY.scheme, {})
    others = {other: frozenset({it}) for other, it in MATCHING.items()}
    assert in_scope(Scope(**others), STORY.case, STORY.scheme, {})
    assert not in_scope(Scope(**{**others, name: frozenset({"x"})}), STORY.case, STORY.scheme, {})


@pytest.mark.parametrize(("name", "exact"), [("categories", "0203"), ("cells", "0101")])
def test_classes_and_cells_mean_themselves_and_everything_under_them(name: str, exact: str) -> None:
    assert in_scope(Scope(**{name: frozenset({exact})}), STORY.case, STORY.scheme, {})
    above = replace(STORY.case, category="02", cell="01")
    assert not in_scope(Scope(**{name: frozenset({exact})}), above, STORY.scheme, {})


def test_a_condition_reads_the_values_and_unknown_is_no() -> None:
    scope = Scope(when=compile_expression("fact.depth_cm >= 5", {"fact.depth_cm": "number"}))
    assert in_scope(scope, STORY.case, STORY.scheme, {"fact.depth_cm": Decimal(5)})
    assert not in_scope(scope, STORY.case, STORY.scheme, {"fact.depth_cm": Decimal(4)})
    assert not in_scope(scope, STORY.case, STORY.scheme, {})
    flag = Scope(when=compile_expression("fact.blocked", {"fact.blocked": "boolean"}))
    assert in_scope(flag, STORY.case, STORY.scheme, {"fact.blocked": True})
    assert not in_scope(flag, STORY.case, STORY.scheme, {})
    assert not in_scope(replace(scope, cells=frozenset({"x"})), STORY.case, STORY.scheme, {"fact.depth_cm": Decimal(5)})
    assert scope_reasons(scope, STORY.case, STORY.scheme) == (
        Reason("scope-expression", {"expression": "fact.depth_cm >= 5"}),
    )


def test_reasons_name_the_trait_that_matched_or_differs() -> None:
    scope = Scope(categories=frozenset({"02"}), severities=frozenset({"major", "grave"}))
    assert scope_reasons(scope, STORY.case, STORY.scheme) == (
        Reason("scope-category", {"value": "0203", "matched": "02"}),
        Reason("scope-severity-differs", {"value": "ordinary", "allowed": ["grave", "major"]}),
    )


def test_a_cell_or_class_that_the_scheme_no_longer_has_satisfies_no_restriction() -> None:
    old = replace(STORY.case, cell="0199", category="0299")
    assert in_scope(Scope(), old, STORY.scheme, {})
    for name in ("cells", "categories", "area_kinds", "grades"):
        assert not in_scope(Scope(**{name: frozenset({"01", "02", "urban", "first"})}), old, STORY.scheme, {})
    assert scope_reasons(Scope(cells=frozenset({"01"})), old, STORY.scheme)[0].code == "scope-cell-differs"
