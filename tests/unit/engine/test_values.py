"""What expressions read: every declared name, and what is absent is absent."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from scheme_builder import CELL, COVER, Story, guard, opening, situation

from core.engine.values import FAMILIES, PLAIN, Values, object_of, to_json, to_value
from core.expression import names
from core.scheme.case import Case

SATURDAY = datetime(2026, 3, 6, 17, 30, tzinfo=UTC)  # 01:30 in the district


def values(now: datetime = SATURDAY, change: Any = None, inputs: Any = None, **more: Any) -> Values:
    story = Story()
    story("cleaner", opening(facts={"depth": 1.5, "tags": ["a", "b"]}))
    case: Case = replace(story.case, **(change or {}))
    return Values(story.scheme, situation(story.scheme, "cleaner", **more), case, now, inputs or {})


def test_the_names_are_those_of_the_language() -> None:
    assert set(PLAIN) == {name.id for name in names.NAMES}
    assert set(FAMILIES) == {family.prefix for family in names.FAMILIES}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("category", "05001"),
        ("kind", "event"),
        ("cell", CELL),
        ("area_kind", "airport"),
        ("grade", "A"),
        ("channel", "app"),
        ("severity", "ordinary"),
        ("alert", None),
        ("intake", "patrol"),
        ("object_kind", "manhole"),
        ("object_status", "intact"),
        ("duty_mode", None),
        ("hour", Decimal(1)),
        ("weekday", Decimal(6)),
        ("stage.main", "reported"),
        ("stage.work", None),
        ("open.dispatching", True),
        ("open.repair", False),
        ("fact.depth", Decimal("1.5")),
        ("fact.tags", frozenset({"a", "b"})),
        ("fact.none", None),
        ("input.depth", Decimal(3)),
        ("input.none", None),
        ("count.returns", Decimal(0)),
        ("parameter.factor", Decimal("1.5")),
        ("parameter.none", None),
        ("nonsense", None),
        ("nonsense.x", None),
        ("category.x", None),
        ("stage", None),
    ],
)
def test_each_name(name: str, expected: Any) -> None:
    found = values(inputs={"depth": 3})
    assert found.get(name) == expected
    assert type(found.get(name)) is type(expected)
    assert (name in found) is (expected is not None)


def test_what_the_situation_says() -> None:
    found = values(duty_mode="wartime", objects={COVER: {"status": "broken"}}, change={"alert": "red"})
    assert (found["duty_mode"], found["object_status"], found["alert"]) == ("wartime", "broken", "red")
    assert found["object_kind"] == "manhole"


def test_listing_gives_what_is_known() -> None:
    listed = dict(values(inputs={"depth": 3}, change={"counts": {"returns": 2}}))
    assert listed["count.returns"] == 2
    assert listed["input.depth"] == 3
    assert "alert" not in listed
    assert len(values()) == len(list(values()))


def test_guards_read_them() -> None:
    found = values(inputs={"depth": 3})
    assert guard("input.depth > fact.depth and hour < 6 and not open.repair").evaluate(found) is True
    assert guard("known(alert)").evaluate(found) is False


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        (True, None, True),
        (1, None, Decimal(1)),
        (0.1, None, Decimal("0.1")),
        ("4.5", "number", Decimal("4.5")),
        ("4.5", "text", "4.5"),
        ("none", "number", None),
        (float("nan"), None, None),
        (["a", 1], None, frozenset({"a", "1"})),
        ({"a": 1}, None, None),
        (None, None, None),
    ],
)
def test_json_as_values(given: Any, kind: str | None, expected: Any) -> None:
    assert to_value(given, kind) == expected
    assert type(to_value(given, kind)) is type(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Decimal(3), 3),
        (Decimal("3.0"), 3),
        (Decimal("0.10"), "0.10"),
        (Decimal("1e2"), 100),
        (Decimal(2**53), "9007199254740992"),
        (frozenset({"b", "a"}), ["a", "b"]),
        (False, False),
        ("x", "x"),
        (None, None),
    ],
)
def test_values_as_json(given: Any, expected: Any) -> None:
    assert to_json(given) == expected
    assert type(to_json(given)) is type(expected)


def test_an_object_that_today_has_no_more_is_the_pinned_one() -> None:
    scheme = Story().scheme
    today = replace(scheme, registry=replace(scheme.registry, objects={}))
    assert object_of(situation(today, "head"), COVER) is None
    assert object_of(situation(today, "head"), COVER, scheme)["maintainer"] == "municipal"
    assert object_of(situation(today, "head"), None, scheme) is None
    entered = situation(today, "head", objects={"new": {"kind": "manhole", "values": {"owner": "team"}}})
    assert object_of(entered, "new") == {"kind": "manhole", "owner": "team"}
