"""Ids that stand twice where they have to be one: in a list of a document, or in the key column of a table."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding, Place
from core.manifest.document import Row
from core.manifest.documents import KINDS, TABLES, Documents
from core.manifest.marked import columns
from core.manifest.node import Node
from core.manifest.references.definitions import Definitions


def check_duplicates(documents: Documents, definitions: Definitions) -> Iterator[Finding]:
    """Every second occurrence, with the place of the first."""
    for kind in KINDS:
        yield from _lists(documents.root(kind))
    for test in documents.tests():
        yield from _lists(Node(test, (), test.value))
    for (kind, named_by), name in TABLES.items():
        table = documents.table(kind, named_by)
        for column in columns(name, "x-defines") if table else ():
            rows: dict[str, Row] = {}
            for row in table or ():
                value = row.values.get(column, "")
                if value in rows:
                    yield _twice(value, row.place(column), rows[value].place(column))
                elif value:
                    rows[value] = row


def _lists(node: Node) -> Iterator[Finding]:
    first: dict[str, Place] = {}
    for item in node:
        name = item["id"].text
        if name in first:
            yield _twice(name, item["id"].place(), first[name])
        elif name:
            first[name] = item["id"].place()
        yield from _lists(item)
    for _, entry in node.entries():
        if isinstance(entry.value, list | dict):
            yield from _lists(entry)


def _twice(name: str, place: Place, first: Place) -> Finding:
    return Finding("reference-duplicate-id", "error", place, {"name": name, "first_line": first.line})
