"""The clock of a demo that runs faster than the machine's, kept in the instance folder so that all processes agree.

Without the file an installation runs on the machine's clock. Time that was shown is never taken back: whoever begins
again goes on from there.
"""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

from core.errors import Refused
from core.store.clock import Clock, FastClock, SystemClock

FILE = "clock.json"


def clock_of(instance: Path) -> Clock:
    """The clock that the installation runs on. Raises Refused `clock-file-broken`."""
    path = instance / FILE
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        real, shown = datetime.fromisoformat(kept["real"]), datetime.fromisoformat(kept["shown"])
        return FastClock(real, shown, float(kept["speed"]))
    except FileNotFoundError:
        return SystemClock()
    except (ValueError, KeyError, TypeError) as error:
        raise Refused("clock-file-broken", path=path) from error


def set_clock(instance: Path, speed: float | None) -> Clock:
    """Run from now on at `speed`; None: at the machine's, which leaves an installation without the file as it is."""
    clock, path = clock_of(instance), instance / FILE
    if speed is None and isinstance(clock, SystemClock):
        return clock
    kept = {"real": datetime.now(UTC).isoformat(), "shown": clock.now().isoformat(), "speed": speed or 1.0}
    instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(kept), encoding="utf-8")
    os.replace(fresh, path)
    return clock_of(instance)
