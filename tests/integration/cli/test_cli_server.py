"""`serve` and `worker` as processes: they start, answer, and stop when they are told to."""

from __future__ import annotations

import json
import multiprocessing
import stat
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from console import SHIPPED, Done, Server, run, serving, started

from core.cli.server import _Server
from core.manifest.pipeline import load
from core.manifest.source import read_source
from core.testing import shipped_plugins


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, list[Done]]]:
    """An installation after its first start with `--demo`, and how that start ended."""
    instance = tmp_path_factory.mktemp("demo") / "instance"
    ended: list[Done] = []
    with serving(instance, "--demo") as server:
        ended.append(server.stop())
    yield instance, ended


def tokens(instance: Path) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads((instance / "demo-tokens.json").read_text())["konggang_1355"]
    return found


def test_the_first_start_publishes_and_says_where_to_look(demo: tuple[Path, list[Done]]) -> None:
    instance, (ended,) = demo
    assert clean(ended)
    scheme = load(read_source(SHIPPED), shipped_plugins().resolve)
    daxing = load(read_source(SHIPPED.parent / "daxing_12355"), shipped_plugins().resolve)
    assert f"konggang_1355：修订 1，新设演示人员 {sum(scheme.roster.positions.values())} 人" in ended.out
    assert f"daxing_12355：修订 1，新设演示人员 {sum(daxing.roster.positions.values())} 人" in ended.out
    assert "http://127.0.0.1:" in ended.out and str(instance / "demo-tokens.json") in ended.out
    assert stat.S_IMODE((instance / "demo-tokens.json").stat().st_mode) == 0o600
    assert set(tokens(instance)) == set(scheme.roster.posts)


def test_the_second_start_does_nothing_again_and_serves(demo: tuple[Path, list[Done]]) -> None:
    instance, _ = demo
    before = (instance / "demo-tokens.json").read_bytes()
    with serving(instance, "--demo") as server:
        assert server.seconds < 30, "about two seconds on an idle machine"
        status, page = server.get("/")
        assert status == 200 and "空港新城" in page and "大兴区" in page and "DX" in page
        assert server.get("/api/v1/openapi.json")[0] == 200
        assert read_with_a_demo_token(server, instance) == 200
        ended = server.stop()
    assert clean(ended)
    assert "修订 1，新设演示人员 0 人" in ended.out
    assert (instance / "demo-tokens.json").read_bytes() == before


def test_tokens_that_were_thrown_away_are_made_anew(demo: tuple[Path, list[Done]]) -> None:
    instance, _ = demo
    old = tokens(instance)
    (instance / "demo-tokens.json").unlink()
    with serving(instance, "--demo") as server:
        assert read_with_a_demo_token(server, instance) == 200
    assert set(tokens(instance)) == set(old) and tokens(instance) != old


def test_demo_tokens_are_refused_where_other_machines_can_reach(demo: tuple[Path, list[Done]]) -> None:
    instance, _ = demo
    with serving(instance, "--host", "0.0.0.0") as server:  # noqa: S104
        token = tokens(instance)["grid_head"]["token"]
        status, body = server.get("/api/v1/localities/konggang_1355/cases", token)
        assert status == 403 and json.loads(body)["code"] == "demo-token-elsewhere"
        assert server.get("/")[0] == 200


def test_a_taken_port_is_told_while_the_other_goes_on(demo: tuple[Path, list[Done]]) -> None:
    instance, _ = demo
    with serving(instance) as server:
        done = run(instance, "--language", "en", "serve", "--port", str(server.port))
        assert done.code == 1 and f"port {server.port} of 127.0.0.1 is in use" in done.err
        assert server.get("/healthz")[0] == 200


def test_the_worker_stops_when_it_is_told_to(demo: tuple[Path, list[Done]]) -> None:
    instance, _ = demo
    with started(instance, "--language", "en", "worker") as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("worker ")
        process.terminate()
        _, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")


@pytest.mark.parametrize("wanted", [True, False])
def test_a_server_runs_timers_only_when_told_to_and_stops_them_at_its_end(wanted: bool) -> None:
    heard: list[str] = []
    running = SimpleNamespace(start=lambda: heard.append("start"), stop=lambda: heard.append("stop"))
    app = SimpleNamespace(extensions={"gridwright": None})
    server = _Server(SimpleNamespace(app=lambda _: app, worker=lambda _: running), None, wanted, {"threads": 3})
    assert server.load() is app
    server.cfg.worker_exit(None, None)
    assert heard == (["start", "stop"] if wanted else [])
    assert server.cfg.threads == 3


@pytest.mark.postgres
def test_on_postgresql_several_processes_serve_and_stop(tmp_path: Path, postgres_url: str) -> None:
    with serving(tmp_path / "instance", "--demo", DATABASE_URL=postgres_url) as server:
        assert read_with_a_demo_token(server, tmp_path / "instance") == 200
        children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children")
        if children.exists():
            assert len(children.read_text().split()) == multiprocessing.cpu_count()
        assert clean(server.stop())


def clean(ended: Done) -> bool:
    """Stopped by SIGTERM without a complaint: the log holds requests only."""
    return ended.code == 0 and all(json.loads(line)["level"] == "info" for line in ended.err.splitlines())


def read_with_a_demo_token(server: Server, instance: Path) -> int:
    token = tokens(instance)["grid_head"]["token"]
    return server.get("/api/v1/localities/konggang_1355/cases", token)[0]
