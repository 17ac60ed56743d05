"""Runs clients in a process of their own against a server, and counts whose processor time it took."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from load.district import District
from load.machines import processor_seconds, spent

CLIENTS = Path(__file__).with_name("clients.py")


def press(
    server: tuple[str, int, int], district: District, database_pid: int | None, job: Mapping[str, Any]
) -> dict[str, Any]:
    """The clients' figures, with `processor`: seconds of server, database and clients (from the end of the warm-up),
    and the machine's load meanwhile."""
    host, port, pid = server
    whole = {"host": host, "port": port, "district": asdict(district), **job}
    process = subprocess.Popen(
        [sys.executable, str(CLIENTS)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout and process.stderr  # noqa: S101  (three pipes were asked for)
    process.stdin.write(json.dumps(whole))
    process.stdin.close()
    process.stderr.readline()  # "warm"
    counted = [processor_seconds(one) if one else {} for one in (pid, database_pid, process.pid)]
    answer, complaint = process.stdout.read(), process.stderr.read()
    after = [processor_seconds(one) if one else {} for one in (pid, database_pid)]
    if process.wait() != 0:
        raise RuntimeError(complaint)
    figures: dict[str, Any] = json.loads(answer)
    client = figures.pop("client_processor_seconds") - sum(counted[2].values())
    seconds = [*(spent(*pair) for pair in zip(counted, after, strict=False)), client]
    named = dict(zip(("server", "database", "client"), (round(one, 2) for one in seconds), strict=True))
    return figures | {"processor": named, "load_average": round(os.getloadavg()[0], 1)}
