"""What follows a case: linked cases that it asks for, checklists whose findings ask for them, ratings, approvals."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from scheme_builder import (
    AFTER,
    BEFORE,
    CELL,
    NEXT_CELL,
    PEOPLE,
    Story,
    action,
    build_scheme,
    effect,
    guard,
    lab,
    opening,
    situation,
)

from core.engine.permission import permit
from core.engine.timers import due_timers
from core.errors import Conflict, Forbidden, Unprocessable
from core.scheme.label import Label
from core.scheme.situation import Assignment
from core.scheme.timers import Limit, Reaching
from core.scheme.workflow import ChecklistUse, Grant, RatingRule, Reaction, Target

DIRECTOR = (Grant("director"),)
YES_NO = {"type": "object", "properties": {"clean": {"type": "boolean"}, "exits": {"type": "boolean"}}}


def asked(story: Story) -> list[dict[str, Any]]:
    return [event.data for event in story.events if event.type == "case_asked"]


def test_an_effect_asks_for_a_linked_case() -> None:
    story = lab(
        action("go", "work", "idle", who=DIRECTOR, effects=(effect("open_case", intake="patrol", category="05001"),))
    )
    story.act("director", "go")
    assert asked(story) == [{"intake": "patrol", "category": "05001"}]


def test_the_class_of_a_linked_case_may_be_filled_in() -> None:
    fields = {"type": "object", "properties": {"what": {"type": "string"}}}
    follow = effect("open_case", intake="patrol", category_input="what")
    story = lab(action("go", "work", "idle", who=DIRECTOR, inputs=fields, effects=(follow,)))
    with pytest.raises(Unprocessable, match="content-invalid"):
        story.act("director", "go", what="05")
    story.act("director", "go", what="05001")
    assert asked(story) == [{"intake": "patrol", "category": "05001"}]


def test_each_failed_item_of_a_checklist_asks_for_a_case_of_its_class() -> None:
    checklist = ChecklistUse("fire", "patrol", {"exits": "05001"})
    story = lab(action("inspect", "work", "idle", who=DIRECTOR, inputs=YES_NO, checklist=checklist))
    story.act("director", "inspect", clean=False, exits=True)
    assert asked(story) == []
    story.act("director", "inspect", clean=True, exits=False)
    assert asked(story) == [{"intake": "patrol", "category": "05001", "item": "exits"}]


def test_a_rating_is_kept_and_comes_in_time() -> None:
    rate = action("rate", "work", "done", who=DIRECTOR, rating=RatingRule(1, 5, within_days=7))
    story = lab(action("close", "work", "idle", to="done", who=DIRECTOR), rate)
    story.act("director", "close")
    story.act("director", "rate", minutes=7 * 24 * 60, rating=4)
    assert story.case.facts["rating"] == 4
    with pytest.raises(Conflict, match="rating-too-late"):
        story.act("director", "rate", minutes=1, rating=1)


def test_an_approval_is_answered_once() -> None:
    granted = effect("answer_approval", approval="more", answer="granted")
    request = effect("request_approval", approval="more", target=Target("post", "director"))
    story = lab(
        action("ask", "work", "idle", who=DIRECTOR, effects=(request,)),
        action("grant", "work", "idle", who=DIRECTOR, effects=(granted,)),
    )
    with pytest.raises(Conflict, match="approval-not-asked"):
        story.act("director", "grant")
    story.act("director", "ask")
    assert story.case.approvals == {"more": "asked"}
    story.act("director", "grant")
    assert story.case.approvals == {"more": "granted"}


def test_a_recheck_is_drawn_by_the_lot_and_given_to_another_cell() -> None:
    """The lot is below the share: the reaction opens a task for the grid head of the other cell."""
    elsewhere = Target("elsewhere", "grid_head", "grid")
    actions = (
        action("close", "work", "idle", to="busy", who=DIRECTOR),
        action("again", "work", "busy", automatic=True, effects=(effect("open_task", task="share", target=elsewhere),)),
    )
    drawn = build_scheme(actions, (Reaction("close", "again", guard("draw < 0.05")),))
    for draw, opened in ((499, True), (500, False)):
        story = Story(drawn)
        story("director", opening(intake="trial", category="07001", evidence=(), draw=draw))
        story.act("director", "close")
        assert ("share" in story.case.tasks) is opened, draw
        read = [reason.params["read"] for reason in story.last.explanation.guards]
        assert read == [{}], "the lot is not read out"
        if opened:
            assert story.case.tasks["share"].owner.cell == NEXT_CELL
    assert CELL != NEXT_CELL


def test_photos_before_and_after_are_compared_by_time_and_place() -> None:
    made = build_scheme()
    kind = replace(made.workflow.case_kinds["event"], photos_within=50.0)
    made = replace(made, workflow=replace(made.workflow, case_kinds={**made.workflow.case_kinds, "event": kind}))
    morning, noon = datetime(2026, 3, 2, 1, tzinfo=UTC), datetime(2026, 3, 2, 4, tzinfo=UTC)
    story = Story(made)
    story("cleaner", opening(evidence=(replace(BEFORE, taken_at=morning, point=(109.0, 34.0)),)))
    story.act("head", "assign", assignee="chuang")
    story.act("chuang", "acknowledge")
    fitting = replace(AFTER, taken_at=noon, point=(109.0001, 34.0))
    doubtful = replace(AFTER, taken_at=morning, point=(109.1, 34.0))
    for photo, doubts in (
        (fitting, None),
        (doubtful, ["not-after", "too-far"]),
        (AFTER, ["place-unknown", "time-unknown"]),
    ):
        again = Story(made)
        again.__dict__ |= {**story.__dict__, "events": list(story.events)}
        again.act("chuang", "feed_back", evidence=(photo,))
        found = [event.data["doubts"] for event in again.events if event.type == "photo_doubted"]
        assert found == ([doubts] if doubts else [])
        assert again.case.counts.get("photo_doubts", 0) == len(found)


def test_what_nobody_claims_surfaces_and_may_still_be_claimed() -> None:
    claim = Limit(
        "claim:pool", Label("认领"), "target", "", "", "", Decimal("0.5"), "urgent_hour", "office",
        reaches=(Reaching("unclaimed", Decimal(1), notify=Target("post", "director")),), pool="pool",
    )  # fmt: skip
    give = effect("open_task", task="share", target=Target("pool", "pool"))
    take = effect("assign_task", task="share", target=Target("actor"))
    story = lab(
        action("post", "work", "idle", to="busy", who=DIRECTOR, effects=(give,)),
        action("claim", "work", "busy", who=(Grant("specialist", "task"),), effects=(take,)),
        limits=(claim,),
    )
    story.act("director", "post")
    story.fire(minutes=29)
    assert story.case.tasks["share"].co_handlers == ()
    story.fire(minutes=1)
    assert [owner.post for owner in story.case.tasks["share"].co_handlers] == ["director"]
    story.act("chuang", "claim")
    assert story.case.tasks["share"].owner.account == "chuang"
    assert due_timers(story.case, story.scheme) == ()


def test_the_backup_post_acts_while_nobody_holds_the_post_in_the_cell() -> None:
    made = build_scheme((action("go", "work", "idle", who=(Grant("grid_head"),)),))
    posts = dict(made.roster.posts)
    posts["grid_head"] = replace(posts["grid_head"], backup="street_cleaner")
    made = replace(made, roster=replace(made.roster, posts=posts))
    away = {name: row for name, row in PEOPLE.items() if name != "head"}
    elsewhere = {**away, "head": Assignment("head", "grid_head", NEXT_CELL)}
    story = Story(made)
    story("director", opening(intake="trial", category="07001", evidence=()))
    kind = made.workflow.case_kinds["lab"]
    for people, allowed in ((PEOPLE, False), (away, True), (elsewhere, True)):
        found = permit(situation(made, "cleaner", people), story.case, kind, kind.actions["go"], now=story.now)
        assert found.allowed is allowed, people.keys()


def test_nobody_stands_in_without_a_backup() -> None:
    story = lab(action("go", "work", "idle", who=(Grant("grid_head"),)))
    with pytest.raises(Forbidden):
        story.act("cleaner", "go")
