"""Who holds which post: account ids for forms, for the district's staff, page by page; and the organisations."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from town import ALL, START, Town, settle

from core.scheme.situation import Assignment

EVERYBODY = ["company", "handler", "handler", "head", "head", "operator", "walker"]


def accounts(town: Town, query: str = "", who: str = "operator") -> list[str]:
    answer = town.get(f"/people{query}", who)
    assert answer.status_code == 200, answer.json
    return [entry["account"] for entry in answer.json["entries"]]


def test_an_assignee_is_found_and_taken(towns: Town) -> None:
    answer = towns.get("/people?post=handler&cell=HB-01", "head")
    found = answer.json["entries"]
    assert found == [
        {
            "account": account,
            "name": account,
            "post": "handler",
            "post_label": {"zh": "处置人员", "en": "handler"},
            "cell": None,
            "organisation": None,
        }
        for account in ("handler", "handler2")
    ]
    done = towns.act(towns.report(), "assign", "head", inputs={"assignee": found[1]["account"]})
    assert done.status_code == 200, done.json


def test_the_name_is_the_accounts_and_not_its_id(towns: Town) -> None:
    made = towns.services.store.accounts.create("王强", START)
    with towns.services.store.unit("harbour") as unit:
        unit.assignments.add(Assignment(made.id, "walker", "HB-02"), START)
        unit.keep()
    (found,) = [entry for entry in towns.get("/people?post=walker&cell=HB-02").json["entries"] if entry["cell"]]
    assert (found["account"], found["name"], found["cell"]) == (made.id, "王强", "HB-02")


def test_a_cell_keeps_those_at_above_and_under_it_and_those_without_one(town: Town) -> None:
    settle(town, "harbour", "chief", Assignment("chief", "operator", "HB", "harbour_office"))
    free = {"handler", "handler2", "operator", "plumber"}
    assert set(accounts(town, "?cell=HB-01")) == {*free, "chief", "head", "walker"}
    assert set(accounts(town, "?cell=HB-02")) == {*free, "chief", "head2"}
    assert set(accounts(town, "?cell=HB-03")) == {*free, "chief"}
    assert set(accounts(town, "?cell=HB")) == {*free, "chief", "head", "head2", "walker"}


def test_an_organisation_keeps_its_own(town: Town) -> None:
    assert accounts(town, "?organisation=water_company") == ["plumber"]
    assert accounts(town, "?organisation=water_company&post=head") == []


def test_who_has_left_is_not_listed_and_who_comes_is(towns: Town) -> None:
    with towns.services.store.unit("harbour") as unit:
        (held,) = [held for held in unit.assignments.held(START) if held.assignment.account == "head2"]
        assert (held.name, held.since, held.assignment.cell) == ("head2", START, "HB-02")
        unit.assignments.end(held.id, START + timedelta(hours=1))
        unit.assignments.add(Assignment("late", "head", "HB-02", None, START + timedelta(hours=2)), START)
        unit.keep()
    at = {}
    for hours in (0, 1, 1):
        towns.clock.advance(hours=hours)
        at[towns.clock.now()] = accounts(towns, "?post=head")
    assert list(at.values()) == [["head", "head2"], ["head"], ["head", "late"]]


def test_somebody_on_the_same_place_twice_is_listed_once(town: Town) -> None:
    with town.services.store.unit("harbour") as unit:
        unit.assignments.add(Assignment("head", "head", "HB-01"), START)
        unit.assignments.add(Assignment("head", "head", "HB-02"), START)
        unit.keep()
    found = town.get("/people?post=head").json["entries"]
    assert [(entry["account"], entry["cell"]) for entry in found] == [
        ("head", "HB-01"),
        ("head", "HB-02"),
        ("head2", "HB-02"),
    ]


def pages(town: Town, path: str, limit: int, between: Any = lambda: None) -> list[list[dict[str, Any]]]:
    found, cursor = [], ""
    while cursor is not None:
        assert len(found) < 20, "the pages do not end"
        answer = town.get(f"{path}?limit={limit}" + (f"&cursor={cursor}" if cursor else ""))
        assert answer.status_code == 200, answer.json
        found.append(answer.json["entries"])
        cursor = answer.json["cursor"]
        between()
    return found


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 100])
def test_pages_add_up_to_the_whole(town: Town, limit: int) -> None:
    found = pages(town, "/people", limit)
    assert [entry["post"] for page in found for entry in page] == EVERYBODY
    assert len({entry["account"] for page in found for entry in page}) == len(EVERYBODY)
    assert [len(page) for page in found[:-1]] == [limit] * (len(found) - 1) and found[-1]


def test_a_page_goes_on_where_the_last_ended_whoever_comes_meanwhile(town: Town) -> None:
    fresh = iter(("apprentice", "zebra"))

    def somebody_comes() -> None:
        if name := next(fresh, None):
            settle(town, "harbour", name, Assignment(name, "company", None, "water_company"))

    found = [entry["account"] for page in pages(town, "/people", 2, somebody_comes) for entry in page]
    assert found == ["plumber", "handler", "handler2", "head", "head2", "operator", "walker"]


def test_a_cursor_belongs_to_its_filters(town: Town) -> None:
    cursor = town.get("/people?limit=1").json["cursor"]
    for path in (f"/people?post=head&cursor={cursor}", "/people?cursor=made-up", f"/organisations?cursor={cursor}"):
        answer = town.get(path)
        assert (answer.status_code, answer.json["code"]) == (422, "cursor-invalid")


@pytest.mark.parametrize(
    ("query", "code", "nearest"),
    [
        ("post=hed", "post-unknown-near", "head"),
        ("post=qqq", "post-unknown", None),
        ("cell=HB-09", "cell-unknown-near", "HB-03"),
        ("organisation=water_compani", "organisation-unknown-near", "water_company"),
        ("organisation=qqq", "organisation-unknown", None),
    ],
)
def test_what_does_not_exist_is_a_fault(town: Town, query: str, code: str, nearest: str | None) -> None:
    answer = town.get(f"/people?{query}")
    (fault,) = answer.json["faults"]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (422, code, query.split("=")[0])
    assert fault["params"].get("nearest") == nearest
    assert "{" not in fault["message"]


def test_people_are_for_the_staff_only(town: Town) -> None:
    issue = town.services.store.accounts.issue_token
    town.services.store.accounts.create("resident", START, account_id="resident")
    town.tokens["resident"] = issue("resident", ALL, START, locality="harbour")[1]
    town.tokens["outsider"] = issue("resident", ALL, START)[1]
    town.tokens["foreign"] = issue("operator", ALL, START, locality="inland")[1]
    refused = {
        who: town.get("/people", who, **{"Accept-Language": "zh"}).json
        for who in ("resident", "outsider", "foreign", "stranger")
    }
    assert {who: (said["status"], said["code"]) for who, said in refused.items()} == {
        "resident": (403, "staff-only"),
        "outsider": (403, "not-of-this-locality"),
        "foreign": (403, "not-of-this-locality"),
        "stranger": (403, "not-of-this-locality"),
    }
    assert "harbour" in refused["resident"]["detail"] and "handler" not in str(refused)
    assert town.get("/organisations", "resident").status_code == 200, "they are no people"


@pytest.mark.parametrize(("scope", "status"), [("read", 200), ("act", 200), ("report", 403), ("admin", 403)])
def test_reading_or_acting_opens_both_lists(town: Town, scope: str, status: int) -> None:
    town.tokens["one"] = town.services.store.accounts.issue_token("head", [scope], START)[1]
    assert {town.get(path, "one").status_code for path in ("/people", "/organisations")} == {status}


def test_nothing_but_names_and_posts_is_told(town: Town) -> None:
    town.report(contact={"name": "王小明", "phone": "13812345678"})
    answer = town.get("/people")
    fields = {"account", "name", "post", "post_label", "cell", "organisation"}
    assert {frozenset(entry) for entry in answer.json["entries"]} == {frozenset(fields)}
    assert "13812345678" not in answer.get_data(as_text=True)


def test_organisations_in_pages(towns: Town) -> None:
    first, second = pages(towns, "/organisations", 1)
    assert first == [
        {
            "id": "harbour_office",
            "label": {"zh": "海港街道办", "en": "harbour office"},
            "kind": "town",
            "parent": None,
            "cell": None,
        }
    ]
    assert [entry["id"] for entry in second] == ["water_company"]
