"""What a check asks for the plugins that a locality names: the door that hands it in knows where plugins are.

Row 5 knows no plugin host; it knows this shape.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.errors import Finding
from core.manifest.nearest import NONE
from core.manifest.node import Node
from core.scheme.extensions import NO_EXTENSIONS, Extensions


@dataclass(frozen=True, slots=True)
class Resolved:
    """What the named plugins provide, and what is wrong with them at their places in `locality.yaml`."""

    extensions: Extensions = NO_EXTENSIONS
    findings: tuple[Finding, ...] = ()

    @property
    def whole(self) -> bool:
        """False while a plugin is missing or broken: then nobody knows which data there would be."""
        return not any(finding.severity == "error" for finding in self.findings)


Resolver = Callable[[Node], Resolved]
"""From the root of `locality.yaml` to what its plugins provide. Never raises for what a locality or a plugin says."""


def without_plugins(locality: Node) -> Resolved:
    """The resolver of an installation that has no plugin: each one that is named is unknown."""
    named = [("plugin-unknown", item["id"]) for item in locality["plugins"]]
    named += [("pack-unknown", item["id"]) for item in locality["packs"]]
    return Resolved(
        findings=tuple(
            Finding(code, "error", node.place(), {"name": node.text, "nearest": NONE}) for code, node in named
        )
    )
