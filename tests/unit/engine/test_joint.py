"""Joint handling: a share for each, a clock for each share, done when the manifest says so; nobody closes another's."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any, Literal

import pytest
from scheme_builder import Story, action, effect, lab

from core.errors import Conflict
from core.scheme.label import Label
from core.scheme.timers import Limit, Reaching
from core.scheme.workflow import Grant, Joint, Reaction, Target

UNITS = (Grant("maintenance_unit", "organisation"), Grant("platform_operator", "organisation"))
SHARE = Limit(
    "share_time",
    Label("各自时限"),
    "limit",
    "work",
    "",
    "",
    Decimal(2),
    "urgent_hour",
    "office",
    reaches=(Reaching("due", Decimal(1), alert="red"),),
    task="share",
)


def organisation(name: str) -> Target:
    return Target("organisation", name)


def joint(done_when: Literal["all", "any", "lead"] = "all", **more: Any) -> Story:
    """The lead is the municipal unit, the member is the platform."""
    together = Joint("share", (organisation("platform"),), organisation("municipal"), done_when)
    return lab(
        action("split", "work", "idle", to="busy", who=(Grant("director"),), joint=together),
        action("finish", "work", "busy", who=UNITS, handles=True, effects=(effect("close_task", task="share"),)),
        action("all_done", "work", "busy", to="done", automatic=True, guard="not open.share"),
        reactions=(Reaction("finish", "all_done"),),
        **more,
    )


def test_each_has_a_share_and_the_last_one_ends_it() -> None:
    story = joint()
    story.act("director", "split")
    assert {name: task.owner.organisation for name, task in story.case.tasks.items()} == {
        "share": "municipal",
        "share_1": "platform",
    }
    story.act("fitter", "finish")
    assert story.case.tracks["work"] == "busy"
    assert [task.state for task in story.case.tasks.values()] == ["closed", "open"]
    story.act("operator", "finish")
    assert story.case.tracks["work"] == "done"


@pytest.mark.parametrize(("done_when", "first", "stage"), [("lead", "fitter", "done"), ("lead", "operator", "busy")])
def test_with_a_lead_only_the_lead_ends_it(done_when: Literal["lead"], first: str, stage: str) -> None:
    story = joint(done_when)
    story.act("director", "split")
    story.act(first, "finish")
    assert story.case.tracks["work"] == stage


def test_any_one_may_be_enough() -> None:
    story = joint("any")
    story.act("director", "split")
    story.act("operator", "finish")
    assert story.case.tracks["work"] == "done"


def test_nobody_closes_the_share_of_another() -> None:
    story = joint()
    story.act("director", "split")
    story.act("fitter", "finish")
    with pytest.raises(Conflict, match="share-not-held"):
        _close_as_director(story)


def _close_as_director(story: Story) -> None:
    kind = story.scheme.workflow.case_kinds["lab"]
    finish = replace(kind.actions["finish"], who=(Grant("director"),))
    changed = replace(kind, actions={**kind.actions, "finish": finish})
    kinds = {**story.scheme.workflow.case_kinds, "lab": changed}
    story.scheme = story.today = replace(story.scheme, workflow=replace(story.scheme.workflow, case_kinds=kinds))
    story.act("director", "finish")


def test_each_share_has_its_own_clock() -> None:
    story = joint(limits=(SHARE,))
    story.act("director", "split")
    assert set(story.case.clocks) == {"share_time@share", "share_time@share_1"}
    story.act("fitter", "finish", minutes=30)
    states = {name: clock.state for name, clock in story.case.clocks.items()}
    assert states == {"share_time@share": "stopped", "share_time@share_1": "running"}
    story.fire(minutes=100)
    assert story.case.alert == "red"
    assert story.case.clocks["share_time@share_1"].reached == ("due",)
    assert story.case.clocks["share_time@share"].reached == ()


def test_an_input_may_list_the_members() -> None:
    inputs = {"type": "object", "properties": {"units": {"type": "array", "items": {"type": "string"}}}}
    together = Joint("share", (Target("input", "units"),), None)
    story = lab(action("split", "work", "idle", to="busy", who=(Grant("director"),), joint=together, inputs=inputs))
    story.act("director", "split", units=["platform", "municipal", "platform"])
    assert [task.owner.organisation for task in story.case.tasks.values()] == ["platform", "municipal"]


def test_when_any_one_is_enough_nothing_is_left_of_the_others() -> None:
    story = joint("any", limits=(SHARE,))
    story.act("director", "split")
    story.act("operator", "finish")
    assert {task.state for task in story.case.tasks.values()} == {"closed"}
    assert {clock.state for clock in story.case.clocks.values()} == {"stopped"}


def test_only_a_held_share_is_given_on() -> None:
    hand_on = effect("assign_task", task="share", target=organisation("team"))
    together = Joint("share", (organisation("platform"),), organisation("municipal"))
    story = lab(
        action("split", "work", "idle", to="busy", who=(Grant("director"),), joint=together),
        action("hand_on", "work", "busy", who=(*UNITS, Grant("director")), effects=(hand_on,)),
    )
    story.act("director", "split")
    story.act("operator", "hand_on")
    assert {name: task.owner.organisation for name, task in story.case.tasks.items()} == {
        "share": "municipal",
        "share_1": "team",
    }
    with pytest.raises(Conflict, match="share-not-held"):
        story.act("director", "hand_on")
