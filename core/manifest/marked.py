"""What the schemas mark in a document: the ids that it defines, the ids that it uses, the values with a rule.

`x-defines: tier` on an id says that it is one; `x-reference: tier` on a text says that it names one. So the schema,
the reference check and the web form agree on what refers to what.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.manifest.node import Node
from core.manifest.schemas import resolve, schema_of

KEYWORDS = ("x-defines", "x-reference", "x-value")


@dataclass(frozen=True, slots=True)
class Mark:
    """A text of a document that its schema marks. `key` when the text is the name of the last step of the path."""

    keyword: str
    kind: str
    text: str
    node: Node
    key: bool = False


def marks(kind: str, root: Node, version: int = 1) -> Iterator[Mark]:
    """Every marked text of a document that has the shape of its schema."""
    yield from _walk(schema_of(kind, version), root)


@cache
def columns(table: str, keyword: str) -> Mapping[str, str]:
    """The columns of a kind of table that a keyword marks, with what it says; lists by what it says of their items."""
    found = {}
    for name, schema in schema_of(f"{table}.table")["properties"].items():
        merged = resolve(schema)
        marked = merged.get(keyword) or resolve(merged.get("items", {})).get(keyword)
        if marked:
            found[name] = marked
    return found


def _walk(schema: Mapping[str, Any], node: Node) -> Iterator[Mark]:
    schema = resolve(schema)
    if isinstance(node.value, str):
        for keyword in KEYWORDS:
            if keyword in schema:
                yield Mark(keyword, schema[keyword], node.value, node)
    for branch in (*schema.get("oneOf", ()), *schema.get("anyOf", ())):
        yield from _walk(branch, node)
    if isinstance(node.value, list) and "items" in schema:
        for item in node:
            yield from _walk(schema["items"], item)
    if isinstance(node.value, dict):
        yield from _entries(schema, node)


def _entries(schema: Mapping[str, Any], node: Node) -> Iterator[Mark]:
    properties = schema.get("properties", {})
    names = resolve(schema.get("propertyNames", {}))
    others = schema.get("additionalProperties")
    for key, entry in node.entries():
        if "x-reference" in names:
            yield Mark("x-reference", names["x-reference"], key, entry, key=True)
        if key in properties:
            yield from _walk(properties[key], entry)
        elif isinstance(others, dict):
            yield from _walk(others, entry)
