"""The files of a shipped district as they stand, for the tests that hold them to their documents. Compiles nothing."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml


def text(folder: Path, name: str) -> Any:
    """A YAML file of the district."""
    return yaml.safe_load((folder / name).read_text(encoding="utf-8"))


def table(folder: Path, name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of the district."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def origins(folder: Path) -> Iterator[tuple[str, str]]:
    """Every origin that the district states, with the file in which it stands."""
    for path in sorted(folder.rglob("*.yaml")):
        yield from ((path.name, origin) for origin in _within(yaml.safe_load(path.read_text(encoding="utf-8"))))
    for path in sorted(folder.glob("*.csv")):
        yield from ((path.name, row["origin"]) for row in table(folder, path.name))


def _within(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("origin"), str):
            yield value["origin"]
        value = list(value.values())
    for item in value if isinstance(value, list) else ():
        yield from _within(item)
