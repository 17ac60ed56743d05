"""Every plugin and pack that an installation finds, what is wrong with each, and which district uses which.

For people who administer it. Reads; what a plugin asks for is told, not enforced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.plugin_host import Pack, Plugin, PluginHost
from core.store import Store


def list_plugins(host: PluginHost, store: Store) -> dict[str, Any]:
    """JSON-able: `plugins`, `packs`, `localities` of packs, and `districts` with the plugins of their scheme.

    A district's plugin that is not installed any more, or cannot be used, has no `installed` version: its data is kept
    in the district's scheme, its functions do not run.
    """
    usable = {
        id: found[0].version
        for id, found in host.stock.plugins.items()
        if len(found) == 1 and not host.faults(found[0])
    }
    return {
        "plugins": [_plugin(host, each) for _, found in sorted(host.stock.plugins.items()) for each in found],
        "packs": [_pack(each) for found in host.stock.packs.values() for each in found],
        "localities": {id: str(folder) for id, folder in sorted(host.localities().items())},
        "districts": {locality: _used(_locked(store, locality), usable) for locality in store.localities()},
    }


def _plugin(host: PluginHost, plugin: Plugin) -> dict[str, Any]:
    root = plugin.root
    others = [each for each in host.stock.plugins[plugin.id] if each is not plugin]
    faults = [{"code": code, "params": dict(params)} for code, params in host.faults(plugin)]
    for other in others:
        params = {"plugin": plugin.id, "first": plugin.where(), "second": other.where()}
        faults.append({"code": "plugin-twice", "params": params})
    return {
        "id": plugin.id,
        "label": root["label"].value or {"zh": plugin.id, "en": plugin.id},
        "version": plugin.version,
        "from": {"kind": plugin.pack.kind, "pack": plugin.pack.id, "version": plugin.pack.version},
        "folder": str(plugin.folder),
        "provides": {what: list(plugin.declared(what)) for what in ("hooks", "calendars", "code_lists")},
        "asks": [dict(item.value) for item in root["asks"]],
        "requires": list(plugin.requires()),
        "errors": faults,
    }


def _pack(pack: Pack) -> dict[str, str]:
    return {
        "id": pack.id,
        "kind": pack.kind,
        "version": pack.version,
        "folder": str(pack.folder),
        "fault": pack.fault,
    }


def _locked(store: Store, locality: str) -> Mapping[str, str]:
    with store.read(locality) as reading:
        current = reading.revisions.current()
        locked = reading.revisions.lock(current.number) if current else {}
    plugins: Mapping[str, Any] = locked.get("plugins") or {}
    versions: Mapping[str, str] = plugins.get("versions", {})
    return versions


def _used(locked: Mapping[str, str], usable: Mapping[str, str]) -> dict[str, Any]:
    return {id: {"published": version, "installed": usable.get(id)} for id, version in sorted(locked.items())}
