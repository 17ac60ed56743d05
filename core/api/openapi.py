"""The OpenAPI document: what flask-smorest collects from the routes, with our security, limits and problems.

The only place that knows the document's shape; served as JSON and read by the page of the documentation.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import Flask, Response, json
from flask_smorest import Api

from core.api.answers import Problem
from core.api.door import LANGUAGE, LocalityConverter
from core.api.notes import note
from core.api.problem import MEDIA_TYPE

PREFIX = "/api/v1"
_ALWAYS = ("400", "401", "403", "404", "500", "503")
_WRITES = ("409", "413", "415", "422")
_CONDITIONAL = ("412", "428")
_HEADERS = {
    "X-Request-Id": {"description": "names this request in the log", "schema": {"type": "string"}},
}


class GridwrightApi(Api):
    """flask-smorest without its own error handling, and with a finished document."""

    def _register_error_handlers(self) -> None:
        """Problems are rendered in one place: `core.api.problem`."""

    def _register_responses(self) -> None:
        """No prefabricated error responses: `document` names the problems of each operation."""

    def document(self) -> dict[str, Any]:
        """The OpenAPI document as data."""
        document: dict[str, Any] = self.spec.to_dict()
        for item in document["paths"].values():
            for method, operation in item.items():
                if method in ("get", "post"):
                    _finish(method, operation)
            _annotate("", item.get("parameters", ()))
        for name, schema in document["components"]["schemas"].items():
            _describe(name, schema)
        return document

    def _openapi_json(self) -> Response:
        return Response(json.dumps(self.document(), ensure_ascii=False), mimetype="application/json")


def create_api(app: Flask, version: str) -> GridwrightApi:
    """The API of an application, with nothing registered yet."""
    app.config.update(
        API_TITLE="Gridwright 格匠",
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX=PREFIX,
        OPENAPI_JSON_PATH="openapi.json",
    )
    app.url_map.converters["locality"] = LocalityConverter
    api = GridwrightApi(
        app,
        spec_kwargs={
            "info": {"description": "Cases of a district's grid-governance scheme 网格化管理案件接口"},
            "servers": [{"url": "/"}],
            "security": [{"token": []}],
        },
    )
    api.register_converter(LocalityConverter, _locality_schema)
    api.spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    api.spec.components.schema("Problem", schema=Problem)
    return api


def _locality_schema(converter: LocalityConverter) -> Mapping[str, str]:
    return {"type": "string", "pattern": f"^{converter.regex}$"}


def _annotate(scope: str, parameters: Iterable[dict[str, Any]]) -> None:
    """Say what each parameter is for."""
    for item in parameters:
        said = note(scope, item["name"], "en")
        if said:
            item["description"] = said


def _describe(scope: str, schema: Mapping[str, Any]) -> None:
    """Say what each field is for."""
    for name, field in schema.get("properties", {}).items():
        said = note(scope, name, "en")
        if said:
            field["description"] = said


def _finish(method: str, operation: dict[str, Any]) -> None:
    parameters = operation.setdefault("parameters", [])
    if LANGUAGE not in parameters:
        parameters.append(LANGUAGE)
    _annotate(operation["operationId"], parameters)
    for part in operation.get("requestBody", {}).get("content", {}).values():
        _describe(operation["operationId"], part["schema"])
    operation.setdefault("responses", {}).pop("default", None)
    wanted = [*_ALWAYS]
    if method == "post":
        wanted += _WRITES
    elif any(item.get("in") == "query" for item in operation.get("parameters", ())):
        wanted.append("422")
    if any(item.get("name") == "If-Match" for item in operation.get("parameters", ())):
        wanted += _CONDITIONAL
    for status in wanted:
        operation["responses"][status] = {
            "description": f"Problem {status}",
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    for response in operation["responses"].values():
        response.setdefault("headers", {}).update(_HEADERS)
