"""Acknowledged means durable: a process that is killed while it writes has lost nothing that it acknowledged."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from core.store import open_store
from core.store.anchoring import BEGINNING

ROUNDS = int(os.environ.get("GRIDWRIGHT_KILLS", "5"))
WRITER = """
import sys
sys.path.insert(0, sys.argv[3])
from core.store import open_store
from store_cases import LOCALITY, a_case, add

store = open_store(sys.argv[1], sys.argv[2])
index = 0
while True:
    name = f"{sys.argv[4]}-{index}"
    with store.unit(LOCALITY) as unit:
        add(unit, a_case(name, number=str(unit.numbers.next("n")), version=3))
        unit.keep()
    digest = store.blobs.put(LOCALITY, name.encode())
    print(name, digest, flush=True)
    index += 1
"""


def test_kill_minus_nine_loses_nothing_acknowledged(sqlite_url: str, tmp_path: Path) -> None:
    blobs, here = tmp_path / "blobs", Path(__file__).parent
    acknowledged: list[list[str]] = []
    for turn in range(ROUNDS):
        command = [sys.executable, "-c", WRITER, sqlite_url, str(blobs), str(here), f"turn{turn}"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=here.parents[2]) as writer:
            assert writer.stdout is not None
            first = writer.stdout.readline()
            time.sleep(0.05 + 0.03 * (turn % 5))
            writer.send_signal(signal.SIGKILL)
            lines = [first, *writer.stdout]
        acknowledged += [line.split() for line in lines if line.endswith("\n")]
    assert len(acknowledged) > 10
    store = open_store(sqlite_url, blobs)
    with store.read("seaside") as reading:
        for name, digest in acknowledged:
            assert reading.cases.get(name).version == 3
            assert store.verify_chain("seaside", name) == ()
            assert store.blobs.read("seaside", digest) == name.encode()
        heads = reading.cases.changed_heads(BEGINNING, None, 100_000)
        assert 0 <= len(heads) - len(acknowledged) <= ROUNDS, "at most the one under way in each turn"
        assert all(len(reading.cases.events(head.case_id)) == head.version for head in heads), "nothing half-written"
    store.close()
