"""The human page of the API's documentation, made from the OpenAPI document on this server; asks no other host."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from core.api.openapi import PREFIX, GridwrightApi
from core.api.problem import language
from core.messages import Language, render


def create_docs(api: GridwrightApi, layout: str) -> Blueprint:
    """The page as a blueprint, inside the template `layout`."""
    blueprint = Blueprint("api_docs", __name__, template_folder="templates")

    @cache
    def groups() -> list[dict[str, Any]]:
        return grouped(api.document())

    @blueprint.get(f"{PREFIX}/docs")
    def docs() -> Response:
        asked = request.args.get("lang")
        speak: Language = asked if asked in ("zh", "en") else language()  # type: ignore[assignment]

        def words(code: str, **params: Any) -> str:
            return render(code, params, speak)

        other = "en" if speak == "zh" else "zh"
        html = render_template("api/docs.html", layout=layout, groups=groups(), speak=speak, other=other, words=words)
        response = make_response(html)
        response.headers["Vary"] = "Accept-Language"
        return response

    return blueprint


def grouped(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Operations by tag, in the document's order, with what a reader needs of each."""
    found: dict[str, dict[str, Any]] = {
        tag["name"]: {"name": tag["name"], "about": tag.get("description", ""), "operations": []}
        for tag in document.get("tags", ())
    }
    for path, item in document["paths"].items():
        shared = item.get("parameters", [])
        for method in ("get", "post"):
            operation = item.get(method)
            if operation is None:
                continue
            group = found[operation["tags"][0]]
            group["operations"].append(_operation(document, method, path, operation, shared))
    return list(found.values())


def _operation(
    document: Mapping[str, Any], method: str, path: str, operation: Mapping[str, Any], shared: list[Any]
) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    media, schema = next(((media, part["schema"]) for media, part in body.items()), ("", {}))
    answers = operation["responses"]
    return {
        "method": method.upper(),
        "path": path,
        "anchor": f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
        "id": operation["operationId"],
        "parameters": [*shared, *operation.get("parameters", ())],
        "media": media,
        "fields": _fields(document, schema),
        "answers": [(status, answers[status].get("description", "")) for status in answers if status < "300"],
        "problems": [status for status in answers if status >= "300"],
    }


def _fields(document: Mapping[str, Any], schema: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The top level of a body: name, type, whether it is required."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    required = schema.get("required", ())
    return [
        {"name": name, "type": _type(field), "required": name in required, "about": field.get("description", "")}
        for name, field in schema.get("properties", {}).items()
    ]


def _type(field: Mapping[str, Any]) -> str:
    if "$ref" in field:
        return str(field["$ref"].rsplit("/", 1)[1])
    if "enum" in field:
        return " | ".join(str(value) for value in field["enum"])
    if field.get("type") == "array":
        return f"[{_type(field.get('items', {}))}]"
    return str(field.get("format") or field.get("type") or "any")
