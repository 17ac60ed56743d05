"""`serve --clock`: a demo lives through days in seconds, on the clock that everything else reads."""

from __future__ import annotations

import shutil
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from console import SHIPPED, run, serving

from core.factory import build_services
from core.settings import Settings
from core.store import FastClock, SystemClock, clock_of, set_clock

DAY_IN_SECONDS = 4.0
SPEED = 86400 / DAY_IN_SECONDS


def reached(instance: Path) -> list[str]:
    """The reaches of limits that have fired, with how late."""
    services = build_services(Settings(instance=instance, log_level="error"))
    with services.store.read("konggang_1355") as reading:
        rows = reading.cases.list(limit=200).rows
        events = [event for row in rows for event in reading.cases.events(row.id)]
        faults = [fault for row in rows for fault in services.store.verify_chain("konggang_1355", row.id)]
    services.store.close()
    assert faults == []
    return [event.data["reach"] for event in events if event.type == "clock_reached"]


def test_a_day_passes_in_seconds_and_limits_fall_due(tmp_path: Path) -> None:
    instance, manifests = tmp_path / "instance", tmp_path / "manifests"
    shutil.copytree(SHIPPED, manifests / SHIPPED.name)
    with serving(instance, "--demo", "--clock", f"{SPEED:g}", GRIDWRIGHT_MANIFESTS=str(manifests)) as server:
        time.sleep(3 * DAY_IN_SECONDS)
        ended = server.stop()
    assert ended.code == 0 and "21600" in ended.out
    assert reached(instance), "limits of the demo cases have run out in three days"
    clock = clock_of(instance)
    assert isinstance(clock, FastClock)
    assert clock.now() > datetime.now(UTC) + timedelta(days=2)


def test_a_fast_clock_is_for_demos_only(tmp_path: Path) -> None:
    done = run(tmp_path / "instance", "serve", "--clock", "60")
    assert done.code != 0 and "--demo" in done.err


def test_time_that_was_shown_is_not_taken_back(tmp_path: Path) -> None:
    assert isinstance(clock_of(tmp_path), SystemClock)
    fast = set_clock(tmp_path, 1_000_000)
    shown = fast.now()
    while fast.now() < shown + timedelta(days=1):
        time.sleep(0.01)
    ahead = fast.now()
    slow = set_clock(tmp_path, None)
    assert isinstance(slow, FastClock) and slow.speed == 1
    assert ahead <= slow.now() < ahead + timedelta(days=3)


def test_without_a_fast_clock_nothing_is_written(tmp_path: Path) -> None:
    assert isinstance(set_clock(tmp_path, None), SystemClock)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{}", "no json"])
def test_a_broken_clock_is_said_at_its_place(tmp_path: Path, text: str) -> None:
    instance = tmp_path / "instance"
    instance.mkdir()
    (instance / "clock.json").write_text(text)
    done = run(instance, "serve", "--demo")
    assert done.code != 0
    assert "clock.json" in done.err and "Traceback" not in done.err
