"""Bytes by content: photos and other files, per locality, on disk before anyone is told that they are kept.

Knows nothing of cases or of images. Another kind of storage implements `Blobs`.
"""

from __future__ import annotations

import os
import re
from hashlib import sha256
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Protocol

from core.errors import NotFound, TemporaryFailure

SAFE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")
DIGEST = re.compile(r"[0-9a-f]{64}")


class Blobs(Protocol):
    """The storage door."""

    def put(self, locality: str, data: bytes) -> str: ...
    def open(self, locality: str, digest: str) -> BinaryIO: ...
    def read(self, locality: str, digest: str) -> bytes: ...


class FolderBlobs:
    """A folder a locality, a file a content: `<folder>/<locality>/<ab>/<digest>`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, locality: str, data: bytes) -> str:
        """Store bytes, durably when this returns; answers their SHA-256. The same bytes are stored once.

        TemporaryFailure `blob-not-kept` when the disk refuses them: then nothing of them remains.
        """
        digest = sha256(data).hexdigest()
        path = self._path(locality, digest)
        if not path.exists():
            try:
                self._write(path, data)
            except OSError as error:
                raise TemporaryFailure("blob-not-kept", reason=error.strerror) from error
        return digest

    def open(self, locality: str, digest: str) -> BinaryIO:
        """NotFound `blob-unknown`."""
        try:
            return self._path(locality, digest).open("rb")
        except FileNotFoundError as error:
            raise NotFound("blob-unknown", digest=digest) from error

    def read(self, locality: str, digest: str) -> bytes:
        """All of it; NotFound `blob-unknown`."""
        with self.open(locality, digest) as stream:
            return stream.read()

    def _write(self, path: Path, data: bytes) -> None:
        self._make_folder(path.parent)
        with NamedTemporaryFile(dir=path.parent, prefix=".part-", delete=False) as part:
            try:
                part.write(data)
                part.flush()
                os.fsync(part.fileno())
                os.replace(part.name, path)
            except BaseException:
                Path(part.name).unlink(missing_ok=True)
                raise
        sync_folder(path.parent)

    def _path(self, locality: str, digest: str) -> Path:
        if not SAFE_NAME.fullmatch(locality) or not DIGEST.fullmatch(digest):
            raise NotFound("blob-unknown", digest=digest)
        return self._folder / locality / digest[:2] / digest

    def _make_folder(self, folder: Path) -> None:
        """Make what is missing and sync each parent: a file is not kept while its folder's name is not."""
        if folder.is_dir():
            return
        self._make_folder(folder.parent)
        folder.mkdir(exist_ok=True)
        sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
