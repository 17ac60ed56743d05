"""Ladders climb by a count or by a limit; cards are shown to whoever has the task, and answered."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from scheme_builder import Story, action, build_scheme, effect, opening, post

from core.scheme.label import Label
from core.scheme.scheme import Scheme
from core.scheme.timers import Card, Ladder, Limit, Reaching, Scope, Step
from core.scheme.workflow import Grant

EVERYONE = (Grant("director"),)
LABEL = Label("阶梯")
GIVEN = (effect("open_task", task="share", target=post("director")),)
DEAL = Limit("deal", LABEL, "limit", "work", "handling", "closed", Decimal(1), "urgent_hour", "office")
STEPS = (
    Step("first", LABEL, Decimal(2), post("senior_grid_head"), alert="yellow"),
    Step("second", LABEL, Decimal(3), post("director"), action="ask", alert="red"),
)


def scheme(*limits: Limit, ladders: tuple[Ladder, ...] = (), cards: tuple[Card, ...] = ()) -> Scheme:
    made = build_scheme(
        (
            action("start", "work", "idle", to="busy", who=EVERYONE),
            action("give", "work", "busy", who=EVERYONE, effects=GIVEN),
            action("pass_back", "work", "busy", who=EVERYONE, effects=(effect("count", counter="returns"),)),
            action("ask", "work", "busy", automatic=True, effects=(effect("set_fact", fact="depth", value=3),)),
            action("answer", "work", "busy", who=EVERYONE, effects=(effect("answer_card", card="yellow_card"),)),
        ),
        limits=limits,
    )
    timers = replace(
        made.timers,
        ladders={ladder.id: ladder for ladder in ladders},
        cards={card.id: card for card in cards},
    )
    return replace(made, timers=timers)


def begun(made: Scheme) -> Story:
    story = Story(made)
    story("director", opening(intake="trial", category="07001", evidence=()))
    story.act("director", "start")
    return story


def test_a_count_climbs_step_by_step_and_each_step_once() -> None:
    story = begun(scheme(ladders=(Ladder("hard", LABEL, STEPS, Scope(), counter="returns"),)))
    story.act("director", "pass_back")
    assert story.case.rungs == {}
    story.act("director", "pass_back")
    assert (story.case.rungs, story.case.alert) == ({"hard": "first"}, "yellow")
    assert story.events[-1].data["target"]["post"] == "senior_grid_head"
    story.act("director", "pass_back")
    assert (story.case.rungs, story.case.alert, story.case.facts) == ({"hard": "second"}, "red", {"depth": 3})
    story.act("director", "pass_back")
    assert story.types().count("climbed") == 2


def test_a_ladder_keeps_to_its_scope() -> None:
    story = begun(
        scheme(ladders=(Ladder("hard", LABEL, STEPS, Scope(case_kinds=frozenset({"event"})), counter="returns"),))
    )
    for _ in range(4):
        story.act("director", "pass_back")
    assert story.case.rungs == {}


def test_a_limit_climbs_as_its_share_is_used() -> None:
    steps = tuple(
        Reaching(f"hard.{step.id}", step.at, step.action, step.alert, step.target, rung=("hard", step.id))
        for step in STEPS
    )
    limit = replace(DEAL, reaches=steps)
    story = begun(scheme(limit, ladders=(Ladder("hard", LABEL, STEPS, Scope(), limit="deal"),)))
    story.fire(minutes=119)
    assert story.case.rungs == {}
    story.fire(minutes=1)
    assert (story.case.rungs, story.case.alert) == ({"hard": "first"}, "yellow")
    story.fire(minutes=60)
    assert (story.case.rungs, story.case.facts) == ({"hard": "second"}, {"depth": 3})


def test_a_card_goes_to_whoever_has_the_task_and_is_answered_once() -> None:
    card = Card("yellow_card", LABEL, Decimal(2), "urgent_hour")
    limit = replace(DEAL, reaches=(Reaching("late", Decimal(1), card="yellow_card"),))
    story = begun(scheme(limit, cards=(card,)))
    story.act("director", "give")
    story.fire(minutes=60)
    (shown,) = story.case.cards
    assert (shown.card, shown.owner.post, shown.answered_at) == ("yellow_card", "director", None)
    assert shown.answer_by == story.now + timedelta(hours=2)
    story.act("director", "answer")
    assert story.case.cards[0].answered_at == story.now
    before = len(story.events)
    story.act("director", "answer")
    assert [event.type for event in story.events[before:]] == ["acted"]
