"""The data that a plugin carries without Python: `code_lists/<id>.yaml` with its tables, `calendars/<id>.yaml`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path, PurePosixPath
from typing import Any

from core.errors import Finding
from core.manifest.compile.values import days, label, optional, row_label
from core.manifest.csv_text import read_csv
from core.manifest.document import Document, Row, Table
from core.manifest.documents import Documents
from core.manifest.nearest import NONE, meant
from core.manifest.node import Node
from core.manifest.schema_check import check_document
from core.manifest.source import read_source
from core.manifest.table_check import check_table
from core.manifest.yaml_text import read_yaml
from core.scheme.extensions import CodeMapping, Holidays, StandardClass, StandardList

KINDS = {"code_lists": "code_list", "calendars": "holidays"}
"""Folders of a plugin, and what kind of document each holds; `provides` of `plugin.yaml` has the same names."""
BY_HOOK = {"calendars": "provide_calendars"}


@dataclass(frozen=True)
class Data:
    """What stands in a plugin's files."""

    code_lists: Mapping[str, StandardList] = field(default_factory=dict)
    calendars: Mapping[str, Holidays] = field(default_factory=dict)


def read_data(folder: Path, root: Node) -> tuple[Data, list[Finding]]:
    """Read every data file of a plugin, and compare with what `provides` of its `plugin.yaml` says."""
    findings: list[Finding] = []
    lists: dict[str, StandardList] = {}
    calendars: dict[str, Holidays] = {}
    for name, kind in KINDS.items():
        files = _files(folder, name, findings)
        documents = _documents(files, kind, findings)
        for id, node in documents.items():
            if kind == "code_list":
                lists[id] = _code_list(node, files, findings)
            else:
                calendars[id] = _holidays(node)
        findings += _compared(root, name, {path: Node(Document(path, {}), (), {}) for path in files}, kind)
    return Data(lists, calendars), findings


def _files(folder: Path, name: str, findings: list[Finding]) -> dict[str, bytes]:
    if not (folder / name).is_dir():
        return {}
    source = read_source(folder / name)
    for each in source.findings:
        findings.append(replace(each, place=replace(each.place, file=f"{name}/{each.place.file}")))
    return {f"{name}/{file}": data for file, data in source.files.items()}


def _documents(files: Mapping[str, bytes], kind: str, findings: list[Finding]) -> dict[str, Node]:
    """The documents of one kind that can be used, by id."""
    found = {}
    for path in (path for path in files if path.endswith(".yaml")):
        document, read = read_yaml(path, files[path])
        findings += read
        if document is None:
            continue
        checked, walkable = check_document(document, kind)
        findings += checked
        node = Node(document, (), document.value)
        if walkable and not checked:
            if node["id"].text != PurePosixPath(path).stem:
                params = {"name": node["id"].text, "file": path}
                findings.append(Finding("plugin-data-misnamed", "error", node["id"].place(), params))
            found[node["id"].text] = node
    return found


def _compared(root: Node, name: str, files: Mapping[str, Node], kind: str) -> Iterator[Finding]:
    """What is declared and not there, and what is there and not declared."""
    there = {PurePosixPath(path).stem: node for path, node in files.items() if path.endswith(".yaml")}
    declared = {item.text: item for item in root["provides"][name]}
    by_hook = BY_HOOK.get(name) in [item.text for item in root["provides"]["hooks"]]
    about = {"plugin": root["id"].text, "kind": kind}
    for id, node in declared.items():
        if id not in there and not by_hook:
            yield Finding("plugin-data-missing", "error", node.place(), {**about, "name": id})
    for id, node in there.items():
        if id not in declared:
            yield Finding("plugin-data-undeclared", "error", node.place(), {**about, "name": id})


def _holidays(node: Node) -> Holidays:
    def dates(name: str) -> frozenset[date]:
        return frozenset(day for item in node[name] for day in days(item.text))

    return Holidays(
        id=node["id"].text,
        label=label(node["label"].value),
        closed=dates("closed"),
        open=dates("open"),
        announced=frozenset(node["announced"].value),
        source=node["source"].text,
    )


def _code_list(node: Node, files: Mapping[str, bytes], findings: list[Finding]) -> StandardList:
    classes: dict[tuple[str, str], StandardClass] = {}
    rows = list(_rows(node["classes"], "standard_classes", files, findings))
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        key = (row.values["kind"], row.values["code"])
        if key in classes:
            params = {"name": key[1], "first_line": first[key]}
            findings.append(Finding("reference-duplicate-id", "error", row.place("code"), params))
        first.setdefault(key, row.place("code").line)
        classes[key] = StandardClass(key[1], key[0], row_label(row), optional(row, "parent"))
    for row in rows:
        _known(row, "kind", "parent", classes, findings)
    mappings = []
    for row in _rows(node["mappings"], "standard_mappings", files, findings) if node["mappings"] else ():
        _known(row, "from_kind", "from_code", classes, findings)
        if row.values["to_list"] == node["id"].text:
            _known(row, "to_kind", "to_code", classes, findings)
        said: dict[str, Any] = {name: row.values[name] for name in CodeMapping.__dataclass_fields__}
        mappings.append(CodeMapping(**said))
    return StandardList(node["id"].text, label(node["label"].value), classes, tuple(mappings), node["source"].text)


def _rows(named: Node, kind: str, files: Mapping[str, bytes], findings: list[Finding]) -> Iterator[Row]:
    """The rows of the table that a document names, when it can be walked."""
    path = f"code_lists/{named.text}"
    if path not in files:
        params = {"name": named.text, "nearest": NONE}
        findings.append(Finding("schema-missing-file", "error", named.place(), params))
        return
    table, read = read_csv(path, files[path])
    findings += read
    if isinstance(table, Table):
        checked, walkable = check_table(table, kind, Documents({}))
        findings += checked
        yield from (row for row in table if walkable and not row.ragged)


def _known(
    row: Row, kind: str, column: str, classes: Mapping[tuple[str, str], StandardClass], findings: list[Finding]
) -> None:
    code = row.values.get(column, "")
    if code and (row.values[kind], code) not in classes:
        params = {"code": code, "nearest": meant(code, (each for of, each in classes if of == row.values[kind]))}
        findings.append(Finding("plugin-code-unknown", "error", row.place(column), params))
