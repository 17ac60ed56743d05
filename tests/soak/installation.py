"""An installation as operators run it: a server and workers as processes of their own, to be killed and restarted."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SCRIPT = Path(sys.executable).parent / "gridwright"
DISTRICT = "konggang_1355"
READY_SECONDS = 60.0
"""When a start counts as failed. How long it may take is for the test to say."""


@dataclass(frozen=True)
class Ready:
    """How long a start took: by the clock, and in processor time, which other programs on the machine do not lengthen
    without bounds."""

    seconds: float
    processor: float


def processor_seconds(group: int) -> float:
    """What the processes of a group have used so far."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = path.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(parts[2]) == group:
            ticks += int(parts[11]) + int(parts[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@dataclass
class Installation:
    """`server` and `workers` are None and empty while nothing runs."""

    folder: Path
    database_url: str
    port: int = field(default_factory=free_port)
    server: subprocess.Popen[bytes] | None = None
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def instance(self) -> Path:
        return self.folder / "instance"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifests" / DISTRICT

    def write_manifest(self) -> None:
        """The shipped district with a response time of two seconds, so that timers fall due under the kills; its own
        tests tell of another time and are left out."""
        shutil.copytree(ROOT / "manifests" / DISTRICT, self.manifest, ignore=shutil.ignore_patterns("tests", "*.py"))
        text = (self.manifest / "locality.yaml").read_text(encoding="utf-8")
        shortened = text.replace("    value: 0.5\n", "    value: 0.0006\n", 1)
        assert shortened != text
        (self.manifest / "locality.yaml").write_text(shortened, encoding="utf-8")

    def people(self) -> dict[str, dict[str, str]]:
        """The demo people, one a post: token, account, cell."""
        found: dict[str, dict[str, str]] = json.loads((self.instance / "demo-tokens.json").read_bytes())[DISTRICT]
        return found

    def start(self, *more: str, workers: int = 1) -> Ready:
        """Start everything; answers how long the server took from the start of its process until it was ready."""
        begun = time.monotonic()
        self.server = self.run("serve", "--port", str(self.port), *more)
        while not self._ready():
            assert self.server.poll() is None, self.log()
            assert time.monotonic() < begun + READY_SECONDS, self.log()
            time.sleep(0.02)
        ready = Ready(time.monotonic() - begun, processor_seconds(self.server.pid))
        self.workers = [self.run("worker") for _ in range(workers)]
        return ready

    def run(self, *arguments: str) -> subprocess.Popen[bytes]:
        """A command of this installation, in a process group of its own."""
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "PYTHONPATH") if name in os.environ}
        own = {
            "GRIDWRIGHT_INSTANCE": str(self.instance),
            "GRIDWRIGHT_MANIFESTS": str(self.folder / "manifests"),
            "GRIDWRIGHT_ANCHOR_MINUTES": "1",
            "GRIDWRIGHT_LOG_LEVEL": "warning",
            "DATABASE_URL": self.database_url,
        }
        with (self.folder / "log").open("ab") as log:
            return subprocess.Popen(
                [SCRIPT, *arguments], cwd=ROOT, env=kept | own, stdout=log, stderr=log, start_new_session=True
            )

    def kill(self, *others: subprocess.Popen[bytes]) -> None:
        """SIGKILL to the server with its children, to the workers and to `others`, all at once."""
        processes = [process for process in (self.server, *self.workers, *others) if process is not None]
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
        for process in processes:
            process.wait()
        self.server, self.workers = None, []

    def send(self, method: str, path: str, token: str, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
        """A request to the district's API: status and body. OSError or HTTPException when nobody answers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            sent = {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **headers}
            link.request(method, f"/api/v1/localities/{DISTRICT}{path}", body or None, sent)
            answer = link.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            link.close()

    def log(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")[-5000:]

    def _ready(self) -> bool:
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            link.request("GET", "/readyz")
            return link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()
