"""The published JSON Schemas: found by kind and version, resolved, and made into validators.

Every version that was ever published stays under schemas/; the `schema:` line of a document chooses among them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs

FOLDER = Path(__file__).resolve().parents[2] / "schemas"
"""Beside the package, in a checkout as in an installation."""

URN = "urn:gridwright:schema:"
PATTERNS = jsonschema_rs.RegexOptions(size_limit=1 << 18)
"""How the patterns of a district's forms are read, at the check as at each form that is filled in: by an engine that
takes time in proportion to the text, and only patterns that stay small."""
_FILE = re.compile(r"([a-z_]+)(\.table)?\.([0-9]+)\.json\Z")
LINE = re.compile(r"gridwright/([a-z_]+)/([0-9]+)\Z")


@cache
def published() -> Mapping[str, dict[str, Any]]:
    """Every published schema by its `$id`."""
    found = {}
    for file in FOLDER.iterdir():
        if _FILE.match(file.name):
            schema = json.loads(file.read_text(encoding="utf-8"))
            found[schema["$id"]] = schema
    return found


@cache
def lines() -> tuple[str, ...]:
    """Every `schema:` line that a document may have."""
    kinds = (name.removeprefix(URN).split(":") for name in published())
    return tuple(sorted(f"gridwright/{kind}/{version}" for kind, version in kinds if _is_document(kind)))


def _is_document(kind: str) -> bool:
    return kind != "common" and not kind.endswith(".table")


def latest(kind: str) -> int:
    """The newest published version of a kind."""
    return max(int(name.rpartition(":")[2]) for name in published() if name.startswith(f"{URN}{kind}:"))


def schema_of(kind: str, version: int = 1) -> Mapping[str, Any]:
    """The schema of a manifest kind (`grid`) or of a table's row (`cells.table`); KeyError when there is none."""
    return published()[f"{URN}{kind}:{version}"]


@cache
def validator(kind: str, version: int = 1, listed: bool = False) -> jsonschema_rs.Draft202012Validator:
    """The validator of a kind; with `listed`, of a list of such values."""
    name = f"{URN}{kind}:{version}"
    schema = {"type": "array", "items": {"$ref": name}} if listed else {"$ref": name}
    return jsonschema_rs.Draft202012Validator(
        schema,
        registry=jsonschema_rs.Registry(list(published().items())),
        pattern_options=jsonschema_rs.RegexOptions(),  # linear: a pattern can never hang the check
        validate_formats=True,
        formats={"small-pattern": _is_small_pattern},
    )


def _is_small_pattern(text: str) -> bool:
    """Whether it is a regular expression that forms can use."""
    try:
        jsonschema_rs.Draft202012Validator({"pattern": text}, pattern_options=PATTERNS)
    except ValueError:
        return False
    return True


def at(location: str) -> Any:
    """What stands at an absolute location, `urn:…#/properties/tiers`; None when there is nothing."""
    name, _, pointer = location.partition("#")
    here: Any = published().get(name)
    for step in pointer.split("/")[1:]:
        step = step.replace("~1", "/").replace("~0", "~")
        if isinstance(here, list):
            here = here[int(step)]
        elif isinstance(here, Mapping):
            here = here.get(step)
    return here


def resolve(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """A schema with what its `$ref` leads to; its own keywords win."""
    merged = dict(schema)
    while "$ref" in merged:
        target = at(merged.pop("$ref"))
        merged = {**target, **merged}
    return merged
