"""Payloads of requests and answers as marshmallow schemas: what the OpenAPI document says is what is checked.

Shape only; whether a class, a cell or an action exists is for the use case to judge.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from core.casework.duplicates import Intended
from core.casework.requests import Building, Deed, Point, Report, Wanted
from core.engine.command import Evidence
from core.scheme.coordinates import SYSTEMS

_POINT = ("longitude", "latitude", "system")
_CODE = validate.Length(min=1, max=100)


def _aware() -> fields.AwareDateTime:
    return fields.AwareDateTime(format="iso", validate=_in_utc)


def _in_utc(instant: datetime) -> None:
    """An instant whose UTC lies outside the years 1 to 9999 is none that can be compared or kept."""
    try:
        instant.astimezone(UTC)
    except OverflowError as error:
        raise ma.ValidationError("Not a valid datetime.") from error


class EvidenceIn(ma.Schema):
    """An attachment that accompanies a command."""

    attachment = fields.UUID(required=True)
    kind = fields.Str(load_default="photo", validate=_CODE)
    meaning = fields.Str(load_default="other", validate=validate.OneOf(("before", "after", "other")))

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Evidence:
        return Evidence(data["kind"], data["meaning"], str(data["attachment"]))


class PointIn(ma.Schema):
    """A position in degrees; the coordinate system is never guessed."""

    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))
    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    system = fields.Str(required=True, validate=validate.OneOf(SYSTEMS))

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Point:
        return Point(**data)


class BuildingIn(ma.Schema):
    """A place by address, for cells that are lists of buildings."""

    building = fields.Str(required=True, validate=_CODE)
    unit = fields.Str(validate=_CODE)
    floor = fields.Str(validate=_CODE)

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Building:
        return Building(**data)


class ContactIn(ma.Schema):
    """How to reach the reporter: kept apart, masked, erased after the district's retention."""

    name = fields.Str(validate=validate.Length(max=100))
    phone = fields.Str(validate=validate.Length(max=40))
    email = fields.Str(validate=validate.Length(max=200))
    address = fields.Str(validate=validate.Length(max=300))


class ReportIn(ma.Schema):
    """A case to open. Where it is: `cell`, `point`, `building` or `object`; those given must agree."""

    intake = fields.Str(required=True, validate=_CODE)
    category = fields.Str(required=True, validate=_CODE)
    channel = fields.Str(validate=_CODE)
    severity = fields.Str(validate=_CODE)
    cell = fields.Str(validate=_CODE)
    point = fields.Nested(PointIn)
    building = fields.Nested(BuildingIn)
    object = fields.Str(validate=_CODE)
    filing_condition = fields.Str(validate=_CODE)
    occurred_at = _aware()
    facts = fields.Dict(keys=fields.Str(), values=fields.Raw(allow_none=True))
    inputs = fields.Dict(keys=fields.Str(), values=fields.Raw(allow_none=True))
    evidence = fields.List(fields.Nested(EvidenceIn), validate=validate.Length(max=20))
    description = fields.Str(validate=validate.Length(max=10000))
    contact = fields.Nested(ContactIn)

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Report:
        return Report(**data | {"evidence": tuple(data.get("evidence", ()))})


class DeedIn(ma.Schema):
    """An action to take on a case; `inputs` follow the action's own JSON Schema."""

    action = fields.Str(required=True, validate=_CODE)
    inputs = fields.Dict(keys=fields.Str(), values=fields.Raw(allow_none=True))
    evidence = fields.List(fields.Nested(EvidenceIn), validate=validate.Length(max=20))
    occurred_at = _aware()
    note = fields.Str(validate=validate.Length(max=10000))

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Deed:
        return Deed(**data | {"evidence": tuple(data.get("evidence", ()))})


class PageArgs(ma.Schema):
    """Where a list goes on."""

    cursor = fields.Str(validate=validate.Length(min=1, max=2000))
    limit = fields.Int(load_default=20, validate=validate.Range(1, 100))


class CaseArgs(PageArgs):
    """Filters of the case list."""

    kind = fields.Str(validate=_CODE)
    category = fields.Str(validate=_CODE)
    cell = fields.Str(validate=_CODE)
    stage = fields.Str(validate=_CODE)
    open = fields.Bool()
    severity = fields.Str(validate=_CODE)
    alert = fields.Str(validate=_CODE)
    channel = fields.Str(validate=_CODE)
    owner = fields.Str(validate=validate.OneOf(("me",)))
    q = fields.Str(validate=_CODE)
    opened_from = _aware()
    opened_to = _aware()

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        paging = {"cursor": data.pop("cursor", None), "limit": data.pop("limit")}
        return paging | {"wanted": Wanted(**data)}


class EventArgs(ma.Schema):
    """Which part of a case's events."""

    after = fields.Int(load_default=0, validate=validate.Range(0, 2**31 - 1))
    limit = fields.Int(load_default=100, validate=validate.Range(1, 200))


class LocateArgs(ma.Schema):
    """The point whose cell is asked for."""

    longitude = fields.Float(required=True, validate=validate.Range(-180, 180))
    latitude = fields.Float(required=True, validate=validate.Range(-90, 90))
    system = fields.Str(required=True, validate=validate.OneOf(SYSTEMS))

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Point:
        return Point(**data)


class DuplicateArgs(ma.Schema):
    """What is about to be reported, and where: a cell, a point, an object; those given must agree."""

    category = fields.Str(required=True, validate=_CODE)
    cell = fields.Str(validate=_CODE)
    longitude = fields.Float(validate=validate.Range(-180, 180))
    latitude = fields.Float(validate=validate.Range(-90, 90))
    system = fields.Str(validate=validate.OneOf(SYSTEMS))
    object = fields.Str(validate=_CODE)

    @ma.validates_schema
    def _whole(self, data: dict[str, Any], **_: Any) -> None:
        missing = [name for name in _POINT if name not in data]
        if 0 < len(missing) < len(_POINT):
            raise ma.ValidationError({name: ["Missing data for required field."] for name in missing})

    @ma.post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Intended:
        given = {name: data.pop(name) for name in _POINT if name in data}
        return Intended(**data, point=Point(**given) if given else None)


class CatalogueArgs(PageArgs):
    """A slice of a catalogue, optionally under one parent."""

    under = fields.Str(validate=_CODE)


class CategoryArgs(CatalogueArgs):
    """Which classes."""

    q = fields.Str(validate=_CODE)


class StandardArgs(PageArgs):
    """Which classes of a published code list."""

    kind = fields.Str(validate=validate.OneOf(("component", "event", "matter")))
    q = fields.Str(validate=_CODE)


class PeopleArgs(PageArgs):
    """Which holders of posts."""

    post = fields.Str(validate=_CODE)
    cell = fields.Str(validate=_CODE)
    organisation = fields.Str(validate=_CODE)


class ReceiptArgs(PageArgs):
    """Which of the caller's receipts."""

    unread = fields.Bool(load_default=False)


class ObjectArgs(PageArgs):
    """Which registry objects."""

    kind = fields.Str(validate=_CODE)
    cell = fields.Str(validate=_CODE)
