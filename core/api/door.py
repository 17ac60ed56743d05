"""What every route of the API shares: who asks, which headers a write must carry, how an answer is rendered.

Calls no use case itself. Sentences are added here, on the way out: bodies carry codes and parameters.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, ParamSpec, cast

from flask import Response, current_app, g, json, request
from werkzeug.exceptions import Unauthorized
from werkzeug.routing import BaseConverter, Map

from core.api.problem import language, said
from core.casework import Answer, Casework, Content, Principal, Repeatable
from core.casework.loopback import is_loopback
from core.errors import Forbidden, PreconditionMissing, Refused, Stale

P = ParamSpec("P")
_KEY = "^[!-~]{1,200}$"
_ETAG = '^"[0-9]{1,9}"$'
IDEMPOTENCY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": _KEY},
}
IF_MATCH = {
    "in": "header",
    "name": "If-Match",
    "required": True,
    "schema": {"type": "string", "pattern": _ETAG},
}
LANGUAGE = {"in": "header", "name": "Accept-Language", "schema": {"type": "string"}}
ETAG = {"ETag": {"schema": {"type": "string", "pattern": _ETAG}}}
"""What routes on one case answer with: the case's version, for If-Match."""


class LocalityConverter(BaseConverter):
    """The id of a locality in a path: what a manifest may use as its id, bounded."""

    regex = r"[a-z][a-z0-9_]{0,63}"

    def __init__(self, map: Map) -> None:
        super().__init__(map)


def casework() -> Casework:
    """The use cases that the composition root put into this application."""
    return cast(Casework, current_app.extensions["gridwright.casework"])


def principal(*scopes: str) -> Principal:
    """Who asks, by bearer token. Raises Unauthorized without a valid one; Forbidden without any of the scopes,
    and for a demo token on an address that other machines can reach."""
    kind, _, secret = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not secret.strip() or len(secret) > 500:
        raise Unauthorized
    token = casework().token(secret.strip())
    if token is None:
        raise Unauthorized
    if token.demo and not _from_here():
        raise Forbidden("demo-token-elsewhere")
    g.account = token.account
    if token.scopes.isdisjoint(scopes):
        raise Forbidden("token-scope-missing", scope=" | ".join(scopes))
    return token


def _from_here() -> bool:
    """Whether the server listens on a loopback address and no proxy carries requests to it from elsewhere."""
    proxied = "Forwarded" in request.headers or "X-Forwarded-For" in request.headers
    return is_loopback(request.environ.get("SERVER_NAME", "")) and not proxied


def repeatable() -> Repeatable:
    """The request's idempotency key and the fingerprint of everything that it asks for."""
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Refused("idempotency-key-missing")
    if not re.fullmatch(_KEY, key):
        raise Refused("idempotency-key-malformed")
    seen = hashlib.sha256()
    for part in (request.method, request.path, request.headers.get("If-Match", ""), g.get("content_digest", "")):
        seen.update(part.encode() + b"\n")
    if not g.get("content_digest"):
        seen.update(request.get_data(cache=True))
    return Repeatable(key, seen.hexdigest())


def expected_version() -> int:
    """The version that If-Match names. Raises PreconditionMissing or Stale (a tag that cannot be a case's)."""
    tag = request.headers.get("If-Match", "").strip()
    if not tag:
        raise PreconditionMissing("if-match-missing")
    if not re.fullmatch(_ETAG, tag):
        raise Stale("if-match-foreign")
    return int(tag.strip('"'))


def rendered(answer: Answer) -> Response:
    """An answer as JSON, with the sentence beside every code."""
    body = spoken(answer.body)
    response = Response(json.dumps(body, ensure_ascii=False), answer.status, mimetype="application/json")
    if answer.etag is not None:
        response.headers["ETag"] = f'"{answer.etag}"'
    response.headers["Cache-Control"] = "private, no-cache"
    response.headers["Vary"] = "Accept-Language, Authorization"
    return response


def spoken(value: Any) -> Any:
    """A copy in which each `{code, params}` also has its `message` in the reader's language."""
    if isinstance(value, Mapping):
        inner = {name: spoken(item) for name, item in value.items()}
        if isinstance(value.get("code"), str) and isinstance(value.get("params"), Mapping):
            inner["message"] = said(value["code"], value["params"], language())
        return inner
    if isinstance(value, list | tuple):
        return [spoken(item) for item in value]
    return value


def sends(*scopes: str) -> Callable[[Callable[P, Content]], Callable[P, Response]]:
    """A route whose answer is a file."""

    def around(view: Callable[P, Content]) -> Callable[P, Response]:
        @wraps(view)
        def asked(*args: P.args, **kwargs: P.kwargs) -> Response:
            g.principal = principal(*scopes)
            content = view(*args, **kwargs)
            response = Response(content.data, 200, content_type=content.media_type)
            response.headers["Content-Disposition"] = "inline"
            response.headers["Cache-Control"] = "private, max-age=3600"
            response.headers["Vary"] = "Authorization"
            return response

        return asked

    return around


def needs(*scopes: str) -> Callable[[Callable[P, Answer]], Callable[P, Response]]:
    """A route that only a token with one of `scopes` may use; its Answer is rendered."""

    def around(view: Callable[P, Answer]) -> Callable[P, Response]:
        @wraps(view)
        def asked(*args: P.args, **kwargs: P.kwargs) -> Response:
            g.principal = principal(*scopes)
            return rendered(view(*args, **kwargs))

        return asked

    return around
