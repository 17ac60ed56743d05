"""A plugin's folder on its own, as its author checks it: text, data, and its Python with the default configuration."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from core.errors import Finding
from core.manifest.digest import source_digest
from core.manifest.document import Document
from core.manifest.node import Node
from core.manifest.report import Report
from core.plugin_host.configuration import check_config
from core.plugin_host.host import PluginHost
from core.plugin_host.loading import Unusable, find_create
from core.plugin_host.packs import Pack
from core.plugin_host.plugin import Plugin, read_plugin
from core.plugin_host.selection import range_of

NOWHERE = "check"
"""The locality for which a plugin is made when it is checked."""


def inspect_plugin(folder: Path, engine: str) -> Report:
    """The findings of a plugin's folder, with places inside it. Nothing of the installation is touched."""
    pack = Pack(folder.name, folder.resolve(), "folder")
    plugin = read_plugin(folder.resolve(), pack)
    findings = list(plugin.findings)
    if not findings:
        findings += _running(plugin, pack, engine)
    files = {path.name: path.read_bytes() for path in sorted(folder.glob("*.yaml"))}
    return Report(plugin.id, tuple(findings), {}, source_digest=source_digest(files), folder=str(folder))


def _running(plugin: Plugin, pack: Pack, engine: str) -> list[Finding]:
    root = plugin.root
    wanted = range_of(root["engine"].text)
    if wanted is not None and not wanted.contains(engine, prereleases=True):
        params = {"plugin": plugin.id, "wanted": root["engine"].text, "found": engine, "where": str(plugin.folder)}
        return [Finding("plugin-engine-unmet", "error", root["engine"].place(), params)]
    place = root["module"].place()
    named = {"id": NOWHERE, "plugins": [{"id": id} for id in (plugin.id, *plugin.requires())]}
    locality = Node(Document("locality.yaml", named), (), named)
    if list(check_config(plugin, Node(locality.document, (), None), locality)):  # it needs what only a district can say
        try:
            if plugin.module:
                find_create(plugin)
        except Unusable as unusable:
            return [Finding(unusable.fault[0], "error", place, unusable.fault[1])]
        return []
    host = PluginHost([pack], engine, lambda *_: "")
    found = host.resolve(locality).findings
    return [replace(each, place=place) for each in found if each.params.get("plugin") == plugin.id]
