"""All readable files of one source, by name and by what they are in the scheme: the input of every pass.

Looks things up; checks nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from core.errors import Finding
from core.manifest.csv_text import read_csv
from core.manifest.document import Document, Table
from core.manifest.geojson_text import read_geojson
from core.manifest.node import Node
from core.manifest.source import Source
from core.manifest.yaml_text import read_yaml

KINDS = (
    "locality",
    "grid",
    "roster",
    "categories",
    "registry",
    "workflow",
    "dispatch",
    "timers",
)
"""The manifest kinds that have one file each, `<kind>.yaml`."""

REQUIRED = ("locality", "grid", "roster", "categories", "workflow", "dispatch")

TABLES: Mapping[tuple[str, str], str] = {
    ("grid", "cells"): "cells",
    ("grid", "buildings"): "buildings",
    ("categories", "classes"): "categories",
    ("categories", "filing_conditions"): "filing_conditions",
    ("categories", "closing_conditions"): "closing_conditions",
    ("categories", "mappings"): "mappings",
    ("registry", "objects"): "registry",
    ("dispatch", "rules"): "rules",
}
"""Which property of which document names a table, and of what kind that table is."""


@dataclass(frozen=True)
class Documents:
    """Readable files by name. `names` are all files of the source, readable or not."""

    files: Mapping[str, Document | Table]
    names: frozenset[str] = field(default_factory=frozenset)

    def document(self, kind: str) -> Document | None:
        found = self.files.get(f"{kind}.yaml")
        return found if isinstance(found, Document) else None

    def root(self, kind: str) -> Node:
        """The document of a kind as a node; an empty one when there is no such document."""
        document = self.document(kind)
        return Node(document, (), document.value) if document else Node(Document(f"{kind}.yaml", {}), (), {})

    def table(self, kind: str, named_by: str) -> Table | None:
        """The table that a property of a document names, e.g. `table("grid", "cells")`."""
        found = self.files.get(self.file_named(kind, named_by))
        return found if isinstance(found, Table) else None

    def file_named(self, kind: str, named_by: str) -> str:
        """The file name that a property of a document gives, or an empty string."""
        name = self.root(kind)[named_by].value
        return name if isinstance(name, str) else ""

    def features(self) -> Mapping[str, Mapping[str, Any]]:
        """Geometry of the cells by code, from the GeoJSON file that grid.yaml names."""
        found = self.files.get(self.file_named("grid", "geometry"))
        if not isinstance(found, Document):
            return {}
        return {feature["properties"]["code"]: feature["geometry"] for feature in found.value.get("features", ())}

    def tests(self) -> tuple[Document, ...]:
        """The scheme's own tests, in the order of their names."""
        return tuple(
            found
            for name, found in sorted(self.files.items())
            if name.startswith("tests/") and isinstance(found, Document)
        )

    def without(self, names: frozenset[str]) -> Documents:
        """These documents except some, for a pass that cannot use them."""
        return Documents({name: file for name, file in self.files.items() if name not in names}, self.names)


def tests_of(source: Source) -> tuple[Document, ...]:
    """The scheme's own tests, without reading anything else of the source."""
    named = {name: data for name, data in source.files.items() if name.startswith("tests/")}
    return read_documents(replace(source, files=named))[0].tests()


def read_documents(source: Source) -> tuple[Documents, list[Finding]]:
    """Read every YAML, CSV and GeoJSON file of a source; files of other kinds are left alone."""
    files: dict[str, Document | Table] = {}
    findings: list[Finding] = []
    for name in sorted(source.files):
        data = source.files[name]
        read: tuple[Document | Table | None, list[Finding]]
        if name.endswith((".yaml", ".yml")):
            read = read_yaml(name, data)
        elif name.endswith(".csv"):
            read = read_csv(name, data)
        elif name.endswith(".geojson"):
            read = read_geojson(name, data)
        else:
            continue
        if read[0] is not None:
            files[name] = read[0]
        findings.extend(read[1])
    return Documents(files, frozenset(source.files)), findings
