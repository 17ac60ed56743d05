"""The human page of the API's documentation, made from the OpenAPI document on this server; asks no other host."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from flask import Blueprint, Response, make_response, render_template, request

from core.api.notes import note
from core.api.openapi import PREFIX, GridwrightApi
from core.api.problem import language
from core.messages import Language, render

Shown = dict[str, Any]


def create_docs(api: GridwrightApi, layout: str) -> Blueprint:
    """The page as a blueprint, inside the template `layout`."""
    blueprint = Blueprint("api_docs", __name__, template_folder="templates")

    @cache
    def guide(speak: Language) -> Guide:
        return Guide(api.document(), speak)

    @blueprint.get(f"{PREFIX}/docs")
    def docs() -> Response:
        asked = request.args.get("lang")
        speak: Language = asked if asked in ("zh", "en") else language()  # type: ignore[assignment]

        def words(code: str, **params: Any) -> str:
            return render(code, params, speak)

        other = "en" if speak == "zh" else "zh"
        shown = {"groups": guide(speak).groups(), "schemas": guide(speak).schemas()}
        html = render_template("api/docs.html", layout=layout, speak=speak, other=other, words=words, **shown)
        response = make_response(html)
        response.headers["Vary"] = "Accept-Language"
        return response

    return blueprint


class Guide:
    """What a reader needs of the document, in one language."""

    def __init__(self, document: Mapping[str, Any], speak: Language) -> None:
        self._document = document
        self._schemas: Mapping[str, Any] = document["components"]["schemas"]
        self._speak = speak

    def groups(self) -> list[Shown]:
        """Operations by tag, in the document's order."""
        found: dict[str, Shown] = {
            tag["name"]: {"name": tag["name"], "operations": []} for tag in self._document["tags"]
        }
        for path, item in self._document["paths"].items():
            for method in ("get", "post"):
                if method in item:
                    shown = self._operation(method, path, item[method], item.get("parameters", []))
                    found[item[method]["tags"][0]]["operations"].append(shown)
        return list(found.values())

    def schemas(self) -> list[Shown]:
        """What answers are made of, by name."""
        return [
            {"name": name, "fields": self._fields(name, schema, nested=False)}
            for name, schema in sorted(self._schemas.items())
            if not name.endswith("In") and name != "PaginationMetadata"
        ]

    def _operation(self, method: str, path: str, operation: Mapping[str, Any], shared: list[Any]) -> Shown:
        body = operation.get("requestBody", {}).get("content", {})
        media, schema = next(((media, part["schema"]) for media, part in body.items()), ("", {}))
        name, answers = operation["operationId"], operation["responses"]
        return {
            "method": method.upper(),
            "path": path,
            "anchor": f"{method}-{path.strip('/').replace('/', '-').replace('{', '').replace('}', '')}",
            "id": name,
            "parameters": [self._parameter(name, item) for item in (*shared, *operation.get("parameters", ()))],
            "media": media,
            "fields": self._fields(_target(schema) or name, self._of(schema)),
            "answers": [self._answer(status, answers[status]) for status in answers if status < "300"],
            "problems": sorted(status for status in answers if status >= "300"),
        }

    def _parameter(self, operation: str, item: Mapping[str, Any]) -> Shown:
        schema = item["schema"]
        return {
            "name": item["name"],
            "in": item["in"],
            "required": item.get("required", False),
            "type": _type(schema),
            "default": schema.get("default"),
            "about": note(operation, item["name"], self._speak, item.get("description", "")),
        }

    def _answer(self, status: str, response: Mapping[str, Any]) -> Shown:
        content = response.get("content", {})
        target = next((_target(part["schema"]) for part in content.values()), "")
        fields = self._of({"$ref": target}).get("properties", {}) if target else {}
        return {"status": status, "media": list(content), "schema": target, "fields": list(fields)}

    def _of(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        target = _target(schema)
        return self._schemas[target] if target else schema

    def _fields(self, scope: str, schema: Mapping[str, Any], *, nested: bool = True) -> list[Shown]:
        """The fields of a body, those of the schemas in it under them."""
        required = schema.get("required", ())
        return [
            {
                "name": name,
                "type": _type(field),
                "schema": _target(field),
                "required": name in required,
                "default": field.get("default"),
                "about": note(scope, name, self._speak, field.get("description", "")),
                "fields": self._fields(_target(field), self._of(field)) if nested and _target(field) else [],
            }
            for name, field in schema.get("properties", {}).items()
        ]


def _target(schema: Mapping[str, Any]) -> str:
    """The name of the schema that this one refers to, is a list of, or a map to; empty for none."""
    if "$ref" in schema:
        return str(schema["$ref"].rsplit("/", 1)[-1])
    inner = [
        *schema.get("anyOf", ()),
        *schema.get("allOf", ()),
        schema.get("items"),
        schema.get("additionalProperties"),
    ]
    return next((name for part in inner if isinstance(part, Mapping) and (name := _target(part))), "")


def _type(field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return " | ".join("null" if value is None else str(value) for value in field["enum"])
    kinds = field.get("type", "any" if not _target(field) else "")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "array" in kinds:
        return f"[{_type(field.get('items', {}))}]"
    if _target(field):
        return f"{{{_target(field)}}}" if "object" in kinds else _target(field)
    return " | ".join(field.get("format", kind) if kind != "null" else kind for kind in kinds)
