"""Publish a checked and tested manifest as an immutable revision, and write a published revision back to files.

The only way into the store for a scheme. What is published compiles, has no finding of severity error, and passes
its own tests.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from core.errors import Conflict, ManifestError, NotFound
from core.governance.checking import outcomes_of, sound
from core.manifest.digest import lock
from core.manifest.document import Document
from core.manifest.documents import Documents, read_documents
from core.manifest.extension_data import written
from core.manifest.pipeline import check
from core.manifest.resolver import Resolver, without_plugins
from core.manifest.source import Source
from core.manifest.yaml_text import read_yaml
from core.scheme.scheme import Scheme
from core.store import Revision, Store


@dataclass(frozen=True, slots=True)
class Published:
    """`changed` is False when the very same files, with the same of their plugins, were already the ones that hold:
    nothing was written. `scheme` is what they compile to, where they had to be compiled.
    """

    locality: str
    revision: Revision
    changed: bool
    scheme: Scheme | None = None


def publish(store: Store, source: Source, now: datetime, by: str, resolve: Resolver = without_plugins) -> Published:
    """Make a manifest the scheme that holds.

    Raises ManifestError `manifest-has-errors` with the findings, `manifest-tests-fail` with the names of the tests,
    and Conflict `revision-changed` when somebody else published in between.
    """
    with store.read(source.id) as reading:
        current = reading.revisions.current()
        same = current is not None and current.source_digest == source.digest
        lock_of_same = reading.revisions.lock(current.number) if current is not None and same else {}
    if current is not None and same and _as_locked(lock_of_same, source, resolve):
        return Published(source.id, current, changed=False)
    scheme = sound(check(source, resolve))
    failed = [outcome.test for outcome in outcomes_of(scheme, source) if not outcome.passed]
    if failed:
        raise ManifestError("manifest-tests-fail", locality=source.id, tests=", ".join(failed))
    resolved = lock(
        kernel=version("gridwright"),
        schemas=schemas_of(source),
        source_digest=source.digest,
        scheme_digest=scheme.digest,
        plugins=written(scheme.extensions) if scheme.extensions.versions else None,
    )
    expected = current.number if current else None
    with store.unit(source.id) as unit:
        revision = unit.revisions.publish(source.files, source.digest, scheme.digest, resolved, now, by, expected)
        unit.keep()
    return Published(source.id, revision, changed=True, scheme=scheme)


def _as_locked(locked: Mapping[str, Any], source: Source, resolve: Resolver) -> bool:
    """Whether the plugins would give the same files the same versions and data again. Compiles nothing."""
    document, _ = read_yaml("locality.yaml", source.files.get("locality.yaml", b""))
    files = {document.file: document} if document else {}
    today = written(resolve(Documents(files).root("locality")).extensions)
    kept = locked.get("plugins") or {"versions": {}}
    return kept["versions"] == today["versions"] and all(
        today[kind].get(id) == data for kind in ("holidays", "code_lists") for id, data in kept.get(kind, {}).items()
    )


def schemas_of(source: Source) -> Mapping[str, str]:
    """The schema version that each file says it is written in."""
    texts = {name: data for name, data in source.files.items() if name.endswith(".yaml")}
    documents, _ = read_documents(replace(source, files=texts))
    return {
        name: str(file.value["schema"])
        for name, file in documents.files.items()
        if isinstance(file, Document) and "schema" in file.value
    }


def export(store: Store, locality: str, folder: Path, number: int | None = None) -> Revision:
    """Write a published revision's files, byte for byte, into a folder that does not exist yet or is empty.

    The folder appears whole or not at all. Raises NotFound `locality-unknown`, `revision-unknown`, and Conflict
    `folder-not-empty`.
    """
    with store.read(locality) as reading:
        current = reading.revisions.current()
        if current is None:
            raise NotFound("locality-unknown", locality=locality)
        revision = current if number is None else reading.revisions.get(number)
        files = reading.revisions.files(revision.number)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise Conflict("folder-not-empty", folder=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name, data in files.items():
            (made / name).parent.mkdir(parents=True, exist_ok=True)
            (made / name).write_bytes(data)
        made.chmod(0o755)
        os.replace(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return revision
