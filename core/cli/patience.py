"""Gunicorn's threaded worker, with an end to its patience: a request has to arrive whole within a time.

Otherwise a telephone that loses its network in the middle of a photo would keep a thread for ever, and as many of
them as there are threads would stop the server. Knows nothing of what is served.
"""

from __future__ import annotations

import socket
import time
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import ThreadWorker


def patient_worker(seconds: float) -> type[ThreadWorker]:
    """The worker class that stops listening to a client `seconds` after its request began."""

    class PatientWorker(ThreadWorker):
        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self._begun: dict[Any, float] = {}

        def handle(self, conn: Any) -> Any:
            self._begun[conn] = time.monotonic()
            try:
                return super().handle(conn)
            finally:
                self._begun.pop(conn, None)

        def murder_pending(self) -> None:
            """Called about once a second. A request that has arrived is not harmed: only its reading ends."""
            super().murder_pending()
            latest = time.monotonic() - seconds
            for conn, begun in list(self._begun.items()):
                if begun < latest:
                    with suppress(OSError):
                        conn.sock.shutdown(socket.SHUT_RD)

    return PatientWorker
