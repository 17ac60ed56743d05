"""Lint of workflows and limits: each rule speaks up, and stays silent on a correct near-miss."""

from __future__ import annotations

import pytest
from lint_source import findings, found

STAGES = "          - {id: closed, label: {zh: 已结案, en: closed}, meaning: closed, final: true}\n"
ACTIONS = "    reactions:\n"


def stage(id: str, final: bool = False) -> tuple[str, str, str]:
    text = (
        f"          - {{id: {id}, label: {{zh: 阶段, en: stage}}, meaning: x_{id}{', final: true' if final else ''}}}\n"
    )
    return ("workflow.yaml", STAGES, STAGES + text)


def action(text: str) -> tuple[str, str, str]:
    line = (
        f"      - {{label: {{zh: 动作, en: action}}, meaning: x_action, track: main, who: [{{role: head}}], {text}}}\n"
    )
    return ("workflow.yaml", ACTIONS, line + ACTIONS)


REMIND = """\
      - id: remind
        label: {zh: 催办, en: remind}
        meaning: urge
        track: main
        from: [begun]
        automatic: true
"""
PATROL = f"""\
  - id: patrol
    label: {{zh: 巡查, en: patrol}}
    tracks:
      - id: main
        label: {{zh: 巡查, en: patrol}}
        meaning: acting
        stages:
          - {{id: begun, label: {{zh: 开始, en: begun}}, meaning: reported}}
          - {{id: done, label: {{zh: 完成, en: done}}, meaning: closed, final: true}}
    actions:
      - id: log
        label: {{zh: 记录, en: log}}
        meaning: report
        track: main
        opens: true
        to: begun
        who: [{{role: head}}]
      - id: end
        label: {{zh: 结束, en: end}}
        meaning: close
        track: main
        from: [begun]
        to: done
        who: [{{role: head}}]
{REMIND}\
intake_kinds:
  - {{id: round, label: {{zh: 巡查, en: patrol}}, meaning: x_patrol, case_kind: patrol, opening: log}}
"""


def case_kind(text: str) -> tuple[str, str, str]:
    """A second kind of case after the first."""
    return ("workflow.yaml", "intake_kinds:\n", text if "intake_kinds:" in text else text + "intake_kinds:\n")


# ----------------------------------------------------------------------------------------------------------- stages
def test_stages_that_lead_only_to_each_other_are_out_of_reach() -> None:
    loop = (
        stage("b"), stage("a"),
        action("id: there, from: [a], to: b"), action("id: back, from: [b], to: a"),
    )  # fmt: skip
    assert {(finding.code, finding.params["stage"]) for finding in findings(*loop)} == {
        ("lint-stage-unreachable", "a"),
        ("lint-stage-unreachable", "b"),
    }


def test_a_stage_at_the_end_of_a_long_way_is_reached() -> None:
    way = (
        stage("b", final=True), stage("a"),
        action("id: further, from: [a], to: b"), action("id: first, from: [reported], to: a"),
    )  # fmt: skip
    assert found(*way) == []


def test_an_effect_can_reach_a_stage() -> None:
    moved = action("id: jump, from: [reported], effects: [{move: {track: main, stage: a}}]")
    assert found(stage("a", final=True), moved) == []


def test_a_stage_that_is_no_end_and_has_no_way_out() -> None:
    assert found(stage("a"), action("id: in, from: [reported], to: a")) == ["lint-stage-without-exit"]


def test_an_action_that_stays_is_no_way_out() -> None:
    stay = (action("id: stay, from: [a], to: a"), action("id: in, from: [reported], to: a"))
    assert found(stage("a"), *stay) == ["lint-stage-without-exit"]


def test_an_effect_that_leads_back_to_a_stage_is_no_way_out_of_it() -> None:
    jump = action("id: jump, from: [reported], effects: [{move: {track: main, stage: a}}]")
    assert found(stage("a"), jump) == ["lint-stage-without-exit"]
    away = action("id: away, from: [reported], effects: [{move: {track: main, stage: closed}}]")
    assert found(stage("a"), jump, away) == []


# ---------------------------------------------------------------------------------------------------------- actions
def odd(text: str) -> tuple[str, str, str]:
    head, _, tail = action("id: odd, from: [reported]")[2].partition("who: [{role: head}]")
    return ("workflow.yaml", ACTIONS, head + text + tail)


UNHELD = (
    "roster.yaml",
    "posts:\n",
    "  - {id: judge, label: {zh: 裁判, en: judge}, meaning: x_judge, reach: locality}\nposts:\n",
)


ALARM = "  - {id: alarm, label: {zh: 应急, en: alarm}, rights: {head: [odd]}}\n"


def test_an_action_of_a_role_that_nobody_holds() -> None:
    assert found(UNHELD, odd("who: [{role: judge}]")) == ["lint-action-nobody", "lint-role-without-post"]


@pytest.mark.parametrize(
    "edits",
    [
        (odd("who: [{role: judge}, {role: head}]"),),
        (odd("who: [{role: judge}]"), ("workflow.yaml", ACTIONS, f"{ACTIONS}      - {{after: start, action: odd}}\n")),
        (odd("who: [{role: judge}]"), ("roster.yaml", "duty_modes:\n", f"duty_modes:\n{ALARM}")),
    ],
    ids=["another role may", "a reaction takes it", "a duty mode grants it"],
)
def test_an_action_that_somebody_takes_after_all(edits: tuple[tuple[str, str, str], ...]) -> None:
    assert "lint-action-nobody" not in found(UNHELD, *edits)


def test_residents_take_the_opening_action_of_a_public_intake() -> None:
    private = ("workflow.yaml", "who: [{role: reporter, reach: locality}]", "who: [{role: judge}]")
    assert "lint-action-nobody" not in found(UNHELD, private)
    assert "lint-action-nobody" in found(UNHELD, private, ("workflow.yaml", ", public: true", ""))


def test_an_automatic_action_is_triggered_by_limits_of_its_own_kind_of_case_only() -> None:
    no_reaction = ("workflow.yaml", "    reactions:\n      - {after: start, action: remind, when: fact.urgent}\n", "")
    assert found(no_reaction) == []  # the limit `answer` reminds
    other = case_kind(PATROL)
    assert found(no_reaction, other) == ["lint-action-never-triggered"]
    everywhere = ("timers.yaml", "    scope: {case_kinds: [event]}\n", "")
    assert found(no_reaction, other, everywhere) == []
    # ------------------------------------------------------------------------------------------------ limits
    lacking = ("workflow.yaml", REMIND, "")
    assert found(other, everywhere, lacking) == ["lint-limit-action-missing"]
    elsewhere = ("workflow.yaml", "en: begun}, meaning: reported", "en: begun}, meaning: x_begun")
    assert found(other, everywhere, lacking, elsewhere) == [], "a limit that never starts there needs no action there"


def test_a_limit_that_only_an_effect_starts_and_stops() -> None:
    assert found(("timers.yaml", "start: reported", "start: approve_extension")) == ["lint-limit-never-starts"]
    by_effect = (
        "workflow.yaml",
        "          - count: {counter: reminders}\n",
        "          - count: {counter: reminders}\n          - start_clock: {limit: answer}\n",
    )
    assert found(("timers.yaml", "start: reported", "start: approve_extension"), by_effect) == []
    assert found(("timers.yaml", "stop: closed", "stop: approve_extension")) == ["lint-limit-never-stops"]
    by_effect = (
        "workflow.yaml",
        "          - count: {counter: reminders}\n",
        "          - count: {counter: reminders}\n          - stop_clock: {limit: answer}\n",
    )
    assert found(("timers.yaml", "stop: closed", "stop: approve_extension"), by_effect) == []


# ------------------------------------------------------------------------------------------- tasks, intakes, checks
def test_a_task_that_only_one_of_two_ends_closes_is_closed() -> None:
    end = action("id: drop, from: [reported], to: closed")
    assert found(end) == []


def test_linking_cases_does_not_open_one() -> None:
    form = "{type: object, properties: {case: {type: string, format: text, title: {zh: 案件, en: case}}}}"
    effect = "{link_case: {relation: parent, input: case}}"
    link = action(f"id: join, from: [reported], inputs: {form}, effects: [{effect}]")
    orphan = case_kind(PATROL.replace(REMIND, "").split("intake_kinds:")[0])
    assert found(link, orphan) == ["lint-case-kind-without-intake"]


CHECKED = ("workflow.yaml", "        to: closed\n", "        to: closed\n        checks: true\n")


@pytest.mark.parametrize(
    ("policy", "codes"),
    [
        ("{not_reporter: false}", ["lint-checker-not-independent"]),
        ("{not_handler: false}", ["lint-checker-not-independent"]),
        ("{not_handler: false, waived: {zh: 人手不足, en: too few people}}", []),
        ("{not_reporter: true, not_handler: true}", []),
    ],
)
def test_who_checks_is_neither_reporter_nor_handler_or_there_is_a_reason(policy: str, codes: list[str]) -> None:
    edit = ("workflow.yaml", "    reactions:", f"    checker_policy: {policy}\n    reactions:")
    assert found(CHECKED, edit) == codes
    assert found(edit) == [], "where nothing is checked nobody checks his own work"
