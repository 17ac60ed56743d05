"""For machines that watch the server: does the process answer, does the database. Compiles no scheme."""

from __future__ import annotations

from flask import Blueprint, Response, json
from sqlalchemy.exc import SQLAlchemyError

from core.api.door import casework
from core.errors import TemporaryFailure

blueprint = Blueprint("health", __name__)


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    return Response(json.dumps({"status": "ok"}), mimetype="application/json")


@blueprint.get("/readyz")
def readyz() -> Response:
    """The database answers too; 503 when it does not."""
    try:
        casework().ready()
    except SQLAlchemyError as error:
        raise TemporaryFailure("unavailable") from error
    return Response(json.dumps({"status": "ready"}), mimetype="application/json")
