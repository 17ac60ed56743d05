"""The shape of a table: its columns, and each cell as the type that its column has, with the cell's own place.

The schema of a table describes a row with typed values; here the text of each cell becomes such a value first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from core.errors import Finding, Place
from core.manifest.compile.values import TRUE, listed
from core.manifest.document import Row, Table
from core.manifest.documents import Documents
from core.manifest.nearest import meant
from core.manifest.node import Node
from core.manifest.schema_errors import SHOWN, faults
from core.manifest.schemas import resolve, schema_of, validator

FALSE = frozenset({"no", "false", "否"})
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?\Z")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}\Z")


class NotOfType(ValueError):
    """A cell's text is not a value of its column's type."""


def check_table(table: Table, kind: str, documents: Documents) -> tuple[list[Finding], bool]:
    """The findings of a table, and whether later passes can walk its rows."""
    schema = schema_of(f"{kind}.table")
    more = _more_columns(documents) if schema.get("x-more-columns") else {}
    findings, walkable = _columns(table, schema, more)
    if not walkable:
        return findings, False
    types = {name: read for name, read in _readers(kind).items() if name in table.columns}
    rows: list[dict[str, Any]] = []
    wrong: set[tuple[int, str]] = set()
    for row in table:
        values: dict[str, Any] = {}
        for name, read in types.items():
            text = row.values[name]
            if not text:
                continue
            try:
                values[name] = read(text)
            except NotOfType as error:
                wrong.add((row.index, name))
                findings.append(_mistyped(row, name, text, str(error)))
        rows.append(values)
        findings.extend(_own_columns(row, more))
    for fault in faults(validator(f"{kind}.table", listed=True).iter_errors(rows)):
        findings += _finding(fault, table, wrong)
    return findings, True


def _finding(fault: Any, table: Table, wrong: set[tuple[int, str]]) -> Iterator[Finding]:
    index, *steps = fault.path
    column = fault.params["name"] if fault.code == "schema-missing-property" else steps[0] if steps else ""
    if (index, column) not in wrong:
        yield Finding(fault.code, "error", table.rows[index].place(column), fault.params)


def _columns(table: Table, schema: Mapping[str, Any], more: Mapping[str, Any]) -> tuple[list[Finding], bool]:
    """Unknown and missing columns; a table without a column that every row needs cannot be walked."""
    known = [*schema["properties"], *more]
    findings = []
    for number, name in enumerate(table.columns):
        if name not in known:
            place = Place(table.file, 1, 1 + sum(len(column) + 1 for column in table.columns[:number]))
            params = {"name": name, "nearest": meant(name, known)}
            findings.append(Finding("schema-unknown-column", "error", place, params))
    missing = [name for name in schema["required"] if name not in table.columns]
    place = Place(table.file, 1, 1)
    findings += [Finding("schema-missing-column", "error", place, {"name": name}) for name in missing]
    return findings, not missing


@cache
def _readers(kind: str) -> Mapping[str, Callable[[str], Any]]:
    properties = schema_of(f"{kind}.table")["properties"]
    return {name: READERS.get(_type(schema), _text) for name, schema in properties.items()}


def _type(schema: Mapping[str, Any]) -> str:
    return str(resolve(schema).get("type", "string"))


def _text(text: str) -> str:
    return text


def _number(text: str) -> Decimal:
    if not _NUMBER.match(text):
        raise NotOfType("number")
    return Decimal(text)


def _integer(text: str) -> int:
    if not _WHOLE.match(text):
        raise NotOfType("integer")
    return int(text)


def _boolean(text: str) -> bool:
    if text.lower() in TRUE:
        return True
    if text.lower() in FALSE:
        return False
    raise NotOfType("boolean")


def _list(text: str) -> list[str]:
    return list(listed(text))


READERS: Mapping[str, Callable[[str], Any]] = {
    "string": _text,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
    "array": _list,
}
BOOLEANS = "yes | no | 是 | 否"


def _mistyped(row: Row, name: str, text: str, kind: str) -> Finding:
    expected = BOOLEANS if kind == "boolean" else SHOWN[kind]
    return Finding("schema-wrong-type", "error", row.place(name), {"expected": expected, "value": text[:80]})


def _more_columns(documents: Documents) -> dict[str, dict[str, Node]]:
    """The columns that kinds of object declare: column → kind → its declaration."""
    found: dict[str, dict[str, Node]] = {}
    for kind in documents.root("registry")["kinds"]:
        for column in kind["columns"]:
            found.setdefault(column["id"].text, {})[kind["id"].text] = column
    return found


_COLUMN_TYPES = {"number": "number", "integer": "integer", "boolean": "boolean"}


def _own_columns(row: Row, more: Mapping[str, Mapping[str, Node]]) -> Iterator[Finding]:
    """What is wrong with the cells of the columns that the row's own kind declares or does not declare."""
    kind = row.values.get("kind", "")
    for name, kinds in more.items():
        text = row.values.get(name, "")
        column = kinds.get(kind)
        if column is None:
            if text:
                yield Finding("schema-column-not-of-kind", "error", row.place(name), {"name": name, "kind": kind})
        elif text:
            yield from _own_cell(row, name, text, column)
        elif column["required"].value:
            yield Finding("schema-missing-property", "error", row.place(name), {"name": name})


def _own_cell(row: Row, name: str, text: str, column: Node) -> Iterator[Finding]:
    try:
        READERS[_COLUMN_TYPES.get(column["type"].text, "string")](text)
    except NotOfType as error:
        yield _mistyped(row, name, text, str(error))
    values = column["values"].value
    items = listed(text) if column["type"].text == "list" else (text,)
    for item in items:
        if values and item not in values:
            params = {"value": item[:80], "nearest": meant(item, values), "options": " | ".join(values)}
            yield Finding("schema-not-one-of", "error", row.place(name), params)
