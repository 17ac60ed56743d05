"""The hooks that there are, and how a plugin's object is held to them. Calls no hook."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from typing import Any

import pluggy

from core import hookspecs
from core.manifest.nearest import meant

HOOKS: Mapping[str, str] = {
    name: f"{name}({', '.join(inspect.signature(found).parameters)})"
    for name, found in vars(hookspecs).items()
    if hasattr(found, f"{hookspecs.PROJECT}_spec")
}
"""Every hook with its signature, in the order of `core.hookspecs`."""

Fault = tuple[str, Mapping[str, Any]]
"""A finding's code and parameters, as long as it is not known whose place it has."""


def new_manager() -> pluggy.PluginManager:
    """A manager that knows the hooks and no plugin."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def register(
    manager: pluggy.PluginManager, plugin: str, declared: tuple[str, ...], implementation: object
) -> list[Fault]:
    """Take a plugin's object into a manager under its id, unless something is wrong with its hooks.

    Every fault is answered, not only the first: unknown hooks, wrong signatures, hooks that are declared and missing,
    hooks that are there and not declared.
    """
    faults: list[Fault] = []
    found: set[str] = set()
    for hook, method in implemented(manager, implementation):
        found.add(hook)
        if hook not in HOOKS:
            faults.append(("plugin-hook-unknown", {"plugin": plugin, "hook": hook, "nearest": meant(hook, HOOKS)}))
        elif not _fits(hook, method):
            shown = {"expected": HOOKS[hook], "found": f"{hook}{_parameters(method)}"}
            faults.append(("plugin-hook-signature", {"plugin": plugin, "hook": hook, **shown}))
        elif hook not in declared:
            faults.append(("plugin-hook-undeclared", {"plugin": plugin, "hook": hook}))
    missing = [hook for hook in declared if hook not in found]
    faults += [("plugin-hook-missing", {"plugin": plugin, "hook": hook}) for hook in missing]
    if faults:
        return faults
    try:
        manager.register(implementation, name=plugin)
        manager.check_pending()
    except pluggy.PluginValidationError as error:  # what only pluggy knows, such as a wrapper that is no generator
        if manager.has_plugin(plugin):
            manager.unregister(name=plugin)
        return [("plugin-refused", {"plugin": plugin, "reason": "; ".join(str(error).splitlines())})]
    return []


def implemented(manager: pluggy.PluginManager, implementation: object) -> Iterator[tuple[str, Any]]:
    """The hooks that an object says it implements, each with its method."""
    for name in dir(implementation):
        options = manager.parse_hookimpl_opts(implementation, name)
        if options is not None:
            yield options.get("specname") or name, getattr(implementation, name)


def _fits(hook: str, method: Any) -> bool:
    """Whether every argument is one of the hook's; a plugin may leave out those that it does not need."""
    known = inspect.signature(getattr(hookspecs, hook)).parameters
    return all(
        name in known and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        for name, parameter in inspect.signature(method).parameters.items()
    )


def _parameters(method: Any) -> str:
    return f"({', '.join(str(parameter).split(':')[0] for parameter in inspect.signature(method).parameters.values())})"
