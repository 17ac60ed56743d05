"""Every marked text: does what it names exist, and does its value make sense?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from core.errors import Finding, Place
from core.manifest.compile.values import listed, window
from core.manifest.document import Document, Table
from core.manifest.documents import KINDS, TABLES, Documents
from core.manifest.marked import columns, marks
from core.manifest.node import Node
from core.manifest.references.definitions import Definitions

_ORIGIN = re.compile(r"(seed|standard):([A-Za-z][A-Za-z0-9_]*)")


def check_uses(documents: Documents, definitions: Definitions) -> Iterator[Finding]:
    """Unknown names, in documents and then in tables."""
    for kind in KINDS:
        yield from _document(kind, documents.root(kind), definitions)
    for test in documents.tests():
        yield from _document("scheme_test", Node(test, (), test.value), definitions)
    for (kind, named_by), name in TABLES.items():
        table = documents.table(kind, named_by)
        if table is not None:
            yield from _table(table, name, definitions)
    yield from _features(documents, definitions)


def unknown(definitions: Definitions, kind: str, text: str, place: Place, known: set[str]) -> Finding:
    """The finding for a name that nothing has."""
    code = f"reference-unknown-{kind.removeprefix('number_').replace('_', '-')}"
    return Finding(code, "error", place, {"name": text, "nearest": definitions.suggestions.meant(text, known)})


def _document(kind: str, root: Node, definitions: Definitions) -> Iterator[Finding]:
    for mark in marks(kind, root):
        place = mark.node.place
        if mark.keyword == "x-reference":
            for named, text in _named(mark.kind, mark.text):
                known = definitions.known(named)
                if known is not None and text not in known:
                    yield unknown(definitions, named, text, place(mark.key), known)
        elif mark.keyword == "x-value" and not _sensible(mark.kind, mark.text):
            yield Finding(f"reference-{mark.kind}-reversed", "error", place(), {"value": mark.text})


def _table(table: Table, name: str, definitions: Definitions) -> Iterator[Finding]:
    for column, kind in columns(name, "x-reference").items():
        if column not in table.columns:
            continue
        seen: dict[str, list[tuple[str, str]]] = {}
        for row in table:
            cell = row.values[column]
            if not cell:
                continue
            wrong = seen.get(cell)
            if wrong is None:
                wrong = seen[cell] = [
                    (named, text) for item in listed(cell) for named, text in _wrong(kind, item, definitions)
                ]
            for named, text in wrong:
                yield unknown(definitions, named, text, row.place(column), definitions.known(named) or set())


def _wrong(kind: str, item: str, definitions: Definitions) -> Iterator[tuple[str, str]]:
    for named, text in _named(kind, item):
        known = definitions.known(named)
        if known is not None and text not in known:
            yield named, text


def _named(kind: str, text: str) -> Iterator[tuple[str, str]]:
    """What a text names: mostly what its mark says, but origins and targets carry the kind inside."""
    if kind == "origin":
        match = _ORIGIN.match(text)
        if match:
            yield ("source" if match[1] == "seed" else "code_list"), match[2]
    elif kind == "table_target":
        prefix, colon, name = text.partition(":")
        if colon and prefix in ("post", "organisation", "pool"):
            yield prefix, name
    else:
        yield kind, text


def _sensible(kind: str, text: str) -> bool:
    if kind == "window":
        try:
            start, end = window(text)
        except ValueError:
            return True  # not a window at all: the schema has said so
        return start < end
    first, _, last = text.partition("/")
    try:
        return date.fromisoformat(first) <= date.fromisoformat(last or first)
    except ValueError:
        return False


def _features(documents: Documents, definitions: Definitions) -> Iterator[Finding]:
    """Areas of cells that do not exist, or that have an area already."""
    document = documents.files.get(documents.file_named("grid", "geometry"))
    known = definitions.known("cell")
    if not isinstance(document, Document) or known is None:
        return
    first: dict[str, Place] = {}
    for feature in Node(document, (), document.value)["features"]:
        code = feature["properties"]["code"]
        place = feature.place()
        if code.text not in known:
            yield unknown(definitions, "cell", code.text, place, known)
        elif code.text in first:
            params = {"name": code.text, "first_line": first[code.text].line}
            yield Finding("reference-duplicate-id", "error", place, params)
        first.setdefault(code.text, place)
