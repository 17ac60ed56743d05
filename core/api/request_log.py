"""One JSON line for each request: what was asked, by whom (opaque ids), how it ended. No personal data.

Query strings, bodies and headers are never logged, and numbers that look like a telephone's or an identity
card's are blotted out wherever they may come from.
"""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import MutableMapping
from typing import Any

import structlog
from flask import Flask, Response, g, request

_PERSONAL = re.compile(r"(?<![0-9a-zA-Z-])(?:\+?86[- ]?)?1[3-9]\d{9}(?!\d)|(?<!\d)\d{17}[\dXx](?!\d)")
_log = structlog.get_logger("gridwright.request")


def blot(text: str) -> str:
    """The text without what looks like a mobile number or an identity number."""
    return _PERSONAL.sub("[…]", text)


def blot_event(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: blots every text of a log line, traces included."""
    for name, value in event.items():
        if isinstance(value, str):
            event[name] = blot(value)
    return event


def log_requests(app: Flask) -> None:
    """Give each request an id and write a line when it has been answered."""

    @app.before_request
    def begin() -> None:
        g.request_id = str(uuid.uuid4())
        g.began = time.monotonic()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers["X-Request-Id"] = g.get("request_id", "")
        rule = request.url_rule.rule if request.url_rule else ""
        _log.info(
            "request",
            request_id=g.get("request_id", ""),
            method=request.method,
            route=rule or "unknown",
            locality=(request.view_args or {}).get("locality"),
            account=g.get("account"),
            status=response.status_code,
            milliseconds=round((time.monotonic() - g.get("began", time.monotonic())) * 1000, 1),
        )
        return response
