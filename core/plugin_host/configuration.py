"""A district's configuration of a plugin, against the form that the plugin declares. Adds defaults; decides nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import jsonschema_rs

from core.errors import Finding
from core.manifest.compile.values import plain
from core.manifest.nearest import meant
from core.manifest.node import Node
from core.manifest.schemas import PATTERNS
from core.plugin_host.plugin import Plugin


def with_defaults(plugin: Plugin, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The configuration that the plugin is told: what the district says, and the form's defaults beside it."""
    fields = plugin.config.get("properties", {})
    defaults = {name: field["default"] for name, field in fields.items() if "default" in field}
    config: dict[str, Any] = plain({**defaults, **(given or {})})
    return copy.deepcopy(config)


def check_config(plugin: Plugin, node: Node, item: Node) -> Iterator[Finding]:
    """Every fault of a configuration at its own place; `item` is where the plugin is named, for what is absent."""
    form = dict(plugin.config)
    validator = jsonschema_rs.Draft202012Validator(form, pattern_options=PATTERNS, validate_formats=True)
    error: Any
    for error in validator.iter_errors(with_defaults(plugin, node.value)):
        path = tuple(error.instance_path)
        place = _at(node, path).place() if node else item.place()
        about = {"plugin": plugin.id, "name": ".".join(map(str, path)) or "config"}
        if error.kind.name == "additionalProperties":
            known = form.get("properties", {})
            for name in error.kind.unexpected:
                params = {"plugin": plugin.id, "name": name, "nearest": meant(name, known)}
                yield Finding("plugin-config-unknown", "error", node[name].place(), params)
        elif error.kind.name == "required":
            params = {"plugin": plugin.id, "name": error.kind.property}
            yield Finding("plugin-config-missing", "error", place, params)
        else:
            rule = f"{error.kind.name} {json.dumps(_rule(form, error), ensure_ascii=False, default=str)}"
            shown = str(plain(error.instance) if isinstance(error.instance, Decimal) else error.instance)[:80]
            yield Finding("plugin-config-wrong", "error", place, {**about, "value": shown, "rule": rule})


def _at(node: Node, path: tuple[str | int, ...]) -> Node:
    for step in path:
        node = list(node)[step] if isinstance(step, int) else node[step]
    return node


def _rule(form: Any, error: Any) -> Any:
    """What the form says at the keyword that failed."""
    here = form
    for step in error.schema_path:
        here = here[step]
    return here
