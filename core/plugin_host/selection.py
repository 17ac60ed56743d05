"""Which plugins a locality uses, and whether they can be had: ids, versions, the kernel's version, requirements."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.errors import Finding, Place
from core.manifest.nearest import meant
from core.manifest.node import Node
from core.manifest.references.cycles import find_cycles
from core.plugin_host.hooks import Fault
from core.plugin_host.packs import Pack
from core.plugin_host.plugin import Plugin, range_of


@dataclass(frozen=True, slots=True)
class Chosen:
    """A plugin that a locality uses. `item` is where it is named: its own entry, or its pack's."""

    plugin: Plugin
    item: Node
    config: Node

    def place(self) -> Place:
        return self.item["id"].place()


@dataclass(frozen=True)
class Stock:
    """Everything that was found, by id; more than one of an id is a fault of whoever uses it."""

    packs: Mapping[str, Sequence[Pack]]
    plugins: Mapping[str, Sequence[Plugin]]
    engine: str


def select(locality: Node, stock: Stock) -> tuple[list[Chosen], list[Finding]]:
    """The usable plugins of a locality in the manifest's order, those of its packs last, and what is wrong."""
    findings: list[Finding] = []
    chosen: dict[str, Chosen] = {}
    named = {item["id"].text for item in locality["plugins"]}
    for item in locality["plugins"]:
        if item["id"].text not in chosen and (plugin := _plugin(item, stock, findings)):
            chosen[plugin.id] = Chosen(plugin, item, item["config"])
    packs_whole = True
    for item in locality["packs"]:
        pack = _pack(item, stock, findings)
        packs_whole = packs_whole and pack is not None
        for plugin in (each for found in stock.plugins.values() for each in found if each.pack == pack):
            if plugin.id not in named | chosen.keys() and not _unusable(plugin, item, stock, findings):
                chosen[plugin.id] = Chosen(plugin, item, item["config"])
    if packs_whole:  # otherwise a pack that cannot be had may carry what is missing
        findings += _missing(chosen, named)
    findings += _circles(chosen)
    return list(chosen.values()), findings


def faults_of(plugin: Plugin, engine: str) -> Iterator[Fault]:
    """Why a plugin cannot be used by anybody: its own files, or another kernel."""
    errors = [finding for finding in plugin.findings if finding.severity == "error"]
    if errors:
        first = errors[0]
        at = f"{plugin.folder}/{first.place}"
        yield "plugin-broken", {"plugin": plugin.id, "fault": first.code, "at": at, "count": len(errors)}
    wanted = range_of(plugin.root["engine"].text)
    if not errors and wanted is not None and not wanted.contains(engine, prereleases=True):
        about = {"plugin": plugin.id, "wanted": plugin.root["engine"].text, "found": engine}
        yield "plugin-engine-unmet", {**about, "where": plugin.where()}


def _plugin(item: Node, stock: Stock, findings: list[Finding]) -> Plugin | None:
    id = item["id"].text
    found = stock.plugins.get(id, ())
    if not found:
        _report(findings, "plugin-unknown", item["id"], name=id, nearest=meant(id, stock.plugins))
    elif len(found) > 1:
        places = {"first": found[0].where(), "second": found[1].where()}
        _report(findings, "plugin-twice", item["id"], plugin=id, **places)
    elif not _unusable(found[0], item, stock, findings) and _in_range(item, "plugin", found[0].version, findings):
        return found[0]
    return None


def _unusable(plugin: Plugin, item: Node, stock: Stock, findings: list[Finding]) -> bool:
    faults = list(faults_of(plugin, stock.engine))
    findings += [Finding(code, "error", item["id"].place(), params) for code, params in faults]
    return bool(faults)


def _pack(item: Node, stock: Stock, findings: list[Finding]) -> Pack | None:
    id = item["id"].text
    found = stock.packs.get(id, ())
    if not found:
        _report(findings, "pack-unknown", item["id"], name=id, nearest=meant(id, stock.packs))
    elif len(found) > 1:
        _report(findings, "pack-twice", item["id"], pack=id, first=str(found[0].folder), second=str(found[1].folder))
    elif found[0].fault:
        _report(findings, "pack-unreadable", item["id"], pack=id, reason=found[0].fault)
    elif _in_range(item, "pack", found[0].version, findings):
        return found[0]
    return None


def _in_range(item: Node, what: str, version: str, findings: list[Finding]) -> bool:
    """Whether the version that the locality asks for is the one that is there."""
    node = item["version"]
    if not node:
        return True
    wanted = range_of(node.text)
    if wanted is None:
        _report(findings, "plugin-range-wrong", node, range=node.text)
        return False
    if not version or not wanted.contains(version, prereleases=True):
        about = {what: item["id"].text, "wanted": node.text, "found": version or "–"}
        _report(findings, f"{what}-version-unmet", node, **about)
        return False
    return True


def _missing(chosen: Mapping[str, Chosen], named: set[str]) -> Iterator[Finding]:
    for each in chosen.values():
        for required in each.plugin.requires():
            if required not in chosen and required not in named:  # one that is named and broken is reported already
                params = {"plugin": each.plugin.id, "required": required}
                yield Finding("plugin-requirement-missing", "error", each.place(), params)


def _circles(chosen: Mapping[str, Chosen]) -> Iterator[Finding]:
    edges: dict[str, tuple[tuple[str, Callable[[], Place]], ...]] = {
        id: tuple((required, each.place) for required in each.plugin.requires()) for id, each in chosen.items()
    }
    for cycle, place in find_cycles(edges):
        yield Finding("plugin-requirement-cycle", "error", place, {"cycle": " → ".join((*cycle, cycle[0]))})


def _report(findings: list[Finding], code: str, node: Node, **params: str) -> None:
    findings.append(Finding(code, "error", node.place(), params))
