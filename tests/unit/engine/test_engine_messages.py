"""Every code that the decider raises or explains with has a message in both languages, and every message a code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from scheme_builder import Story, opening

import core.engine.decide
from core.errors import Refused
from core.messages import catalogue, render

ENGINE = Path(core.engine.decide.__file__).parent
OTHERS = {"clock_explanation", "deadline", "dispatch", "dispatch_explanation", "scope", "sending"}
"""Modules whose codes have files of messages of their own."""
MODULES = sorted(path.stem for path in ENGINE.glob("*.py") if path.stem not in OTHERS)
WRITTEN = re.compile(r'(?:Reason|Fault|Forbidden|NotFound|Conflict|Unprocessable)\(\s*"([a-z-]+)"')
AREAS = {"engine", "permission"}


def codes() -> set[str]:
    sources = [ENGINE.joinpath(f"{name}.py").read_text(encoding="utf-8") for name in MODULES]
    named = {"condition-met", "condition-not-met"}  # chosen by a conditional expression
    return named.union(*(WRITTEN.findall(source) for source in sources))


def test_every_code_has_a_message() -> None:
    assert codes() - catalogue().keys() == set()


def test_every_message_is_used() -> None:
    written = {code for code, message in catalogue().items() if message.area in AREAS}
    assert written - codes() == set()


@pytest.mark.parametrize(
    "wrong", [{"intake": "none"}, {"category": "05"}, {"cell": "9"}, {"evidence": ()}, {"channel": "pigeon"}]
)
def test_the_sentences_of_refusals_are_filled_in(wrong: dict[str, object]) -> None:
    with pytest.raises(Refused) as refused:
        Story()("cleaner", opening(**wrong))
    told = [(refused.value.code, refused.value.params)]
    told += [(fault.code, fault.params) for fault in getattr(refused.value, "faults", ())]
    assert not [
        text for code, params in told for text in (render(code, params), render(code, params, "en")) if "{" in text
    ]


def test_labels_are_told_in_the_readers_language() -> None:
    params = {"label": {"zh": "指派", "en": "assign"}, "guard": {"zh": "half a label"}}
    assert render("guard-not-met", params) == "“指派”的条件不满足：{'zh': 'half a label'}"
    assert render("guard-not-met", params, "en").startswith("the condition of 'assign'")


def test_a_stage_is_told_in_words() -> None:
    story = Story()
    story("cleaner", opening())
    with pytest.raises(Refused) as refused:
        story.act("head", "reopen")
    assert render(refused.value.code, refused.value.params) == "“reopen”只能在“fed_back”阶段执行，案件现处于“reported”"
