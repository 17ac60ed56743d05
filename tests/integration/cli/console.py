"""The console script as people run it: a process of its own for what counts, its `main` in this one for refusals."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[3]
SCRIPT = Path(sys.executable).parent / "gridwright"
SHIPPED = ROOT / "manifests" / "konggang_1355"
MINIMAL = ROOT / "tests" / "manifests" / "positive" / "minimal"


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str


def environment(instance: Path, **more: str) -> dict[str, str]:
    """A clean environment with an instance folder of its own, in Chinese."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "PYTHONPATH") if name in os.environ}
    return kept | {"GRIDWRIGHT_INSTANCE": str(instance), "LANG": "C.UTF-8"} | more


def run(instance: Path, *arguments: str | Path, **more: str) -> Done:
    """Run the installed script to its end."""
    done = subprocess.run(
        [SCRIPT, *map(str, arguments)],
        cwd=ROOT,
        env=environment(instance, **more),
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@dataclass
class Server:
    """A `gridwright serve` under way."""

    process: subprocess.Popen[str]
    port: int
    seconds: float  # from the start of the process to the first answer

    def get(self, path: str, token: str = "") -> tuple[int, str]:
        headers = {"Authorization": f"Bearer {token}", "Accept-Language": "zh"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (our own address)
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def stop(self) -> Done:
        self.process.send_signal(signal.SIGTERM)
        out, err = self.process.communicate(timeout=30)
        return Done(self.process.returncode, out, err)


@contextmanager
def started(instance: Path, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """A long-running command; killed at the end if it is still there."""
    process = subprocess.Popen(
        [SCRIPT, *arguments],
        cwd=ROOT,
        env=environment(instance, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
            process.communicate(timeout=10)


@contextmanager
def serving(instance: Path, *arguments: str, **more: str) -> Iterator[Server]:
    """A server that has answered `/healthz`."""
    port = free_port()
    begun = time.monotonic()
    with started(instance, "serve", "--port", str(port), *arguments, **more) as process:
        server = Server(process, port, 0.0)
        while time.monotonic() < begun + 90:
            assert process.poll() is None, process.communicate()
            try:
                status, _ = server.get("/healthz")
            except OSError:
                time.sleep(0.1)
                continue
            if status == 200:
                server.seconds = time.monotonic() - begun
                break
        else:
            raise AssertionError("the server does not answer")
        yield server
