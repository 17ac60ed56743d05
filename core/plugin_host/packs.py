"""Where plugins and localities come from: the folder that ships with the kernel, folders that a setting names, and
installed distributions. All three have the same layout; nothing is imported here.

    plugin.yaml                 the folder is a plugin itself
    <id>/plugin.yaml            plugins in a folder of plugins
    plugins/<id>/plugin.yaml    plugins of a pack
    localities/<id>/…           localities of a pack
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

GROUP = "gridwright.plugins"
"""Entry points of this group name a Python package, whose folder is the pack; the entry point's name is its id."""

SHIPPED = Path(__file__).resolve().parents[2] / "plugins"
"""Beside the package, in a checkout as in an installation."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A folder that carries plugins and localities. `version` is that of the distribution; a plain folder has none.

    `fault` says why an installed pack's folder cannot be found.
    """

    id: str
    folder: Path
    kind: Literal["shipped", "folder", "installed"]
    version: str = ""
    fault: str = ""

    def plugin_folders(self) -> Iterator[Path]:
        """Folders with a `plugin.yaml`, sorted by path."""
        for pattern in ("plugin.yaml", "*/plugin.yaml", "plugins/*/plugin.yaml"):
            yield from (path.parent for path in sorted(self.folder.glob(pattern)))

    def locality_folders(self) -> Iterator[Path]:
        """Folders with a `locality.yaml`, sorted by path."""
        yield from (path.parent for path in sorted(self.folder.glob("localities/*/locality.yaml")))


def find_packs(folders: Iterable[Path] = ()) -> tuple[Pack, ...]:
    """The shipped plugins, then the named folders in their order, then installed packs by id."""
    named = (Pack(folder.resolve().name, folder.resolve(), "folder") for folder in folders)
    installed = sorted(entry_points(group=GROUP), key=lambda point: (point.name, point.value))
    return (Pack("gridwright", SHIPPED, "shipped"), *named, *map(_installed, installed))


def _installed(point: EntryPoint) -> Pack:
    version = point.dist.version if point.dist else ""
    try:
        spec = find_spec(point.module)
    except Exception as error:  # noqa: BLE001  (a dotted name imports its parent, which may raise anything)
        return Pack(point.name, Path("/nonexistent"), "installed", version, f"{point.value}: {error}")
    places = list(spec.submodule_search_locations or ()) if spec else []
    if not places:
        return Pack(point.name, Path("/nonexistent"), "installed", version, point.value)
    return Pack(point.name, Path(places[0]).resolve(), "installed", version)
