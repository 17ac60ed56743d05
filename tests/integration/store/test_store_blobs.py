"""Blobs: by content, per locality, durable before the digest is answered."""

import os
from hashlib import sha256
from pathlib import Path

import pytest

from core.errors import NotFound, TemporaryFailure
from core.store import FolderBlobs


def test_bytes_come_back_under_their_digest(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / "deep" / "blobs")
    digest = blobs.put("seaside", b"photo")
    assert digest == sha256(b"photo").hexdigest()
    assert blobs.put("seaside", b"photo") == digest
    assert blobs.read("seaside", digest) == b"photo"
    with blobs.open("seaside", digest) as stream:
        assert stream.read() == b"photo"
    assert [path.name for path in (tmp_path / "deep").rglob("*") if path.is_file()] == [digest]


def test_another_locality_does_not_have_it(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path)
    digest = blobs.put("seaside", b"photo")
    with pytest.raises(NotFound, match="blob-unknown"):
        blobs.read("hills", digest)


@pytest.mark.parametrize(
    ("locality", "digest"), [("..", "0" * 64), ("a/b", "0" * 64), ("a", "../../x"), ("", "0" * 64)]
)
def test_a_name_never_leaves_the_folder(tmp_path: Path, locality: str, digest: str) -> None:
    with pytest.raises(NotFound):
        FolderBlobs(tmp_path).open(locality, digest)


def test_file_and_folders_are_synced_before_the_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        synced.append(os.readlink(f"/proc/self/fd/{handle}") if os.path.isdir("/proc/self/fd") else "")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    digest = FolderBlobs(tmp_path).put("seaside", b"photo")
    folder = tmp_path / "seaside" / digest[:2]
    assert synced[:2] == [str(tmp_path), str(tmp_path / "seaside")], "the folders' own names"
    assert Path(synced[2]).parent == folder, "the content"
    assert synced[3] == str(folder), "and its name"


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(TemporaryFailure, match="blob-not-kept"):
        FolderBlobs(tmp_path).put("seaside", b"photo")
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
