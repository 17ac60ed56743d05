"""Plugins written into a folder for one test, and a small district that uses them."""

from __future__ import annotations

from pathlib import Path

from core.manifest.document import Document
from core.manifest.node import Node
from core.manifest.source import Source, read_source, source_of

MINIMAL = read_source(Path(__file__).parents[1] / "manifests" / "positive" / "minimal")


def write_plugin(folder: Path, id: str, more: str = "", version: str = "1.0", **files: str) -> Path:
    """A plugin in `folder/<id>`; `hooks` is the text of its module, others are data files (`calendars__days`)."""
    place = folder / id
    place.mkdir(parents=True, exist_ok=True)
    head = (
        f'schema: gridwright/plugin/1\nid: {id}\nlabel: {{zh: 示例, en: sample}}\nversion: "{version}"\nengine: "*"\n'
    )
    (place / "plugin.yaml").write_text(head + more, encoding="utf-8")
    for name, text in files.items():
        path = place / ("hooks.py" if name == "hooks" else name.replace("__", "/") + ".yaml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return place


def days(closed: str, open_: str = "", announced: str = "2026") -> str:
    """The text of a holidays file `days`."""
    return (
        "schema: gridwright/holidays/1\nid: days\nlabel: {zh: 节假日, en: holidays}\nsource: an example\n"
        f"announced: [{announced}]\nclosed: [{closed}]\nopen: [{open_}]\n"
    )


def module(methods: str, head: str = "") -> str:
    """The text of a module with one class of hooks; `setup` is kept."""
    return (
        f'"""A sample."""\nfrom core.hookspecs import hookimpl\n{head}\n\nclass Sample:\n'
        f"    def __init__(self, setup):\n        self.setup = setup\n\n{methods}\n\n"
        "def create(setup):\n    return Sample(setup)\n"
    )


def locality_of(id: str, *plugins: dict[str, object]) -> Node:
    """The root of a `locality.yaml` that names plugins."""
    said = {"id": id, "plugins": list(plugins)}
    return Node(Document("locality.yaml", said), (), said)


def district(plugins: str, *changes: tuple[str, str, str], id: str = "minimal") -> Source:
    """The minimal locality with `plugins:` and further changes of its files (file, old, new)."""
    files = dict(MINIMAL.files)
    files["locality.yaml"] = files["locality.yaml"].replace(b"id: minimal", f"id: {id}".encode()) + plugins.encode()
    for file, old, new in changes:
        text = files[file].decode()
        assert old in text, old
        files[file] = text.replace(old, new, 1).encode()
    return source_of(id, files)
