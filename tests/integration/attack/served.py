"""A server of its own process, as operators start it, for tests that speak to it over sockets or kill it."""

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
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[3]
HARBOUR = ROOT / "tests" / "integration" / "api" / "harbour"
DISTRICT = "/api/v1/localities/harbour"


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port: int = door.getsockname()[1]
        return port


@dataclass
class Served:
    """A running `gridwright serve --demo`."""

    process: subprocess.Popen[bytes]
    port: int
    instance: Path

    def token(self, post: str) -> str:
        people = json.loads((self.instance / "demo-tokens.json").read_text(encoding="utf-8"))["harbour"]
        return str(people[post]["token"])

    def send(self, raw: bytes, seconds: float = 10.0) -> bytes:
        """Bytes to the server, and what it answers until it closes or a whole answer is there."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as link:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was read: answered
                link.sendall(raw)
            return answer_from(link)

    def ask(
        self, method: str, path: str, body: Any = None, post: str | None = None, **headers: str
    ) -> tuple[int, dict[str, Any], Mapping[str, str]]:
        """A JSON request: status, body, headers."""
        link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if post is not None:
            sent["Authorization"] = f"Bearer {self.token(post)}"
        raw = None if body is None else json.dumps(body).encode()
        link.request(method, path, raw, sent | ({"Content-Type": "application/json"} if raw else {}))
        answer = link.getresponse()
        text = answer.read()
        link.close()
        return answer.status, json.loads(text) if text[:1] == b"{" else {}, dict(answer.headers)

    def alive(self, seconds: float = 5.0) -> bool:
        try:
            return b" 200 " in self.send(b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", seconds)[:20]
        except OSError:
            return False

    def kill(self) -> None:
        """As a power cut: the whole group at once."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                self.kill()


def serve(instance: Path, port: int | None = None, wait: float = 60.0, **environment: str) -> Served:
    """Start a server and wait until it answers."""
    port = port or free_port()
    shutil.copytree(HARBOUR, instance.parent / "manifests" / "harbour", dirs_exist_ok=True)
    manifests = {"GRIDWRIGHT_MANIFESTS": str(instance.parent / "manifests")}
    known = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "PORT")}
    log = (instance.parent / f"{instance.name}.log").open("ab")
    process = subprocess.Popen(
        [Path(sys.executable).parent / "gridwright", "serve", "--demo", "--port", str(port)],
        cwd=ROOT,
        env=known | manifests | {"GRIDWRIGHT_INSTANCE": str(instance)} | environment,
        stdout=log,
        stderr=log,
        start_new_session=True,
    )
    log.close()
    made = Served(process, port, instance)
    give_up = time.monotonic() + wait
    while not made.alive(1.0):
        if process.poll() is not None or time.monotonic() > give_up:
            made.stop()
            raise RuntimeError((instance.parent / f"{instance.name}.log").read_text(encoding="utf-8"))
        time.sleep(0.1)
    return made


def answer_from(link: socket.socket) -> bytes:
    found = b""
    while True:
        try:
            part = link.recv(65536)
        except (ConnectionResetError, TimeoutError):
            return found
        found += part
        head, split, body = found.partition(b"\r\n\r\n")
        if head.startswith(b"HTTP/1.1 100"):
            found, (head, split, body) = body, body.partition(b"\r\n\r\n")
        sizes = [line.split(b":")[1] for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
        if not part or (split and sizes and len(body) >= int(sizes[0])):
            return found
