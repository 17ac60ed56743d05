"""Lint of dispatch: each rule speaks up, and stays silent where the scheme only looks as if it were at fault."""

from __future__ import annotations

import time

import pytest
from lint_source import MINIMAL, found, rules
from lint_source import findings as all_findings

from core.errors import Finding
from core.manifest.documents import read_documents
from core.manifest.lint.dispatch import coverage, handlers, impossible, shadowed
from core.manifest.lint.rivals import rivals
from core.manifest.pipeline import load
from core.scheme.dispatch import DispatchTable, Rule
from core.scheme.workflow import Target

SECOND_KIND = (
    ("grid.yaml", "area_kinds:\n", "area_kinds:\n  - {id: rural, label: {zh: 农村, en: rural}}\n"),
    ("cells.csv", "D02,grid,D,第二网格,Grid 2,urban", "D02,grid,D,第二网格,Grid 2,rural"),
)
CHANNELS = (
    "workflow.yaml",
    "channels:\n",
    "channels:\n  - {id: phone, label: {zh: 电话, en: telephone}}\n",
)
LAST = "R9,fallback,,,,,,,,,0,post:head"


def with_rules(*rows: str, more=()) -> list[str]:
    return found(*more, files={"rules.csv": rules(*rows)})


def findings(*rows: str, more=()) -> list[Finding]:
    return all_findings(*more, files={"rules.csv": rules(*rows)})


BY_CELL = "R2,normal,0102,D01,,,,,,,0,post:head"


# --------------------------------------------------------------------------------------------------------- coverage
def test_a_class_that_no_rule_reaches_somewhere() -> None:
    found = findings("R1,normal,0101,,,,,,,,0,post:head", "R2,normal,0102,D01,,,,,,,0,post:head")
    (finding,) = found
    assert finding.code == "lint-class-without-handler"
    assert finding.params == {"category": "0102", "cells": 1, "cell": "D02"}


@pytest.mark.parametrize(
    "rows",
    [
        ("R1,normal,01,,,,,,,,0,post:head",),
        ("R1,normal,01,D,,,,,,,0,post:head",),
        ("R1,normal,0101,,,,,,,,0,post:head", BY_CELL, BY_CELL.replace("D01", "D02").replace("R2", "R3")),
        ("R1,normal,,D01,,,,,,,0,post:head", "R2,override,,D02,,,,,,,0,post:head"),
    ],
    ids=["by major", "by root cell", "cell by cell", "by layer"],
)
def test_rules_that_cover_everything_together(rows: tuple[str, ...]) -> None:
    assert with_rules(*rows) == []


def test_rules_by_kind_of_area_cover_the_cells_of_their_kind() -> None:
    rows = ("R1,normal,,,urban,,,,,,0,post:head", "R2,normal,,,rural,,,,,,0,organisation:works")
    assert with_rules(*rows, more=SECOND_KIND) == []
    assert with_rules(rows[0], more=SECOND_KIND) == ["lint-class-without-handler"] * 2


@pytest.mark.parametrize(
    "row",
    [
        "R1,normal,,,,app,,,,,0,post:head",
        "R1,normal,,,,,,08:00,18:00,,0,post:head",
        "R1,normal,,,,,,,,hour >= 8,0,post:head",
    ],
    ids=["channel", "window", "expression"],
)
def test_a_rule_with_a_condition_covers_nothing_for_sure(row: str) -> None:
    assert with_rules(row) == ["lint-class-without-handler"] * 2


def test_a_scheme_that_never_dispatches_needs_no_rule_for_every_class() -> None:
    edit = ("workflow.yaml", "target: dispatch", "target: {post: head}")
    assert with_rules("R1,normal,0101,,,,,,,,0,post:head", more=(edit,)) == []


# ----------------------------------------------------------------------------------------------------------- rivals
def test_of_two_rules_with_the_same_conditions_the_later_never_wins() -> None:
    (finding,) = findings("R1,normal,0101,,,app,,,,,0,post:head", "R2,normal,0101,,,app,,,,,0,organisation:works", LAST)
    assert (finding.code, finding.params) == ("lint-rule-never-wins", {"rule": "R2", "winner": "R1"})


def test_priority_decides_between_two_rules_with_the_same_conditions() -> None:
    (finding,) = findings("R1,normal,0101,,,app,,,,,0,post:head", "R2,normal,0101,,,app,,,,,5,organisation:works", LAST)
    assert finding.params == {"rule": "R1", "winner": "R2"}
    assert finding.place.line == 2


def test_rules_that_only_their_order_tells_apart() -> None:
    rows = ("R1,normal,0101,,,app,,,,,0,post:head", "R2,normal,0101,,,,ordinary,,,,0,organisation:works", LAST)
    (finding,) = findings(*rows)
    assert (finding.code, finding.params) == ("lint-rule-tied", {"rule": "R2", "other": "R1"})
    assert finding.place.line == 3


@pytest.mark.parametrize(
    "row",
    [
        "R2,normal,0101,,,,ordinary,,,,5,organisation:works",
        "R2,normal,0101,,,,ordinary,,,,0,post:head",
        "R2,normal,0101,,,phone,,,,,0,organisation:works",
        "R2,normal,0101,,,app,ordinary,,,,0,organisation:works",
        "R2,normal,0102,,,,ordinary,,,,0,organisation:works",
        "R2,normal,0101,D01,,,ordinary,,,,0,organisation:works",
        "R2,override,0101,,,,ordinary,,,,0,organisation:works",
        "R2,normal,0101,,,,,08:00,18:00,,0,organisation:works",
        "R2,normal,0101,,,,,,,hour < 8,0,organisation:works",
    ],
    ids=[
        "priority",
        "same handler",
        "other channel",
        "more specific",
        "class",
        "cell",
        "layer",
        "window",
        "expression",
    ],
)
def test_rules_that_something_tells_apart(row: str) -> None:
    assert with_rules("R1,normal,0101,,,app,,,,,0,post:head", row, LAST, more=(CHANNELS,)) == []


def test_a_tie_is_told_once_for_each_rule() -> None:
    rows = [f"R{n},normal,0101,,,app;phone,,,,,0,organisation:{'works' if n % 2 else 'centre'}" for n in range(2)]
    other = "R2,normal,0101,,,phone,,,,,0,post:head"
    codes = [finding.params for finding in findings(*rows, other, LAST, more=(CHANNELS,)) if "tied" in finding.code]
    assert codes == [{"rule": "R2", "other": "R0"}]  # R1 asks the same as R0 and is dead already


def naive_ties(table: list[Rule]) -> list[tuple[str, str]]:
    """Every rule with the first earlier one that it ties with, compared one by one."""
    found = []
    for later, rule in enumerate(table):
        for other in table[:later]:
            alike = (rule.channels, rule.severities) != (other.channels, other.severities)
            rank = [(bool(one.channels) + bool(one.severities), one.priority) for one in (rule, other)]
            meet = all(
                not a or not b or a & b
                for a, b in ((rule.channels, other.channels), (rule.severities, other.severities))
            )
            if alike and rank[0] == rank[1] and meet and rule.handler != other.handler:
                found.append((rule.id, other.id))
                break
    return found


def test_ties_are_those_that_a_comparison_of_every_pair_finds() -> None:
    channels = [frozenset(), frozenset("a"), frozenset("b"), frozenset("ab"), frozenset("c")]
    severities = [frozenset(), frozenset("x"), frozenset("xy")]
    asked = [(one, other) for one in channels for other in severities]
    table = [
        Rule(f"R{n}", "normal", Target("post", f"p{n * 7 % 4}"), channels=one, severities=other, priority=n % 2)
        for n, (one, other) in enumerate(asked)
    ]
    scheme = load(MINIMAL)
    object.__setattr__(scheme, "dispatch", DispatchTable(tuple(table)))
    found = [
        (finding.params["rule"], finding.params["other"])
        for finding in rivals(scheme, read_documents(MINIMAL)[0])
        if finding.code == "lint-rule-tied"
    ]
    assert found == naive_ties(table) and len(found) > 3


# ------------------------------------------------------------------------------------------- shadowed and impossible
def test_a_rule_under_an_unconditional_override_never_wins() -> None:
    (finding,) = findings(
        "R1,override,01,D,,,,,,,0,post:head", "R2,normal,0101,D01,,app,,,,,0,organisation:works", LAST
    )
    assert (finding.code, finding.params) == ("lint-rule-never-wins", {"rule": "R2", "winner": "R1"})


@pytest.mark.parametrize(
    "override",
    [
        "R1,override,01,D,,app,,,,,0,post:head",
        "R1,override,0102,,,,,,,,0,post:head",
        "R1,override,0101,D02,,,,,,,0,post:head",
    ],
    ids=["conditional", "another class", "another cell"],
)
def test_an_override_that_leaves_something(override: str) -> None:
    assert with_rules(override, "R2,normal,0101,D01,,,,,,,0,organisation:works", LAST) == []


def test_a_rule_for_a_kind_of_area_that_its_cell_does_not_have() -> None:
    rows = ("R1,normal,,D01,rural,,,,,,0,post:head", LAST)
    assert with_rules(*rows, more=SECOND_KIND) == ["lint-rule-never-matches"]
    assert with_rules(rows[0].replace("D01", "D02"), LAST, more=SECOND_KIND) == []
    assert with_rules(rows[0].replace("D01", "D"), LAST, more=SECOND_KIND) == []


# --------------------------------------------------------------------------------------------------------- handlers
LONELY = ("roster.yaml", "teams:\n", "  - {id: bureau, label: {zh: 局, en: bureau}, kind: office}\nteams:\n")


def test_an_organisation_where_nobody_works_is_told_once() -> None:
    rows = ("R1,normal,0101,,,,,,,,0,organisation:bureau", "R2,normal,0102,,,,,,,,0,organisation:bureau", LAST)
    (finding,) = findings(*rows, more=(LONELY,))
    assert (finding.code, finding.params) == ("lint-handler-without-post", {"organisation": "bureau", "rule": "R1"})


def test_a_co_handler_needs_people_too() -> None:
    table = rules("R1,normal,,,,,,,,,0,post:head").replace("handler", "handler,co_handlers")
    table = table.replace("post:head", "post:head,organisation:bureau")
    assert found(LONELY, files={"rules.csv": table}) == ["lint-handler-without-post"]


def test_a_post_for_every_organisation_staffs_them_all() -> None:
    everywhere = ("roster.yaml", "per: unit, amount: 2, kinds: [company]", "per: unit, amount: 2")
    assert with_rules("R1,normal,,,,,,,,,0,organisation:bureau", more=(LONELY, everywhere)) == []


def test_a_pool_whose_posts_nobody_holds_is_told_whatever_the_rules_say() -> None:
    ghost = "  - {id: ghost, label: {zh: 空岗, en: ghost}, role: head, tier: grid, quota: "
    ghost += "{per: cell, amount: 1, kinds: [rural]}}\n"
    post = ("roster.yaml", "duty_modes:", f"{ghost}duty_modes:")
    pool = (
        "dispatch.yaml",
        "rules:",
        "pools:\n  - {id: pond, label: {zh: 池, en: pool}, posts: [ghost], claim_minutes: 5, "
        "unclaimed: {post: head}}\nrules:",
    )
    everywhere = ("roster.yaml", "per: unit, amount: 2, kinds: [company]", "per: unit, amount: 2")
    told = ["lint-pool-without-post", "lint-post-without-positions"]
    assert found(SECOND_KIND[0], post, pool) == found(SECOND_KIND[0], post, pool, everywhere) == told
    assert found(*SECOND_KIND, post, pool) == []


# ------------------------------------------------------------------------------------------------------------- cost
def test_thousands_of_rules_for_one_class_are_checked_in_no_time() -> None:
    """Comparing 8,000 rules pair by pair takes minutes; this bound is a hundred times what is needed."""
    scheme, documents = load(MINIMAL), read_documents(MINIMAL)[0]
    asked = [frozenset({f"c{n % 90}", f"c{n % 89}"}) for n in range(8000)]
    table = [
        Rule(f"R{n}", "normal", Target("post", f"p{n % 3}"), channels=channels, priority=n // 4000)
        for n, channels in enumerate(asked)
    ]
    object.__setattr__(scheme, "dispatch", DispatchTable(tuple(table)))
    begun = time.process_time()
    for rule in (rivals, coverage, shadowed, impossible, handlers):
        list(rule(scheme, documents))
    assert time.process_time() - begun < 20
