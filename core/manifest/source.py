"""A locality's files as bytes, and nothing else of the folder: what is checked is exactly what was read here.

Never raises for what the folder holds: too large, too many or strange files are findings. Decodes nothing.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.errors import Finding, Place, Severity
from core.manifest.digest import source_digest

LIMITS: Mapping[str, int] = {".yaml": 1 << 20, ".csv": 16 << 20, ".geojson": 64 << 20}  # bytes a file
MOST_FILES = 200
TESTS = "tests"
# What people save tables and texts as; such a file beside the manifest was probably meant to be part of it.
_LOOKALIKES = frozenset({".yaml", ".yml", ".csv", ".tsv", ".geojson", ".json", ".xls", ".xlsx"})


@dataclass(frozen=True)
class Source:
    """The files of one locality by their relative POSIX path, sorted; `digest` names these bytes.

    `findings` are the faults of the files as files; a file that could not be taken is absent from `files`.
    """

    id: str
    files: Mapping[str, bytes]
    digest: str
    findings: tuple[Finding, ...] = ()


def belongs(name: str) -> bool:
    """Whether a relative POSIX path is one that a manifest may hold: `x.yaml`, `x.csv`, `x.geojson`, `tests/x.yaml`."""
    path = PurePosixPath(name)
    if path.is_absolute() or str(path) != name or not name.isprintable() or path.name.startswith("."):
        return False
    folder = path.parent.as_posix()
    return (folder == "." and path.suffix in LIMITS) or (folder == TESTS and path.suffix == ".yaml")


def source_of(id: str, files: Mapping[str, bytes]) -> Source:
    """A source from files in memory, under the same rules as a folder."""
    findings: list[Finding] = []
    taken: dict[str, bytes] = {}
    for name in sorted(files):
        if not belongs(name):
            findings.append(_ignored(name))
        elif len(files[name]) > LIMITS[PurePosixPath(name).suffix]:
            findings.append(_too_large(name))
        elif len(taken) < MOST_FILES:
            taken[name] = bytes(files[name])
        else:
            findings.append(_fault("file-too-many", name, limit=MOST_FILES))
            break
    return Source(id, taken, source_digest(taken), tuple(findings))


def read_source(folder: Path) -> Source:
    """The manifest in a folder; its id is the folder's name. Links that lead out of the folder are not followed."""
    findings: list[Finding] = []
    taken: dict[str, bytes] = {}
    root = folder.resolve()
    for path in _entries(root, findings):
        name = path.relative_to(root).as_posix()
        if len(taken) >= MOST_FILES:
            findings.append(_fault("file-too-many", name, limit=MOST_FILES))
            break
        data = _read(root, path, name)
        if isinstance(data, bytes):
            taken[name] = data
        else:
            findings.append(data)
    return Source(root.name, taken, source_digest(taken), tuple(findings))


def _entries(root: Path, findings: list[Finding]) -> Iterator[Path]:
    """The paths to read, sorted by name; whatever else looks like data is reported as left out."""
    names: list[str] = []
    try:
        names = os.listdir(root)
        if TESTS in names and (root / TESTS).resolve().is_relative_to(root) and (root / TESTS).is_dir():
            names += [f"{TESTS}/{name}" for name in os.listdir(root / TESTS)]
    except OSError:
        findings.append(_fault("file-not-readable", ""))
    for name in sorted(names):
        if belongs(name):
            yield root / name
        elif PurePosixPath(name).suffix.lower() in _LOOKALIKES and not PurePosixPath(name).name.startswith("."):
            findings.append(_ignored(name))


def _read(root: Path, path: Path, name: str) -> bytes | Finding:
    limit = LIMITS[path.suffix]
    try:
        if not path.resolve().is_relative_to(root):
            return _fault("file-outside", name)
        if not stat.S_ISREG(path.stat().st_mode):
            return _fault("file-not-regular", name)
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, RuntimeError):  # RuntimeError: a loop of links
        return _fault("file-not-readable", name)
    return data if len(data) <= limit else _too_large(name)


def _fault(code: str, name: str, severity: Severity = "error", **params: object) -> Finding:
    return Finding(code, severity, Place(name), params)


def _too_large(name: str) -> Finding:
    return _fault("file-too-large", name, limit=LIMITS[PurePosixPath(name).suffix] >> 20)


def _ignored(name: str) -> Finding:
    shown = name.encode(errors="backslashreplace").decode()
    return _fault("file-ignored", shown, "warning")
