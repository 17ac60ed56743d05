"""The plugins of an installation: one named manager for each district and configuration, and what it provides.

Built once by the composition root, safe to share between threads. Reads the disk when it is first asked.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, partial
from pathlib import Path
from threading import RLock
from typing import Any

import pluggy
import structlog

from core.errors import Finding
from core.hookspecs import PluginSetup
from core.manifest.digest import canonical_digest
from core.manifest.extension_data import read
from core.manifest.node import Node
from core.manifest.resolver import Resolved, Resolver
from core.plugin_host.configuration import check_config, with_defaults
from core.plugin_host.hooks import Fault, new_manager, register
from core.plugin_host.loading import Unusable, calendars_of, delivering, make, suggesting
from core.plugin_host.outside import Outside
from core.plugin_host.packs import Pack
from core.plugin_host.plugin import Plugin, read_plugin
from core.plugin_host.selection import Chosen, Stock, faults_of, select
from core.scheme.extensions import Extensions, Holidays, StandardList

KEPT = 256
"""Managers kept, the least recently used leave first: one a district and configuration."""

PUBLIC_ONLY = Outside().address
"""From a host to the address to connect to, where nothing beside the public internet is allowed."""

Secret = Callable[[str, str, str], str]
"""From a locality, a plugin and a name to a secret of the installation."""

_log = structlog.get_logger("gridwright")


@dataclass(frozen=True)
class Assembled:
    """The plugins of one district at work. `faults` are by the id of the plugin that has them."""

    manager: pluggy.PluginManager
    extensions: Extensions
    faults: tuple[tuple[str, Fault], ...]


class PluginHost:
    """Answers what the plugins that a locality names provide."""

    def __init__(
        self, packs: Sequence[Pack], engine: str, secret: Secret, address: Callable[[str], str] = PUBLIC_ONLY
    ) -> None:
        self.packs = tuple(packs)
        self.engine = engine
        self._secret = secret
        self._address = address
        self._lock = RLock()
        self._kept: OrderedDict[tuple[str, str], Assembled] = OrderedDict()

    @cached_property
    def stock(self) -> Stock:
        """Every pack and plugin that was found."""
        packs: dict[str, list[Pack]] = {}
        plugins: dict[str, list[Plugin]] = {}
        for pack in self.packs:
            if pack.kind != "shipped":
                packs.setdefault(pack.id, []).append(pack)
            for folder in pack.plugin_folders():
                plugin = read_plugin(folder, pack)
                plugins.setdefault(plugin.id, []).append(plugin)
        return Stock(packs, plugins, self.engine)

    def faults(self, plugin: Plugin) -> list[Fault]:
        """Why nobody can use a plugin."""
        return list(faults_of(plugin, self.engine))

    def localities(self) -> Mapping[str, Path]:
        """The folders of the localities that packs carry, by the folder's name; the first of a name."""
        found: dict[str, Path] = {}
        for pack in self.packs:
            for folder in pack.locality_folders():
                found.setdefault(folder.name, folder)
        return found

    def resolve(self, locality: Node) -> Resolved:
        """What a locality's plugins provide, with every fault at its place in `locality.yaml`."""
        chosen, findings = select(locality, self.stock)
        faulty = len(findings)
        for each in chosen:
            findings += check_config(each.plugin, each.config, each.item)
        if len(findings) > faulty:
            wrong = {finding.params.get("plugin") for finding in findings[faulty:]}
            chosen = [each for each in chosen if each.plugin.id not in wrong]
        assembled = self._assembled(locality["id"].text, chosen)
        places = {each.plugin.id: each.place() for each in chosen}
        findings += [Finding(code, "error", places[id], params) for id, (code, params) in assembled.faults]
        return Resolved(assembled.extensions, tuple(findings))

    def restoring(self, lock: Mapping[str, Any]) -> Resolver:
        """A resolver for a published revision: data and versions of its lock, functions of what is installed.

        It has no findings: a plugin that is not there any more, or that fails, is logged, and the scheme loads.
        """
        return partial(self._restore, read(lock.get("plugins", {})))

    def manager(self, locality: Node) -> pluggy.PluginManager:
        """The manager of the plugins that a locality names, named after their ids."""
        chosen, _ = select(locality, self.stock)
        return self._assembled(locality["id"].text, chosen).manager

    def _restore(self, kept: Extensions, locality: Node) -> Resolved:
        if not kept.versions:
            return Resolved(kept)
        today = self.resolve(locality)
        for finding in today.findings:
            told = {"plugin": finding.params.get("plugin") or finding.params.get("name"), "fault": finding.code}
            _log.warning("plugin-not-running", locality=locality["id"].text, **told)
        functions = {name: getattr(today.extensions, name) for name in ("suggest_duplicates", "deliver_notice")}
        return Resolved(replace(kept, **functions))

    def _assembled(self, locality: str, chosen: Sequence[Chosen]) -> Assembled:
        configured = [(each.plugin, with_defaults(each.plugin, each.config.value)) for each in chosen]
        said = [[plugin.id, plugin.version, str(plugin.folder), config] for plugin, config in configured]
        key = (locality, canonical_digest(said))
        with self._lock:
            found = self._kept.get(key)
            if found is None:
                found = self._assemble(locality, configured)
                if not found.faults:
                    self._kept[key] = found
            if key in self._kept:
                self._kept.move_to_end(key)
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return found

    def _assemble(self, locality: str, configured: Sequence[tuple[Plugin, Mapping[str, Any]]]) -> Assembled:
        manager = new_manager()
        faults: list[tuple[str, Fault]] = []
        holidays: dict[str, Holidays] = {}
        code_lists: dict[str, StandardList] = {}
        carriers: dict[tuple[str, str], str] = {}
        running: list[Plugin] = []
        for plugin, config in configured:
            found, calendars = self._start(manager, locality, plugin, config)
            for kind, data in (("holidays", calendars), ("code_list", plugin.data.code_lists)):
                for id in data:
                    first = carriers.setdefault((kind, id), plugin.id)
                    if first != plugin.id:
                        about = {"kind": kind, "name": id, "first": first, "second": plugin.id}
                        found.append(("plugin-data-twice", about))
            faults += [(plugin.id, fault) for fault in found]
            if not found:
                running.append(plugin)
                holidays.update(calendars)
                code_lists.update(plugin.data.code_lists)
        return Assembled(manager, self._extensions(manager, running, holidays, code_lists), tuple(faults))

    def _start(
        self, manager: pluggy.PluginManager, locality: str, plugin: Plugin, config: Mapping[str, Any]
    ) -> tuple[list[Fault], dict[str, Holidays]]:
        """Make a plugin, take it into the manager and ask for its calendars."""
        calendars = dict(plugin.data.calendars)
        if not plugin.module:
            return [], calendars
        setup = PluginSetup(locality, config, partial(self._secret, locality, plugin.id), self._address)
        try:
            faults = register(manager, plugin.id, plugin.declared("hooks"), make(plugin, setup))
            if faults or "provide_calendars" not in plugin.declared("hooks"):
                return faults, calendars
            calendars |= calendars_of(manager, plugin)
        except Unusable as unusable:
            return [unusable.fault], calendars
        about = {"plugin": plugin.id, "kind": "holidays"}
        declared = plugin.declared("calendars")
        faults = [("plugin-data-missing", {**about, "name": id}) for id in declared if id not in calendars]
        faults += [("plugin-data-undeclared", {**about, "name": id}) for id in calendars if id not in declared]
        return faults, calendars

    def _extensions(
        self,
        manager: pluggy.PluginManager,
        running: Sequence[Plugin],
        holidays: Mapping[str, Holidays],
        code_lists: Mapping[str, StandardList],
    ) -> Extensions:
        def having(hook: str) -> list[str]:
            return [plugin.id for plugin in running if hook in plugin.declared("hooks")]

        return Extensions(
            versions={plugin.id: plugin.version for plugin in running},
            holidays=holidays,
            code_lists=code_lists,
            suggest_duplicates={id: suggesting(manager, id) for id in having("suggest_duplicates")},
            deliver_notice={id: delivering(manager, id) for id in having("deliver_notice")},
        )
