"""The index against the oracle: random trees, rules and cases give the same winner, runners-up, reasons and total."""

from __future__ import annotations

import pytest
from dispatch_oracle import Tree, expression, facts, judge, rule, scheme
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.engine.dispatch import DispatchQuery, dispatch

VALUES = ("a", "b", "c")
EXPRESSIONS = tuple(
    expression(source) for source in ("fact.depth_cm >= 5", "fact.owner == 'public'", "not known(fact.depth_cm)")
)
# Codes of uneven length whose order says nothing of the tree: depth is depth in the tree.
CODES = ("x", "yy", "q", "longest", "m1", "zz9", "b", "kkkk")


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    codes = CODES[: draw(st.integers(1, len(CODES)))]
    return {
        code: draw(st.sampled_from((None, codes[position - 1], *codes[:position]))) if position else None
        for position, code in enumerate(codes)
    }


def any_of(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    """Mostly no condition, so that several rules match and their rank decides."""
    anything: st.SearchStrategy[frozenset[str]] = st.just(frozenset())
    return st.one_of(*[anything] * 5, st.frozensets(st.sampled_from(values), min_size=1))


@st.composite
def rules(draw: st.DrawFn, categories: Tree, cells: Tree):
    minute = st.sampled_from((0, 1, 480, 719, 720, 1320, 1439))
    ends = st.sampled_from((0, 1, 480, 720, 1320, 1439, 1440))
    return [
        rule(
            f"R{number}",
            draw(st.sampled_from(("override", "normal", "normal", "fallback"))),
            category=draw(st.sampled_from((None, *categories))),
            cell=draw(st.sampled_from((None, *cells))),
            case_kinds=draw(any_of(VALUES)),
            area_kinds=draw(any_of(VALUES)),
            grades=draw(any_of(VALUES)),
            channels=draw(any_of(VALUES)),
            severities=draw(any_of(VALUES)),
            object_kinds=draw(any_of(VALUES)),
            window=draw(st.one_of(st.none(), st.none(), st.tuples(minute, ends))),
            when=draw(st.sampled_from((None, None, None, *EXPRESSIONS))),
            priority=draw(st.sampled_from((0, 0, 5, -3))),
        )
        for number in range(draw(st.integers(0, 24)))
    ]


@st.composite
def cases(draw: st.DrawFn, categories: Tree, cells: Tree) -> DispatchQuery:
    value = st.sampled_from((None, "a", "a", "b", "c", "unheard of"))
    return DispatchQuery(
        category=draw(st.sampled_from((*categories, *categories, "no such class"))),
        cell=draw(st.sampled_from((*cells, *cells, "no such cell"))),
        case_kind=draw(value),
        area_kind=draw(value),
        grade=draw(value),
        channel=draw(value),
        severity=draw(value),
        object_kind=draw(value),
        minute=draw(st.sampled_from((0, 1, 2, 479, 480, 719, 720, 1319, 1320, 1439))),
        values=facts(draw(st.sampled_from((None, 4, 5))), draw(st.sampled_from((None, "public", "private")))),
    )


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_same_answer_as_a_full_scan(data: st.DataObject) -> None:
    categories, cells = data.draw(trees()), data.draw(trees())
    table = data.draw(rules(categories, cells))
    made = scheme(table, categories, cells)
    for case in data.draw(st.lists(cases(categories, cells), min_size=1, max_size=4)):
        wanted = judge(table, case, categories, cells)
        found = dispatch(made, case)
        assert (found.rule.id if found.rule else None) == wanted.winner
        assert [(loser.id, lost_by.code) for loser, lost_by in found.runners_up] == wanted.runners_up
        assert found.total == wanted.total


@pytest.mark.parametrize("size", [1, 40, 400])
def test_same_answer_with_many_rules_in_one_bucket(size: int) -> None:
    categories: Tree = {"m": None, "m1": "m"}
    cells: Tree = {"g": None, "g1": "g"}
    table = [
        rule(
            f"R{number}",
            category=("m1", "m", None)[number % 3],
            cell=("g1", "g", None)[number % 2],
            channels=frozenset({VALUES[number % 3]} if number % 5 else ()),
            severities=frozenset({VALUES[number % 2]} if number % 7 == 0 else ()),
            priority=number * 37 % 11,
        )
        for number in range(size)
    ]
    made = scheme(table, categories, cells)
    for channel in VALUES:
        for severity in VALUES:
            case = DispatchQuery("m1", "g1", channel=channel, severity=severity)
            wanted, found = judge(table, case, categories, cells), dispatch(made, case)
            assert (found.rule.id if found.rule else None) == wanted.winner
            assert [(loser.id, lost_by.code) for loser, lost_by in found.runners_up] == wanted.runners_up
            assert found.total == wanted.total
