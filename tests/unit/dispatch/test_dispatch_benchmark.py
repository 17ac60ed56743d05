"""The benchmark runs, names every peer, finds no wrong answer; and a wrong answer ends it with status 1."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SMALL = ("--json", "--rules", "60,120", "--rounds", "2", "--cases", "40", "--budget", "0.05")
PEERS = {"gridwright", "hash_index", "linear_scan", "zen_engine", "rule_engine"}


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )


def test_it_prints_one_object_with_every_peer() -> None:
    done = run("benchmarks/dispatch.py", *SMALL)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert set(answer) >= PEERS
    assert answer["wrong"] == 0
    for peer in PEERS:
        assert set(answer[peer]) == {"60", "120"}
        for size, microseconds in answer[peer].items():
            reason = answer["reasons"].get(peer, {}).get(size)
            assert (microseconds is None and reason) or microseconds > 0
    assert answer["gridwright"]["60"] is not None


def test_a_wrong_answer_is_counted_and_fails() -> None:
    spoil = (
        "import sys; sys.path.insert(0, 'benchmarks'); import dispatch; from dispatch_peers.plain import HashIndex;"
        "HashIndex.decide = lambda self, prepared: 'R000000'; sys.exit(dispatch.main())"
    )
    done = run("-c", spoil, *SMALL)
    assert done.returncode == 1, done.stderr
    assert json.loads(done.stdout)["wrong"] > 0
