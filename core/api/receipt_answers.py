"""What answers about receipts look like, for the OpenAPI document, as `core.api.answers` for cases."""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from core.api.answer_fields import at, many, text
from core.api.answers import Label


class ReceiptOut(ma.Schema):
    """A notice that the caller is to confirm as read; `case` is null for a summary."""

    notice = text()
    cadence = text()
    label = fields.Nested(Label, required=True)
    case = text(null=True)
    owed_at = at()
    read_at = at(null=True)
    reminded_at = at(null=True)


class Receipts(ma.Schema):
    """A slice of the caller's own; `cursor` leads to the next."""

    receipts = many(ReceiptOut)
    cursor = text(null=True)


class Reader(ma.Schema):
    """Somebody whose a notice is to read."""

    account = text()
    name = text()
    owed_at = at()
    read_at = at(null=True)
    reminded_at = at(null=True)


class ReceiptOfAll(ma.Schema):
    """Who has read a notice, and who has not."""

    notice = text()
    cadence = text()
    label = fields.Nested(Label, required=True)
    case = text(null=True)
    read = many(Reader)
    unread = many(Reader)
