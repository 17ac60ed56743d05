"""Every effect of the closed set: what it leaves in the case, when it leaves nothing, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from scheme_builder import CELL, COVER, NOW, Story, action, build_scheme, effect, guard, lab, opening, post

from core.engine.command import Act
from core.engine.effects import RUN
from core.errors import Conflict, Unprocessable
from core.scheme.case import Owner
from core.scheme.label import Label
from core.scheme.meaning import EFFECTS
from core.scheme.timers import Limit
from core.scheme.workflow import Effect, Grant, Target

EVERYONE = (Grant("director"), Grant("platform_operator"))
SHARE_LIMIT = Limit(
    "sharing", Label("分担"), "target", "work", "x_never", "x_never", Decimal(1), "urgent_hour", "office"
)


def doing(*effects: Effect, **more: Any) -> Story:
    """A lab case whose action `go` has these effects."""
    return lab(action("go", "work", "idle", who=EVERYONE, effects=effects), **more)


def left_out(story: Story) -> list[str]:
    reasons = story.last.explanation.effects if story.last else ()
    return [reason.params["because"]["code"] for reason in reasons if reason.code == "effect-left-out"]


def test_the_set_of_effects_is_the_declared_one() -> None:
    assert set(RUN) == set(EFFECTS)


def test_move_enters_a_stage_of_another_track_and_stamps_it() -> None:
    story = doing(effect("move", track="side", stage="first"))
    story.act("director", "go")
    assert story.case.tracks == {"work": "idle", "side": "first"}
    moved = story.events[-1]
    assert moved.data == {"track": "side", "from": None, "to": "first", "meaning": "accepted", "final": False}
    assert (story.case.stamps[-1].track, story.case.stamps[-1].meaning) == ("side", "accepted")


def test_a_condition_that_does_not_hold_leaves_the_effect_out() -> None:
    conditional = effect("count", "input.go", counter="returns")
    story = doing(conditional)
    story.act("director", "go", go=False)
    assert story.case.counts == {}
    assert left_out(story) == ["effect-condition-not-met"]
    story.act("director", "go", go=True)
    assert story.case.counts == {"returns": 1}


def test_effects_run_in_their_order_and_see_what_came_before() -> None:
    story = doing(
        effect("set_fact", fact="depth", value=Decimal(2)),
        effect("set_fact", fact="depth", expression=guard("fact.depth * 3", "number")),
        effect("count", "fact.depth == 6", counter="returns"),
    )
    story.act("director", "go")
    assert story.case.facts == {"depth": 6}
    assert story.case.counts == {"returns": 1}


@pytest.mark.parametrize(
    ("arguments", "inputs", "expected"),
    [
        ({"value": True}, {}, True),
        ({"value": "text"}, {}, "text"),
        ({"input": "depth"}, {"depth": 7}, 7),
        ({"input": "depth"}, {"depth": 0}, 0),
        ({"expression": guard("input.depth * parameter.factor", "number")}, {"depth": 3}, "4.5"),
        ({"expression": guard("input.depth * parameter.factor", "number")}, {"depth": 4}, 6),
        ({"expression": guard("open.share")}, {}, False),
    ],
)
def test_set_fact_keeps_a_value_exactly(arguments: Any, inputs: Any, expected: Any) -> None:
    story = doing(effect("set_fact", fact="depth", **arguments))
    story.act("director", "go", **inputs)
    assert story.case.facts["depth"] == expected
    assert type(story.case.facts["depth"]) is type(expected)


def test_a_fact_kept_as_text_is_read_as_the_number_it_is() -> None:
    story = lab(
        action("go", "work", "idle", who=EVERYONE, effects=(effect("set_fact", fact="depth", value=Decimal("4.5")),)),
        action("on", "work", "idle", who=EVERYONE, guard="fact.depth > 4"),
    )
    story.act("director", "go")
    assert story.case.facts["depth"] == "4.5"
    story.act("director", "on")


@pytest.mark.parametrize("arguments", [{"input": "depth"}, {"expression": guard("input.depth + 1", "number")}])
def test_set_fact_leaves_an_unknown_value_alone(arguments: Any) -> None:
    story = doing(effect("set_fact", fact="depth", **arguments))
    story.act("director", "go")
    assert story.case.facts == {}
    assert left_out(story) == ["value-unknown"]


def test_count_counts() -> None:
    story = doing(effect("count", counter="returns"))
    for _ in range(3):
        story.act("director", "go")
    assert story.case.counts == {"returns": 3}


def test_closing_a_task_that_is_not_open_is_left_out() -> None:
    story = doing(effect("close_task", task="share"))
    story.act("director", "go")
    assert left_out(story) == ["task-not-open"]
    assert story.types()[-1] == "acted"


def test_co_targets_stand_beside_the_owner() -> None:
    targets = (Target("organisation", "team"), Target("organisation", "municipal"))
    story = doing(effect("open_task", task="share", target=Target("actor"), co_targets=targets))
    story.act("director", "go")
    share = story.case.tasks["share"]
    assert share.owner == Owner(account="director")
    assert share.co_handlers == (Owner(organisation="team"), Owner(organisation="municipal"))


def test_assigning_passes_a_task_on_and_to_the_same_owner_changes_nothing() -> None:
    story = doing(
        effect("open_task", task="share", target=Target("organisation", "team")),
        effect("assign_task", task="share", target=Target("organisation", "municipal")),
        effect("assign_task", task="share", target=Target("organisation", "municipal")),
    )
    story.act("director", "go")
    assert story.case.tasks["share"].owner == Owner(organisation="municipal")
    assert story.types()[-2:] == ["task_opened", "task_assigned"]
    assert left_out(story) == ["task-owned-already"]


def test_who_claims_a_task_of_its_organisation_leaves_it_the_organisations() -> None:
    story = doing(
        effect("open_task", task="share", target=Target("organisation", "platform")),
        effect("assign_task", task="share", target=Target("actor")),
    )
    story.act("operator", "go")
    assert story.case.tasks["share"].owner == Owner(organisation="platform", account="operator")


def test_another_person_may_be_given_a_task_that_somebody_has() -> None:
    story = lab(
        action(
            "go", "work", "idle", who=EVERYONE, effects=(effect("open_task", task="share", target=Target("actor")),)
        ),
        action(
            "pass_on",
            "work",
            "idle",
            who=EVERYONE,
            effects=(effect("assign_task", task="share", target=Target("input", "assignee")),),
        ),
    )
    story.act("director", "go")
    story.act("operator", "pass_on", assignee="chuang")
    assert story.case.tasks["share"].owner == Owner(account="chuang")


def test_clocks_start_pause_resume_and_stop_by_effect() -> None:
    def step(kind: str) -> Any:
        return action(kind, "work", "idle", who=EVERYONE, effects=(effect(kind, limit="sharing"),))

    story = lab(*map(step, ("start_clock", "pause_clock", "resume_clock", "stop_clock")), limits=[SHARE_LIMIT])
    story.act("director", "pause_clock", minutes=0)
    assert left_out(story) == ["clock-unchanged"]
    for name, minutes, state, elapsed in (
        ("start_clock", 0, "running", 0),
        ("pause_clock", 10, "paused", 600),
        ("resume_clock", 30, "running", 600),
        ("stop_clock", 20, "stopped", 1800),
    ):
        story.act("director", name, minutes=minutes)
        clock = story.case.clocks["sharing"]
        assert (clock.state, clock.elapsed) == (state, elapsed)
        assert [change["type"] for change in story.last.explanation.clocks] == [story.types()[-1]]
    assert story.events[-1].data["met"] is True


def test_approvals_are_asked_of_somebody() -> None:
    story = doing(effect("request_approval", approval="extension", target=post("director")))
    story.act("director", "go")
    assert story.case.approvals == {"extension": "asked"}
    assert story.events[-2].data["owner"] == {"post": "director"}
    assert story.events[-1].data["template"] == "approval_asked", "who is asked is told"


def test_cases_are_linked_once_and_not_to_themselves() -> None:
    story = doing(effect("link_case", relation="duplicate", input="other"))
    story.act("director", "go", other="case-2")
    story.act("director", "go", other="case-2")
    assert story.case.links == (("duplicate", "case-2"),)
    assert left_out(story) == ["linked-already"]
    with pytest.raises(Unprocessable, match="link-to-itself"):
        story.act("director", "go", other="case-1")
    with pytest.raises(Unprocessable, match="input-required"):
        story.act("director", "go")


def test_a_new_object_is_entered_and_becomes_the_cases() -> None:
    story = Story(
        build_scheme(
            [
                action(
                    "go",
                    "work",
                    "idle",
                    who=EVERYONE,
                    effects=(
                        effect("enter_object", kind="manhole", input="object"),
                        effect("count", "object_kind == 'manhole'", counter="returns"),
                        effect("update_object", status="broken"),
                        effect("count", "object_status == 'broken'", counter="returns"),
                    ),
                )
            ]
        )
    )
    story("director", opening(intake="trial", category="07001", evidence=(), object=None))
    story.act("director", "go", object={"code": "new-1", "maintainer": "team"})
    assert story.case.object == "new-1"
    assert story.case.counts == {"returns": 2}
    assert story.objects["new-1"] == {"kind": "manhole", "values": {"maintainer": "team"}, "status": "broken"}
    with pytest.raises(Conflict, match="object-entered-already"):
        story.act("director", "go", object={"code": COVER})
    for wrong in ({}, {"maintainer": "team"}):
        with pytest.raises(Unprocessable):
            story.act("director", "go", object=wrong)


def test_the_status_of_an_object_changes_only_if_it_does() -> None:
    story = doing(effect("update_object", status="intact"))
    story.act("director", "go")
    assert left_out(story) == ["object-unchanged"]
    bare = Story(story.scheme)
    bare("director", opening(intake="trial", category="07001", evidence=(), object=None))
    bare.act("director", "go")
    assert left_out(bare) == ["object-required"]


def test_a_notice_names_whom_it_tells_and_never_holds_up_the_work() -> None:
    story = doing(
        effect("notify", target=Target("reporter"), template="result"),
        effect("notify", target=Target("object", "competent"), template="result"),
        effect("notify", target=Target("task", "share"), template="result"),
    )
    story.act("director", "go")
    assert story.events[-1].data == {"target": {"account": "director"}, "template": "result"}
    assert left_out(story) == ["object-without-unit", "task-not-opened"]


def test_alerts_rise_and_are_lowered_only_on_purpose() -> None:
    names = ("yellow", "orange", "red")
    steps = [
        action(f"{way}_{level}", "work", "idle", who=EVERYONE, effects=(effect(f"{way}_alert", level=level),))
        for way in ("raise", "lower")
        for level in names
    ]
    steps.append(action("clear", "work", "idle", who=EVERYONE, effects=(effect("lower_alert", level=None),)))
    story = lab(*steps)
    for name, alert, because in (
        ("lower_yellow", None, ["alert-not-higher"]),
        ("raise_orange", "orange", []),
        ("raise_yellow", "orange", ["alert-not-lower"]),
        ("raise_orange", "orange", ["alert-not-lower"]),
        ("lower_red", "orange", ["alert-not-higher"]),
        ("lower_orange", "orange", ["alert-not-higher"]),
        ("raise_red", "red", []),
        ("lower_yellow", "yellow", []),
        ("clear", None, []),
    ):
        story.act("director", name)
        assert story.case.alert == alert
        assert left_out(story) == because
    assert story.events[-1].data == {"level": None, "was": "yellow", "by": "clear"}


def test_an_alert_by_input_must_be_declared() -> None:
    story = doing(effect("raise_alert", input="level"))
    story.act("director", "go", level="red")
    assert story.case.alert == "red"
    with pytest.raises(Unprocessable, match="alert-unknown"):
        story.act("director", "go", level="purple")


def test_occurred_is_what_was_claimed_and_recorded_is_the_servers() -> None:
    story = doing()
    story.now = NOW + timedelta(hours=2)
    story("director", replace(story_command(), occurred_at=NOW - timedelta(hours=1)))
    stamp = story.case.stamps[-1]
    assert (stamp.occurred_at, stamp.recorded_at) == (NOW + timedelta(hours=1), NOW + timedelta(hours=2))


def story_command() -> Act:
    return Act("go", NOW)


def test_cell_is_named_in_the_owner_of_a_post() -> None:
    story = doing(effect("open_task", task="share", target=post("grid_head")))
    story.act("director", "go")
    assert story.case.tasks["share"].owner == Owner(post="grid_head", cell=CELL)
