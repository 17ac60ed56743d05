"""Which files of a folder are a manifest, and the digest of their bytes."""

import os
from pathlib import Path

import pytest

from core.manifest.source import LIMITS, MOST_FILES, belongs, read_source, source_of


@pytest.mark.parametrize("name", ["grid.yaml", "cells.csv", "cells.geojson", "tests/manhole.yaml", "网格.csv"])
def test_belongs(name: str) -> None:
    assert belongs(name)


@pytest.mark.parametrize(
    "name",
    [
        *("grid.yml", "GRID.YAML", "grid.json", "tests/cells.csv", "parts/grid.yaml", "tests/deep/x.yaml", ".x.yaml"),
        *(
            "../grid.yaml",
            "/grid.yaml",
            "./grid.yaml",
            "tests/../grid.yaml",
            "tests//x.yaml",
            "a\nb.yaml",
            "\udc80.csv",
        ),
        *("", ".yaml", "tests", "grid.yaml/"),
    ],
)
def test_does_not_belong(name: str) -> None:
    assert not belongs(name)


def test_a_folder_and_the_same_files_in_memory_are_one_source(tmp_path: Path) -> None:
    folder = tmp_path / "konggang"
    (folder / "tests").mkdir(parents=True)
    files = {"tests/a.yaml": b"t", "grid.yaml": b"g", "cells.csv": b"code\n"}
    for name, data in files.items():
        (folder / name).write_bytes(data)
    (folder / "generate.py").write_text("print()", encoding="utf-8")

    source = read_source(folder)

    assert source == source_of("konggang", files)
    assert list(source.files) == ["cells.csv", "grid.yaml", "tests/a.yaml"]
    assert source.findings == ()
    assert source.digest.startswith("sha256:")


def test_links_within_the_folder_are_followed(tmp_path: Path) -> None:
    (tmp_path / "v2").mkdir()
    (tmp_path / "v2" / "grid").write_bytes(b"g")
    (tmp_path / "grid.yaml").symlink_to("v2/grid")
    assert read_source(tmp_path).files == {"grid.yaml": b"g"}


@pytest.mark.parametrize("target", ["/etc/hostname", "../other/grid.yaml"])
def test_links_out_of_the_folder_are_not(tmp_path: Path, target: str) -> None:
    folder = tmp_path / "here"
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "grid.yaml").write_bytes(b"secret")
    folder.mkdir()
    (folder / "grid.yaml").symlink_to(target)
    (folder / "tests").symlink_to("../other")
    source = read_source(folder)
    assert source.files == {}
    assert [finding.code for finding in source.findings] == ["file-outside"]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "grid.yaml")
    assert [finding.code for finding in read_source(tmp_path).findings] == ["file-not-regular"]


def test_no_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    for folder in (tmp_path / "absent", tmp_path / "file"):
        source = read_source(folder)
        assert source.files == {}
        assert [finding.code for finding in source.findings] == ["file-not-readable"]


@pytest.mark.parametrize("suffix", LIMITS)
def test_sizes_are_met_exactly(suffix: str) -> None:
    fits = source_of("x", {f"a{suffix}": bytes(LIMITS[suffix])})
    assert fits.findings == ()
    large = source_of("x", {f"a{suffix}": bytes(LIMITS[suffix] + 1), "b.yaml": b""})
    assert [(finding.code, finding.params) for finding in large.findings] == [
        ("file-too-large", {"limit": LIMITS[suffix] >> 20})
    ]
    assert list(large.files) == ["b.yaml"]


def test_sizes_are_met_exactly_in_a_folder(tmp_path: Path) -> None:
    limit = LIMITS[".yaml"]
    (tmp_path / "fits.yaml").write_bytes(bytes(limit))
    (tmp_path / "large.yaml").write_bytes(bytes(limit + 1))
    source = read_source(tmp_path)
    assert list(source.files) == ["fits.yaml"]
    assert [(finding.code, finding.place.file) for finding in source.findings] == [("file-too-large", "large.yaml")]


def test_the_number_of_files_is_met_exactly() -> None:
    files = {f"tests/{number}.yaml": b"" for number in range(MOST_FILES)}
    assert source_of("x", files).findings == ()
    more = source_of("x", {**files, "a.csv": b"", "b.csv": b""})
    assert [finding.code for finding in more.findings] == ["file-too-many"]
    assert len(more.files) == MOST_FILES


def test_files_in_memory_that_do_not_belong_are_reported() -> None:
    source = source_of("x", {"../grid.yaml": b"", "a\udc80.csv": b""})
    assert source.files == {}
    assert [finding.code for finding in source.findings] == ["file-ignored", "file-ignored"]
    assert source.findings[1].place.file == "a\\udc80.csv"
