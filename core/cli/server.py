"""`serve` and `worker`: the long-running commands."""

from __future__ import annotations

import errno
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from gunicorn.app.base import BaseApplication

from core.casework.loopback import is_loopback
from core.cli.group import Composition, commands
from core.cli.patience import patient_worker
from core.cli.progress import watched
from core.errors import Conflict, NotFound, Refused
from core.governance.checking import read_locality
from core.governance.demo_cases import open_demo_cases
from core.governance.demo_people import is_settled, settle_demo_people
from core.governance.publishing import publish
from core.manifest.documents import tests_of
from core.store import FastClock, set_clock

BACKLOG = 2048


@commands.command()
@click.option("--host", default=None, help="Address to listen on 监听地址 (127.0.0.1)")
@click.option("--port", type=click.IntRange(1, 65535), default=None, help="Port 端口 (8000)")
@click.option("--demo", is_flag=True, help="Publish the shipped districts with demo people 发布演示区")
@click.option(
    "--clock",
    type=click.FloatRange(min=1, max=100_000),
    default=None,
    help="With --demo: so many times as fast as real time 演示时钟倍速 (1440: a day in a minute 一分钟过一天)",
)
@click.option("--worker/--no-worker", default=True, help="Fire timers in this process 本进程内处理到期时钟")
@click.pass_obj
def serve(
    composition: Composition, host: str | None, port: int | None, demo: bool, clock: float | None, worker: bool
) -> None:
    """Serve the web pages and the API 启动服务.

    One process with threads on SQLite; one process a core on PostgreSQL.
    """
    settings = composition.settings()
    settings = replace(settings, host=host or settings.host, port=port or settings.port)
    if demo and not is_loopback(settings.host):
        raise Refused("demo-not-on-loopback", host=settings.host)
    if clock is not None and not demo:
        raise Refused("clock-without-demo")
    with listening(settings.host, settings.port) as door:
        running = set_clock(settings.instance, clock)
        if demo:
            prepare_demo(composition, settings)
        if isinstance(running, FastClock):
            composition.tell("cli-clock", speed=f"{running.speed:g}", shown=running.now().isoformat(timespec="seconds"))
        sqlite = settings.database.startswith("sqlite")
        address = f"[{settings.host}]" if ":" in settings.host else settings.host
        composition.tell("cli-serving", address=f"{address}:{settings.port}")
        sys.stdout.flush()
        options = {
            "bind": f"fd://{door.detach()}",  # gunicorn closes it
            "workers": 1 if sqlite else multiprocessing.cpu_count(),
            "worker_class": patient_worker(settings.receive_seconds) if sqlite else "sync",
            "threads": settings.threads if sqlite else 1,
            "loglevel": "warning",
            "graceful_timeout": 20,
            "control_socket_disable": True,
        }
        _Server(composition, settings, worker, options).run()


@commands.command()
@click.pass_obj
def worker(composition: Composition) -> None:
    """Fire due timers and carry outside effects until stopped 处理到期时钟与对外通知."""
    services = composition.build(composition.settings())
    running = composition.worker(services)
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: running.leave())
    composition.tell("cli-working", owner=running.owner)
    sys.stdout.flush()
    running.run()
    services.store.close()


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens there, taken before any work is done.

    Raises Conflict `port-in-use` and Refused `address-unusable`.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise Conflict("port-in-use", host=host, port=port) from error
        reason = os.strerror(error.errno) if error.errno and error.errno > 0 else error.strerror
        raise Refused("address-unusable", host=host, port=port, reason=reason) from error


def prepare_demo(composition: Composition, settings: Any) -> None:
    """Publish every shipped district that is new or changed, put demo people on its posts, and let them report.

    Raises NotFound `manifests-missing` when there is no district.
    """
    folders = sorted(path.parent for path in Path(settings.manifests).glob("*/locality.yaml"))
    if not folders:
        raise NotFound("manifests-missing", folder=settings.manifests)
    services = composition.build(settings)
    tokens = settings.instance / "demo-tokens.json"
    for folder in watched(composition, folders, "cli-demo-preparing"):
        source = read_locality(folder)
        done = publish(services.store, source, services.clock.now(), by="demo", resolve=services.plugins.resolve)
        people = cases = 0
        if done.changed or not is_settled(done.locality, tokens):
            if done.scheme is not None:
                services.casework.schemes.keep(done.locality, done.scheme)
            with services.store.read(done.locality) as reading:
                scheme = services.casework.schemes.current(reading)
            people = settle_demo_people(services.store, scheme, tokens, services.clock.now())
        if people:
            cases = open_demo_cases(services.casework, done.locality, tests_of(source))
        told = {"locality": done.locality, "number": done.revision.number, "people": people, "cases": cases}
        composition.tell("cli-demo-district", **told)
    services.store.close()
    composition.tell("cli-demo-tokens", path=tokens)


class _Server(BaseApplication):
    """Gunicorn with this program's settings; the application is built in each server process."""

    def __init__(self, composition: Composition, settings: Any, worker: bool, options: Mapping[str, Any]) -> None:
        self._composition, self._settings, self._worker, self._options = composition, settings, worker, options
        self._running: Any = None
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)
        self.cfg.set("worker_exit", lambda _arbiter, _process: self._running and self._running.stop())

    def load(self) -> Any:
        app = self._composition.app(self._settings)
        if self._worker:
            self._running = self._composition.worker(app.extensions["gridwright"])
            self._running.start()
        return app
