"""The OpenAPI document tells the truth: fuzzed with schemathesis, compared with answers, readable by people."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from hypothesis.strategies import booleans
from markupsafe import escape as html_escape
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from town import START, Town, build_town, jpeg

EXAMPLES = int(os.environ.get("GRIDWRIGHT_FUZZ_EXAMPLES", "15"))
ACCEPTED = ["2xx", "400", "401", "403", "404", "409", "412", "413", "415", "422"]
"""What a request that fits the document may get: classes, cells and actions are the district's, not the schema's."""
OPERATIONS = (
    *(
        "list_cases",
        "open_case",
        "get_case",
        "get_contact",
        "list_actions",
        "act",
        "preview",
        "list_events",
        "list_tasks",
    ),
    *("list_my_tasks", "explain", "attach", "get_attachment", "get_original", "list_localities", "list_cells"),
    *("locate", "list_categories", "get_category", "list_posts", "list_intake_kinds", "list_objects"),
    *("list_revisions", "list_organisations", "list_people", "list_code_lists", "list_standard_classes"),
    *("find_duplicates", "duplicates_of", "list_receipts", "get_receipt", "mark_read"),
)


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Town, Any]]:
    folder = tmp_path_factory.mktemp("fuzzed")
    town = build_town(f"sqlite:///{folder / 'fuzzed.db'}", folder / "instance")
    checks = {
        "positive_data_acceptance": {"expected-statuses": ACCEPTED},
        "negative_data_rejection": {"expected-statuses": [*ACCEPTED[1:], "405", "428"]},
    }
    config = SchemathesisConfig.from_dict({"checks": checks})
    yield town, schemathesis.openapi.from_wsgi("/api/v1/openapi.json", town.app, config=config)
    town.services.store.close()


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["honest", "hostile"])
@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_document_survives_fuzzing(fuzzed: tuple[Town, Any], operation: str, mode: GenerationMode) -> None:
    town, schema = fuzzed
    found = schema.find_operation_by_id(operation)
    strategy = _strategy(found, mode)
    if strategy is None:
        assert (operation, mode) == ("list_localities", GenerationMode.NEGATIVE)  # it has nothing to get wrong
        return
    headers = {"Authorization": f"Bearer {town.tokens['operator']}"}

    @given(case=strategy, near=booleans())
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    def ask(case: Any, near: bool) -> None:
        if near and "locality" in case.path_parameters and mode is GenerationMode.POSITIVE:
            case.path_parameters["locality"] = "harbour"  # otherwise hardly a request gets past the address
        answer = case.call(headers=headers)
        assert answer.status_code < 500, answer.text
        case.validate_response(answer, headers=headers)

    ask()


def _strategy(operation: Any, mode: GenerationMode) -> Any:
    try:
        return operation.as_strategy(generation_mode=mode).filter(lambda case: case is not None)
    except Unsatisfiable:
        return None


def _document(town: Town) -> dict[str, Any]:
    found: dict[str, Any] = town.client.get("/api/v1/openapi.json").json
    return found


def test_the_document_is_31_and_names_every_route(town: Town) -> None:
    document = _document(town)
    assert document["openapi"].startswith("3.1")
    routes = {
        re.sub(r"<(?:[^:<>]*:)?(\w+)>", r"{\1}", re.sub(r"\([^)]*\)", "", rule.rule))
        for rule in town.app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/localities")
    }
    assert routes == set(document["paths"])
    named = [
        item[method]["operationId"] for item in document["paths"].values() for method in {"get", "post"} & set(item)
    ]
    assert sorted(named) == sorted(OPERATIONS)
    for item in document["paths"].values():
        for method in {"get", "post"} & set(item):
            operation = item[method]
            assert operation["operationId"]
        problem = operation["responses"]["404"]["content"]["application/problem+json"]["schema"]
        assert problem == {"$ref": "#/components/schemas/Problem"}


def test_answers_are_as_the_document_describes_them(town: Town) -> None:
    document = _document(town)
    photo = town.upload(jpeg()).json
    case = town.report(
        category="0101",
        facts={"depth_cm": 3},
        evidence=[{"attachment": photo["id"], "meaning": "before"}],
        description="x",
        contact={"phone": "13812345678"},
        point={"longitude": 120.005, "latitude": 30.005, "system": "WGS84"},
    )
    with town.services.store.unit("harbour") as unit:
        unit.receipts.add("summary:daily", "daily", None, ["operator", "head"], START)
        unit.keep()
    root = "/localities/harbour"
    asked = {
        "list_receipts": f"{root}/receipts?unread=true",
        "get_receipt": f"{root}/receipts/summary:daily",
        "get_case": f"{root}/cases/{case['id']}",
        "get_contact": f"{root}/cases/{case['id']}/contact",
        "list_actions": f"{root}/cases/{case['id']}/actions",
        "list_events": f"{root}/cases/{case['id']}/events",
        "list_tasks": f"{root}/cases/{case['id']}/tasks",
        "explain": f"{root}/cases/{case['id']}/explain/deadlines",
        "list_cases": f"{root}/cases",
        "duplicates_of": f"{root}/cases/{case['id']}/duplicates",
        "find_duplicates": f"{root}/duplicates?category=0102&cell=HB-01",
        "list_my_tasks": f"{root}/tasks",
        "list_cells": f"{root}/cells",
        "list_categories": f"{root}/categories",
        "get_category": f"{root}/categories/0101",
        "list_posts": f"{root}/posts",
        "list_intake_kinds": f"{root}/intake-kinds",
        "list_objects": f"{root}/objects",
        "list_revisions": f"{root}/revisions",
        "list_organisations": f"{root}/organisations",
        "list_code_lists": f"{root}/code-lists",
        "list_people": f"{root}/people",
        "list_localities": "/localities",
        "locate": f"{root}/cells/locate?longitude=120.005&latitude=30.005&system=WGS84",
    }
    for operation, path in asked.items():
        answer = town.client.get(f"/api/v1{path}", headers=town.headers("operator"))
        assert answer.status_code == 200, (operation, answer.json)
        _fits(document, operation, "200", answer.json)
    _fits(document, "open_case", "201", case)
    _fits(document, "mark_read", "200", town.post("/receipts/summary:daily/read", {}, "operator").json)
    _fits(document, "attach", "201", photo)


def _fits(document: dict[str, Any], operation: str, status: str, body: Any) -> None:
    found = next(
        item[method]
        for item in document["paths"].values()
        for method in {"get", "post"} & set(item)
        if item[method]["operationId"] == operation
    )
    described = found["responses"][status]["content"]["application/json"]["schema"]
    name = described["$ref"].rsplit("/", 1)[1]
    extra = {} if operation == "explain" else {"unevaluatedProperties": False}
    checked = {"components": document["components"], "$ref": f"#/components/schemas/{name}"} | extra
    errors = [
        f"{operation} {error.instance_path}: {error.message}"
        for error in jsonschema_rs.Draft202012Validator(checked).iter_errors(body)
    ]
    assert errors == []


def _operations(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """By operationId, with the parameters of the path."""
    return {
        item[method]["operationId"]: item[method]
        | {"parameters": [*item.get("parameters", ()), *item[method].get("parameters", ())]}
        for item in document["paths"].values()
        for method in {"get", "post"} & set(item)
    }


def test_headers_are_documented_as_they_are(town: Town) -> None:
    operations = _operations(_document(town))
    case = town.report()
    root = f"/cases/{case['id']}"
    paths = {
        "get_case": root,
        "list_actions": f"{root}/actions",
        "list_events": f"{root}/events",
        "list_tasks": f"{root}/tasks",
        "explain": f"{root}/explain/dispatch",
        "list_cases": "/cases",
        "list_cells": "/cells",
        "get_contact": f"{root}/contact",
    }
    for name, path in paths.items():
        documented = "ETag" in operations[name]["responses"]["200"]["headers"]
        assert documented is ("ETag" in town.get(path).headers), name
    assert "ETag" in operations["open_case"]["responses"]["201"]["headers"]
    assert "ETag" in operations["act"]["responses"]["200"]["headers"]
    for operation in operations.values():
        named = [item["name"] for item in operation["parameters"]]
        assert named.count("Accept-Language") == 1
    again = _operations(_document(town))
    assert again == operations


@pytest.mark.parametrize(
    ("key", "taken"), [("!", True), ("a~/:b", True), ("a b", False), ("é", False), ("k" * 201, False)]
)
def test_an_idempotency_key_is_what_the_document_says(town: Town, key: str, taken: bool) -> None:
    parameters = _operations(_document(town))["open_case"]["parameters"]
    pattern = next(item["schema"]["pattern"] for item in parameters if item["name"] == "Idempotency-Key")
    assert bool(re.fullmatch(pattern, key)) is taken
    body = {"intake": "patrol", "category": "0102", "cell": "HB-01"}
    assert town.post("/cases", body, key=key).status_code == (201 if taken else 400)


def test_the_subjects_of_explain_are_listed_and_the_nearest_is_named(town: Town) -> None:
    parameters = _operations(_document(town))["explain"]["parameters"]
    subject = next(item for item in parameters if item["name"] == "subject")
    assert subject["schema"]["enum"] == ["dispatch", "deadlines", "permissions"]
    case = town.report()
    for asked, code in (("deadline", "explain-subject-unknown-near"), ("weather", "explain-subject-unknown")):
        answer = town.get(f"/cases/{case['id']}/explain/{asked}")
        assert (answer.status_code, answer.json["code"]) == (404, code)
    near = town.get(f"/cases/{case['id']}/explain/deadline").json
    assert near["params"]["nearest"] == "deadlines"
    assert near["detail"].endswith("最接近的是“deadlines”")


@pytest.mark.parametrize(("lang", "words"), [("zh", "接口文档"), ("en", "API documentation")])
def test_people_can_read_the_documentation_without_another_host(town: Town, lang: str, words: str) -> None:
    page = town.client.get(f"/api/v1/docs?lang={lang}")
    html = page.get_data(as_text=True)
    assert page.status_code == 200
    assert words in html
    assert "api-operation-" not in html
    document = _document(town)
    for path in document["paths"]:
        assert path in html
    for name, schema in document["components"]["schemas"].items():
        if name != "PaginationMetadata":
            assert name.endswith("In") or f'id="schema-{name}"' in html
            assert all(f"<code>{field}</code>" in html for field in schema["properties"]), name
    assert "before | after | other" in html
    assert "CGCS2000 | WGS84 | GCJ-02" in html
    assert "dispatch | deadlines | permissions" in html
    notes = [item["description"] for item in document["components"]["schemas"]["ReportIn"]["properties"].values()]
    assert all((lang == "en") is (html_escape(text) in html) for text in notes if " " in text)
    targets = set(re.findall(r'href="#([^"]+)"', html))
    assert targets <= set(re.findall(r'id="([^"]+)"', html))
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', html)
    for asset in re.findall(r'(?:src|href)="(/[^"?]+\.(?:css|svg|json))"', html):
        with town.client.get(asset) as answer:
            assert answer.status_code == 200, asset
