"""Published code lists over the API, and the codes of a class in other generations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from town import START, Town, settle

from core.governance.publishing import publish
from core.manifest.source import read_source
from core.scheme.situation import Assignment

SHIPPED = read_source(Path(__file__).parents[3] / "manifests" / "konggang_1355")
ROOT = f"/api/v1/localities/{SHIPPED.id}"
NEW = "gbt_47678_5_2026"


@pytest.fixture
def shipped(town: Town) -> Town:
    """The town's server with a shipped district, which uses plugins, beside one that uses none."""
    services = town.services
    publish(services.store, SHIPPED, START, "test", services.plugins.resolve)
    settle(town, SHIPPED.id, "desk", Assignment("desk", "platform_operator", None, None))
    return town


def get(town: Town, path: str, status: int = 200) -> Any:
    answer = town.client.get(f"{ROOT}{path}", headers=town.headers("desk"))
    assert answer.status_code == status, answer.json
    return answer.json


def test_each_district_tells_its_plugins_and_their_versions(shipped: Town) -> None:
    answer = shipped.client.get("/api/v1/localities", headers=shipped.headers("desk")).json
    found = {each["id"]: each["plugins"] for each in answer["localities"]}
    assert found["harbour"] == {}
    assert found[SHIPPED.id] == {
        "china_code_lists": "1.0",
        "china_holidays": "1.0",
        "near_duplicates": "1.0",
        "notice_log": "1.0",
    }


def test_the_lists_that_the_scheme_uses(shipped: Town) -> None:
    lists = {each["id"]: each for each in get(shipped, "/code-lists")["code_lists"]}
    assert lists[NEW]["classes"] == 418 and lists[NEW]["mapped_to"] == ["cjt_214_2007", "gbt_30428_2_2013"]
    assert lists[NEW]["source"] and lists[NEW]["label"]["zh"].startswith("GB/T 47678.5")


def test_classes_of_a_list_by_kind_and_text_in_pages(shipped: Town) -> None:
    found = get(shipped, f"/code-lists/{NEW}/classes?kind=matter&q=暴露")
    assert [each["code"] for each in found["entries"]] == ["06010"]
    assert {"list": "gbt_30428_2_2013", "kind": "event", "code": "0110", "relation": "same"} in (
        found["entries"][0]["mappings"]
    )
    first = get(shipped, f"/code-lists/{NEW}/classes?limit=2")
    second = get(shipped, f"/code-lists/{NEW}/classes?limit=2&cursor={first['cursor']}")
    assert len({each["code"] for each in first["entries"] + second["entries"]}) == 4


def test_a_list_that_nobody_carries(shipped: Town) -> None:
    assert get(shipped, "/code-lists/nothing/classes", 404)["code"] == "code-list-unknown"


def test_a_class_tells_its_codes_in_other_generations(shipped: Town) -> None:
    mapped = get(shipped, "/categories/02001")["mapped"]
    assert [(each["list"], each["kind"], each["code"]) for each in mapped] == [
        (NEW, "matter", "06001"),
        ("cjt_214_2007", "event", "0101"),
        ("gbt_30428_2_2013", "event", "0101"),
    ]
    assert {each["label"]["zh"] for each in mapped} == {"私搭乱建"}
    assert get(shipped, "/categories/01001")["mapped"] == []
