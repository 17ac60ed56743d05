from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from town import Town, build_town

import core.messages


@pytest.fixture(autouse=True)
def filled(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No sentence is said with a placeholder left in it."""
    gaps: list[str] = []

    class Watched(core.messages._Keep):
        def __missing__(self, key: str) -> str:
            gaps.append(f"{key} among {sorted(self)}")
            return super().__missing__(key)

    monkeypatch.setattr(core.messages, "_Keep", Watched)
    yield
    assert gaps == []


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Town]:
    """Two districts on an SQLite file."""
    made = build_town(sqlite_url, tmp_path / "instance")
    yield made
    made.services.store.close()


@pytest.fixture
def towns(database_url: str, tmp_path: Path) -> Iterator[Town]:
    """Two districts, on each kind of database."""
    made = build_town(database_url, tmp_path / "instance")
    yield made
    made.services.store.close()
