"""The REST API: routes, payloads, problems, the OpenAPI document and its page. Calls use cases, decides nothing."""

from __future__ import annotations

from flask import Flask, request

from core.api import attachments, cases, catalogue, receipts
from core.api.body import MAX_JSON_BYTES
from core.api.docs import create_docs
from core.api.health import blueprint as health
from core.api.openapi import PREFIX, create_api
from core.api.problem import problem_response
from core.api.request_log import blot_event, log_requests
from core.casework import Casework
from core.errors import TooLarge

MAX_UPLOAD_BYTES = 16 * 1024 * 1024
"""A photo of 15 MB with what multipart adds."""

__all__ = ["blot_event", "problem_response", "register"]


def register(app: Flask, casework: Casework, version: str, layout: str) -> None:
    """Put the API into an application. `layout` is the template that the documentation's page stands in."""
    app.config["MAX_CONTENT_LENGTH"] = MAX_UPLOAD_BYTES
    app.extensions["gridwright.casework"] = casework
    log_requests(app)
    app.before_request(_refuse_large)
    api = create_api(app, version)
    for module in (cases, attachments, receipts, catalogue):
        api.register_blueprint(module.blueprint, url_prefix=PREFIX)
    app.register_blueprint(create_docs(api, layout))
    app.register_blueprint(health)


def _refuse_large() -> None:
    """Refuse by Content-Length, before a byte of the body is read."""
    upload = request.endpoint == "attachments.attach"
    limit = MAX_UPLOAD_BYTES if upload else MAX_JSON_BYTES
    if (request.content_length or 0) > limit:
        raise TooLarge("body-too-large", limit=limit)
