"""One plugin as its folder says: `plugin.yaml` with places, checked by its schema, and the data that it carries.

Reads text only; no Python of the plugin is run here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet

from core.errors import Finding
from core.manifest.compile.forms import compile_form
from core.manifest.document import Document
from core.manifest.nearest import meant
from core.manifest.node import Node
from core.manifest.schema_check import check_document
from core.manifest.source import read_source
from core.manifest.yaml_text import read_yaml
from core.plugin_host.data import Data, read_data
from core.plugin_host.hooks import HOOKS
from core.plugin_host.packs import Pack

FILE = "plugin.yaml"


@dataclass(frozen=True)
class Plugin:
    """`root` is the document; `findings` are the faults of the plugin's own files, with places inside its folder."""

    id: str
    folder: Path
    pack: Pack
    root: Node
    findings: tuple[Finding, ...] = ()
    data: Data = field(default_factory=Data)

    @property
    def version(self) -> str:
        return self.root["version"].text

    @property
    def module(self) -> str:
        return self.root["module"].text

    @property
    def config(self) -> Mapping[str, Any]:
        """The JSON Schema of its configuration; one that allows nothing when it declares none."""
        return compile_form(self.root["config"].value)

    def declared(self, what: str) -> tuple[str, ...]:
        """The ids under `provides`: `hooks`, `code_lists` or `calendars`."""
        return tuple(item.text for item in self.root["provides"][what])

    def requires(self) -> tuple[str, ...]:
        return tuple(item.text for item in self.root["requires"])

    def where(self) -> str:
        """The folder, for people."""
        return str(self.folder)


def read_plugin(folder: Path, pack: Pack) -> Plugin:
    """The plugin in a folder. Its id is the folder's name while `plugin.yaml` cannot be read."""
    source = read_source(folder)
    findings = [finding for finding in source.findings if finding.place.file == FILE]
    document, read = read_yaml(FILE, source.files.get(FILE, b""))
    findings += read
    walkable = False
    if document is not None:
        found, walkable = check_document(document, "plugin")
        findings += found
    if document is None or not walkable:
        return Plugin(_id(document, folder), folder, pack, Node(Document(FILE, {}), (), {}), tuple(findings))
    root = Node(document, (), document.value)
    findings += _declarations(root)
    data, faults = read_data(folder, root)
    return Plugin(root["id"].text, folder, pack, root, (*findings, *faults), data)


def range_of(text: str) -> SpecifierSet | None:
    """A range of versions, `==` where only a version is given; None when it is no range."""
    text = text.strip()
    try:
        return SpecifierSet(f"=={text}" if text[:1].isdigit() else "" if text == "*" else text)
    except InvalidSpecifier:
        return None


def _id(document: Document | None, folder: Path) -> str:
    said = document.value.get("id") if document is not None and isinstance(document.value, dict) else None
    return said if isinstance(said, str) else folder.name


def _declarations(root: Node) -> Iterator[Finding]:
    """What the schema cannot know: hooks that there are, a range that is one, hooks without a module."""
    if range_of(root["engine"].text) is None:
        yield Finding("plugin-range-wrong", "error", root["engine"].place(), {"range": root["engine"].text})
    for item in root["provides"]["hooks"]:
        if item.text not in HOOKS:
            params = {"plugin": root["id"].text, "hook": item.text, "nearest": meant(item.text, HOOKS)}
            yield Finding("plugin-hook-unknown", "error", item.place(), params)
        elif not root["module"]:
            yield Finding("plugin-hook-missing", "error", item.place(), {"plugin": root["id"].text, "hook": item.text})
