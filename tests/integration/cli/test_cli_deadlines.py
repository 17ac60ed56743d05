"""`deadlines` on an installation without cases, and for a district that is not there."""

from __future__ import annotations

import json
from pathlib import Path

from console import SHIPPED, run

DISTRICT = SHIPPED.name


def prepared(tmp_path: Path) -> Path:
    """An installation with a published district and no case."""
    instance = tmp_path / "instance"
    assert run(instance, "publish", SHIPPED).code == 0
    return instance


def test_nothing_moves_while_the_calendar_is_the_same(tmp_path: Path) -> None:
    instance = prepared(tmp_path)
    done = run(instance, "deadlines", DISTRICT, "--json")
    assert done.code == 0
    assert json.loads(done.out) == {"locality": DISTRICT, "open_cases": 0, "moving": [], "moved": 0}


def test_an_unknown_district_is_said(tmp_path: Path) -> None:
    instance = prepared(tmp_path)
    done = run(instance, "deadlines", "nowhere")
    assert done.code != 0 and "nowhere" in done.err and "Traceback" not in done.err
