"""A task goes where somebody may act on it: by a post, an organisation or a pool, directly or by a rule."""

from __future__ import annotations

import pytest
from lint_source import Edit, findings, found, rules

START: Edit = ("workflow.yaml", "who: [{role: crew}, {role: head}]", "who: [{role: crew}]")
_CLOSING = "who: [{{role: {}}}]\n        effects:\n          - close"
CLOSE: Edit = ("workflow.yaml", _CLOSING.format("head"), _CLOSING.format("crew"))
HEAD_OUT = (START, CLOSE)
TO_HEAD = rules("R9,fallback,,,,,,,,,0,post:head")
TO_WORKS = rules("R9,fallback,,,,,,,,,0,organisation:works")
CANNOT = "lint-handler-cannot-act"


def sent_to(target: str) -> Edit:
    return ("workflow.yaml", "task: handling, target: dispatch}", f"task: handling, target: {target}}}")


def test_the_finding_names_the_task_the_handler_and_what_would_do() -> None:
    (finding,) = findings(*HEAD_OUT, files={"rules.csv": TO_HEAD})
    assert (finding.code, str(finding.place)) == (CANNOT, "rules.csv:2:1 $[0]")
    assert finding.params == {
        "kind": "event",
        "task": "handling",
        "handler": "post:head",
        "action": "report",
        "actions": "start | close",
    }


def test_a_handler_of_many_rules_is_told_once_at_the_first() -> None:
    many = rules("R1,normal,0101,,,,,,,,0,post:head", "R9,fallback,,,,,,,,,0,post:head")
    (finding,) = findings(*HEAD_OUT, files={"rules.csv": many})
    assert finding.place.line == 2


@pytest.mark.parametrize("edits", [(), (START,), (CLOSE,)], ids=["both", "may close it later", "may start it now"])
def test_one_useful_action_is_enough(edits: tuple[Edit, ...]) -> None:
    assert CANNOT not in found(*edits, files={"rules.csv": TO_HEAD})


def test_a_remark_is_no_way_to_act() -> None:
    remark = """\
      - id: remark
        label: {zh: 备注, en: remark}
        meaning: comment
        track: main
        from: [reported, handling]
        who: [{role: head}]
      - id: close
"""
    edit = ("workflow.yaml", "      - id: close\n", remark)
    assert found(*HEAD_OUT, edit, files={"rules.csv": TO_HEAD}) == [CANNOT]
    handles = ("workflow.yaml", "meaning: comment\n", "meaning: comment\n        handles: true\n")
    assert found(*HEAD_OUT, edit, handles, files={"rules.csv": TO_HEAD}) == []


def test_what_can_only_open_or_runs_by_itself_is_no_way_to_act() -> None:
    reporter = "who: [{role: reporter, reach: locality}"
    opening = ("workflow.yaml", reporter, f"{reporter}, {{role: head}}")
    handles = ("workflow.yaml", "opens: true\n", "opens: true\n        handles: true\n")
    assert found(*HEAD_OUT, opening, handles, files={"rules.csv": TO_HEAD}) == [CANNOT]


def test_moving_a_case_on_from_where_it_stands_is_enough() -> None:
    plain = ("workflow.yaml", "        handles: true\n", "")
    assert found(CLOSE, plain, files={"rules.csv": TO_HEAD}) == []


def test_an_organisation_acts_by_the_roles_of_its_posts_within_reach() -> None:
    assert found(files={"rules.csv": TO_WORKS}) == []
    only_task = [(name, old, new.replace("{role: crew}", "{role: crew, reach: task}")) for name, old, new in HEAD_OUT]
    assert CANNOT in found(*only_task, files={"rules.csv": TO_WORKS})
    quota = "quota: {per: unit, amount: 2, kinds: [company]}"
    moved = ("roster.yaml", f"organisation: works, {quota}", quota)
    assert found(moved, files={"rules.csv": TO_WORKS}) == []


def test_a_target_without_a_rule() -> None:
    (finding,) = findings(*HEAD_OUT, sent_to("{post: head}"))
    assert (finding.code, finding.place.path) == (CANNOT, "$.case_kinds[0].actions[0].effects[0]")
    assert found(*HEAD_OUT, sent_to("{organisation: works}")) == []
    assert found(*HEAD_OUT, sent_to("reporter")) == [], "whoever reported is not known here"


def test_a_pool_acts_by_its_posts() -> None:
    pools = "pools:\n  - {id: duty, label: {zh: 值班, en: duty}, posts: [head], claim_minutes: 10, "
    pools += "unclaimed: {post: head}}\nrules: rules.csv"
    edit = ("dispatch.yaml", "rules: rules.csv", pools)
    to_pool = rules("R9,fallback,,,,,,,,,0,pool:duty")
    assert found(edit, files={"rules.csv": to_pool}) == []
    assert found(*HEAD_OUT, edit, files={"rules.csv": to_pool}) == [CANNOT]


def test_a_grant_for_a_crisis_does_not_help_in_peacetime() -> None:
    modes = (
        "duty_modes:\n  - {id: flood, label: {zh: 防汛, en: flood}, crisis: true, authority: centre, max_hours: 9}\n"
    )
    crisis = ("roster.yaml", "duty_modes:\n", modes)
    starts = (START[0], START[1], "who: [{role: crew}, {role: head, duty_mode: flood}]")
    assert found(starts, CLOSE, crisis, files={"rules.csv": TO_HEAD}) == [CANNOT]
    usual = (START[0], START[1], "who: [{role: crew}, {role: head, duty_mode: peacetime}]")
    assert found(usual, CLOSE, files={"rules.csv": TO_HEAD}) == []


QUESTION = """\
  - id: question
    label: {zh: 咨询, en: question}
    tracks:
      - id: desk
        label: {zh: 答复, en: answer}
        meaning: acting
        stages:
          - {id: asked, label: {zh: 已提出, en: asked}, meaning: accepted}
          - {id: answered, label: {zh: 已答复, en: answered}, meaning: closed, final: true}
    actions:
      - {id: ask, label: {zh: 提出, en: ask}, meaning: report, track: desk, opens: true, to: asked, who: [{role: reporter}], effects: [{open_task: {task: answering, target: dispatch}}]}
      - {id: answer, label: {zh: 答复, en: answer}, meaning: feed_back, track: desk, from: [asked], to: answered, who: [{role: crew}], effects: [{close_task: {task: answering}}]}
intake_kinds:
  - {id: question, label: {zh: 咨询, en: question}, meaning: consultation, case_kind: question, opening: ask, channels: [app], public: true}
"""  # noqa: E501


def test_a_rule_counts_for_the_kinds_of_case_that_its_classes_come_in_by() -> None:
    two = ("workflow.yaml", "intake_kinds:\n", QUESTION)
    assert found(two, files={"rules.csv": TO_HEAD}) == [], "every class is for events"
    minor = ("categories.csv", "request for help,event", "request for help,question")
    (finding,) = findings(two, minor, files={"rules.csv": TO_HEAD})
    assert (finding.code, finding.params["kind"]) == (CANNOT, "question")
    elsewhere = rules("R1,normal,0102,,,,,,,,0,organisation:works", "R9,normal,0101,,,,,,,,0,post:head")
    assert found(two, minor, files={"rules.csv": elsewhere}) == []


IDLE = "  - {id: idle, label: {zh: 闲职, en: idle}, role: idle, tier: grid, quota: {per: cell, amount: 1}}\nduty_modes:"
NO_ACTION = (
    ("roster.yaml", "duty_modes:", IDLE),
    ("roster.yaml", "posts:", "  - {id: idle, label: {zh: 闲, en: idle}, meaning: x_idle, reach: locality}\nposts:"),
)
ZONE = (
    'control_zones:\n  - {id: fair, label: {zh: 集会, en: fair}, cells: [D01], from: "2026-10-01", to: "2026-10-02", '
)
ZONE += "authority: works, handler: {post: idle}}\nrules: rules.csv"
FIRST = "act_first:\n  - {id: hazard, scope: {}, handler: {post: idle}}\nrules: rules.csv"
AREA = "contested_areas:\n  - {id: bank, label: {zh: 河岸, en: bank}, cells: [D01], "
AREA += 'claimants: [works, centre], until: "2026-12-31", interim_handler: {post: idle}}\n'


@pytest.mark.parametrize(
    "edit",
    [
        ("dispatch.yaml", "rules: rules.csv", ZONE),
        ("dispatch.yaml", "rules: rules.csv", FIRST),
        ("grid.yaml", "cells: cells.csv", f"{AREA}cells: cells.csv"),
        (
            "workflow.yaml",
            "        guard: not fact.urgent or",
            "        joint: {task: handling, members: [{post: idle}, {post: head}]}\n        guard: not fact.urgent or",
        ),
    ],
    ids=["zone", "first", "area", "joint"],
)
def test_whoever_goes_before_the_rules_may_act_too(edit: tuple[str, str, str]) -> None:
    (told,) = findings(*NO_ACTION, edit)
    assert (told.code, told.params["handler"]) == ("lint-handler-cannot-act", "post:idle")
