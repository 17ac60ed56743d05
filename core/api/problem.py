"""Every error as a problem document (RFC 9457), in the reader's language.

The one place of the API where an exception becomes an answer. A trace or an exception's text never leaves it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from flask import Response, g, json, request
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException

from core.errors import Fault, GridwrightError
from core.messages import Language, catalogue, hint, render

MEDIA_TYPE = "application/problem+json"
_log = structlog.get_logger("gridwright.api")

_HTTP_CODES: Mapping[int, str] = {
    400: "request-malformed",
    401: "unauthenticated",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    408: "request-timeout",
    411: "length-required",
    413: "body-too-large",
    414: "address-too-long",
    422: "content-invalid",
    429: "too-many-requests",
    431: "headers-too-large",
    503: "unavailable",
}


def language() -> Language:
    """The reader's language by Accept-Language; Chinese unless English is preferred."""
    best = request.accept_languages.best_match(["zh", "zh-CN", "zh-Hans", "en", "en-US", "en-GB"], default="zh")
    return "en" if (best or "zh").startswith("en") else "zh"


def said(code: str, params: Mapping[str, Any], speak: Language) -> str:
    """The sentence for a code with its hint, if it has one."""
    sentence, advice = render(code, params, speak), hint(code, params, speak)
    joint = "；" if speak == "zh" else "; "
    return f"{sentence}{joint}{advice}" if advice else sentence


def problem_response(error: Exception) -> Response:
    """The answer to whatever was raised: refusals as they are, HTTP errors by status, a database or a disk that is not
    there as 503, everything else as 500."""
    if isinstance(error, GridwrightError) and error.status < 500:
        return _rendered(error.code, _status(error), error.params, getattr(error, "faults", ()))
    if isinstance(error, OperationalError) or (isinstance(error, GridwrightError) and error.status == 503):
        _log.error("unavailable", path=request.path, request_id=request_id(), exc_info=error)
        response = _rendered("unavailable", 503, {})
        response.headers["Retry-After"] = "5"
        return response
    if isinstance(error, HTTPException) and error.code is not None and error.code < 500:
        response = _rendered(_HTTP_CODES.get(error.code, "request-malformed"), error.code, {})
        for name, value in error.get_headers(request.environ):
            if name.lower() not in ("content-type", "content-length"):
                response.headers[name] = value
        return response
    _log.error("unexpected", error=type(error).__name__, path=request.path, request_id=request_id(), exc_info=error)
    return _rendered("internal-error", 500, {"request": request_id()})


def request_id() -> str:
    """The id of this request; it stands in the answer, in the log, and nowhere else."""
    return str(g.get("request_id", ""))


def _status(error: GridwrightError) -> int:
    entry = catalogue().get(error.code)
    return entry.status if entry and entry.status else error.status


def _rendered(code: str, status: int, params: Mapping[str, Any], faults: Sequence[Fault] = ()) -> Response:
    speak = language()
    given = {name: value for name, value in params.items() if name != "reasons"}
    body: dict[str, Any] = {
        "type": f"urn:gridwright:problem:{code}",
        "title": render(f"status-{status}", {}, speak),
        "status": status,
        "detail": said(code, given, speak),
        "code": code,
        "params": plain(given),
        "reasons": [
            {"code": why["code"], "params": plain(why["params"]), "message": said(why["code"], why["params"], speak)}
            for why in params.get("reasons", ())
        ],
        "faults": [
            {
                "code": fault.code,
                "pointer": fault.pointer,
                "params": plain(fault.params),
                "message": said(fault.code, fault.params, speak),
            }
            for fault in faults
        ],
        "instance": f"urn:uuid:{request_id()}",
    }
    response = Response(json.dumps(body, ensure_ascii=False), status, mimetype=MEDIA_TYPE)
    response.headers["Content-Language"] = "zh-CN" if speak == "zh" else "en"
    response.headers["Vary"] = "Accept-Language"
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="gridwright"'
    return response


def plain(value: Any) -> Any:
    """JSON-able: mappings and sequences as they are, anything unknown as text."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in (sorted(value) if isinstance(value, set | frozenset) else value)]
    return value if isinstance(value, str | int | float | bool) or value is None else str(value)
