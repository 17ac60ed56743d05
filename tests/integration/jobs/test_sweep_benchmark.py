"""The sweep's benchmark runs on both databases, finds nothing lost or doubled, and names its floor."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.postgres
def test_it_prints_one_object_with_both_databases() -> None:
    command = [sys.executable, "benchmarks/sweep.py", "--timers", "60", "--workers", "2", "--rounds", "1", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=240, check=False)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert {name: found["workers"] for name, found in answer.items()} == {"postgresql": 2, "sqlite": 1}
    for found in answer.values():
        assert (found["timers"], found["lost"], found["doubled"]) == (60, 0, 0)
        assert found["ratio_to_floor"] > 0 and found["p95_lateness_seconds"] <= found["seconds"]
