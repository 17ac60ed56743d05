"""What an official asks of a decision: who, by which rule, where it stands, what else stood for it and why it lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dispatch_oracle import expression, facts, rule, scheme

from core.engine.dispatch import DispatchQuery, dispatch
from core.errors import Place
from core.messages import LANGUAGES, catalogue, render
from core.scheme.workflow import Target

CATEGORIES = {"物": None, "井盖": "物", "路面": "物"}
CELLS = {"KG": None, "底张": "KG", "底张一": "底张", "机场": "KG"}


def decide(*rules: Any, **case: Any):
    case = {"category": "井盖", "cell": "底张一"} | case
    return dispatch(scheme(rules, CATEGORIES, CELLS), DispatchQuery(**case))


def lost(decision: Any) -> dict[str, tuple[str, dict[str, Any]]]:
    return {loser.id: (reason.code, dict(reason.params)) for loser, reason in decision.runners_up}


def test_the_answer_carries_rule_place_and_origin() -> None:
    place = Place("rules.csv", 7, 1, "$[5]")
    co_handlers = (Target("post", "grid_head"),)
    one = rule("D1", "override", "water", place=place, origin="seed:S0:53", act_first=True, co_handlers=co_handlers)
    found = decide(one)
    assert found.rule is one
    assert found.handler == Target("organisation", "water")
    assert (found.layer, found.place, found.origin, found.act_first) == ("override", place, "seed:S0:53", True)
    assert found.co_handlers == co_handlers
    assert (found.runners_up, found.total, found.reasons) == ((), 0, ())


@pytest.mark.parametrize(
    ("winner", "loser", "code", "params"),
    [
        (
            {"layer": "override"},
            {"category": "井盖", "cell": "底张一"},
            "layer",
            {"own": "normal", "winner": "override"},
        ),
        ({"category": "井盖"}, {"category": "物", "cell": "底张一"}, "category", {"own": 1, "winner": 2}),
        ({"cell": "底张一"}, {"channels": frozenset({"app"})}, "cell", {"own": 0, "winner": 3}),
        (
            {"channels": frozenset({"app"}), "window": (0, 720)},
            {"severities": frozenset({"major"}), "priority": 9},
            "conditions",
            {"own": 1, "winner": 2},
        ),
        ({"priority": 2}, {"priority": -1}, "priority", {"own": -1, "winner": 2}),
    ],
)
def test_why_a_matching_rule_lost(winner: Any, loser: Any, code: str, params: dict[str, Any]) -> None:
    found = decide(rule("B", **loser), rule("A", **winner), channel="app", severity="major")
    assert found.rule and found.rule.id == "A"
    assert lost(found) == {"B": (f"dispatch-lost-{code}", params)}
    assert found.total == 1


def test_depth_is_depth_in_the_tree_and_not_the_length_of_a_code() -> None:
    tree = {"a long root": None, "mid": "a long root", "z": "mid"}
    rules = [rule("top", category="a long root"), rule("middle", category="mid"), rule("bottom", category="z")]
    found = dispatch(scheme(rules, tree, CELLS), DispatchQuery("z", "KG"))
    assert found.rule and found.rule.id == "bottom"
    assert [loser.id for loser, _ in found.runners_up] == ["middle", "top"]
    rules = [rule("top", cell="a long root"), rule("middle", cell="mid"), rule("bottom", cell="z")]
    found = dispatch(scheme(rules, CATEGORIES, tree), DispatchQuery("物", "z"))
    assert found.rule and found.rule.id == "bottom"
    assert [loser.id for loser, _ in found.runners_up] == ["middle", "top"]
    assert lost(found)["top"] == ("dispatch-lost-cell", {"own": 1, "winner": 3})


def test_the_order_in_the_file_breaks_the_last_tie() -> None:
    found = decide(rule("B"), rule("A"), rule("C"))
    assert found.rule and found.rule.id == "B"
    assert lost(found) == {"A": ("dispatch-lost-order", {}), "C": ("dispatch-lost-order", {})}


@pytest.mark.parametrize(
    ("condition", "code", "params"),
    [
        ({"case_kinds": frozenset({"event"})}, "case-kind", {"wanted": "event", "found": "patrol"}),
        ({"area_kinds": frozenset({"town"})}, "area-kind", {"wanted": "town", "found": "airport"}),
        ({"grades": frozenset({"1", "2"})}, "grade", {"wanted": "1, 2", "found": "3"}),
        ({"channels": frozenset({"hotline", "app"})}, "channel", {"wanted": "app, hotline", "found": "sensor"}),
        ({"severities": frozenset({"major"})}, "severity", {"wanted": "major", "found": "ordinary"}),
        ({"object_kinds": frozenset({"tree"})}, "object-kind", {"wanted": "tree", "found": "–"}),
        ({"window": (1320, 360)}, "window", {"from": "22:00", "to": "06:00", "found": "06:00"}),
        ({"window": (0, 1440 - 60 * 18)}, "window", {"from": "00:00", "to": "06:00", "found": "06:00"}),
        (
            {"when": expression("fact.depth_cm >= 5")},
            "expression",
            {"expression": "fact.depth_cm >= 5"},
        ),
    ],
)
def test_which_condition_a_rule_fell_on(condition: Any, code: str, params: dict[str, Any]) -> None:
    case = {
        "case_kind": "patrol",
        "area_kind": "airport",
        "grade": "3",
        "channel": "sensor",
        "severity": "ordinary",
        "minute": 360,
        "values": facts(4),
    }
    found = decide(rule("A", **condition), rule("Z", "fallback"), **case)
    assert found.rule and found.rule.id == "Z"
    assert lost(found) == {"A": (f"dispatch-fell-{code}", params)}
    assert found.total == 1


def test_of_several_failed_conditions_the_first_is_named_and_the_expression_last() -> None:
    both = {"severities": frozenset({"major"}), "window": (0, 10), "when": expression("fact.depth_cm >= 5")}
    assert lost(decide(rule("A", **both), minute=600))["A"][0] == "dispatch-fell-severity"
    assert lost(decide(rule("A", **both), minute=600, severity="major"))["A"][0] == "dispatch-fell-window"
    assert lost(decide(rule("A", **both), minute=9, severity="major"))["A"][0] == "dispatch-fell-expression"


def test_an_unknown_value_matches_only_rules_that_do_not_ask() -> None:
    rules = rule("A", channels=frozenset({"app"})), rule("B", channels=frozenset({"hotline"})), rule("C", "fallback")
    for channel in (None, "carrier pigeon"):
        found = decide(*rules, channel=channel)
        assert found.rule and found.rule.id == "C"


@pytest.mark.parametrize(
    ("window", "inside", "outside"),
    [
        ((480, 720), (480, 719), (479, 720)),
        ((1320, 360), (1320, 1439, 0, 359), (360, 1319)),
        ((720, 1440), (720, 1439), (0, 719)),
        ((720, 0), (720, 1439), (0, 719)),
        ((600, 600), (0, 599, 600, 1439), ()),
    ],
)
def test_windows_are_half_open_and_wrap(window: Any, inside: tuple[int, ...], outside: tuple[int, ...]) -> None:
    other = rule("B", "fallback", window=(100, 101))  # more slots than the one window makes
    for minute in inside:
        assert (decide(rule("A", window=window), other, minute=minute).rule or other).id == "A", minute
    for minute in outside:
        assert decide(rule("A", window=window), other, minute=minute).rule is None, minute


def test_at_most_five_runners_up_in_rank_order_and_all_counted() -> None:
    fallen = [rule(f"F{n}", category="井盖", cell="底张一", channels=frozenset({"app"})) for n in range(3)]
    matching = [rule(f"M{n}", priority=-n) for n in range(3)]
    found = decide(*fallen, *matching)
    assert found.rule and found.rule.id == "M0"
    assert list(lost(found)) == ["F0", "F1", "F2", "M1", "M2"]
    assert found.total == 5
    many = decide(*fallen, *matching, *(rule(f"N{n}", "fallback") for n in range(4)))
    assert list(lost(many)) == ["F0", "F1", "F2", "M1", "M2"]
    assert many.total == 9


def test_a_weaker_rule_is_outranked_whether_or_not_its_conditions_hold() -> None:
    found = decide(rule("A", category="井盖"), rule("B", channels=frozenset({"app"})))
    assert lost(found) == {"B": ("dispatch-lost-category", {"own": 0, "winner": 2})}


def test_nothing_covers() -> None:
    found = decide(rule("A", category="路面"), rule("B", cell="机场"))
    assert found.rule is None and found.handler is None and found.co_handlers == () and found.layer is None
    assert [reason.code for reason in found.reasons] == ["dispatch-nothing-covers"]
    assert (found.runners_up, found.total, found.act_first) == ((), 0, False)


def test_nothing_holds_and_the_nearest_misses_say_why() -> None:
    rules = [rule(f"A{n}", category="物", channels=frozenset({"app"}), priority=n) for n in range(7)]
    found = decide(*rules, rule("Best", category="井盖", when=expression("fact.owner == 'public'")))
    assert found.rule is None
    assert found.reasons[0].code == "dispatch-nothing-holds" and found.reasons[0].params["covering"] == 8
    assert list(lost(found)) == ["Best", "A6", "A5", "A4", "A3"]
    assert lost(found)["Best"][0] == "dispatch-fell-expression"
    assert found.total == 8


def test_a_class_that_todays_scheme_no_longer_has_falls_to_the_rules_for_any() -> None:
    found = decide(rule("A", category="物"), rule("B"), category="旧类", cell="旧格")
    assert found.rule and found.rule.id == "B"
    assert [reason.code for reason in found.reasons] == ["dispatch-category-unknown", "dispatch-cell-unknown"]
    assert found.total == 0


def test_no_rules_at_all() -> None:
    found = decide()
    assert found.rule is None and [reason.code for reason in found.reasons] == ["dispatch-nothing-covers"]


def test_the_decision_as_a_dict_is_json_and_renders_in_both_languages() -> None:
    place = Place("rules.csv", 2, 1, "$[0]")
    one, two = rule("A", "override", place=place, basis="属地管理"), rule("B", place=place)
    stated = decide(one, two, rule("C", channels=frozenset({"app"}))).as_dict()
    again = json.loads(json.dumps(stated))
    assert again == stated
    assert stated["rule"] == "A" and stated["basis"] == "属地管理" and stated["place"] == "rules.csv:2:1 $[0]"
    assert stated["handler"] == {"kind": "organisation", "value": "for_A"}
    assert (stated["total"], stated["considered"]) == (2, 3)
    for language in LANGUAGES:
        for runner_up in stated["runners_up"]:
            text = render(runner_up["lost_by"]["code"], runner_up["lost_by"]["params"], language)
            assert "{" not in text and "dispatch-" not in text
    assert "优先层" in render(stated["runners_up"][0]["lost_by"]["code"], stated["runners_up"][0]["lost_by"]["params"])


def test_each_reason_of_dispatch_has_a_message() -> None:
    asked = ("case-kind", "area-kind", "grade", "channel", "severity", "object-kind", "window", "expression")
    lost_by = ("layer", "category", "cell", "conditions", "priority", "order")
    others = ("nothing-covers", "nothing-holds", "category-unknown", "cell-unknown")
    wanted = {f"fell-{name}" for name in asked} | {f"lost-{name}" for name in lost_by} | set(others)
    assert {f"dispatch-{name}" for name in wanted} <= set(catalogue())


def test_a_rule_for_a_category_that_does_not_exist_is_not_swallowed() -> None:
    with pytest.raises(KeyError):
        decide(rule("A", category="没有"))


def test_the_decision_is_a_frozen_value() -> None:
    found = decide(rule("A"))
    with pytest.raises(AttributeError):
        found.total = 3  # type: ignore[misc]
