"""The shape of every document and table, against the schema version that it names. Collects; never raises.

Also which files there must be and which there may be. What ids stand for is the reference check's business.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath

from core.errors import Finding, Place
from core.manifest.document import Document
from core.manifest.documents import KINDS, REQUIRED, TABLES, Documents
from core.manifest.nearest import NONE, meant
from core.manifest.schema_errors import faults
from core.manifest.schemas import LINE, latest, lines, validator
from core.manifest.table_check import check_table

NAMING = (*TABLES, ("grid", "geometry"))
"""Which property of which document names a file."""


@dataclass(frozen=True, slots=True)
class Checked:
    """Findings, and the documents that later passes can walk."""

    findings: tuple[Finding, ...]
    usable: Documents


def check_schema(documents: Documents) -> Checked:
    """Check files, documents and tables."""
    findings = _files(documents)
    broken = set()
    for name, file in documents.files.items():
        kind = _kind(name)
        if kind and isinstance(file, Document):
            found, walkable = check_document(file, kind)
            findings += found
            if not walkable:
                broken.add(name)
    usable = documents.without(frozenset(broken))
    for (kind, named_by), table_kind in TABLES.items():
        table = usable.table(kind, named_by)
        if table is not None:
            found, walkable = check_table(table, table_kind, usable)
            findings += found
            if not walkable:
                broken.add(table.file)
    return Checked(tuple(findings), documents.without(frozenset(broken)))


def check_document(document: Document, kind: str) -> tuple[list[Finding], bool]:
    """The findings of one document, and whether later passes can walk it."""
    findings, version = _line(document, kind)
    walkable = True
    for fault in faults(validator(kind, version).iter_errors(document.value)):
        if fault.path == ("schema",) or (fault.path == () and fault.params.get("name") == "schema"):
            continue
        findings.append(Finding(fault.code, "error", document.place(fault.path, fault.key), fault.params))
        walkable = walkable and not fault.structural
    return findings, walkable


def _line(document: Document, kind: str) -> tuple[list[Finding], int]:
    """What is wrong with the `schema:` line, and the version to check against: the newest where the line is wrong."""
    if not isinstance(document.value, dict):
        return [], latest(kind)
    line = document.value.get("schema")
    newest = f"gridwright/{kind}/{latest(kind)}"
    if line is None:
        return [Finding("schema-line-missing", "error", document.place(), {"expected": newest})], latest(kind)
    match = LINE.match(line) if isinstance(line, str) else None
    if match is None or line not in lines() or match[1] != kind:
        params = {"value": str(line)[:80], "expected": newest}
        return [Finding("schema-line-unknown", "error", document.place(("schema",)), params)], latest(kind)
    return [], int(match[2])


def _kind(name: str) -> str:
    """The manifest kind of a YAML file, or "" when it has none."""
    path = PurePosixPath(name)
    if path.suffix != ".yaml":
        return ""
    if str(path.parent) == "tests":
        return "scheme_test"
    return path.stem if path.stem in KINDS and str(path.parent) == "." else ""


def _files(documents: Documents) -> list[Finding]:
    """Files that are missing, and files that nothing reads."""
    findings = [
        Finding("schema-missing-file", "error", Place(f"{kind}.yaml"), {"name": f"{kind}.yaml", "nearest": NONE})
        for kind in REQUIRED
        if f"{kind}.yaml" not in documents.names
    ]
    named = [documents.root(kind)[named_by] for kind, named_by in NAMING]
    missing = [node for node in named if node.text and node.text not in documents.names]
    for node in missing:
        others = [name for name in documents.names if PurePosixPath(name).suffix == PurePosixPath(node.text).suffix]
        params = {"name": node.text, "nearest": meant(node.text, others)}
        findings.append(Finding("schema-missing-file", "error", node.place(), params))
    for name in sorted(documents.names):
        if name.endswith(".yaml"):
            if not _kind(name):
                params = {"name": name, "nearest": meant(name, [f"{kind}.yaml" for kind in KINDS])}
                findings.append(Finding("schema-unknown-file", "error", Place(name), params))
        elif name not in {node.text for node in named} and not missing and _all_named(documents):
            findings.append(Finding("schema-file-unused", "warning", Place(name), {"name": name}))
    return findings


def _all_named(documents: Documents) -> bool:
    """Whether every document that may name a file could be read and names it in text."""
    for kind, named_by in NAMING:
        if f"{kind}.yaml" in documents.names:
            root = documents.root(kind)
            if documents.document(kind) is None or not isinstance(root.value, dict):
                return False
            if named_by in root.value and not root[named_by].text:
                return False
    return True
