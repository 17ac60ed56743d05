"""The broken manhole cover, told both ways: the grid head answers; the grid head does not."""

from __future__ import annotations

from datetime import timedelta

from scheme_builder import AFTER, CELL, COVER, NOW, Story, opening

from core.scheme.case import Owner
from core.scheme.situation import SYSTEM


def reported() -> Story:
    story = Story()
    story("cleaner", opening())
    return story


def test_reporting_opens_both_lines_and_asks_the_grid_head() -> None:
    story = reported()
    assert story.case is not None
    assert story.case.tracks == {"main": "reported", "dark": "tracking"}
    assert story.types() == [
        "opened",
        "evidenced",
        "acted",
        "moved",
        "clock_started",
        "task_opened",
        "noticed",
        "acted",
        "moved",
    ]
    assert story.case.tasks["dispatching"].owner == Owner(post="grid_head", cell=CELL)
    assert story.case.clocks["response"].due_at == NOW + timedelta(minutes=30)
    assert [event.actor for event in story.events[-2:]] == [SYSTEM, SYSTEM]
    assert story.events[2].data["authority"] == {
        "role": "information_reporter",
        "post": "street_cleaner",
        "reach": "own",
        "cell": CELL,
    }


def test_the_grid_head_answers() -> None:
    story = reported()
    story.act("head", "assign", assignee="chuang")
    assert story.case.clocks["response"].state == "stopped"
    assert story.case.facts == {"opinion_given": True}
    story.act("chuang", "acknowledge")
    story.act("chuang", "call_maintainer")
    assert story.case.tasks["repair"].owner == Owner(organisation="municipal")
    story.act("fitter", "repair")
    changes = [event.data for event in story.events if event.type == "object_changed"]
    assert changes == [{"object": COVER, "status": "broken"}, {"object": COVER, "status": "intact"}]
    story.act("chuang", "feed_back", evidence=(AFTER,))
    assert story.case.tracks == {"main": "fed_back", "dark": "struck_off"}
    assert story.types()[-1] == "closed"
    assert story.events[-1].actor == "chuang"  # what follows a reaction is the actor's own again
    assert story.case.closed_at == story.now
    assert all(task.state == "closed" for task in story.case.tasks.values())
    assert all(clock.state == "stopped" for clock in story.case.clocks.values())
    assert story.case.handlers == {"chuang", "fitter"}
    assert story.case.alert is None


def test_the_grid_head_does_not_answer_and_the_platform_intervenes() -> None:
    story = reported()
    assert story.fire(29) == []
    (fired,) = story.fire(2)
    assert fired.events[0].data["late_seconds"] == 60
    assert story.case.tracks["dark"] == "intervening"
    assert story.case.alert == "orange"
    assert story.case.tasks["intervention"].owner == Owner(post="platform_operator", cell=None)
    story.act("operator", "platform_assign", assignee="chuang")
    assert story.case.tracks == {"main": "dispatched", "dark": "tracking"}
    assert story.case.tasks["intervention"].state == "closed"
    story.act("chuang", "acknowledge")
    story.act("chuang", "feed_back", evidence=(AFTER,))
    assert story.case.tracks["dark"] == "struck_off"
    assert story.case.closed_at is not None


def test_a_late_answer_of_the_grid_head_puts_the_dark_line_back() -> None:
    story = reported()
    story.fire(31)
    decision = story.act("head", "assign", assignee="chuang")
    assert story.case.tracks["dark"] == "tracking"
    assert [reason.code for reason in decision.explanation.reactions] == ["reaction-taken"]


def test_rework_opens_the_task_again_and_reopening_reopens_the_case() -> None:
    story = reported()
    story.act("head", "assign", assignee="chuang")
    story.act("chuang", "return")
    assert story.case.counts == {"returns": 1}
    assert story.case.tasks["dispatching"].occurrence == 2
    assert story.case.clocks["response"].occurrence == 2
    story.act("head", "assign", assignee="chuang")
    stamps = [stamp.occurrence for stamp in story.case.stamps if stamp.meaning == "dispatched"]
    assert stamps == [1, 2]
    story.act("chuang", "acknowledge")
    story.act("chuang", "feed_back", evidence=(AFTER,))
    story.act("head", "reopen")
    assert story.types()[-1] == "reopened"
    assert story.case.closed_at is None


def test_closing_stops_what_ran_before_so_that_a_voided_case_raises_no_alarm() -> None:
    story = reported()
    story.act("head", "void")
    assert story.case.closed_at is not None
    assert story.case.clocks["response"].state == "stopped"
    assert story.types()[-2:] == ["clock_stopped", "closed"]
    assert story.fire(600) == []


def test_suspending_pauses_the_clock_and_resuming_lets_it_run() -> None:
    story = reported()
    story.act("head", "assign", minutes=0, assignee="chuang")
    story.act("chuang", "acknowledge", minutes=0)
    story.act("chuang", "suspend", minutes=60)
    assert story.case.clocks["handling"].state == "paused"
    assert story.case.clocks["handling"].elapsed == 3600
    story.act("chuang", "resume", minutes=60)
    assert story.case.clocks["handling"].due_at == story.now + timedelta(hours=2, minutes=120)  # over noon


def test_limits_raise_the_alert_and_tell_the_grid_head() -> None:
    story = reported()
    story.act("head", "assign", minutes=0, assignee="chuang")
    first, second = story.fire(60 * 12)
    assert [event.type for event in first.events] == ["clock_reached", "alerted"]
    assert first.events[1].data == {"level": "yellow", "was": None, "by": "handling.warning"}
    assert [event.type for event in second.events] == ["clock_reached", "alerted", "noticed"]
    assert second.events[2].data == {
        "target": {"post": "grid_head", "cell": CELL},
        "template": "clock_reached",
        "limit": "handling",
        "reach": "due",
    }
    assert story.case.alert == "red"
    assert {event.actor for event in (*first.events, *second.events)} == {SYSTEM}
