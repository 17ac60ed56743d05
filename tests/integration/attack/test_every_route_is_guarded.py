"""Every route of the OpenAPI document against every kind of caller: a route that is added is attacked too."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from town import ALL, START, Town, jpeg

OPEN = {"/api/v1/localities"}
"""Needs a token, but is of no one district."""
VALUES = {"code": "0102", "notice": "nothing", "subject": "permissions", "code_list": "nobody_has_it"}


@pytest.fixture
def secrets(town: Town) -> dict[str, str]:
    """Tokens of every kind that should not get in."""
    accounts = town.services.store.accounts
    made = {"garbage": "gw_" + "x" * 43, "expired": accounts.issue_token("operator", ALL, START, expires_at=START)[1]}
    token, made["revoked"] = accounts.issue_token("operator", ALL, START)
    accounts.revoke(token.id, START + timedelta(seconds=1))
    accounts.create("gone", START, account_id="gone")
    made["disabled"] = accounts.issue_token("gone", ALL, START)[1]
    accounts.disable("gone", START)
    return made


def operations(town: Town) -> Iterator[tuple[str, str, dict[str, Any]]]:
    document = town.client.get("/api/v1/openapi.json").json
    assert document is not None
    for path, item in document["paths"].items():
        for method in ("get", "post", "put", "patch", "delete"):
            if method in item:
                yield method, path, item[method]


def filled(path: str, case: dict[str, Any], photo: str, locality: str = "harbour") -> str:
    values = VALUES | {"locality": locality, "case_id": case["id"], "attachment_id": photo}
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    assert "{" not in path, f"say what to put into {path}"
    return path


def call(town: Town, method: str, path: str, secret: str | None, operation: dict[str, Any]) -> Any:
    """With everything that the operation asks for, so that nothing but the caller is wrong."""
    headers = {"Idempotency-Key": f"key-{next(town.keys)}", "If-Match": '"1"'}
    if secret is not None:
        headers["Authorization"] = f"Bearer {secret}"
    bodies = {
        "open_case": {"json": {"intake": "patrol", "category": "0102", "cell": "HB-01"}},
        "act": {"json": {"action": "assign", "inputs": {"assignee": "handler"}}},
        "preview": {"json": {"action": "assign", "inputs": {"assignee": "handler"}}},
        "attach": {"data": {"file": (io.BytesIO(jpeg()), "a.jpg")}},
        "mark_read": {"query_string": {}},
        "find_duplicates": {"query_string": {"category": "0102", "cell": "HB-01"}},
        "locate": {"query_string": {"longitude": 120.005, "latitude": 30.005, "system": "CGCS2000"}},
    }
    more: dict[str, Any] = bodies.get(operation["operationId"], {})
    assert more or method == "get", f"say what {operation['operationId']} asks for"
    return town.client.open(path, method=method.upper(), headers=headers, **more)


def test_nothing_is_answered_without_a_good_token(town: Town, secrets: dict[str, str]) -> None:
    case, photo, before = town.report(), town.photo(), town.rows()
    tried = 0
    for method, path, operation in operations(town):
        for kind, secret in [("none", None), *secrets.items()]:
            answer = call(town, method, filled(path, case, photo), secret, operation)
            assert (answer.status_code, answer.json["code"]) == (401, "unauthenticated"), (kind, method, path)
            assert answer.headers["WWW-Authenticate"].startswith("Bearer")
            tried += 1
    assert tried >= 5 * 20
    assert town.rows() == before


def test_a_token_of_another_district_opens_nothing(town: Town) -> None:
    case, photo = town.report(), town.photo()
    elsewhere = town.services.store.accounts.issue_token("operator", ALL, START, locality="inland")[1]
    before = town.rows()
    for method, path, operation in operations(town):
        if path in OPEN:
            continue
        for secret in (town.tokens["stranger"], elsewhere):
            answer = call(town, method, filled(path, case, photo), secret, operation)
            assert answer.status_code == 403, (method, path, answer.json)
            assert case["number"] not in answer.get_data(as_text=True)
    assert town.rows() == before


def test_ids_of_one_district_are_unknown_in_the_other(town: Town) -> None:
    case, photo = town.report(description="秘密"), town.photo()
    for method, path, operation in operations(town):
        if method == "get" and ("{case_id}" in path or "{attachment_id}" in path):
            answer = call(town, method, filled(path, case, photo, "inland"), town.tokens["stranger"], operation)
            assert answer.status_code == 404, (path, answer.json)
            assert "秘密" not in answer.get_data(as_text=True)


@pytest.mark.parametrize("scope", ["read", "report", "act", "admin"])
def test_a_scope_opens_its_own_routes_only(town: Town, scope: str) -> None:
    case, photo = town.report(), town.photo()
    secret = town.services.store.accounts.issue_token("operator", [scope], START)[1]
    before = town.rows()
    for method, path, operation in operations(town):
        answer = call(town, method, filled(path, case, photo), secret, operation)
        meant = {"open_case": {"report"}, "act": {"act"}, "attach": {"report", "act"}}
        meant |= {name: {"act"} for name in ("preview", "mark_read")}
        meant |= {name: {"read", "act"} for name in ("list_organisations", "list_people")}
        meant |= {"find_duplicates": {"read", "report"}}
        if scope in meant.get(operation["operationId"], {"read"}):
            assert answer.status_code != 401, (scope, method, path)
        else:
            assert (answer.status_code, answer.json["code"]) == (403, "token-scope-missing"), (scope, method, path)
    if scope in ("read", "admin"):
        assert town.rows() == before


@pytest.mark.parametrize("who", ["walker", "head", "head2", "operator", "handler", "plumber"])
def test_a_case_is_read_by_those_who_may_and_no_other(town: Town, who: str) -> None:
    case = town.report(description="内情", contact={"name": "王小明", "phone": "13812345678"}, evidence=[])
    may = who in ("walker", "head", "operator")
    for method, path, operation in operations(town):
        if method != "get" or "{case_id}" not in path:
            continue
        answer = call(town, method, filled(path, case, town.photo()), town.tokens[who], operation)
        if path.endswith("/contact"):
            assert answer.status_code == (200 if who == "operator" else 403), who
            continue
        assert answer.status_code == (200 if may else 403), (who, path, answer.json)
        said = answer.get_data(as_text=True)
        assert "13812345678" not in said
        assert "王小明" not in said
        if not may:
            assert "内情" not in said
            assert case["number"] not in said
    listed = [row["id"] for row in town.get("/cases", who).json["cases"]]
    assert (case["id"] in listed) == may


def test_a_photo_is_for_its_uploader_and_the_readers_of_its_case(town: Town) -> None:
    photo = town.photo("walker")
    loose = {who: town.get(f"/attachments/{photo}", who).status_code for who in ("walker", "head", "operator")}
    assert loose == {"walker": 200, "head": 404, "operator": 404}
    town.report(evidence=[{"attachment": photo}])
    bound = {who: town.get(f"/attachments/{photo}", who).status_code for who in ("walker", "head", "head2", "plumber")}
    assert bound == {"walker": 200, "head": 200, "head2": 403, "plumber": 403}
    originals = {
        who: town.get(f"/attachments/{photo}/original", who).status_code for who in ("walker", "head", "operator")
    }
    assert originals == {"walker": 403, "head": 403, "operator": 200}
    stolen = town.post(
        "/cases",
        {"intake": "patrol", "category": "0102", "cell": "HB-01", "evidence": [{"attachment": photo}]},
        "operator",
    )
    assert stolen.status_code == 422


def test_the_version_of_a_case_is_for_its_readers(town: Town) -> None:
    case = town.report()
    deed = {"action": "assign", "inputs": {"assignee": "handler"}}
    stale = {
        who: town.post(f"/cases/{case['id']}/actions", deed, who, If_Match='"999"')
        for who in ("head", "head2", "plumber")
    }
    assert {who: answer.status_code for who, answer in stale.items()} == {"head": 412, "head2": 403, "plumber": 403}
    for who in ("head2", "plumber"):
        assert "current" not in stale[who].json["params"]


def test_who_reported_in_confidence_stays_hidden_everywhere(town: Town) -> None:
    case = town.report(category="0901", contact={"phone": "13912345678"})
    assigned = town.act(case, "assign", "operator", inputs={"assignee": "handler"})
    assert assigned.status_code == 200, assigned.json
    paths = [path for method, path, _ in operations(town) if method == "get" and "{case_id}" in path]
    for path in [*paths, "/api/v1/localities/{locality}/cases", "/api/v1/localities/{locality}/tasks"]:
        address = filled(path, case, town.photo())
        answer = town.client.get(address, headers=town.headers("handler"))
        said = answer.get_data(as_text=True)
        assert '"walker"' not in said.replace('"role": "walker"', "").replace('"post": "walker"', ""), path
        assert "13912345678" not in said


def test_an_answer_is_not_repeated_to_who_may_no_longer_ask(town: Town) -> None:
    body = {"intake": "patrol", "category": "0102", "cell": "HB-01"}
    assert town.post("/cases", body, "walker", key="mine").status_code == 201
    assert town.post("/cases", body, "walker", key="mine").status_code == 201
    elsewhere = town.services.store.accounts.issue_token("walker", ALL, START, locality="inland")[1]
    headers = {"Authorization": f"Bearer {elsewhere}", "Idempotency-Key": "mine"}
    assert town.client.post(town.url("/cases"), json=body, headers=headers).status_code == 403
