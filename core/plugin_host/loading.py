"""From a plugin's folder and a district's configuration to an object with hooks, and to functions for the kernel.

Runs the plugin's Python: whatever that raises becomes a fault with the plugin's name, never an exception of the host.
"""

from __future__ import annotations

import hashlib
import importlib
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any

import pluggy

from core.hookspecs import PluginSetup
from core.plugin_host.hooks import Fault
from core.plugin_host.plugin import Plugin
from core.scheme.extensions import DeliverNotice, Holidays, Notice, Sighting, SuggestDuplicates, Suggestion


class Unusable(Exception):
    """A plugin that cannot be made; holds the fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault)
        self.fault = fault


def reason_of(error: BaseException) -> str:
    """An exception in one line, for people."""
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}" if first else type(error).__name__


def find_create(plugin: Plugin) -> Callable[[PluginSetup], object]:
    """The function `create` of a plugin's module. Raises Unusable."""
    about = {"plugin": plugin.id, "module": plugin.module}
    try:
        module = importlib.import_module(f"{_package(plugin)}.{plugin.module}")
    except (Exception, SystemExit) as error:
        raise Unusable(("plugin-import-failed", {**about, "reason": reason_of(error)})) from error
    create = getattr(module, "create", None)
    if not callable(create):
        raise Unusable(("plugin-without-create", about))
    found: Callable[[PluginSetup], object] = create
    return found


def make(plugin: Plugin, setup: PluginSetup) -> object:
    """The plugin's object for a district. Raises Unusable."""
    create = find_create(plugin)
    try:
        return create(setup)
    except (Exception, SystemExit) as error:
        raise Unusable(("plugin-create-failed", {"plugin": plugin.id, "reason": reason_of(error)})) from error


def _package(plugin: Plugin) -> str:
    """A package of its own for the plugin's folder, so that plugins of the same name in two folders never mix and
    that a folder need not be on the path."""
    place = hashlib.sha256(str(plugin.folder).encode()).hexdigest()[:12]
    name = f"gridwright_plugin_{plugin.id}_{place}"
    if name not in sys.modules:
        package = ModuleType(name, f"The folder of the plugin {plugin.id}.")
        package.__path__ = [str(plugin.folder)]
        sys.modules[name] = package
        importlib.invalidate_caches()
    return name


def calendars_of(manager: pluggy.PluginManager, plugin: Plugin) -> dict[str, Holidays]:
    """What the plugin's hook `provide_calendars` answers, by id. Raises Unusable when it raises or answers nonsense."""
    about = {"plugin": plugin.id, "hook": "provide_calendars"}
    try:
        answers = _only(manager, plugin.id, "provide_calendars")()
        found = [item for answer in answers for item in answer]
    except Exception as error:
        raise Unusable(("plugin-hook-failed", {**about, "reason": reason_of(error)})) from error
    if not all(isinstance(item, Holidays) for item in found):
        kinds = ", ".join(sorted({type(item).__name__ for item in found if not isinstance(item, Holidays)}))
        raise Unusable(("plugin-answer-wrong", {**about, "expected": "Holidays", "found": kinds}))
    return {item.id: item for item in found}


def suggesting(manager: pluggy.PluginManager, plugin: str) -> SuggestDuplicates:
    """The plugin's `suggest_duplicates` as a function; what it raises is for whoever calls it to judge."""
    call = _only(manager, plugin, "suggest_duplicates")

    def suggest(report: Sighting, nearby: Sequence[Sighting]) -> Sequence[Suggestion]:
        return tuple(item for answer in call(report=report, nearby=nearby) for item in answer)

    return suggest


def delivering(manager: pluggy.PluginManager, plugin: str) -> DeliverNotice:
    """The plugin's `deliver_notice` as a function; what it raises is for whoever calls it to judge."""
    call = _only(manager, plugin, "deliver_notice")

    def deliver(notice: Notice, dry_run: bool) -> None:
        call(notice=notice, dry_run=dry_run)

    return deliver


def _only(manager: pluggy.PluginManager, plugin: str, hook: str) -> Any:
    """A hook that calls one plugin of the manager."""
    others = [found for name, found in manager.list_name_plugin() if name != plugin and found is not None]
    return manager.subset_hook_caller(hook, others)
