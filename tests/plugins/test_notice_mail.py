"""Mail against a real SMTP server: who gets it, what it says, TLS, log-in, and refusals by kind."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword

from core.errors import PermanentFailure, TemporaryFailure
from core.hookspecs import PluginSetup
from core.plugin_host.outside import Outside
from core.scheme.extensions import Notice, Recipient
from core.scheme.label import Label
from plugins.notice_mail.mail import create

HEAD = Recipient("acc-1", "head", "head", "HB-01", None)
NOTICE = Notice(
    id="harbour:0190:7:notice_mail",
    kind="notice",
    template="new_report",
    recipients=(HEAD,),
    subject=Label("新\x00\x1b案件\r\nBcc: thief@example.org", "new case"),
    about={"case": "0190", "number": "HB1", "by_category": {"01": 1}},
    at=datetime(2026, 3, 2, 1, tzinfo=UTC),
)
ROUTES = ["post:head=head@example.org"]


class Inbox:
    """What a server does with mail: keeps it, or answers as it is told for an address."""

    def __init__(self) -> None:
        self.kept: list[Any] = []
        self.to: list[str] = []
        self.answers: dict[str, str] = {}
        self.tls: list[bool] = []

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, session: Any, envelope: Any) -> str:
        if "data" in self.answers:
            return self.answers["data"]
        self.kept.append(message_from_bytes(envelope.content, policy=policy.default))
        self.to += envelope.rcpt_tos
        self.tls.append(session.ssl is not None)
        return "250 taken"


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """For `localhost`, from an authority that this installation trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context


@pytest.fixture
def serve() -> Iterator[Callable[..., tuple[Inbox, int]]]:
    running: list[Controller] = []

    def start(**options: Any) -> tuple[Inbox, int]:
        inbox = Inbox()
        with socket.create_server(("127.0.0.1", 0)) as door:
            port = int(door.getsockname()[1])
        controller = Controller(inbox, hostname="127.0.0.1", port=port, **options)
        controller.start()
        running.append(controller)
        return inbox, port

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def plugin(set_up: Callable[..., Any]) -> Callable[..., Any]:
    def make(port: int, **config: Any) -> Any:
        fixed = {"host": "localhost", "port": port, "security": "none", "sender": "grid@example.org", "routes": ROUTES}
        return create(set_up(fixed | config, ("localhost", "127.0.0.1"), password="secret"))

    return make


def test_one_message_an_address_in_the_language_that_is_set(serve: Any, plugin: Any) -> None:
    inbox, port = serve()
    people = (HEAD, Recipient("acc-2", "second", "head", "HB-02"), Recipient("acc-3", "wang", None))
    routes = [*ROUTES, "post:head/HB-02=second@example.org", "account:wang=wang@example.org"]
    notice = Notice(**{name: getattr(NOTICE, name) for name in Notice.__dataclass_fields__} | {"recipients": people})
    plugin(port, routes=routes, language="both").deliver_notice(notice, False)
    assert inbox.to == ["head@example.org", "second@example.org", "wang@example.org"]
    assert [mail["To"] for mail in inbox.kept] == inbox.to
    first = inbox.kept[0]
    assert first["Subject"] == "新 案件 Bcc: thief@example.org / new case", "one line, whatever a label holds"
    assert first["Bcc"] is None and first["Auto-Submitted"] == "auto-generated"
    assert first["From"] == "grid@example.org"
    text = first.get_content()
    assert "case: 0190" in text and "number: HB1" in text


def test_the_address_that_was_checked_is_the_one_that_is_used(serve: Any) -> None:
    inbox, port = serve()
    outside = Outside.of(("mx.invalid",), lambda host: ("127.0.0.1",))  # no resolver knows this name
    config = {"host": "mx.invalid", "port": port, "security": "none", "sender": "a@b.org", "default": "c@d.org"}
    create(PluginSetup("harbour", config, lambda name: "", outside.address)).deliver_notice(NOTICE, False)
    assert inbox.to == ["c@d.org"]


def test_a_message_that_is_sent_twice_has_the_same_id(serve: Any, plugin: Any) -> None:
    inbox, port = serve()
    mail = plugin(port)
    mail.deliver_notice(NOTICE, False)
    mail.deliver_notice(NOTICE, False)
    first, second = (message["Message-ID"] for message in inbox.kept)
    assert first == second and first.endswith("@example.org>") and "0190" not in first


def test_who_has_no_address_is_told_at_the_default(serve: Any, plugin: Any) -> None:
    inbox, port = serve()
    plugin(port, routes=[], default="desk@example.org").deliver_notice(NOTICE, False)
    assert inbox.to == ["desk@example.org"]
    with pytest.raises(PermanentFailure, match="notice-without-address"):
        plugin(port, routes=[]).deliver_notice(NOTICE, False)


def test_a_dry_run_connects_to_nothing(plugin: Any) -> None:
    plugin(1).deliver_notice(NOTICE, True)
    with pytest.raises(PermanentFailure, match="host-not-allowed"):
        plugin(1, host="10.0.0.1").deliver_notice(NOTICE, True)


def test_starttls_then_log_in(serve: Any, plugin: Any, certificate: ssl.SSLContext) -> None:
    def check(_server: Any, _session: Any, _envelope: Any, _mechanism: str, given: Any) -> AuthResult:
        good = isinstance(given, LoginPassword) and given.password == b"secret"
        return AuthResult(success=good)

    inbox, port = serve(tls_context=certificate, require_starttls=True, authenticator=check, auth_required=True)
    plugin(port, security="starttls", user="grid").deliver_notice(NOTICE, False)
    assert inbox.tls == [True]
    with pytest.raises(PermanentFailure, match="notice-rejected"):  # 530: TLS first
        plugin(port, security="none").deliver_notice(NOTICE, False)


def test_tls_from_the_start_and_no_other_name(serve: Any, plugin: Any, certificate: ssl.SSLContext) -> None:
    inbox, port = serve(ssl_context=certificate)
    plugin(port, security="tls").deliver_notice(NOTICE, False)
    assert inbox.to == ["head@example.org"]
    with pytest.raises(TemporaryFailure, match="notice-unreachable"):
        plugin(port, security="tls", host="127.0.0.1").deliver_notice(NOTICE, False)
    assert len(inbox.kept) == 1


def test_a_server_without_tls_gets_nothing_in_the_open(serve: Any, plugin: Any) -> None:
    inbox, port = serve()
    with pytest.raises(TemporaryFailure, match="notice-unreachable"):
        plugin(port, security="starttls").deliver_notice(NOTICE, False)
    assert inbox.kept == []


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [("451 later", TemporaryFailure, "notice-postponed"), ("550 no such user", PermanentFailure, "notice-rejected")],
)
@pytest.mark.parametrize("where", ["head@example.org", "data"])
def test_refusals_by_their_kind(serve: Any, plugin: Any, where: str, answer: str, kind: Any, code: str) -> None:
    inbox, port = serve()
    inbox.answers[where] = answer
    with pytest.raises(kind) as failure:
        plugin(port).deliver_notice(NOTICE, False)
    assert (failure.value.code, failure.value.params["status"]) == (code, int(answer[:3]))


def test_one_refused_address_does_not_keep_the_others_waiting(serve: Any, plugin: Any) -> None:
    inbox, port = serve()
    inbox.answers["head@example.org"] = "550 no such user"
    people = (HEAD, Recipient("acc-3", "wang", None))
    notice = Notice(**{name: getattr(NOTICE, name) for name in Notice.__dataclass_fields__} | {"recipients": people})
    with pytest.raises(PermanentFailure, match="notice-rejected"):
        plugin(port, routes=[*ROUTES, "account:wang=wang@example.org"]).deliver_notice(notice, False)
    assert inbox.to == ["wang@example.org"]


def test_nobody_there_is_tried_again(plugin: Any) -> None:
    with pytest.raises(TemporaryFailure, match="notice-unreachable"):
        plugin(1).deliver_notice(NOTICE, False)


@pytest.mark.parametrize(
    "config",
    [
        {"sender": "grid"},
        {"sender": "grid@example.org\r\nBcc: x@example.org"},
        {"routes": ["post:head"]},
        {"routes": ["post:head=a@b\r\nc@d"]},
        {"routes": ["team:head=a@b.org"]},
        {"default": "a@b.org, c@d.org"},
    ],
)
def test_an_address_that_is_none_is_refused_when_the_manifest_is_checked(plugin: Any, config: Any) -> None:
    with pytest.raises(ValueError):
        plugin(1, **config)
