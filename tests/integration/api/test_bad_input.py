"""Bad input of every kind gets the right 4xx problem and leaves no trace."""

from __future__ import annotations

import io
import json
import uuid
from typing import Any

import pytest
from PIL import Image
from town import Town, jpeg

GOOD = {"intake": "patrol", "category": "0102", "cell": "HB-01"}
AWAY = {"longitude": 120.015, "latitude": 30.005, "system": "CGCS2000"}
POINT = {"longitude": 120.005, "latitude": 30.005, "system": "CGCS2000"}
NOWHERE = str(uuid.UUID(int=7))

REPORTS: list[tuple[str, dict[str, Any], int, str, str]] = [
    ("unknown intake", {"intake": "patrl"}, 422, "intake-unknown-near", "/intake"),
    ("unknown class", {"category": "7777"}, 422, "category-unknown", "/category"),
    ("class with classes under it", {"category": "01"}, 422, "category-not-leaf", "/category"),
    ("unknown cell", {"cell": "HB-09"}, 422, "cell-unknown-near", "/cell"),
    ("ended cell", {"cell": "HB-03"}, 422, "cell-ended", "/cell"),
    ("no place", {"cell": None}, 422, "place-missing", "/cell"),
    ("unknown object", {"object": "C01"}, 422, "object-unknown-near", "/object"),
    ("unknown channel", {"channel": "phone"}, 422, "channel-unknown", "/channel"),
    ("unknown severity", {"severity": "mayor"}, 422, "severity-unknown", "/severity"),
    ("unknown condition", {"filing_condition": "x"}, 422, "filing-condition-unknown", "/filing_condition"),
    ("unknown building", {"building": {"building": "B7"}}, 422, "building-unknown", "/building"),
    ("outside", {"cell": None, "point": POINT | {"latitude": 31.0}}, 422, "point-outside", "/point"),
    ("no system", {"point": {"longitude": 120.005, "latitude": 30.005}}, 422, "field-required", "/point/system"),
    ("strange system", {"point": POINT | {"system": "BD-09"}}, 422, "field-choice", "/point/system"),
    ("latitude", {"point": POINT | {"latitude": 95}}, 422, "field-range", "/point/latitude"),
    ("object of another cell", {"cell": "HB-02", "object": "C001"}, 422, "place-contradiction", "/cell"),
    ("point off the object", {"cell": None, "object": "C001", "point": AWAY}, 422, "place-contradiction", "/object"),
    ("two places", {"cell": "HB-02", "point": POINT}, 422, "place-contradiction", "/cell"),
    ("unknown field", {"categry": "0102"}, 422, "field-unknown-near", "/categry"),
    ("unknown inner field", {"contact": {"fone": "1"}}, 422, "field-unknown-near", "/contact/fone"),
    ("missing field", {"intake": None}, 422, "field-required", "/intake"),
    ("wrong type", {"category": 102}, 422, "field-type", "/category"),
    ("null", {"severity": "\0null"}, 422, "text-not-storable", "/severity"),
    ("too long", {"description": "长" * 10001}, 422, "field-too-long", "/description"),
    ("time without a zone", {"occurred_at": "2026-03-02T08:30:00"}, 422, "time-without-zone", "/occurred_at"),
    ("no time", {"occurred_at": "yesterday"}, 422, "time-malformed", "/occurred_at"),
    ("future", {"occurred_at": "2026-03-02T09:06:00+08:00"}, 422, "time-in-future", "/occurred_at"),
    ("long ago", {"occurred_at": "2020-03-02T09:06:00+08:00"}, 422, "time-too-old", "/occurred_at"),
    ("fact of no form", {"facts": {"depth_cm": 1}}, 422, "field-unknown", "/facts/depth_cm"),
    ("unknown fact", {"category": "0101", "facts": {"depth": 1}}, 422, "field-unknown-near", "/facts/depth"),
    ("fact's type", {"category": "0101", "facts": {"depth_cm": "7"}}, 422, "field-type", "/facts/depth_cm"),
    ("fact's bound", {"category": "0101", "facts": {"depth_cm": -1}}, 422, "field-too-small", "/facts/depth_cm"),
    ("fact's choice", {"category": "0101", "facts": {"shape": "oval"}}, 422, "field-choice", "/facts/shape"),
    ("fact's length", {"category": "0101", "facts": {"remark": "x" * 501}}, 422, "field-too-long", "/facts/remark"),
    ("unknown photo", {"evidence": [{"attachment": NOWHERE}]}, 422, "attachment-unknown", "/evidence/0/attachment"),
    ("no photo id", {"evidence": [{"attachment": "a.jpg"}]}, 422, "field-type", "/evidence/0/attachment"),
    ("input nobody asks for", {"inputs": {"x": 1}}, 422, "field-unknown", "/inputs/x"),
]


@pytest.mark.parametrize(
    ("change", "status", "code", "pointer"), [row[1:] for row in REPORTS], ids=[row[0] for row in REPORTS]
)
def test_a_bad_report_is_refused_at_its_field(
    town: Town, change: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    before = town.rows()
    body = {name: value for name, value in (GOOD | change).items() if value is not None}
    answer = town.post("/cases", body)
    _is_problem(answer, status)
    assert (code, pointer) in {(fault["code"], fault["pointer"]) for fault in answer.json["faults"]}, answer.json
    assert town.rows() == before


def test_an_object_agrees_with_its_cell_and_with_a_wider_one(town: Town) -> None:
    for cell in ("HB-01", "HB", None):
        assert town.report(cell=cell, object="C001")["cell"] == "HB-01"


def test_what_cannot_be_chosen_is_told_with_what_can(town: Town) -> None:
    faults = town.post("/cases", GOOD | {"severity": "mayor", "channel": "phone"}).json["faults"]
    found = {fault["pointer"]: fault for fault in faults}
    assert found["/severity"]["params"]["allowed"]["major"] == {"zh": "重大", "en": "major"}
    assert found["/severity"]["message"] == "没有轻重程度“mayor”；可选：ordinary（一般）、major（重大）"
    assert found["/channel"]["message"] == "此类诉求不能从渠道“phone”上报；可选：app（手机端）"
    english = town.post("/cases", GOOD | {"severity": "mayor"}, Accept_Language="en").json["faults"][0]
    assert english["message"].endswith("; one of: ordinary (ordinary), major (major)")
    listed = town.get("/cases?severity=mayor").json["faults"][0]
    assert (listed["pointer"], listed["message"]) == ("severity", found["/severity"]["message"])


@pytest.mark.parametrize("wrong", [{"category": "7777"}, {"category": "01"}, {"intake": "patrl"}])
def test_a_form_that_is_not_known_is_not_judged(town: Town, wrong: dict[str, str]) -> None:
    extra = {"facts": {"state": "broken"}} if "category" in wrong else {"inputs": {"x": 1}}
    faults = town.post("/cases", GOOD | wrong | extra).json["faults"]
    assert [fault["pointer"] for fault in faults] == [f"/{name}" for name in wrong]


def test_kernel_words_are_said_in_the_readers_language(town: Town) -> None:
    case = town.report()
    path, deed = f"/cases/{case['id']}/actions", _assign(assignee="nobody")
    for language, message in (("zh", "没有这个账号：“nobody”"), ("en", "there is no account 'nobody'")):
        answer = town.post(path, deed, "head", If_Match=f'"{case["version"]}"', Accept_Language=language)
        assert answer.json["faults"][0]["message"] == message
    reach = town.get(f"/cases/{case['id']}/explain/permissions", "head").json["actions"][1]["reasons"][0]
    assert reach["params"]["reach"] == "subtree"
    assert reach["message"].endswith("权限范围为所在网格及其下级")
    explained = town.report(category="0101", object="C001", cell=None)
    lost = town.get(f"/cases/{explained['id']}/explain/dispatch").json["today"]["runners_up"][0]["lost_by"]
    assert lost["message"] == "属于兜底层，排在胜出规则的一般层之后"


def test_a_photo_belongs_to_whoever_uploaded_it(town: Town) -> None:
    photo = town.photo("head")
    fault = town.post("/cases", GOOD | {"evidence": [{"attachment": photo}]}).json["faults"][0]
    assert fault["message"].startswith(f"没有附件“{photo}”；")
    assert "上传者本人" in fault["message"]


def test_all_faults_are_listed_at_once(town: Town) -> None:
    answer = town.post("/cases", GOOD | {"category": "7777", "cell": "HB-99", "occurred_at": "2030-01-01T00:00:00Z"})
    assert {fault["pointer"] for fault in answer.json["faults"]} == {"/category", "/cell", "/occurred_at"}
    assert all(fault["message"] for fault in answer.json["faults"])


RAW: list[tuple[str, bytes, int, str]] = [
    ("malformed", b'{"intake": ', 400, "json-malformed"),
    ("not UTF-8", b'{"intake": "\xff"}', 400, "json-malformed"),
    ("NaN", b'{"intake": NaN}', 400, "json-malformed"),
    ("empty", b"", 400, "json-malformed"),
    ("deep", b"[" * 40 + b"]" * 40, 422, "json-too-deep"),
    ("very deep", b"[" * 200_000 + b"]" * 200_000, 422, "json-too-deep"),
    ("big number", b'{"x": 123456789012345678901234567890}', 422, "number-out-of-range"),
    ("huge exponent", b'{"x": 1e999}', 422, "number-out-of-range"),
    ("twice", b'{"intake": "a", "intake": "b"}', 422, "content-invalid"),
    ("surrogate", b'{"intake": "\\ud800"}', 422, "content-invalid"),
    ("NUL in a name", b'{"\\u0000": 1}', 422, "content-invalid"),
    ("a list", b"[]", 422, "content-invalid"),
    ("text", b'"x"', 422, "content-invalid"),
]


@pytest.mark.parametrize(("raw", "status", "code"), [row[1:] for row in RAW], ids=[row[0] for row in RAW])
def test_a_body_that_is_no_honest_json_is_refused(town: Town, raw: bytes, status: int, code: str) -> None:
    before = town.rows()
    headers = town.headers("walker", Idempotency_Key="k")
    answer = town.client.post(town.url("/cases"), data=raw, headers=headers, content_type="application/json")
    _is_problem(answer, status)
    assert answer.json["code"] == code
    assert town.rows() == before


def test_other_content_types_and_sizes_are_refused(town: Town) -> None:
    before = town.rows()
    headers = town.headers("walker", Idempotency_Key="k")
    form = town.client.post(town.url("/cases"), data=b"intake=patrol", headers=headers, content_type="text/plain")
    _is_problem(form, 415)
    large = town.client.post(
        town.url("/cases"), data=json.dumps({"x": "x" * 2_000_000}), headers=headers, content_type="application/json"
    )
    _is_problem(large, 413)
    assert town.rows() == before


def _assign(**inputs: str) -> dict[str, Any]:
    return {"action": "assign", "inputs": inputs}


ACTIONS: list[tuple[str, str, dict[str, Any], str, int, str]] = [
    ("unknown action", "head", {"action": "asign"}, "/action", 422, "action-unknown-near"),
    ("missing input", "head", {"action": "assign"}, "/inputs/assignee", 422, "field-required"),
    ("unknown input", "head", _assign(asignee="handler"), "/inputs/asignee", 422, "field-unknown-near"),
    ("unknown account", "head", _assign(assignee="nobody"), "/inputs/assignee", 422, "reference-unknown"),
    ("not permitted", "walker", _assign(assignee="handler"), "", 403, "action-forbidden"),
    ("of another cell", "head2", _assign(assignee="handler"), "", 403, "action-forbidden"),
    ("not at this stage", "head", {"action": "accept"}, "", 403, "action-forbidden"),
    ("automatic", "head", {"action": "raise_alarm"}, "", 403, "action-forbidden"),
]


@pytest.mark.parametrize(
    ("who", "deed", "pointer", "status", "code"), [row[1:] for row in ACTIONS], ids=[row[0] for row in ACTIONS]
)
def test_a_bad_action_is_refused(
    town: Town, who: str, deed: dict[str, Any], pointer: str, status: int, code: str
) -> None:
    case = town.report()
    before = town.rows()
    answer = town.post(f"/cases/{case['id']}/actions", deed, who, If_Match=f'"{case["version"]}"')
    _is_problem(answer, status)
    found = {(fault["code"], fault["pointer"]) for fault in answer.json["faults"]} or {(answer.json["code"], "")}
    assert (code, pointer) in found, answer.json
    assert town.rows() == before


def test_an_action_at_the_wrong_stage_conflicts(town: Town) -> None:
    case = town.report()
    assigned = town.act(case, "assign", "head", inputs={"assignee": "handler"}).json
    before = town.rows()
    answer = town.act(assigned, "assign", "head", inputs={"assignee": "handler"})
    _is_problem(answer, 409)
    assert answer.json["code"] == "action-not-at-stage"
    missing = town.act(town.act(assigned, "accept", "handler").json, "finish", "handler")
    _is_problem(missing, 422)
    assert missing.json["code"] == "evidence-missing"
    assert town.rows()["case"] == before["case"]


def test_versions_and_keys_are_asked_for(town: Town) -> None:
    case = town.report()
    before = town.rows()
    path, deed = town.url(f"/cases/{case['id']}/actions"), {"action": "assign", "inputs": {"assignee": "handler"}}
    no_match = town.client.post(path, json=deed, headers=town.headers("head", Idempotency_Key="a"))
    _is_problem(no_match, 428)
    stale = town.post(f"/cases/{case['id']}/actions", deed, "head", If_Match='"1"')
    _is_problem(stale, 412)
    assert stale.json["code"] == "case-has-moved-on"
    foreign = town.post(f"/cases/{case['id']}/actions", deed, "head", If_Match='W/"1"')
    _is_problem(foreign, 412)
    no_key = town.client.post(town.url("/cases"), json=GOOD, headers=town.headers("walker"))
    _is_problem(no_key, 400)
    assert no_key.json["code"] == "idempotency-key-missing"
    bad_key = town.client.post(town.url("/cases"), json=GOOD, headers=town.headers("walker", Idempotency_Key="k" * 201))
    _is_problem(bad_key, 400)
    assert town.rows() == before


def _heic() -> bytes:
    return b"\0\0\0\x18ftypheic" + b"\0" * 100


def _bomb() -> bytes:
    buffer = io.BytesIO()
    Image.new("1", (9000, 9000)).save(buffer, "PNG")
    return buffer.getvalue()


PHOTOS: list[tuple[str, bytes, int, str]] = [
    ("text", b"this is not a photo", 415, "photo-type-unknown"),
    ("svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", 415, "photo-type-unknown"),
    ("heic", _heic(), 415, "photo-heif"),
    ("truncated", jpeg(800, 600, quality=95)[:2000], 422, "photo-damaged"),
    ("empty", b"", 415, "photo-type-unknown"),
    ("bomb", _bomb(), 413, "photo-too-many-pixels"),
]


@pytest.mark.parametrize(("content", "status", "code"), [row[1:] for row in PHOTOS], ids=[row[0] for row in PHOTOS])
def test_a_file_that_is_no_photo_is_refused(town: Town, content: bytes, status: int, code: str) -> None:
    before = town.rows()
    answer = town.upload(content)
    _is_problem(answer, status)
    assert answer.json["code"] == code
    assert town.rows() == before
    assert not list((town.services.settings.blobs).rglob("*.*"))


def test_thirty_megabytes_are_refused_before_they_are_read(town: Town) -> None:
    before = town.rows()
    _is_problem(town.upload(b"\xff\xd8\xff" + b"\0" * 30_000_000), 413)
    just_over = town.upload(b"\xff\xd8\xff" + b"\0" * (15 * 1024 * 1024))
    _is_problem(just_over, 413)
    assert just_over.json["code"] == "photo-too-large"
    assert town.rows() == before


HOSTILE = (
    '\'; DROP TABLE "case"; --',
    '" OR 1=1 --',
    "<script>alert(1)</script>",
    "{{7*7}}",
    "../../etc/passwd",
    "%s%n",
)


@pytest.mark.parametrize("text", HOSTILE)
def test_sql_and_html_in_every_string_are_only_text(town: Town, text: str) -> None:
    before = town.rows()
    for name in ("intake", "category", "cell", "object", "channel", "severity", "filing_condition"):
        _is_problem(town.post("/cases", GOOD | {name: text}), 422)
    assert town.rows() == before
    case = town.report(description=text, contact={"name": text, "address": text})
    read = town.get(f"/cases/{case['id']}").json
    assert read["texts"][0]["body"]["description"] == text
    contact = town.get(f"/cases/{case['id']}/contact").json["contact"]
    assert contact == {"name": text, "address": text}
    for name in ("kind", "category", "cell", "stage", "severity", "alert", "channel", "q", "cursor"):
        answer = town.client.get(town.url("/cases"), query_string={name: text}, headers=town.headers("operator"))
        assert answer.status_code == (200 if name == "q" else 422), (name, answer.json)
    assert town.get(f"/categories/{text.replace('/', '')[:90].replace('%', '%25')}").status_code == 404


def test_unknown_things_in_the_address_are_not_found(town: Town) -> None:
    for path in (f"/cases/{NOWHERE}", f"/cases/{NOWHERE}/events", f"/attachments/{NOWHERE}", "/categories/7777"):
        _is_problem(town.get(path), 404)
    for path in ("/cases/123", "/cases/99999999999999999999999", "/cases/x%00y", "/nothing"):
        _is_problem(town.get(path), 404)
    _is_problem(town.get("/cases", locality="atlantis"), 404)
    _is_problem(town.get("/cases", locality="no%20such"), 404)


QUERIES: list[tuple[str, str]] = [
    ("limit=0", "limit"),
    ("limit=101", "limit"),
    ("limit=x", "limit"),
    ("limit=99999999999999999999999999", "limit"),
    ("limit=1&limit=2", "limit"),
    ("lmit=1", "lmit"),
    ("open=perhaps", "open"),
    ("owner=you", "owner"),
    ("opened_from=2026-03-02", "opened_from"),
    ("category=7777", "category"),
    ("stage=handlin", "stage"),
]


@pytest.mark.parametrize(("query", "parameter"), QUERIES)
def test_a_bad_parameter_is_refused_by_its_name(town: Town, query: str, parameter: str) -> None:
    answer = town.get(f"/cases?{query}")
    _is_problem(answer, 422)
    assert answer.json["faults"][0]["pointer"] == parameter


def _is_problem(answer: Any, status: int) -> None:
    assert answer.status_code == status, answer.get_data(as_text=True)[:500]
    assert answer.mimetype == "application/problem+json"
    assert answer.json["status"] == status
    assert answer.json["type"] == f"urn:gridwright:problem:{answer.json['code']}"
    assert answer.json["title"]
    assert not answer.json["title"].startswith("status-")
    assert answer.json["code"] not in answer.json["detail"], answer.json["detail"]
    assert "Traceback" not in answer.get_data(as_text=True)
