"""Fixtures of the command line's tests: an instance folder, commands in this process, manifests with a fault."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from console import MINIMAL, ROOT, Done, environment

from core.factory import main


@pytest.fixture
def instance(tmp_path: Path) -> Path:
    return tmp_path / "instance"


@pytest.fixture
def here(instance: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Done]:
    """Run a command through `main` in this process: the same code from the entry point on, without the start-up."""

    def call(*arguments: str | Path, **more: str) -> Done:
        for name in ("DATABASE_URL", "PORT", "LC_ALL", "LC_MESSAGES"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment(instance, **more).items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(ROOT)
        monkeypatch.setattr(sys, "argv", ["gridwright", *map(str, arguments)])
        with pytest.raises(SystemExit) as left:
            main()
        out, err = capsys.readouterr()
        return Done(int(left.value.code or 0), out, err)

    return call


@pytest.fixture
def changed(tmp_path: Path) -> Callable[..., Path]:
    """A copy of the minimal locality with some texts of it replaced."""

    def change(*edits: tuple[str, str, str], name: str = "minimal") -> Path:
        folder = tmp_path / "manifests" / name
        shutil.copytree(MINIMAL, folder)
        for file, old, new in edits:
            text = (folder / file).read_text(encoding="utf-8")
            assert old in text
            (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")
        return folder

    return change
