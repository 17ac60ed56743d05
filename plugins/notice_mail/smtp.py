"""A conversation with a mail server: at the checked address, under the name that its certificate has to bear.

4xx answers and whatever breaks are tried again, 5xx answers are given up.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any

from core.errors import GridwrightError, PermanentFailure, TemporaryFailure

SECONDS = 15.0
"""For connecting, and for each answer of the server."""


@dataclass(frozen=True, slots=True)
class Server:
    """`address` is the host's, already checked. `security` is `starttls`, `tls` or `none`."""

    host: str
    address: str
    port: int
    security: str
    user: str = ""
    password: str = ""


class _Plain(smtplib.SMTP):
    """Connects to the checked address; `_host` stays the name, which TLS checks."""

    address = ""

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((self.address, port), timeout)


class _Secure(smtplib.SMTP_SSL):
    address = ""

    def _get_socket(self, host: str, port: int, timeout: float) -> Any:
        plain = socket.create_connection((self.address, port), timeout)
        return self.context.wrap_socket(plain, server_hostname=host)


def send(server: Server, sender: str, messages: Sequence[tuple[str, EmailMessage]], seconds: float = SECONDS) -> None:
    """Send each message to its address. Every one is tried; then a failure of any is raised, one that may pass first.

    Raises TemporaryFailure `notice-unreachable` or `notice-postponed`, PermanentFailure `notice-rejected`.
    """
    failures: list[GridwrightError] = []
    context = ssl.create_default_context()
    client = _Secure(timeout=seconds, context=context) if server.security == "tls" else _Plain(timeout=seconds)
    client.address = server.address
    client._host = server.host  # type: ignore[attr-defined]  # whose certificate is expected
    try:
        _begin(client, server, context)
        for address, message in messages:
            failures += _sent(client, server, sender, address, message)
        with suppress(OSError, smtplib.SMTPException):  # all has been said
            client.quit()
    except smtplib.SMTPResponseException as error:
        raise _failure(server, error.smtp_code) from error
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise TemporaryFailure("notice-unreachable", host=server.host) from error
    finally:
        client.close()
    passing = [failure for failure in failures if isinstance(failure, TemporaryFailure)]
    if failures:
        raise (passing or failures)[0]


def _begin(client: smtplib.SMTP, server: Server, context: ssl.SSLContext) -> None:
    code, _ = client.connect(server.host, server.port)
    if code != 220:
        raise _failure(server, code)
    if server.security == "starttls":
        client.starttls(context=context)
    if server.user:
        client.login(server.user, server.password)


def _sent(
    client: smtplib.SMTP, server: Server, sender: str, address: str, message: EmailMessage
) -> list[GridwrightError]:
    """The failure of one address; the conversation goes on with the next."""
    try:
        client.send_message(message, sender, [address])
    except smtplib.SMTPRecipientsRefused as refused:
        return [_failure(server, refused.recipients[address][0])]
    except (smtplib.SMTPSenderRefused, smtplib.SMTPDataError) as error:
        return [_failure(server, error.smtp_code)]
    return []


def _failure(server: Server, code: int) -> GridwrightError:
    kind = PermanentFailure if 500 <= code < 600 else TemporaryFailure
    name = "notice-rejected" if kind is PermanentFailure else "notice-postponed"
    return kind(name, host=server.host, status=code)
