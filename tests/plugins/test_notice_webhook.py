"""The webhook against a real receiver over HTTP and HTTPS: signature, envelope, answers, slowness, redirects."""

from __future__ import annotations

import base64
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import trustme
from standardwebhooks import Webhook

from core.errors import PermanentFailure, TemporaryFailure
from core.hookspecs import PluginSetup
from core.plugin_host.outside import Outside
from core.scheme.extensions import Notice, Recipient
from core.scheme.label import Label
from plugins.notice_webhook import post as posting
from plugins.notice_webhook.webhook import create

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
NOTICE = Notice(
    id="harbour:0190:7:notice_webhook",
    kind="notice",
    template="new_report",
    recipients=(Recipient("acc-1", "王强", "head", "HB-01", None),),
    subject=Label("新案件", "new case"),
    about={"case": "0190", "number": "HB1"},
    at=datetime(2026, 3, 2, 1, tzinfo=UTC),
)


@dataclass
class Receiver:
    """A server that answers as it is told and keeps what it got."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    slow: threading.Event | None = None
    drip: str = ""
    got: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serve(Receiver()) as made:
        yield made


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    """Over TLS with a certificate for `localhost` from an authority that this installation trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    with serve(Receiver(), context) as made:
        yield made


class serve:
    def __init__(self, told: Receiver, context: ssl.SSLContext | None = None) -> None:
        self.told = told

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                told.got.append((self.path, dict(self.headers), self.rfile.read(length)))
                if told.slow is not None:
                    told.slow.wait(20)
                try:
                    self.answer()
                except OSError:
                    return

            def answer(self) -> None:
                if told.drip:
                    self.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"\r\n" if told.drip == "body" else b""))
                    for _ in range(80):
                        self.wfile.write(b"X-Drip: 1\r\n")
                        time.sleep(0.05)
                    return
                self.send_response(told.status)
                for name, value in told.headers.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(told.body)

            def log_message(self, *_: Any) -> None:
                return

        class Quiet(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: Any) -> None:
                return

        self.server = Quiet(("127.0.0.1", 0), Handler)
        if context is not None:
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        told.port = self.server.server_address[1]

    def __enter__(self) -> Receiver:
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self.told

    def __exit__(self, *_: object) -> None:
        if self.told.slow is not None:
            self.told.slow.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def plugin(set_up: Callable[..., Any]) -> Callable[..., Any]:
    def make(url: str, allowed: tuple[str, ...] = ("127.0.0.1", "localhost"), secret: str = SECRET) -> Any:
        return create(set_up({"url": url, "plain_http": True}, allowed, signing=secret))

    return make


def test_the_envelope_is_a_cloud_event_that_the_receiver_can_verify(receiver: Receiver, plugin: Any) -> None:
    plugin(f"http://127.0.0.1:{receiver.port}/hooks/grid?a=1").deliver_notice(NOTICE, False)
    ((path, headers, body),) = receiver.got
    event = Webhook(SECRET).verify(body, headers)
    assert path == "/hooks/grid?a=1" and headers["Host"] == f"127.0.0.1:{receiver.port}"
    assert headers["Content-Type"].startswith("application/cloudevents+json")
    assert headers["webhook-id"] == NOTICE.id == event["id"]
    assert event == {
        "specversion": "1.0",
        "id": NOTICE.id,
        "source": "/localities/harbour",
        "type": "gridwright.notice",
        "time": "2026-03-02T01:00:00Z",
        "subject": "0190",
        "datacontenttype": "application/json",
        "data": {
            "template": "new_report",
            "text": {"zh": "新案件", "en": "new case"},
            "recipients": [{"account": "acc-1", "post": "head", "cell": "HB-01", "organisation": None}],
            "about": {"case": "0190", "number": "HB1"},
        },
    }
    assert "王强" not in body.decode()
    with pytest.raises(Exception, match="signature"):
        Webhook(SECRET).verify(body + b" ", headers)


def test_over_tls_the_name_is_checked_though_the_address_is_pinned(secure: Receiver, plugin: Any) -> None:
    plugin(f"https://localhost:{secure.port}/").deliver_notice(NOTICE, False)
    assert secure.got[0][1]["Host"] == f"localhost:{secure.port}"
    with pytest.raises(TemporaryFailure, match="notice-unreachable"):  # the certificate is for another name
        plugin(f"https://127.0.0.1:{secure.port}/").deliver_notice(NOTICE, False)
    assert len(secure.got) == 1


def test_the_address_that_was_checked_is_the_one_that_is_used(receiver: Receiver) -> None:
    outside = Outside.of(("hooks.invalid",), lambda host: ("127.0.0.1",))  # no resolver knows this name
    config = {"url": f"http://hooks.invalid:{receiver.port}/", "plain_http": True}
    create(PluginSetup("harbour", config, lambda name: SECRET, outside.address)).deliver_notice(NOTICE, False)
    assert receiver.got[0][1]["Host"] == f"hooks.invalid:{receiver.port}"


def test_a_dry_run_sends_nothing(receiver: Receiver, plugin: Any) -> None:
    plugin(f"http://127.0.0.1:{receiver.port}/").deliver_notice(NOTICE, True)
    assert receiver.got == []
    with pytest.raises(PermanentFailure, match="host-not-allowed"):
        plugin("http://10.0.0.1/").deliver_notice(NOTICE, True)


def test_an_address_inside_is_refused_without_a_connection(receiver: Receiver, plugin: Any) -> None:
    for host in ("127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "[fe80::1%25lo]"):
        with pytest.raises(PermanentFailure, match="host-"):
            plugin(f"http://{host}:{receiver.port}/", allowed=()).deliver_notice(NOTICE, False)
    assert receiver.got == []


@pytest.mark.parametrize("status", [301, 302, 307, 308, 400, 401, 404, 410, 422])
def test_what_trying_again_does_not_help(receiver: Receiver, plugin: Any, status: int) -> None:
    receiver.status = status
    receiver.headers = {"Location": f"http://127.0.0.1:{receiver.port}/elsewhere"}
    with pytest.raises(PermanentFailure) as failure:
        plugin(f"http://127.0.0.1:{receiver.port}/").deliver_notice(NOTICE, False)
    assert failure.value.params == {"host": "127.0.0.1", "status": status}
    assert len(receiver.got) == 1, "no redirect is followed"


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
def test_what_is_tried_again_when_the_receiver_says(receiver: Receiver, plugin: Any, status: int) -> None:
    receiver.status, receiver.headers, receiver.body = status, {"Retry-After": "120"}, b"13812345678"
    with pytest.raises(TemporaryFailure) as failure:
        plugin(f"http://127.0.0.1:{receiver.port}/").deliver_notice(NOTICE, False)
    assert failure.value.delay == 120
    assert "13812345678" not in repr(failure.value)


def test_retry_after_is_a_number_or_a_date_and_bounded() -> None:
    now = datetime(2026, 3, 2, tzinfo=UTC)
    asked = {
        "0": 0.0,
        "7": 7.0,
        "99999999999999999999": 3600.0,
        format_datetime(now + timedelta(minutes=5), usegmt=True): 300.0,
        format_datetime(now - timedelta(minutes=5), usegmt=True): 0.0,
        "-5": 0.0,
        "soon": 0.0,
        "１": 0.0,
    }
    assert {text: posting.retry_after(text, now) for text in asked} == asked
    assert posting.retry_after(None, now) == 0.0


def reach(receiver: Receiver, seconds: float) -> float:
    """Post with less patience than the plugin has; how long it took."""
    to = posting.Destination("127.0.0.1", "127.0.0.1", receiver.port, False, "/")
    begun = time.monotonic()
    with pytest.raises(TemporaryFailure, match="notice-unreachable"):
        posting.post(to, b"{}", {}, seconds)
    return time.monotonic() - begun


def test_a_receiver_that_does_not_answer_is_left(receiver: Receiver) -> None:
    receiver.slow = threading.Event()
    assert reach(receiver, 0.5) < 3


def test_a_receiver_that_drips_does_not_outlast_the_time_in_all(receiver: Receiver) -> None:
    receiver.drip = "head"
    assert reach(receiver, 0.5) < 3, "each line arrives in time, all of them do not"


def test_a_body_that_drips_is_left_too_and_the_notice_was_taken(receiver: Receiver) -> None:
    receiver.drip = "body"
    begun = time.monotonic()
    posting.post(posting.Destination("127.0.0.1", "127.0.0.1", receiver.port, False, "/"), b"{}", {}, 0.5)
    assert time.monotonic() - begun < 3


def test_a_huge_answer_is_not_read(receiver: Receiver, plugin: Any) -> None:
    receiver.status, receiver.body = 200, b"x" * 50_000_000
    begun = time.monotonic()
    plugin(f"http://127.0.0.1:{receiver.port}/").deliver_notice(NOTICE, False)
    assert time.monotonic() - begun < 5


def test_nobody_there_is_tried_again(receiver: Receiver, plugin: Any) -> None:
    with pytest.raises(TemporaryFailure, match="notice-unreachable"):
        plugin("http://127.0.0.1:1/").deliver_notice(NOTICE, False)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_!", "x", "too-short"])
def test_a_secret_that_is_none_is_said(receiver: Receiver, plugin: Any, secret: str) -> None:
    with pytest.raises(PermanentFailure, match="notice-secret-wrong"):
        plugin(f"http://127.0.0.1:{receiver.port}/", secret=secret).deliver_notice(NOTICE, True)


@pytest.mark.parametrize(
    "url",
    [
        *("", "ftp://a.org/", "http://a.org/", "https://", "https:///x", "https://u:p@a.org/", "https://a.org/#x"),
        *(
            "https://a.org:0/",
            "https://a.org:99999/",
            "https://a.org/\r\nX: 1",
            "https://例子.org/",
            "https://a.org/ b",
        ),
    ],
)
def test_an_address_that_could_never_do_is_refused_when_the_manifest_is_checked(
    set_up: Callable[..., Any], url: str
) -> None:
    with pytest.raises(ValueError):
        create(set_up({"url": url, "plain_http": False}))


def test_a_secret_that_the_installation_made_signs_as_a_key(receiver: Receiver, plugin: Any) -> None:
    made = "R8d-_kfm4Y2bVQ7h0Zc6nXwLp3sTjUaE"
    plugin(f"http://127.0.0.1:{receiver.port}/", secret=made).deliver_notice(NOTICE, False)
    _, headers, body = receiver.got[0]
    receivers_secret = "whsec_" + base64.b64encode(made.encode()).decode()
    assert Webhook(receivers_secret).verify(body, headers)["id"] == NOTICE.id
