"""Cases and events go through JSON text and come back equal."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given, settings
from hypothesis import strategies as st
from scheme_builder import AFTER, Story, opening

from core.scheme.case import Case, Clock, Owner, Stamp, Task
from core.scheme.codec import (
    case_from_dict,
    case_to_dict,
    event_from_dict,
    event_to_dict,
    instant_from_text,
    instant_to_text,
)
from core.scheme.event import Event

WORDS = st.text(max_size=8)
MAYBE = st.none() | WORDS
INSTANTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
SOME_INSTANT = st.none() | INSTANTS
COUNTS = st.integers(0, 2**53)
JSON = st.recursive(
    st.none() | st.booleans() | COUNTS | st.floats(allow_nan=False, allow_infinity=False) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)
DEGREES = st.floats(-180, 180)


def of(values: st.SearchStrategy[object]) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(WORDS, values, max_size=3)


OWNERS = st.builds(Owner, MAYBE, MAYBE, MAYBE, MAYBE, MAYBE)
TASKS = st.builds(
    Task, WORDS, COUNTS, st.sampled_from(["open", "closed"]), OWNERS, INSTANTS, SOME_INSTANT, st.tuples(OWNERS)
)
CLOCKS = st.builds(
    Clock,
    WORDS,
    COUNTS,
    st.sampled_from(["running", "paused", "stopped"]),
    INSTANTS,
    INSTANTS,
    SOME_INSTANT,
    COUNTS,
    COUNTS,
    SOME_INSTANT,
    st.booleans(),
    st.lists(WORDS, max_size=2).map(tuple),
    st.booleans(),
)
STAMPS = st.builds(Stamp, WORDS, WORDS, COUNTS, INSTANTS, INSTANTS)
CASES = st.builds(
    Case,
    **dict.fromkeys(
        ["id", "number", "locality", "scheme", "kind", "intake", "category", "cell", "channel", "severity", "reporter"],
        WORDS,
    ),
    opened_at=INSTANTS,
    version=COUNTS,
    point=st.none() | st.tuples(DEGREES, DEGREES),
    object=MAYBE,
    filing_condition=MAYBE,
    facts=of(JSON),
    tracks=of(WORDS),
    tasks=of(TASKS),
    clocks=of(CLOCKS),
    stamps=st.lists(STAMPS, max_size=3).map(tuple),
    counts=of(COUNTS),
    handlers=st.frozensets(WORDS, max_size=3),
    alert=MAYBE,
    links=st.lists(st.tuples(WORDS, WORDS), max_size=2).map(tuple),
    approvals=of(WORDS),
    closed_at=SOME_INSTANT,
)
EVENTS = st.builds(Event, COUNTS, WORDS, WORDS, INSTANTS, INSTANTS, WORDS, WORDS, of(JSON))


@settings(max_examples=60, deadline=None)
@given(CASES)
def test_a_case_comes_back_as_it_was(case: Case) -> None:
    assert case_from_dict(json.loads(json.dumps(case_to_dict(case)))) == case


@settings(max_examples=60, deadline=None)
@given(EVENTS)
def test_an_event_comes_back_as_it_was(event: Event) -> None:
    assert event_from_dict(json.loads(json.dumps(event_to_dict(event)))) == event


def test_instants_are_utc_with_six_digits() -> None:
    local = datetime(2026, 3, 2, 9, 0, 0, 5, tzinfo=timezone(timedelta(hours=8)))
    assert instant_to_text(local) == "2026-03-02T01:00:00.000005Z"
    assert instant_from_text("2026-03-02T01:00:00.000005Z") == local
    assert instant_from_text("2026-03-02T01:00:00.000005Z").tzinfo is UTC


def test_a_whole_story_comes_back() -> None:
    story = Story()
    story("cleaner", opening(point=(108.7, 34.4), facts={"深度": 1.5}))
    story.fire(31)
    story.act("operator", "platform_assign", assignee="chuang")
    story.act("chuang", "acknowledge")
    story.act("chuang", "suspend")
    story.act("chuang", "resume")
    story.act("chuang", "feed_back", evidence=(AFTER,))
    assert case_from_dict(json.loads(json.dumps(case_to_dict(story.case)))) == story.case
    for event in story.events:
        assert event_from_dict(json.loads(json.dumps(event_to_dict(event)))) == event
