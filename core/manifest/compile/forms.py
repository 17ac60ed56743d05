"""Forms that a manifest embeds → JSON Schema 2020-12 that stands alone.

A manifest writes titles as zh/en maps; JSON Schema wants text, so the Chinese becomes `title` and the English
`x-title-en` (the same for descriptions). An object that does not say otherwise is closed: a field that the form does
not name cannot slip into a case.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

from core.expression import ExpressionType
from core.manifest.compile.values import plain
from core.manifest.node import Node

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_TEXTS = ("title", "description")
TYPES: Mapping[str, ExpressionType] = {"number": "number", "integer": "number", "boolean": "boolean", "array": "set"}
"""What an expression sees of a field, by the field's JSON type; anything else is text."""
RATING = {"zh": "评分", "en": "rating"}
"""The title of the field that a rating adds to its action's form."""


def compile_form(schema: Mapping[str, Any] | None) -> dict[str, Any]:
    """The schema of a form, or of an action's inputs; no schema gives a form without fields."""
    compiled = _schema(schema or {"type": "object"})
    return {"$schema": DIALECT, **compiled}


def asked(action: Node, checklists: Mapping[str, Node]) -> Mapping[str, Any]:
    """The form of an action: its own inputs, the items of its checklist, and the mark of its rating."""
    form = dict(action["inputs"].value or {"type": "object"})
    properties, required = dict(form.get("properties") or {}), list(form.get("required") or ())
    checklist = checklists.get(action["checklist"]["id"].text)
    for item in checklist["items"] if checklist else ():
        properties[item["id"].value] = {"type": "boolean", "title": item["label"].value, **(item["field"].value or {})}
        required.append(item["id"].value)
    rating = action["rating"]
    if rating:
        marks = {"minimum": rating["minimum"].value, "maximum": rating["maximum"].value}
        properties.setdefault("rating", {"type": "integer", "title": RATING, **marks})
        required.append("rating")
    if properties:
        form["properties"] = properties
    if required:
        form["required"] = list(dict.fromkeys(required))
    return form


def fields(schema: Mapping[str, Any] | None) -> dict[str, ExpressionType]:
    """The form's fields with the type that an expression sees: number, text, boolean or set."""
    properties = (schema or {}).get("properties")
    if not isinstance(properties, Mapping):
        return {}
    return {name: _type(item) for name, item in properties.items() if isinstance(item, Mapping)}


def fact_types(case_kind: Node) -> dict[str, ExpressionType]:
    """Declared facts with their types: `opinion_given: boolean`, or `{type: boolean, label: …}`."""
    declared = {
        name: item.value if isinstance(item.value, str) else item["type"].text
        for name, item in case_kind["facts"].entries()
    }
    rated = {"rating": "number"} if any(action["rating"] for action in case_kind["actions"]) else {}
    return {name: cast(ExpressionType, kind) for name, kind in (rated | declared).items()}


def _type(schema: Mapping[str, Any]) -> ExpressionType:
    """A field without a type has that of its choices."""
    choices = schema.get("enum") or ()
    if "type" not in schema and choices and all(isinstance(choice, int | Decimal) for choice in choices):
        return "number"
    return TYPES.get(str(schema.get("type")), "text")


def _schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    compiled: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _TEXTS and isinstance(value, Mapping):
            compiled[key] = value["zh"]
            if value.get("en"):
                compiled[f"x-{key}-en"] = value["en"]
        elif key == "properties":
            compiled[key] = {name: _schema(item) for name, item in value.items()}
        elif key == "items":
            compiled[key] = _schema(value)
        else:
            compiled[key] = plain(value)
    if compiled.get("type") == "object":
        compiled.setdefault("properties", {})
        compiled.setdefault("additionalProperties", False)
    return compiled
