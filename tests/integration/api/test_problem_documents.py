"""Every error is a problem document in the reader's language; a trace and personal data never leave the server."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from town import Town

from core.api.request_log import blot
from core.casework import Casework
from core.factory import set_up_log
from core.store import Store


def test_method_and_address_errors_are_problems_too(town: Town) -> None:
    answer = town.client.delete(town.url("/cases"), headers=town.headers("walker"))
    assert answer.status_code == 405
    assert answer.mimetype == "application/problem+json"
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))
    missing = town.client.get("/api/v1/nothing")
    assert (missing.status_code, missing.json["code"]) == (404, "not-found")


@pytest.mark.parametrize(
    ("accept", "speaks"),
    [("", "zh"), ("zh-CN,zh;q=0.9,en;q=0.8", "zh"), ("en-US,en;q=0.9", "en"), ("fr", "zh"), ("*", "zh")],
)
def test_problems_speak_the_readers_language(town: Town, accept: str, speaks: str) -> None:
    answer = town.get("/cases?limit=0", Accept_Language=accept)
    chinese = bool(re.search("[\u4e00-\u9fff]", answer.json["detail"] + answer.json["faults"][0]["message"]))
    assert chinese is (speaks == "zh")
    assert answer.headers["Content-Language"] == ("zh-CN" if speaks == "zh" else "en")
    assert answer.json["code"] == "content-invalid"


@pytest.mark.parametrize(("accept", "first"), [("zh", "未担任角色“head”"), ("en", "does not hold the role 'head'")])
def test_a_refusal_says_each_reason_once_and_in_words(town: Town, accept: str, first: str) -> None:
    case = town.report()
    deed = {"action": "assign", "inputs": {"assignee": "handler"}}
    etag = f'"{case["version"]}"'
    refused = town.post(f"/cases/{case['id']}/actions", deed, "walker", If_Match=etag, Accept_Language=accept).json
    assert set(refused["params"]) == {"action", "label"}
    assert [reason["params"]["role"] for reason in refused["reasons"]] == ["head", "operator"]
    assert refused["reasons"][0] == {"code": "role-not-held", "params": {"role": "head"}, "message": first}
    unseen = town.get(f"/cases/{case['id']}", "plumber").json
    assert unseen["params"] == {}
    assert all(reason["message"] for reason in unseen["reasons"])
    assert unseen["reasons"][-1]["code"] == "holds-no-open-task"
    contact = town.get(f"/cases/{case['id']}/contact", "walker")
    assert contact.status_code == 200 or contact.json["reasons"]
    original = town.get(f"/attachments/{town.photo()}/original", "walker").json
    assert [reason["code"] for reason in original["reasons"]] == ["photo-without-case"]
    assert town.get("/nothing").json["reasons"] == []


def test_an_unexpected_error_shows_nothing_but_its_request_id(
    town: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def burst(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError("secret 13812345678")

    monkeypatch.setattr(Casework, "list_cases", burst)
    monkeypatch.setattr(Store, "localities", burst)
    set_up_log("error")
    answer = town.get("/cases")
    assert answer.status_code == 500
    assert answer.json["code"] == "internal-error"
    assert "secret" not in answer.get_data(as_text=True)
    page = town.client.get("/")
    assert page.status_code == 500
    assert page.mimetype == "text/html"
    assert "secret" not in page.get_data(as_text=True)
    logged = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert answer.json["params"]["request"] in {line.get("request_id") for line in logged}
    assert all("ZeroDivisionError" in line["exception"] for line in logged)
    assert "13812345678" not in json.dumps(logged)


def test_requests_are_logged_without_personal_data(town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_log("info")
    try:
        town.report(contact={"phone": "13812345678"}, description="身份证 610404199001011234")
        town.get("/cases?q=13812345678")
    finally:
        set_up_log("error")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["status"] for line in lines if line["event"] == "request"] == [201, 200]
    assert lines[0]["route"].endswith("/cases")
    assert lines[0]["account"] == "walker"
    assert "13812345678" not in json.dumps(lines)
    assert "610404199001011234" not in json.dumps(lines)


@pytest.mark.parametrize(
    ("text", "blotted"),
    [
        ("tel 13812345678.", "tel […]."),
        ("+86 13812345678", "[…]"),
        ("id 61040419900101123X end", "id […] end"),
        ("case 019c1381-2345-7800-8000-138123456789", "case 019c1381-2345-7800-8000-138123456789"),
        ("HB20260302-0001", "HB20260302-0001"),
    ],
)
def test_numbers_of_people_are_blotted_out(text: str, blotted: str) -> None:
    assert blot(text) == blotted


def test_health_and_readiness(town: Town) -> None:
    assert town.client.get("/healthz").json == {"status": "ok"}
    assert town.client.get("/readyz").json == {"status": "ready"}


def test_readiness_says_when_the_database_is_away(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    def away(*_: Any) -> bool:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(Casework, "ready", away)
    answer = town.client.get("/readyz")
    assert (answer.status_code, answer.json["code"], answer.headers["Retry-After"]) == (503, "unavailable", "5")


def test_every_answer_carries_the_security_headers(town: Town) -> None:
    for path in ("/", "/api/v1/docs", "/healthz", "/nothing", town.url("/cases")):
        answer = town.client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Request-Id"]
