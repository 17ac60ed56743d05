"""Before the rules: control zones and contested areas; beside them: co-handlers; instead of doubt: acting first."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from scheme_builder import CELL, NEXT_CELL, NOW, TOWN, Story, build_scheme, opening, situation

from core.engine.sending import Sending, send
from core.scheme.dispatch import ActFirst, CoHandling, ContestedArea, ControlZone, Rule
from core.scheme.grid import Overlay, OverlayArea
from core.scheme.label import Label
from core.scheme.scheme import Scheme
from core.scheme.timers import Scope
from core.scheme.workflow import Target

LABEL = Label("区")
MUNICIPAL, PLATFORM, TEAM = (Target("organisation", name) for name in ("municipal", "platform", "team"))
NORMAL = Rule("usual", "normal", MUNICIPAL, category="05")
FALLBACK = Rule("last", "fallback", PLATFORM)
ZONE = ControlZone(
    "marathon", LABEL, frozenset({TOWN}), date(2026, 3, 2), date(2026, 3, 3), "platform", TEAM,
    frozenset({"05"}), (480, 600),
)  # fmt: skip
CONTESTED = ContestedArea("bridge", LABEL, frozenset({CELL}), ("municipal", "team"), PLATFORM, date(2026, 3, 31))


def scheme(*rules: Rule, **more: Any) -> Scheme:
    made = build_scheme(rules=rules)
    return replace(made, dispatch=replace(made.dispatch, **more))


def sent(made: Scheme, minutes: int = 0, **more: Any) -> Sending:
    story = Story(made)
    story("cleaner", opening(**more), minutes)
    return send(made, situation(made, "cleaner"), story.case, story.now)


def test_the_rules_alone_answer_as_before() -> None:
    found = sent(scheme(NORMAL, FALLBACK))
    assert (found.handler, found.layer, found.act_first, found.because) == (MUNICIPAL, "normal", False, ())


def test_a_control_zone_goes_before_the_rules_while_it_is_in_force() -> None:
    made = scheme(NORMAL, FALLBACK, control_zones=(ZONE,))
    found = sent(made)
    assert (found.handler, found.layer) == (TEAM, "control_zone")
    assert found.as_dict()["reasons"][0]["params"]["authority"] == "platform"
    told = found.as_dict()
    assert (told["rule"], told["instead_of"]) == (None, "usual"), "what the rules say stays in the explanation"
    assert sent(made, minutes=90).layer == "normal", "after its hours"
    assert sent(made, minutes=2 * 24 * 60).layer == "normal", "after its last day"
    assert sent(made, cell=CELL, category="06001", object=None).layer == "fallback", "not for its classes"


def test_a_contested_area_names_its_claimants_until_it_is_ruled() -> None:
    made = scheme(NORMAL, contested=(CONTESTED,))
    found = sent(made)
    assert (found.handler, found.layer) == (PLATFORM, "contested")
    assert found.as_dict()["reasons"][0]["params"] == {
        "area": "bridge", "claimants": ["municipal", "team"], "until": "2026-03-31",
    }  # fmt: skip
    assert sent(made, minutes=31 * 24 * 60).layer == "normal"
    assert sent(replace(made, dispatch=replace(made.dispatch, contested=(replace(CONTESTED, until=None),)))).layer == (
        "contested"
    )


def test_acting_first_is_for_doubt_only() -> None:
    first = ActFirst("hazard", Scope(categories=frozenset({"05"})), TEAM, "director")
    found = sent(scheme(FALLBACK, act_first=(first,)))
    assert (found.handler, found.act_first, found.ruling_by, found.layer) == (TEAM, True, "director", "fallback")
    assert sent(scheme(NORMAL, FALLBACK, act_first=(first,))).act_first is False
    assert sent(scheme(act_first=(first,))).handler == TEAM, "also when no rule answers at all"


def test_co_handlers_stand_beside_whoever_the_rules_find() -> None:
    beside = CoHandling("both", Scope(severities=frozenset({"major"})), (TEAM,))
    assert sent(scheme(NORMAL, co_handling=(beside,)), severity="major").co_handlers == (TEAM,)
    assert sent(scheme(NORMAL, co_handling=(beside,))).co_handlers == ()


def test_the_most_specific_area_of_an_overlay_answers() -> None:
    overlay = Overlay(
        "safety",
        LABEL,
        (
            OverlayArea("all", LABEL, frozenset({TOWN}), "platform"),
            OverlayArea("one", LABEL, frozenset({CELL}), "municipal"),
        ),
    )
    made = scheme(replace(NORMAL, handler=Target("overlay", "safety")), FALLBACK)
    made = replace(made, grid=replace(made.grid, overlays={"safety": overlay}))
    for cell, wanted in ((CELL, "one"), (NEXT_CELL, "all")):
        chain = made.grid.chain(cell)
        assert overlay.area(chain).id == wanted
    assert overlay.area(("6102", "61")) is None


def test_what_a_dispatch_went_by_is_kept_for_conditions() -> None:
    assert NOW.day == 2
    first = ActFirst("hazard", Scope(), TEAM, "director")
    made = scheme(FALLBACK, act_first=(first,))
    story = Story(made)
    story("cleaner", opening())
    assert story.case.sent == {}, "nothing has been dispatched yet"
