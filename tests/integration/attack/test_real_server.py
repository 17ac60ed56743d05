"""The real server over sockets: malformed HTTP, bodies of every dishonest kind, clients that stall."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator

import pytest
from served import DISTRICT, Served, serve

POST = "walker"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = serve(tmp_path_factory.mktemp("attacked") / "instance", GRIDWRIGHT_RECEIVE_SECONDS="3")
    yield made
    made.stop()


def head(server: Served, method: str, path: str, *lines: str, token: bool = True) -> bytes:
    said = [f"{method} {path} HTTP/1.1", "Host: x", "Idempotency-Key: k", *lines]
    if token:
        said.append(f"Authorization: Bearer {server.token(POST)}")
    return ("\r\n".join(said) + "\r\n\r\n").encode("latin-1")


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


JSON = "Content-Type: application/json"
FORM = "Content-Type: multipart/form-data; boundary=b"
CHUNKED = "Transfer-Encoding: chunked"
PART = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n\xff\xd8\xff'
MEGABYTE = b"100000\r\n" + b"x" * 0x100000 + b"\r\n"

BODIES: list[tuple[str, str, tuple[str, ...], bytes, int]] = [
    ("chunked", "/cases", (JSON, CHUNKED), b"2\r\n{}\r\n0\r\n\r\n", 422),
    ("chunked, 30 MB", "/cases", (JSON, CHUNKED), MEGABYTE * 30, 413),
    ("photo, 30 MB honest", "/attachments", (FORM, "Content-Length: 31457280"), b"x" * 31457280, 413),
    (
        "photo, 30 MB chunked",
        "/attachments",
        (FORM, CHUNKED),
        b"%x\r\n" % len(PART) + PART + b"\r\n" + MEGABYTE * 30,
        413,
    ),
    (
        "photo, 30 MB announced only",
        "/attachments",
        (FORM, "Content-Length: 31457280", "Expect: 100-continue"),
        b"",
        413,
    ),
    ("absent", "/cases", (JSON,), b"", 400),
    ("two lengths", "/cases", (JSON, "Content-Length: 2", "Content-Length: 3"), b"{}", 400),
    ("length and chunked", "/cases", (JSON, "Content-Length: 2", CHUNKED), b"0\r\n\r\n", 400),
    ("negative length", "/cases", (JSON, "Content-Length: -2"), b"{}", 400),
    ("bad chunk size", "/cases", (JSON, CHUNKED), b"zz\r\n{}\r\n0\r\n\r\n", 400),
    ("photo, bad chunk size", "/attachments", (FORM, CHUNKED), b"5\r\n--b\r\n\r\nzz\r\n", 400),
    ("compressed", "/cases", (JSON, "Content-Encoding: gzip", "Content-Length: 2"), b"\x1f\x8b", 400),
    ("no boundary", "/attachments", ("Content-Type: multipart/form-data", "Content-Length: 2"), b"{}", 422),
]


@pytest.mark.parametrize(
    ("path", "lines", "body", "expected"), [row[1:] for row in BODIES], ids=[row[0] for row in BODIES]
)
def test_a_dishonest_body_is_refused(
    server: Served, path: str, lines: tuple[str, ...], body: bytes, expected: int
) -> None:
    answer = server.send(head(server, "POST", DISTRICT + path, *lines) + body)
    assert status(answer) == expected, answer[:300]
    assert b"Traceback" not in answer
    assert server.alive()


LINES: list[tuple[str, str, str, tuple[str, ...], int]] = [
    ("long address", "GET", "/cases?q=" + "a" * 9000, (), 414),
    ("long header", "GET", "/cases", ("X: " + "a" * 20000,), 431),
    ("many headers", "GET", "/cases", tuple(f"X{n}: a" for n in range(300)), 431),
    ("folded header", "GET", "/cases", ("X: a\r\n b",), 400),
    ("unknown method", "BREW", "/cases", (), 405),
    ("delete", "DELETE", "/cases", (), 405),
    ("trailing slash", "GET", "/cases/", (), 404),
    ("NUL", "GET", "/categories/%00", (), 404),
    ("slash in an id", "GET", "/categories/%2f..%2f..%2fetc%2fpasswd", (), 404),
    ("no UTF-8", "GET", "/categories/%ff%ed%a0%80", (), 404),
    ("digits", "GET", "/cases/99999999999999999999999", (), 404),
    ("line break in a value", "GET", "/cases?q=%0d%0aSet-Cookie:%20a=b", (), 200),
]


@pytest.mark.parametrize(
    ("method", "path", "lines", "expected"), [row[1:] for row in LINES], ids=[row[0] for row in LINES]
)
def test_a_strange_request_line_or_header_is_refused(
    server: Served, method: str, path: str, lines: tuple[str, ...], expected: int
) -> None:
    answer = server.send(head(server, method, DISTRICT + path, *lines))
    assert status(answer) == expected, answer[:300]
    fields = answer.partition(b"\r\n\r\n")[0].lower()
    assert b"set-cookie" not in fields
    assert (b"\r\nallow: " in fields) == (expected == 405)


@pytest.mark.parametrize(
    "raw", [b"GET /\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\r\n" * 100 + b"\0"]
)
def test_what_is_no_http_is_answered_shortly_or_not_at_all(server: Served, raw: bytes) -> None:
    assert status(server.send(raw, 5)) in (0, 400, 505)
    assert server.alive()


@pytest.mark.parametrize("begun", ["header", "body"])
def test_clients_that_stall_do_not_stop_the_server(server: Served, begun: str) -> None:
    raw = b"GET /healthz HT"
    if begun == "body":
        raw = head(server, "POST", f"{DISTRICT}/cases", JSON, "Content-Length: 500") + b"{"
    stalled = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(20)]
    try:
        for link in stalled[:8]:
            link.sendall(raw)
        time.sleep(0.5)
        began = time.monotonic()
        assert server.alive(20)
        assert time.monotonic() - began < 10
    finally:
        for link in stalled:
            link.close()
    assert server.alive()


def test_a_slow_but_honest_client_is_heard(server: Served) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as link:
        for part in (b"GET /hea", b"lthz HTT", b"P/1.1\r\nHost: x\r\n", b"Connection: close\r\n\r\n"):
            link.sendall(part)
            time.sleep(0.3)
        assert b" 200 " in link.recv(65536)[:20]


def test_the_log_holds_one_json_object_a_line_and_no_secret(server: Served) -> None:
    server.ask("GET", f"{DISTRICT}/cases?q=13812345678%0a%7B%22level%22:%22error%22%7D", post=POST)
    server.send(head(server, "GET", "/a%0a%7B%22level%22%3A%22forged%22%7D%1b[31m"))
    log = (server.instance.parent / "instance.log").read_text(encoding="utf-8")
    assert server.token(POST) not in log
    assert "13812345678" not in log
    assert "forged" not in log
    assert "Traceback" not in log


def test_nothing_of_all_this_left_a_case(server: Served) -> None:
    listed = server.ask("GET", f"{DISTRICT}/cases", post="operator")
    assert (listed[0], listed[1].get("cases")) == (200, []), listed
