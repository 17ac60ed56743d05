"""The fields that answers are described with: what is always there, and whether it may be null. Describes no answer."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields


def text(*, null: bool = False) -> fields.Str:
    return fields.Str(required=True, allow_none=null)


def at(*, null: bool = False) -> fields.Str:
    return fields.Str(required=True, allow_none=null, metadata={"format": "date-time"})


def mapping(values: fields.Field[Any] | None = None) -> fields.Dict:
    return fields.Dict(keys=fields.Str(), values=values or fields.Raw(allow_none=True), required=True)


def many(of: type[ma.Schema]) -> fields.List:
    return fields.List(fields.Nested(of), required=True)
