"""`demo`: the document's story through the public API, told twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from console import Done, run

Told = Mapping[str, Any]


@pytest.fixture(scope="module")
def tellings(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Told]:
    instance = tmp_path_factory.mktemp("demo") / "instance"
    done = run(instance, "demo", "manhole", "--json")
    assert (done.code, done.err) == (0, "")
    assert not instance.exists(), "nothing of the installation is touched"
    story = json.loads(done.out)
    assert (story["story"], story["locality"]) == ("manhole", "konggang_1355")
    first, second = story["tellings"]
    return first, second


def said(telling: Told) -> list[str]:
    """The story in short: who did what when (local time), and what became of it."""
    names = {name: person["label"]["zh"] for name, person in telling["people"].items()}
    return [line for event in telling["events"] if (line := short(event, names))]


def short(event: Told, names: Mapping[str, str]) -> str:
    data, at = event["data"], f"{int(event['recorded_at'][11:13]) + 8:02}{event['recorded_at'][13:16]}"
    who = names.get(event["actor"], event["actor"])
    match event["type"]:
        case "acted":
            return f"{at} {who} {data['action']}"
        case "moved":
            return f"{at} {data['track']}→{data['to']}"
        case "task_opened":
            owner = data["owner"]
            account = names.get(owner.get("account", ""), "")
            return f"{at} {data['task']}:{account or owner.get('organisation') or owner.get('post')}"
        case "evidenced":
            return f"{at} {data['kind']} {data['meaning']}"
        case "object_changed":
            return f"{at} {data['status']}"
        case "alerted" | "clock_reached" | "closed":
            return f"{at} {event['type']} {data.get('level') or data.get('limit') or ''}".strip()
    return ""


REPORTED = [
    "09:00 photo before",
    "09:00 市容保洁员 report",
    "09:00 main→reported",
    "09:00 dispatching:grid_head",
    "09:00 system open_entry",
    "09:00 dark→tracking",
]
REPAIRED = [
    "10:00 刘闯 confirm_on_site",
    "10:00 main→handling",
    "10:05 刘闯 call_maintainer",
    "10:05 broken",
    "10:05 repair:municipal_company",
    "10:30 市政公司 repair",
    "10:30 intact",
    "10:41 photo after",
    "10:41 刘闯 feed_back",
    "10:41 main→fed_back",
    "10:41 system strike_off",
    "10:41 dark→struck_off",
    "10:41 closed",
]


def test_the_grid_head_answers(tellings: tuple[Told, Told]) -> None:
    assert said(tellings[0]) == [
        *REPORTED,
        "09:12 网格长 assign",
        "09:12 main→dispatched",
        "09:12 handling:刘闯",
        *REPAIRED,
    ]


def test_the_grid_head_does_not_answer_and_the_platform_intervenes(tellings: tuple[Told, Told]) -> None:
    assert said(tellings[1]) == [
        *REPORTED,
        "09:30 clock_reached response",
        "09:30 system intervene",
        "09:30 dark→intervening",
        "09:30 intervention:platform_operator",
        "09:30 alerted orange",
        "09:35 平台坐席 platform_assign",
        "09:35 main→dispatched",
        "09:35 handling:刘闯",
        "09:35 system watch_on",
        "09:35 dark→tracking",
        *REPAIRED,
    ]


def test_the_intervention_is_not_late(tellings: tuple[Told, Told]) -> None:
    (reached,) = [event["data"] for event in tellings[1]["events"] if event["type"] == "clock_reached"]
    assert reached["late_seconds"] == 0


def test_every_event_is_there_once_and_in_order(tellings: tuple[Told, Told]) -> None:
    for telling in tellings:
        numbers: Sequence[int] = [event["seq"] for event in telling["events"]]
        assert numbers == list(range(1, len(numbers) + 1))
        assert telling["label"]["zh"] and telling["label"]["en"]


def test_the_people_are_named(tellings: tuple[Told, Told]) -> None:
    assert tellings[0]["people"]["liu_chuang"] == {
        "label": {"zh": "刘闯", "en": "Liu Chuang"},
        "post": "urban_officer",
        "post_label": {"zh": "城市管理执法员", "en": "urban management officer"},
    }


def test_every_other_story_can_be_told_too(here: Callable[..., Done]) -> None:
    done = here("--language", "en", "demo", "paths")
    assert (done.code, done.err) == (0, "")
    assert done.out.count("struck_off") >= 1


def test_a_story_that_nobody_knows(here: Callable[..., Done], tmp_path: Path) -> None:
    for name in ("cover", "../manhole", "*"):
        done = here("demo", name)
        assert done.code == 1 and "[story-unknown]" in done.err and "manhole" in done.err
    empty = here("demo", "manhole", GRIDWRIGHT_MANIFESTS=str(tmp_path))
    assert empty.code == 1 and "[story-unknown]" in empty.err


def test_a_story_that_goes_otherwise_than_told_ends(here: Callable[..., Done], changed: Callable[..., Path]) -> None:
    folder = changed(("tests/request.yaml", "act: start", "act: start\n        refused: guard-not-met"))
    published = here("demo", "request", GRIDWRIGHT_MANIFESTS=str(folder.parent))
    assert published.code == 1 and "[manifest-tests-fail]" in published.err
