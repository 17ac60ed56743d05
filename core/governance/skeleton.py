"""A first locality or plugin to change step by step: it checks clean, its test passes, its comments teach.

Writes a new folder or nothing at all.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from core.errors import Conflict, Refused

NAME = "skeleton_id"
"""What stands for the id in the files."""
ID = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")
ENDING = ".txt"
"""Python files carry it, so that they are no modules here."""


def make_skeleton(kind: Literal["locality", "plugin"], id: str, folder: Path) -> list[str]:
    """Write the files of a skeleton into a folder that does not exist yet or is empty; answers their names.

    Raises Refused `id-not-plain` and Conflict `folder-not-empty`.
    """
    if not ID.match(id):
        raise Refused("id-not-plain", id=id)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("folder-not-empty", folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        names = _copy(files("core.governance").joinpath("skeletons", kind), made, id)
        made.chmod(0o755)
        os.replace(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return names


def _copy(source: Traversable, target: Path, id: str) -> list[str]:
    names = []
    for item in sorted(source.iterdir(), key=lambda each: each.name):
        name = item.name.removesuffix(ENDING)
        if item.is_dir():
            (target / name).mkdir()
            names += [f"{name}/{inner}" for inner in _copy(item, target / name, id)]
        else:
            (target / name).write_text(item.read_text(encoding="utf-8").replace(NAME, id), encoding="utf-8")
            names.append(name)
    return names
