"""The explanation of a limit: read from events alone, complete, JSON-able, and sayable in both languages."""

import json
import re
from pathlib import Path

import pytest
from clock_story import OPENED, Story, limit, scheme
from time_oracle import at, wall

import core.engine.clock_explanation
from core.engine.clock_explanation import explain_clock
from core.engine.clocks import pause_clock, resume_clock, start_clock, stop_clock
from core.messages import LANGUAGES, catalogue, render
from core.scheme.timers import Scope

HOUR = 3600
FOR_CLASS = Scope(categories=frozenset({"02"}))


@pytest.fixture
def story() -> Story:
    """Dispatched on the 30th before the holidays, suspended, taken up again on the make-up Saturday."""
    story = Story(scheme(limit(amount="12", scope=FOR_CLASS), limit("other", stop="x_never")))
    story.enter("reported", at("2026-09-30 09:00"))
    story.enter("dispatched", at("2026-09-30 16:00"))
    story.enter("suspended", at("2026-10-08 09:30"))
    story.enter("handling", at("2026-10-10 11:00"))
    return story


def lines(intervals) -> list[str]:
    return [f"{wall(one.start)[5:16]} {wall(one.end)[11:16]} {one.why}" for one in intervals]


def test_every_counted_interval_of_every_stretch_and_what_lies_ahead(story: Story) -> None:
    (run,) = explain_clock(story.scheme, story.events, "handling", at("2026-10-10 15:00")).runs
    first, second = run.stretches
    assert lines(first.counted) == [
        "09-30 16:00 18:00 counted-working-window",
        "10-08 08:30 09:30 counted-working-window",
    ]
    assert [(one.day.day, one.why) for one in first.off] == [(day, "not-counted-holiday") for day in range(1, 8)]
    assert lines(second.counted) == [
        "10-10 11:00 12:00 counted-make-up-day",
        "10-10 14:00 15:00 counted-make-up-day",
    ]
    assert lines(run.ahead) == [
        "10-10 15:00 18:00 counted-make-up-day",
        "10-12 08:30 12:00 counted-working-window",
        "10-12 14:00 14:30 counted-working-window",
    ]
    assert [(one.day.day, one.why) for one in run.ahead_off] == [(11, "not-counted-rest-day")]
    assert (first.seconds, second.seconds, run.elapsed) == (3 * HOUR, 2 * HOUR, 5 * HOUR)
    assert run.elapsed + sum(one.seconds for one in run.ahead) == run.clock.allowed == 12 * HOUR
    assert wall(run.clock.due_at) == "2026-10-12 14:30:00"
    assert (run.met, run.notes, run.ended) == (None, (), None)


def test_stages_are_named_as_causes_with_their_place_in_the_history(story: Story) -> None:
    (run,) = explain_clock(story.scheme, story.events, "handling", at("2026-10-10 15:00")).runs
    first, second = run.stretches
    assert (first.began.code, first.ended.code) == ("clock-started-by-stage", "clock-paused-by-stage")
    assert (second.began.code, second.ended) == ("clock-resumed-by-stage", None)
    assert first.began.params == {"seq": 3, "track": "main", "meaning": "dispatched", "stage": "main_dispatched"}
    assert first.ended.params == {"seq": 6, "track": "main", "meaning": "suspended", "stage": "main_suspended"}
    assert second.began.params["meaning"] == "handling"
    assert story.events[first.ended.params["seq"] - 1].type == "moved"


def test_a_stop_says_whether_it_was_met_and_by_what(story: Story) -> None:
    story.act("closed", at("2026-10-12 14:31"))
    (run,) = explain_clock(story.scheme, story.events, "handling", at("2027-01-01 00:00")).runs
    assert run.met is False
    assert run.elapsed == 12 * HOUR + 60 == run.clock.elapsed
    assert run.ended.code == run.stretches[-1].ended.code == "clock-stopped-by-action"
    assert run.ended.params["action"] == "do_closed"
    assert run.ahead == ()


def test_a_stop_during_a_pause_keeps_the_end_of_the_last_stretch(story: Story) -> None:
    story.enter("suspended", at("2026-10-10 14:00"))
    story.enter("closed", at("2026-10-12 10:00"))
    (run,) = explain_clock(story.scheme, story.events, "handling", at("2027-01-01 00:00")).runs
    assert len(run.stretches) == 2
    assert (run.stretches[-1].ended.code, run.ended.code) == ("clock-paused-by-stage", "clock-stopped-by-stage")
    assert (run.met, run.elapsed) == (True, 4 * HOUR)


def test_an_overdue_clock_counts_on_and_has_nothing_ahead(story: Story) -> None:
    (run,) = explain_clock(story.scheme, story.events, "handling", at("2026-10-12 17:00")).runs
    assert (run.elapsed, run.ahead, run.ahead_off) == (int(14.5 * HOUR), (), ())


def test_runs_are_told_apart(story: Story) -> None:
    story.enter("closed", at("2026-10-12 09:30"))
    story.enter("dispatched", at("2026-10-12 10:00"))
    runs = explain_clock(story.scheme, story.events, "handling", at("2026-10-12 11:00")).runs
    assert [run.clock.occurrence for run in runs] == [1, 2]
    assert [run.elapsed for run in runs] == [9 * HOUR, HOUR]
    assert len(explain_clock(story.scheme, story.events, "other", at("2026-10-12 11:00")).runs) == 1


def test_effects_are_named_with_the_action_that_had_them() -> None:
    story = Story(scheme(limit(start="x_never", stop="x_ever", reaches=())))
    changes = {
        "10:00": lambda now: start_clock(story.scheme, story.case, "handling", now, now, {}),
        "11:00": lambda now: pause_clock(story.scheme, story.case, "handling", now),
        "14:00": lambda now: resume_clock(story.scheme, story.case, "handling", now),
        "15:00": lambda now: stop_clock(story.scheme, story.case, "handling", now),
    }
    for hour, change in changes.items():
        now = at(f"2026-10-09 {hour}")
        story.act("x_step", now)
        story.apply(change(now), now)
    (run,) = explain_clock(story.scheme, story.events, "handling", at("2026-10-09 16:00")).runs
    causes = [run.stretches[0].began, run.stretches[0].ended, run.stretches[1].began, run.ended]
    assert [cause.code for cause in causes] == [
        f"clock-{verb}-by-effect" for verb in ("started", "paused", "resumed", "stopped")
    ]
    assert {cause.params["action"] for cause in causes} == {"do_x_step"}
    assert [story.events[cause.params["seq"] - 1].type for cause in causes] == ["acted"] * 4


def test_a_hold_right_after_a_pausing_stage_is_the_effects() -> None:
    story = Story(scheme(limit()))
    story.enter("dispatched", at("2026-10-09 09:00"))
    now = at("2026-10-09 10:00")
    story.act("suspend", now)
    story.enter("suspended", now)
    story.apply(pause_clock(story.scheme, story.case, "handling", now), now)
    (run,) = explain_clock(story.scheme, story.events, "handling", now).runs
    assert (run.stretches[-1].ended.code, run.ended.code) == ("clock-paused-by-stage", "clock-paused-by-effect")
    assert run.ended.params["action"] == "do_suspend"


def test_a_stamp_of_another_track_is_no_cause() -> None:
    story = Story(scheme(limit()))
    now = at("2026-10-09 10:00")
    story.enter("dispatched", now)
    story.enter("dispatched", now, track="watch")
    story.act("closed", at("2026-10-09 11:00"), track="watch")
    later = at("2026-10-09 11:00")
    story.apply(stop_clock(story.scheme, story.case, "handling", later), later)
    (run,) = explain_clock(story.scheme, story.events, "handling", later).runs
    assert (run.began.params["track"], run.ended.code) == ("main", "clock-stopped-by-effect")


def test_an_effect_is_not_taken_for_an_older_stamp() -> None:
    """The start meaning was stamped an hour before; what started this run is the effect."""
    story = Story(scheme(limit(scope=Scope(cells=frozenset({"01"})))))
    story.enter("dispatched", at("2026-10-09 09:00"))
    story.enter("closed", at("2026-10-09 09:30"))
    now = at("2026-10-09 10:00")
    story.act("x_step", now)
    story.apply(start_clock(story.scheme, story.case, "handling", now, now, {}), now)
    runs = explain_clock(story.scheme, story.events, "handling", now).runs
    assert [run.began.code for run in runs] == ["clock-started-by-stage", "clock-started-by-effect"]


def test_a_limit_that_has_not_started_has_no_runs_but_says_whom_it_is_for() -> None:
    story = Story(scheme(limit(scope=Scope(severities=frozenset({"major"})))))
    story.enter("dispatched", at("2026-10-09 09:00"))
    explained = explain_clock(story.scheme, story.events, "handling", at("2026-10-09 10:00"))
    assert explained.runs == ()
    assert [reason.code for reason in explained.scope] == ["scope-severity-differs"]
    with pytest.raises(KeyError):
        explain_clock(story.scheme, story.events, "unheard", at("2026-10-09 10:00"))


def test_provisional_names_the_years_that_are_not_announced() -> None:
    story = Story(scheme(limit(amount="15")))
    story.enter("dispatched", at("2026-12-31 10:00"))
    (run,) = explain_clock(story.scheme, story.events, "handling", at("2026-12-31 11:00")).runs
    assert [(note.code, note.params) for note in run.notes] == [
        ("deadline-provisional", {"calendar": "office", "years": [2027]})
    ]


def test_as_dict_is_json_and_every_code_can_be_said(story: Story) -> None:
    reached = {"limit": "handling", "occurrence": 1, "reach": "warning", "due_at": "", "late_seconds": 0}
    story.emit("clock_reached", reached, at("2026-10-12 09:00"))
    told = explain_clock(story.scheme, story.events, "handling", at("2026-10-12 09:30")).as_dict()
    assert json.loads(json.dumps(told)) == told
    assert (told["amount"], told["unit"]) == ("12", "work_hour")
    (run,) = told["runs"]
    assert (run["state"], run["reached"], run["due_at"]) == ("running", ["warning"], "2026-10-12T06:30:00.000000Z")
    assert run["stretches"][0]["counted"][0] == {
        "start": "2026-09-30T08:00:00.000000Z",
        "end": "2026-09-30T10:00:00.000000Z",
        "seconds": 2 * HOUR,
        "why": {"code": "counted-working-window", "params": {}},
    }
    assert run["ahead_off"] == [] and len(run["ahead"]) == 2 and run["stretches"][0]["off"][0]["day"] == "2026-10-01"
    for code, params in _reasons(told):
        for language in LANGUAGES:
            sentence = render(code, params, language)
            assert sentence != code and "{" not in sentence


def _reasons(told):
    if isinstance(told, dict):
        if "code" in told:
            yield told["code"], told["params"]
        for part in told.values():
            yield from _reasons(part)
    elif isinstance(told, list):
        for part in told:
            yield from _reasons(part)


def test_every_code_of_these_modules_has_a_message_and_the_other_way_round() -> None:
    engine = Path(core.engine.clock_explanation.__file__).parent
    modules = ("working_time", "deadline", "clocks", "scope", "timers", "clock_explanation")
    written = set(re.findall(r'"((?:counted|not-counted|calendar|deadline)-[a-z-]+)"', _text(engine, modules)))
    restrictions = re.findall(r'yield "([a-z-]+)"', _text(engine, ["scope"]))
    written |= {f"scope-{name}{tail}" for name in restrictions for tail in ("", "-differs")}
    written |= {"scope-duty-mode", "scope-expression", "scope-unrestricted"}
    written |= {f"clock-{verb}-by-{by}" for verb in ("started", "stopped") for by in ("stage", "action", "effect")}
    written |= {f"clock-{verb}-by-{by}" for verb in ("paused", "resumed") for by in ("stage", "effect")}
    assert written == {code for code, message in catalogue().items() if message.area == "deadline"}


def _text(engine: Path, modules) -> str:
    return "".join((engine / f"{module}.py").read_text(encoding="utf-8") for module in modules)


def test_the_case_is_the_one_that_was_opened() -> None:
    story = Story(scheme(limit(scope=FOR_CLASS)), opened={**OPENED, "category": "02"})
    (reason,) = explain_clock(story.scheme, story.events, "handling", at("2026-10-09 10:00")).scope
    assert (reason.code, reason.params) == ("scope-category", {"value": "02", "matched": "02"})
