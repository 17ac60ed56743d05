"""What people fill in: judged by the JSON Schema that the district wrote, and free text kept apart from facts.

Returns faults with pointers, never sentences. Only closed values (numbers, booleans, choices, references, dates)
may reach an event; every other string is free text and becomes an erasable payload.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache
from typing import Any

import jsonschema_rs

from core.errors import Fault
from core.manifest.schemas import PATTERNS

REFERENCES = frozenset({"account", "organisation", "cell", "category", "object", "post", "pool", "case"})
"""Values of `format` that name something of the district; the named thing has to exist."""
_CLOSED_FORMATS = REFERENCES | {"code", "date", "date-time", "time", "uuid"}
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
"""What a field of format `code` takes: something new that has a code and is nowhere listed yet."""

Known = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class Filled:
    """A form after judgement: `values` may stand in events, `texts` (field → what was written) may not."""

    values: Mapping[str, Any]
    texts: Mapping[str, Any]


def judge(schema: Mapping[str, Any], given: Mapping[str, Any], pointer: str, known: Known) -> list[Fault]:
    """Every fault of `given`; `known(format, value)` says whether a referenced thing exists.

    A field that the schema does not declare is a fault even where the schema forgets to forbid it.
    """
    declared = schema.get("properties", {})
    faults = [unknown_field(name, declared, pointer) for name in given if name not in declared]
    for error in _validator(json.dumps(schema, sort_keys=True, default=str)).iter_errors(dict(given)):
        faults.extend(_faults(error, pointer))
    for name, value in given.items():
        wanted = declared.get(name, {}).get("format")
        if wanted == "code" and isinstance(value, str) and not _CODE.fullmatch(value):
            faults.append(Fault("field-format", f"{pointer}/{escape(name)}", {"format": "code"}))
        if wanted in REFERENCES and isinstance(value, str) and not known(wanted, value):
            faults.append(Fault("reference-unknown", f"{pointer}/{escape(name)}", {"kind": wanted, "value": value}))
    return sorted(set_of(faults), key=lambda fault: (fault.pointer, fault.code))


def divide(schema: Mapping[str, Any], given: Mapping[str, Any]) -> Filled:
    """Part a judged form into values for events and texts for payloads."""
    declared = schema.get("properties", {})
    values = {name: value for name, value in given.items() if _closed(declared.get(name, {}), value)}
    return Filled(values, {name: value for name, value in given.items() if name not in values})


def unknown_field(name: str, declared: Collection[str], pointer: str) -> Fault:
    """The fault for a field that nobody declared, with the nearest declared name."""
    nearest = get_close_matches(name, list(declared), n=1, cutoff=0.5)
    code = "field-unknown-near" if nearest else "field-unknown"
    return Fault(code, f"{pointer}/{escape(name)}", {"field": name[:100], "nearest": nearest[0] if nearest else ""})


def escape(name: str | int) -> str:
    """One step of a JSON pointer (RFC 6901)."""
    return str(name)[:100].replace("~", "~0").replace("/", "~1")


def set_of(faults: Iterable[Fault]) -> list[Fault]:
    """Without repetitions of the same code at the same place."""
    return list({(fault.code, fault.pointer, str(fault.params.get("field"))): fault for fault in faults}.values())


def _closed(schema: Mapping[str, Any], value: Any) -> bool:
    if isinstance(value, str):
        return bool("enum" in schema or "const" in schema or schema.get("format") in _CLOSED_FORMATS)
    if isinstance(value, list):
        return all(_closed(schema.get("items", {}), item) for item in value)
    if isinstance(value, Mapping):
        parts = schema.get("properties", {})
        return all(name in parts and _closed(parts[name], item) for name, item in value.items())
    return True


@lru_cache(maxsize=512)
def _validator(schema: str) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(schema), pattern_options=PATTERNS, validate_formats=True)


def _faults(error: jsonschema_rs.ValidationError, pointer: str) -> list[Fault]:
    place = pointer + "".join(f"/{escape(step)}" for step in error.instance_path)
    name, detail = error.kind.name, error.kind.as_dict()
    if name == "required":
        missing = str(detail["property"])
        return [Fault("field-required", f"{place}/{escape(missing)}", {"field": missing})]
    if name in ("additionalProperties", "unevaluatedProperties"):
        return [Fault("field-unknown", f"{place}/{escape(item)}", {"field": item}) for item in detail["unexpected"]]
    code, params = _CODES.get(name, _OTHER)(detail)
    return [Fault(code, place, params)]


def _bound(code: str) -> Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]:
    return lambda detail: (code, {"limit": detail.get("limit")})


def _choices(detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "field-choice", {"allowed": ", ".join(str(option) for option in detail.get("options", ())[:20])}


def _type(detail: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    return "field-type", {"expected": ", ".join(detail.get("types", ()))}


_OTHER: Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]] = lambda detail: ("field-invalid", {})  # noqa: E731
_CODES: Mapping[str, Callable[[Mapping[str, Any]], tuple[str, dict[str, Any]]]] = {
    "type": _type,
    "enum": _choices,
    "minimum": _bound("field-too-small"),
    "exclusiveMinimum": _bound("field-too-small"),
    "maximum": _bound("field-too-large"),
    "exclusiveMaximum": _bound("field-too-large"),
    "minLength": _bound("field-too-short"),
    "maxLength": _bound("field-too-long"),
    "minItems": _bound("field-too-few"),
    "maxItems": _bound("field-too-many"),
    "format": lambda detail: ("field-format", {"format": detail.get("format")}),
    "pattern": lambda detail: ("field-pattern", {"pattern": detail.get("pattern")}),
}
