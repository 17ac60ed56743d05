"""A district on a server, with plugins that a test gives it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "integration" / "api"))

from town import Town, build_town, scheme_of

from core.casework import Schemes
from core.hookspecs import PluginSetup
from core.plugin_host.outside import Outside
from core.scheme.extensions import Extensions


@pytest.fixture
def towns(database_url: str, tmp_path: Path) -> Iterator[Town]:
    """Two districts, on each kind of database."""
    made = build_town(database_url, tmp_path / "instance")
    yield made
    made.services.store.close()


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    made = build_town(sqlite_url, tmp_path / "instance")
    yield made
    made.services.store.close()


@pytest.fixture
def equip() -> Callable[..., None]:
    """Give the schemes of a town's districts functions of plugins, from now on, and other changes."""

    def use(town: Town, *, changed: Callable[[Any], Any] = lambda scheme: scheme, **functions: Any) -> None:
        extensions = Extensions(versions=dict.fromkeys(("a", "b"), "1"), **functions)
        schemes = Schemes(lambda locality, *_: replace(changed(scheme_of(locality)), extensions=extensions))
        services = town.services
        casework = replace(services.casework, schemes=schemes)
        town.app.extensions["gridwright"] = replace(services, casework=casework)
        town.app.extensions["gridwright.casework"] = casework

    return use


@pytest.fixture
def set_up() -> Callable[..., PluginSetup]:
    """What a plugin is told: its configuration, its secrets, and which hosts beside the public internet are allowed."""

    def make(config: dict[str, Any], allowed: tuple[str, ...] = (), **secrets: str) -> PluginSetup:
        return PluginSetup("harbour", config, secrets.__getitem__, Outside.of(allowed).address)

    return make
