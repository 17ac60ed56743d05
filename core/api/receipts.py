"""Routes on receipts: what the caller is to read, that it has been read, and who has read a notice."""

from __future__ import annotations

from typing import Any

from flask import g

from core.api import receipt_answers as answers
from core.api.blueprint import ApiBlueprint
from core.api.door import IDEMPOTENCY, casework, needs, repeatable
from core.api.payloads import ReceiptArgs
from core.casework import Answer
from core.errors import NotFound

blueprint = ApiBlueprint("receipts", __name__, description="Notices whose reading is confirmed")
_ROOT = "/localities/<locality:locality>/receipts"
_ONE = f"{_ROOT}/<string(maxlength=300):notice>"


@blueprint.route(_ROOT)
@blueprint.response(200, answers.Receipts)
@needs("read")
@blueprint.arguments(ReceiptArgs, location="query")
def list_receipts(args: dict[str, Any], locality: str) -> Answer:
    """List the notices that the caller is to confirm as read, newest first"""
    return casework().list_receipts(locality, g.principal, **args)


@blueprint.route(_ONE)
@blueprint.response(200, answers.ReceiptOfAll)
@needs("read")
def get_receipt(locality: str, notice: str) -> Answer:
    """Read who has read a notice and who has not; for those who may view every case"""
    return casework().get_receipt(locality, g.principal, _known(notice))


@blueprint.route(f"{_ONE}/read", methods=["POST"])
@blueprint.response(200, answers.ReceiptOut)
@blueprint.doc(parameters=[IDEMPOTENCY])
@needs("act")
def mark_read(locality: str, notice: str) -> Answer:
    """Confirm that the caller has read a notice; read again, the first time stays"""
    return casework().mark_read(locality, g.principal, repeatable(), _known(notice))


def _known(notice: str) -> str:
    """A text that no database takes is nobody's notice."""
    if "\x00" in notice:
        raise NotFound("receipt-unknown", notice="-")
    return notice
