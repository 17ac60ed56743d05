"""Folding keeps the books: one event after the other, from the opening on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scheme_builder import Story, opening

from core.engine.evolve import evolve, fold


def told() -> Story:
    story = Story()
    story("cleaner", opening(point=(108.7, 34.4)))
    return story


def test_folding_all_events_gives_the_snapshot() -> None:
    story = told()
    assert fold(story.events) == story.case
    assert fold(story.events[5:], fold(story.events[:5])) == story.case
    assert story.case.point == (108.7, 34.4)
    assert fold([]) is None


@pytest.mark.parametrize("step", [-1, 0, 2])
def test_an_event_that_is_not_the_next_is_refused(step: int) -> None:
    story = told()
    wrong = replace(story.events[-1], seq=story.case.version + step)
    with pytest.raises(ValueError, match="does not follow"):
        evolve(story.case, wrong)


def test_a_case_begins_with_its_opening_and_has_but_one() -> None:
    story = told()
    with pytest.raises(ValueError, match="begins with opened"):
        evolve(None, replace(story.events[1], seq=1))
    for kind in ("opened", "sneezed"):
        with pytest.raises(ValueError, match="no event of type"):
            evolve(story.case, replace(story.events[0], seq=story.case.version + 1, type=kind))
