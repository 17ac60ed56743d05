from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from town import build_town


@pytest.fixture
def town(sqlite_url: str, tmp_path: Path) -> Iterator[Any]:
    """Two districts on an SQLite file."""
    made = build_town(sqlite_url, tmp_path / "instance")
    yield made
    made.services.store.close()
