"""One POST to one checked address: 15 seconds in all, no redirect, no proxy, a bounded look at the answer.

2xx is done; 410 and other 4xx are given up, except 408, 425 and 429; those, 5xx and whatever breaks are tried again,
when the receiver says so in Retry-After within bounds.
"""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from threading import Timer

from core.errors import PermanentFailure, TemporaryFailure

SECONDS = 15.0
"""From connecting to the end of the answer."""
MOST_READ = 16_384
"""Bytes of an answer's body that are taken, so that a receiver that writes one is not cut off at once."""
LONGEST_WAIT = 3600.0
"""What Retry-After may ask for at most, in seconds."""
LATER = frozenset({408, 425, 429})


@dataclass(frozen=True, slots=True)
class Destination:
    """`address` is the host's, already checked; `host` is who is asked for and whose certificate is expected."""

    host: str
    address: str
    port: int
    secure: bool
    target: str


class _Pinned(HTTPConnection):
    """Connects to the checked address, not to whatever the name stands for by now."""

    def __init__(self, to: Destination, seconds: float) -> None:
        super().__init__(to.host, to.port, timeout=seconds)
        self._to = to
        self.late = False
        self.wire: socket.socket | None = None
        """Kept beside `sock`, which is let go of as soon as an answer begins that ends the connection."""

    def connect(self) -> None:
        plain = socket.create_connection((self._to.address, self._to.port), self.timeout)
        self.sock = self.wire = plain
        if self.late:
            raise TimeoutError
        if self._to.secure:
            context = ssl.create_default_context()
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            self.sock = self.wire = context.wrap_socket(plain, server_hostname=self._to.host)


def post(to: Destination, body: bytes, headers: Mapping[str, str], seconds: float = SECONDS) -> None:
    """Raises TemporaryFailure `notice-unreachable` or `notice-postponed`, PermanentFailure `notice-rejected`."""
    connection = _Pinned(to, seconds)
    deadline = Timer(seconds, _cut, (connection,))
    deadline.daemon = True
    deadline.start()
    try:
        connection.request("POST", to.target, body, {**headers, "Host": _named(to), "Connection": "close"})
        with connection.getresponse() as answer:
            if connection.late:  # what was cut looks like an answer that ends
                raise TimeoutError
            status, wait = answer.status, answer.getheader("Retry-After")
            if 200 <= status < 300:
                with suppress(OSError, HTTPException):  # it has been taken, however the rest goes
                    answer.read(MOST_READ)
    except (OSError, HTTPException, ValueError) as error:  # ValueError: a line of an answer that is none
        raise TemporaryFailure("notice-unreachable", host=to.host) from error
    finally:
        deadline.cancel()
        connection.close()
    _judge(to.host, status, wait)


def _judge(host: str, status: int, wait: str | None) -> None:
    if 200 <= status < 300:
        return
    if status in LATER or status >= 500:
        raise TemporaryFailure("notice-postponed", delay=retry_after(wait, datetime.now(UTC)), host=host, status=status)
    raise PermanentFailure("notice-rejected", host=host, status=status)


def retry_after(text: str | None, now: datetime) -> float:
    """Seconds that Retry-After asks to wait (a number or a date), from 0 to an hour; 0 when it says nothing."""
    if text is None:
        return 0.0
    if text.strip().isascii() and text.strip().isdigit():
        return min(float(text.strip()[:9]), LONGEST_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max((at - now).total_seconds(), 0.0), LONGEST_WAIT)


def _named(to: Destination) -> str:
    host = f"[{to.host}]" if ":" in to.host else to.host
    return host if to.port == (443 if to.secure else 80) else f"{host}:{to.port}"


def _cut(connection: _Pinned) -> None:
    """End an exchange whose time is over; whatever waits on the socket then fails."""
    connection.late = True
    if connection.wire is not None:
        with suppress(OSError):
            connection.wire.shutdown(socket.SHUT_RDWR)
