"""What a validator says of a value → findings that a person can act on: the fault itself, not the rule that it broke.

Knows JSON Schema's keywords, and no manifest kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from core.manifest.nearest import Suggestions
from core.manifest.schemas import at
from core.messages import catalogue

SHOWN = {
    "string": "“…”",
    "number": "0.5, 1, 2 …",
    "integer": "0, 1, 2 …",
    "boolean": "true | false",
    "array": "[…]",
    "object": "{…: …}",
    "null": "null",
}
"""How each type looks in a manifest: signs that need no translation."""

BOUNDS = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">", "exclusiveMaximum": "<", "multipleOf": "×"}
FEW = frozenset({"minItems", "minLength", "minProperties"})
MANY = frozenset({"maxItems", "maxLength", "maxProperties"})
LONGEST = 80  # characters of a wrong value that a finding repeats


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a value. `key` when it is about the name of the last step of `path` and not about its value.
    `structural` when later passes could not walk the document past it."""

    code: str
    path: tuple[str | int, ...]
    params: Mapping[str, Any] = field(default_factory=dict)
    key: bool = False
    structural: bool = False


def faults(errors: Iterable[Any]) -> list[Fault]:
    """Every fault once, in the order of the errors; a choice that fails only because of a fault that is already
    reported at the same place is left out."""
    errors = list(errors)
    named = {tuple(error.instance_path) for error in errors if error.kind.name == "additionalProperties"}
    found: dict[tuple[Any, ...], Fault] = {}
    suggestions = Suggestions()
    for error in errors:
        if error.kind.name in ("anyOf", "oneOf") and tuple(error.instance_path) in named:
            continue
        for fault in _faults(error, suggestions):
            found.setdefault((fault.code, fault.path, fault.key, fault.params.get("name")), fault)
    return list(found.values())


def _faults(error: Any, suggestions: Suggestions) -> Iterator[Fault]:
    name = error.kind.name
    path = tuple(error.instance_path)
    if name in ("anyOf", "oneOf"):
        yield from _choice(error, path, suggestions)
    elif name == "additionalProperties":
        known = (at(error.absolute_keyword_location.rpartition("/")[0]) or {}).get("properties", {})
        for unexpected in error.kind.unexpected:
            params = {"name": _short(unexpected), "nearest": suggestions.meant(unexpected, known)}
            yield Fault("schema-unknown-property", (*path, unexpected), params, key=True)
    elif name == "required":
        yield Fault("schema-missing-property", path, {"name": error.kind.property}, structural=True)
    elif name == "propertyNames":
        yield from _name(error, path)
    elif name == "type":
        yield _wrong_type(error, path, error.kind.types)
    else:
        yield _value(error, name, path, suggestions)


def _value(error: Any, name: str, path: tuple[str | int, ...], suggestions: Suggestions) -> Fault:
    shown = _short(error.instance)
    if name in ("enum", "const"):
        options = error.kind.options if name == "enum" else [error.kind.expected_value]
        texts = [str(option) for option in options if option is not None]
        params = {"value": shown, "nearest": suggestions.meant(str(error.instance), texts), "options": _listed(texts)}
        return Fault("schema-not-one-of", path, params)
    if name in BOUNDS:
        return Fault("schema-range", path, {"value": shown, "bound": f"{BOUNDS[name]} {_bound(error)}"})
    if name in FEW:
        return Fault("schema-too-few", path, {"limit": _bound(error)}, structural=name == "minProperties")
    if name in MANY:
        return Fault("schema-too-many", path, {"limit": _bound(error)}, structural=name == "maxProperties")
    if name == "uniqueItems":
        return Fault("schema-repeated", path)
    return Fault("schema-pattern", path, {"value": shown, **_wanted(error)})


def _wrong_type(error: Any, path: tuple[str | int, ...], types: Iterable[str], amount: bool = False) -> Fault:
    types = list(types)
    value = error.instance
    if value is None:
        return Fault("schema-empty", path, structural=True)
    if "string" in types and isinstance(value, bool | int | float | Decimal):
        return Fault("schema-not-quoted", path, {"value": _short(value)}, structural=True)
    expected = catalogue()["schema-amount"].text if amount else " / ".join(SHOWN[each] for each in types)
    return Fault("schema-wrong-type", path, {"expected": expected, "value": _short(value)}, structural=True)


def _name(error: Any, path: tuple[str | int, ...]) -> Iterator[Fault]:
    """A key of a mapping that is not a possible name."""
    inner = error.kind.error
    params = {"value": _short(inner.instance), **_wanted(inner)}
    yield Fault("schema-pattern", (*path, inner.instance), params, key=True)


def _choice(error: Any, path: tuple[str | int, ...], suggestions: Suggestions) -> Iterator[Fault]:
    """The faults of the alternative that was most likely meant."""
    if not hasattr(error.kind, "context") or all(not branch for branch in error.kind.context):
        yield Fault("schema-one-only", path, structural=True)
        return
    branches = [branch for branch in error.kind.context if branch]
    if all(each.kind.name == "required" for branch in branches for each in branch):
        names = [each.kind.property for branch in branches for each in branch]
        if len(error.kind.context) == len(branches):
            yield Fault("schema-missing-one-of", path, {"options": _listed(names)}, structural=True)
            return
    fitting = [branch for branch in branches if not _mistyped(branch, path)]
    if not fitting:
        types = [name for branch in branches for each in branch if each.kind.name == "type" for name in each.kind.types]
        yield _wrong_type(error, path, dict.fromkeys(types), amount="/$defs/amount/" in error.absolute_keyword_location)
        return
    for inner in min(fitting, key=_distance):
        for fault in _faults(inner, suggestions):
            yield Fault(fault.code, fault.path, fault.params, fault.key, structural=True)


def _mistyped(branch: Iterable[Any], path: tuple[str | int, ...]) -> bool:
    return any(each.kind.name == "type" and tuple(each.instance_path) == path for each in branch)


def _distance(branch: list[Any]) -> tuple[int, int, int]:
    """How far a value is from an alternative: fewest unknown names, then a choice of words, then fewest faults."""
    unknown = sum(len(each.kind.unexpected) for each in branch if each.kind.name == "additionalProperties")
    return (unknown, 0 if any(each.kind.name == "enum" for each in branch) else 1, len(branch))


def _wanted(error: Any) -> dict[str, str]:
    """What the schema says about the value, in both languages."""
    schema = at(error.absolute_keyword_location.rpartition("/")[0]) or {}
    return {"wanted_zh": schema.get("description", ""), "wanted_en": schema.get("x-description-en", "")}


def _bound(error: Any) -> Any:
    return at(error.absolute_keyword_location)


def _listed(names: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(names))


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else _written(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _written(value: Any) -> str:
    """A value as a manifest writes it, as far as a finding needs it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: …" for key in value) + "}"
    return "[…]" if isinstance(value, list) else str(value)
