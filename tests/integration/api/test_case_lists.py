"""Filters, cursors and catalogues."""

from __future__ import annotations

from typing import Any

import pytest
from town import Town


def _numbers(town: Town, query: str, who: str = "operator") -> list[int]:
    answer = town.get(f"/cases?{query}", who)
    assert answer.status_code == 200, answer.json
    return [int(case["number"][-4:]) for case in answer.json["cases"]]


@pytest.fixture
def busy(town: Town) -> Town:
    """Four cases: 1 cover in HB-01, 2 road in HB-01 (assigned), 3 hotline in HB-02, 4 closed road in HB-02."""
    town.report(category="0101")
    town.clock.advance(minutes=10)
    town.act(town.report(), "assign", "head", inputs={"assignee": "handler"})
    town.clock.advance(minutes=10)
    town.report("operator", intake="hotline", cell="HB-02", severity="ordinary")
    town.clock.advance(minutes=10)
    case = town.act(town.report(cell="HB-02"), "assign", "head2", inputs={"assignee": "handler2"}).json
    case = town.act(case, "accept", "handler2").json
    photo = town.photo("handler2")
    done = town.act(case, "finish", "handler2", evidence=[{"attachment": photo, "meaning": "after"}])
    assert done.status_code == 200, done.json
    return town


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", [4, 3, 2, 1]),
        ("kind=event", [4, 3, 2, 1]),
        ("category=01", [4, 3, 2, 1]),
        ("category=0101", [1]),
        ("category=09", []),
        ("cell=HB", [4, 3, 2, 1]),
        ("cell=HB-01", [2, 1]),
        ("stage=dispatched", [2]),
        ("stage=reported", [3, 1]),
        ("open=true", [3, 2, 1]),
        ("open=false", [4]),
        ("severity=major", [4, 2]),
        ("channel=phone", [3]),
        ("q=HB20260302-0003", [3]),
        ("q=HB20260302", [4, 3, 2, 1]),
        ("q=HB20260302-0003x", []),
        ("q=B2026", []),
        ("opened_from=2026-03-02T09:10:00%2B08:00", [4, 3, 2]),
        ("opened_to=2026-03-02T09:10:00%2B08:00", [1]),
        ("cell=HB-02&open=true&severity=ordinary", [3]),
    ],
)
def test_filters_restrict_and_combine(busy: Town, query: str, expected: list[int]) -> None:
    assert _numbers(busy, query) == expected


def test_alerts_and_owners_can_be_asked_for(busy: Town) -> None:
    assert _numbers(busy, "owner=me", "handler") == [2]
    assert _numbers(busy, "owner=me", "head2") == [3]
    assert [case["number"][-1] for case in busy.get("/tasks", "handler").json["cases"]] == ["2"]
    busy.clock.advance(hours=3)
    assert busy.sweep() == 2
    assert _numbers(busy, "alert=red") == [3, 1]


def test_pages_follow_each_other_without_gap_or_repeat(busy: Town) -> None:
    seen: list[int] = []
    cursor = ""
    while True:
        page = busy.get(f"/cases?limit=1{cursor}").json
        seen += [int(case["number"][-4:]) for case in page["cases"]]
        if page["cursor"] is None:
            break
        cursor = f"&cursor={page['cursor']}"
    assert seen == [4, 3, 2, 1]


def test_a_cursor_is_of_its_own_list_only(busy: Town) -> None:
    cursor = busy.get("/cases?limit=1").json["cursor"]
    for query, who in (("open=true", "operator"), ("", "head"), ("cell=HB", "operator")):
        answer = busy.get(f"/cases?limit=1&{query}&cursor={cursor}", who)
        assert (answer.status_code, answer.json["code"]) == (422, "cursor-invalid")
    for forged in (cursor[:-3] + ("BBB" if cursor[-3] == "A" else "AAA"), "x", "eyJhIjoxfQ"):
        assert busy.get(f"/cases?limit=1&cursor={forged}").status_code == 422
    cells = busy.get("/cells?limit=1").json["cursor"]
    assert busy.get(f"/categories?limit=1&cursor={cells}").status_code == 422
    assert busy.get(f"/cells?limit=1&cursor={cells}").json["entries"][0]["code"] == "HB-01"


def test_the_catalogue_says_what_the_district_is_made_of(town: Town) -> None:
    def codes(path: str, key: str = "code") -> list[Any]:
        return [entry[key] for entry in town.get(path, "walker").json["entries"]]

    assert codes("/cells") == ["HB", "HB-01", "HB-02", "HB-03"]
    assert codes("/cells?under=HB-02") == ["HB-02"]
    assert codes("/categories?under=01") == ["01", "0101", "0102"]
    for q, found in (("0102", ["0102"]), ("盖", ["0101"]), ("WATER", ["0101"]), ("公用", ["01"]), ("%", [])):
        assert codes(f"/categories?q={q}") == found, q
    assert codes("/categories?q=road&under=09") == []
    assert codes("/categories?q=01&limit=2") == ["01", "0101"]
    cursor = town.get("/categories?q=01&limit=2", "walker").json["cursor"]
    assert codes(f"/categories?q=01&limit=2&cursor={cursor}") == ["0102", "0901"]
    assert town.get(f"/categories?q=02&limit=2&cursor={cursor}", "walker").json["code"] == "cursor-invalid"
    assert "operator" in codes("/posts", "id")
    assert codes("/intake-kinds", "id") == ["patrol", "hotline"]
    assert codes("/objects?kind=manhole_cover&cell=HB") == ["C001"]
    assert codes("/objects?cell=HB-02") == []
    assert codes("/revisions", "number") == [1]
    category = town.get("/categories/0101", "walker").json
    assert category["schema"]["properties"]["depth_cm"]["maximum"] == 1000
    broken = town.get("/categories/0102", "walker").json
    assert broken["schema"] is None
    (condition,) = broken["filing_conditions"]
    assert condition["limit"] == {"amount": "2", "unit": "urgent_hour"}
    assert (condition["closing_condition"]["id"], condition["closing_condition"]["evidence"]) == ("level", "photo")
    held = {entry["id"]: entry["held"] for entry in town.get("/posts", "walker").json["entries"]}
    assert held["handler"] == 2
    assert town.get("/cells?under=HB-9").status_code == 422
    assert town.get("/objects?kind=lamp").status_code == 422


def test_a_case_of_a_class_with_one_filing_condition_runs_by_its_limit(town: Town) -> None:
    case = town.report(category="0102", cell="HB-01", object=None, facts={})
    assert case["filing_condition"] == "broken"

    explained = town.get(f"/cases/{case['id']}/explain/deadlines").json["deadlines"]
    assert [(limit["amount"], limit["unit"], limit["filing_condition"]) for limit in explained] == [
        ("2", "urgent_hour", "broken")
    ]


def test_a_point_is_located_in_its_own_system(town: Town) -> None:
    found = town.get("/cells/locate?longitude=120.005&latitude=30.005&system=CGCS2000").json
    assert (found["cell"], found["chain"]) == ("HB-01", ["HB-01", "HB"])
    shifted = town.get("/cells/locate?longitude=120.0149&latitude=30.0030&system=GCJ-02").json
    assert shifted["point"]["longitude"] < 120.0145  # GCJ-02 lies a few hundred metres off
    assert town.get("/cells/locate?longitude=120.005&latitude=30.005").status_code == 422
    assert town.get("/cells/locate?longitude=110&latitude=30&system=WGS84").json["faults"][0]["code"] == "point-outside"


def test_localities_are_listed(town: Town) -> None:
    answer = town.client.get("/api/v1/localities", headers=town.headers("walker"))
    assert [item["id"] for item in answer.json["localities"]] == ["harbour", "inland"]
