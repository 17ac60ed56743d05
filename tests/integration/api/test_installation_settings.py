"""Settings are declared once, documented, and refuse what they cannot read; secrets stay in the instance folder."""

from __future__ import annotations

import stat
from dataclasses import fields
from pathlib import Path

import pytest

from core.errors import Unprocessable
from core.settings import Settings, secret

ROOT = Path(__file__).parents[3]


def test_defaults_need_no_environment() -> None:
    found = Settings.read({})
    assert (found.host, found.port) == ("127.0.0.1", 8000)
    assert found.database.startswith("sqlite:////")
    assert Settings.read({"PORT": "", "GRIDWRIGHT_LOG_LEVEL": " "}) == found


def test_the_environment_is_read() -> None:
    found = Settings.read({"PORT": "9000", "DATABASE_URL": "postgresql://db/x", "GRIDWRIGHT_INSTANCE": "/srv/gw"})
    assert (found.port, found.database, found.blobs) == (9000, "postgresql://db/x", Path("/srv/gw/blobs"))


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(Unprocessable) as refused:
        Settings.read({"PORT": "0", "GRIDWRIGHT_THREADS": "many", "GRIDWRIGHT_LOG_LEVEL": "loud"})
    names = [fault.pointer for fault in refused.value.faults]
    assert names == ["PORT", "GRIDWRIGHT_THREADS", "GRIDWRIGHT_LOG_LEVEL"]


def test_the_reference_lists_every_setting_with_its_default() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    for declared in fields(Settings):
        default = str(declared.default or "") or "–"
        row = (
            f"| `{declared.metadata['name']}` | `{default}` |"
            if default != "–"
            else f"| `{declared.metadata['name']}` | – |"
        )
        assert row in page, row


def test_a_secret_is_made_once_and_for_the_owner_only(tmp_path: Path) -> None:
    folder = tmp_path / "instance"
    made = secret(folder, "cursor")
    assert len(made) >= 48
    assert secret(folder, "cursor") == made
    assert secret(folder, "session") != made
    assert stat.S_IMODE((folder / "cursor.key").stat().st_mode) == 0o600
