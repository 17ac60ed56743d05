"""Killed servers, two servers on one file, storage that refuses: what was acknowledged stays, nobody sees a trace."""

from __future__ import annotations

import errno
import os
import socket
import stat
import threading
import time
from http.client import HTTPException
from pathlib import Path
from typing import Any

import pytest
from served import DISTRICT, Served, answer_from, serve
from town import Town, jpeg

from core.store import open_store

GOOD = {"intake": "patrol", "category": "0102", "cell": "HB-01"}


def report(server: Served, key: str) -> tuple[int, dict[str, Any]]:
    return server.ask("POST", f"{DISTRICT}/cases", GOOD, "walker", Idempotency_Key=key)[:2]


def test_what_was_acknowledged_survives_the_kill_and_its_retry_is_the_same(tmp_path: Path) -> None:
    server = serve(tmp_path / "instance")
    acknowledged: dict[str, dict[str, Any]] = {}
    attempted: set[str] = set()
    gone = threading.Event()

    def write(name: int) -> None:
        for number in range(10_000):
            key = f"{name}-{number}"
            attempted.add(key)
            try:
                status, case = report(server, key)
            except (OSError, HTTPException):  # the server is gone
                return
            if status == 201:
                acknowledged[key] = case
            if gone.is_set():
                return

    writers = [threading.Thread(target=write, args=(name,)) for name in range(4)]
    for writer in writers:
        writer.start()
    time.sleep(1.5)
    server.kill()
    gone.set()
    for writer in writers:
        writer.join()
    assert len(acknowledged) > 10
    again = serve(tmp_path / "instance")
    try:
        for key in attempted:
            status, case = report(again, key)
            assert status == 201
            if key in acknowledged:
                assert case == acknowledged[key]
    finally:
        again.stop()
    assert again.process.returncode == 0
    store = open_store(f"sqlite:///{tmp_path / 'instance' / 'gridwright.sqlite3'}", tmp_path / "instance" / "blobs")
    with store.read("harbour") as reading:
        found = reading.cases.list(limit=500)
    assert len({row.number for row in found.rows}) == len(found.rows) == min(len(attempted), 500)
    for row in found.rows:
        assert store.verify_chain("harbour", row.id) == ()
    store.close()


def test_two_servers_on_one_file_share_it(tmp_path: Path) -> None:
    first = serve(tmp_path / "instance")
    second = serve(tmp_path / "instance")
    try:
        made: list[tuple[int, dict[str, Any]]] = []

        def write(server: Served, name: str) -> None:
            made.extend(report(server, f"{name}-{number}") for number in range(15))

        threads = [
            threading.Thread(target=write, args=(server, str(index))) for index, server in enumerate((first, second))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert [status for status, _ in made] == [201] * 30
        assert len({case["number"] for _, case in made}) == 30
        same = [report(server, "both")[1]["id"] for server in (first, second)]
        assert same[0] == same[1]
    finally:
        first.stop()
        second.stop()


def test_a_request_in_flight_is_answered_before_the_server_stops(tmp_path: Path) -> None:
    server = serve(tmp_path / "instance")
    body = b'{"intake": "patrol", "category": "0102", "cell": "HB-01"}'
    head = (
        f"POST {DISTRICT}/cases HTTP/1.1\r\nHost: x\r\nIdempotency-Key: k\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {server.token('walker')}\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as link:
        link.sendall(head + body[:20])
        time.sleep(0.5)
        server.process.terminate()
        time.sleep(0.5)
        link.sendall(body[20:])
        assert b" 201 " in answer_from(link)[:20]
    assert server.process.wait(timeout=30) == 0


def test_a_database_of_garbage_is_said_at_the_start_without_a_trace(tmp_path: Path) -> None:
    (tmp_path / "instance").mkdir()
    (tmp_path / "instance" / "gridwright.sqlite3").write_bytes(b"this is no database" * 1000)
    with pytest.raises(RuntimeError) as failed:
        serve(tmp_path / "instance")
    assert "[database-failed]" in str(failed.value)
    assert "Traceback" not in str(failed.value)


def test_a_database_that_becomes_garbage_is_an_answer_without_a_trace(tmp_path: Path) -> None:
    server = serve(tmp_path / "instance")
    try:
        path = tmp_path / "instance" / "gridwright.sqlite3"
        with path.open("r+b") as file:
            file.write(os.urandom(path.stat().st_size))
        for address in (f"{DISTRICT}/cases", "/readyz", "/"):
            answer = server.send(
                f"GET {address} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {server.token('walker')}\r\n\r\n".encode()
            )
            assert answer.split(b" ", 2)[1] in (b"200", b"500", b"503"), answer[:200]
            assert b"Traceback" not in answer
            assert b"sqlite" not in answer.lower()
            assert b"SELECT" not in answer
        assert server.alive()
    finally:
        server.stop()


def test_a_database_that_may_not_be_written_refuses_and_still_reads(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = town.report()
    engine = town.services.store.database.engine
    with engine.connect() as link:
        link.exec_driver_sql("PRAGMA query_only = ON")
        link.connection.dbapi_connection.commit()
    answer = town.post("/cases", GOOD)
    assert answer.status_code == 503, answer.json
    assert answer.headers["Retry-After"]
    assert town.get(f"/cases/{case['id']}").status_code == 200


@pytest.mark.parametrize("where", ["write", "fsync", "replace"])
def test_a_full_disk_leaves_neither_row_nor_half_a_file(
    town: Town, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    before, blobs = town.rows(), town.services.settings.blobs

    def full(*_: Any, **__: Any) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with monkeypatch.context() as patched:
        if where == "write":
            patched.setattr("core.store.blobs.NamedTemporaryFile", full)
        else:
            patched.setattr(f"core.store.blobs.os.{where}", full)
        answer = town.upload(jpeg())
    assert answer.status_code == 503, answer.json
    assert answer.headers["Retry-After"]
    assert "No space" not in answer.get_data(as_text=True)
    assert town.rows() == before
    assert [path for path in blobs.rglob("*") if path.is_file()] == []
    assert town.photo()


def test_what_the_server_keeps_is_for_its_owner_alone(tmp_path: Path) -> None:
    instance = tmp_path / "prepared"
    instance.mkdir(mode=0o755)
    server = serve(instance)
    try:
        report(server, "k")
        for path in instance.rglob("*"):
            if path.is_file():
                assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    finally:
        server.stop()
