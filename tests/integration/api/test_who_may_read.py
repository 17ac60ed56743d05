"""Tenancy, scopes and visibility: who gets an answer, who gets a refusal, and that nothing leaks."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from town import START, Town, jpeg
from werkzeug.routing import Rule

from core.scheme.situation import Assignment

ID = "00000000-0000-7000-8000-000000000001"


ACTING = ("/actions", "/preview", "/read")
"""How the addresses end that need the scope `act`."""


def _operations(town: Town) -> list[tuple[str, str]]:
    """Method and address of every operation on a district, its parameters filled in."""
    rules: list[Rule] = [rule for rule in town.app.url_map.iter_rules() if "<locality:locality>" in rule.rule]
    found = []
    for rule in rules:
        path = rule.rule.split("<locality:locality>", 1)[1]
        path = re.sub(r"<uuid:\w+>", ID, path)
        path = re.sub(r"<any\((\w+)[^>]*>", r"\1", path)
        path = re.sub(r"<string[^>]*>", "0102", path)
        found += [(method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    assert len(found) >= 20
    return found


def _ask(town: Town, method: str, path: str, who: str | None, locality: str = "harbour") -> Any:
    headers = town.headers(who, Idempotency_Key="k1", If_Match='"1"')
    if path.endswith("/attachments"):
        return town.client.post(town.url(path, locality), data={"file": (io.BytesIO(jpeg()), "p.jpg")}, headers=headers)
    if method == "POST":
        report = {"intake": "patrol", "category": "0102", "cell": "HB-01"}
        body = {"action": "assign"} if path.endswith(("/actions", "/preview")) else report
        return town.client.post(town.url(path, locality), json=body, headers=headers)
    query: dict[str, Any] = {"category": "0102", "cell": "HB-01"} if path == "/duplicates" else {}
    if path.endswith("/locate"):
        query = {"longitude": 120.005, "latitude": 30.005, "system": "WGS84"}
    return town.client.get(town.url(path, locality), headers=headers, query_string=query)


def test_no_operation_answers_without_a_good_token(town: Town) -> None:
    accounts = town.services.store.accounts
    token, revoked = accounts.issue_token("operator", ("read", "report", "act"), START)
    accounts.revoke(token.id, START)
    _, expired = accounts.issue_token("operator", ("read",), START, expires_at=START - timedelta(seconds=1))
    town.tokens |= {"revoked": revoked, "expired": expired, "wrong": "gw_wrong", "odd": "ü"}
    for method, path in _operations(town):
        for who in (None, "revoked", "expired", "wrong"):
            answer = _ask(town, method, path, who)
            assert answer.status_code == 401, (method, path, who)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            assert answer.json["code"] == "unauthenticated"
    basic = town.client.get(town.url("/cases"), headers={"Authorization": "Basic b3BlcmF0b3I6eA=="})
    assert basic.status_code == 401


def test_a_token_of_one_district_is_worth_nothing_in_another(town: Town) -> None:
    case = town.report()
    photo = town.photo()
    before = town.rows()
    for method, path in _operations(town):
        for who in ("walker", "operator", "head"):
            answer = _ask(town, method, path, who, "inland")
            assert answer.status_code in (403, 404), (method, path, who, answer.json)
    for path in (f"/cases/{case['id']}", f"/cases/{case['id']}/events", f"/attachments/{photo}"):
        assert town.get(path, "stranger", "inland").status_code == 404
        assert town.get(path, "stranger", "harbour").status_code == 403
    assert town.rows() == before
    assert town.get("/cases", "stranger", "inland").json["cases"] == []


def test_a_token_bound_to_a_district_works_there_only(town: Town) -> None:
    with town.services.store.unit("inland") as unit:
        unit.assignments.add(Assignment("operator", "operator"), START)
        unit.keep()
    assert town.get("/cases", "operator", "inland").status_code == 200
    town.tokens["bound"] = town.services.store.accounts.issue_token("operator", ("read",), START, locality="harbour")[1]
    assert town.get("/cases", "bound", "harbour").status_code == 200
    assert town.get("/cases", "bound", "inland").status_code == 403


@pytest.mark.parametrize("scope", ["read", "report", "act"])
def test_scopes_are_asked_for(town: Town, scope: str) -> None:
    town.tokens["narrow"] = town.services.store.accounts.issue_token("operator", (scope,), START)[1]
    for method, path in _operations(town):
        answer = _ask(town, method, path, "narrow")
        wanted = {"read"} if method == "GET" else {"act"} if path.endswith(ACTING) else {"report"}
        wanted |= {"act"} if path.endswith(("/attachments", "/people", "/organisations")) else set()
        wanted |= {"report"} if path == "/duplicates" else set()
        refused = answer.status_code == 403 and answer.json["code"] == "token-scope-missing"
        assert refused is (scope not in wanted), (method, path, answer.status_code)


def test_an_assignment_that_has_ended_gives_nothing(town: Town) -> None:
    with town.services.store.unit("harbour") as unit:
        for assignment in unit.assignments.of_account("head", START):
            assert assignment.post == "head"
        ended = unit.connection.exec_driver_sql("SELECT id FROM assignment WHERE account = 'head'").scalar()
        assert unit.assignments.end(ended, START + timedelta(hours=1))
        unit.keep()
    assert town.get("/cases", "head").status_code == 200
    town.clock.advance(hours=1)
    assert town.get("/cases", "head").status_code == 403


def test_lists_and_cases_show_the_same_to_everyone(town: Town) -> None:
    """Whoever sees a case in the list may read it, and the other way round."""
    one, two = town.report("walker"), town.report("operator", cell="HB-02", intake="hotline")
    town.act(two, "assign", "head2", inputs={"assignee": "handler"})
    expected = {
        "walker": {one["id"]},
        "head": {one["id"]},
        "head2": {two["id"]},
        "operator": {one["id"], two["id"]},
        "handler": {two["id"]},
        "handler2": set(),
        "plumber": set(),
    }
    for who, wanted in expected.items():
        listed = {case["id"] for case in town.get("/cases", who).json["cases"]}
        read = {case["id"] for case in (one, two) if town.get(f"/cases/{case['id']}", who).status_code == 200}
        assert (who, listed) == (who, wanted)
        assert (who, read) == (who, wanted)
    refused = town.get(f"/cases/{one['id']}", "handler2").json
    assert refused["code"] == "case-not-visible"
    assert refused["reasons"]
    assert "number" not in str(refused)


def test_contact_data_is_masked_and_each_unmasking_is_recorded(town: Town) -> None:
    case = town.report(contact={"name": "王小明", "phone": "13812345678", "email": "w@example.cn"})
    read = town.get(f"/cases/{case['id']}", "head").json
    assert read["contact"] == {"name": "王**", "phone": "138****5678", "email": "***"}
    assert town.get(f"/cases/{case['id']}/contact", "head").status_code == 403
    before = town.rows()["payload"]
    shown = town.get(f"/cases/{case['id']}/contact", "operator").json["contact"]
    assert shown == {"name": "王小明", "phone": "13812345678", "email": "w@example.cn"}
    assert town.rows()["payload"] == before + 1
    with town.services.store.read("harbour") as reading:
        record = reading.payloads.of_case(case["id"], "access")
    assert [item.body["account"] for item in record] == ["operator"]
    assert "access" not in {text["kind"] for text in town.get(f"/cases/{case['id']}").json["texts"]}


def test_contact_data_is_gone_after_the_retention_of_the_manifest(town: Town) -> None:
    case = town.report(contact={"phone": "13812345678"}, description="井盖破了")
    town.clock.advance(days=91)
    town.services.store.purge(town.clock.now())
    read = town.get(f"/cases/{case['id']}").json
    assert read["contact"] == {}
    assert read["texts"][0]["body"] == {"description": "井盖破了"}
    assert town.services.store.verify_chain("harbour", case["id"]) == ()


def test_handlers_never_learn_who_reported_in_confidence(town: Town) -> None:
    case = town.report("walker", category="0901", contact={"phone": "13812345678"})
    assert case["reporter"] == "walker"
    case = town.act(case, "assign", "head", inputs={"assignee": "handler"}).json
    assert case["reporter"] is None
    for path in ("", "/events", "/tasks"):
        answer = town.get(f"/cases/{case['id']}{path}", "handler")
        assert answer.status_code == 200
        assert "walker" not in answer.get_data(as_text=True), path
        assert "138" not in answer.get_data(as_text=True).replace(case["id"], ""), path
    assert "walker" not in town.get("/cases", "handler").get_data(as_text=True)
    assert town.get(f"/cases/{case['id']}/contact", "handler").status_code == 403
    assert town.get(f"/cases/{case['id']}", "operator").json["reporter"] == "walker"


def test_originals_are_for_those_who_may_see_them(town: Town) -> None:
    content = jpeg()
    photo = town.upload(content).json["id"]
    town.report(evidence=[{"attachment": photo, "meaning": "before"}])
    assert town.get(f"/attachments/{photo}/original", "operator").data == content
    refused = town.get(f"/attachments/{photo}/original", "head")
    assert refused.status_code == 403
    public = town.get(f"/attachments/{photo}", "head")
    assert public.status_code == 200
    assert public.mimetype == "image/jpeg"
    assert public.data != content
    assert town.get(f"/attachments/{photo}", "head2").status_code == 403


def test_a_photo_without_a_case_is_its_uploaders_only(town: Town) -> None:
    photo = town.photo("walker")
    assert town.get(f"/attachments/{photo}", "walker").status_code == 200
    assert town.get(f"/attachments/{photo}", "operator").status_code == 404
    stolen = town.post(
        "/cases",
        {"intake": "patrol", "category": "0102", "cell": "HB-01", "evidence": [{"attachment": photo}]},
        "operator",
    )
    assert stolen.json["faults"][0]["code"] == "attachment-unknown"


def test_a_public_intake_is_open_to_a_token_of_the_district_without_a_post(town: Town) -> None:
    accounts = town.services.store.accounts
    accounts.create("resident", START, account_id="resident")
    town.tokens["resident"] = accounts.issue_token("resident", ("read", "report"), START, locality="harbour")[1]
    case = town.report("resident", intake="hotline")
    assert town.get(f"/cases/{case['id']}", "resident").status_code == 200
    closed = town.post("/cases", {"intake": "patrol", "category": "0102", "cell": "HB-01"}, "resident")
    assert closed.status_code == 403
