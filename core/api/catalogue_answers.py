"""What answers about a district's scheme look like: cells, classes, code lists, posts, people, organisations.

For the OpenAPI document, as `core.api.answers` for cases.
"""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from core.api.answer_fields import many, mapping, text
from core.api.answers import Label, PointOut


class Entries(ma.Schema):
    """A slice of a catalogue; `cursor` leads to the next."""

    entries = fields.List(fields.Dict(), required=True)
    cursor = text(null=True)


class OrganisationOut(ma.Schema):
    """What an input of `format: organisation` takes."""

    id = text()
    label = fields.Nested(Label, required=True)
    kind = text()
    parent = text(null=True)
    cell = text(null=True)


class Organisations(ma.Schema):
    """A slice of the organisations; `cursor` leads to the next."""

    entries = many(OrganisationOut)
    cursor = text(null=True)


class Person(ma.Schema):
    """Who holds a post; `account` is what an input of `format: account` takes, `name` is the account's."""

    account = text()
    name = text()
    post = text()
    post_label = fields.Nested(Label, required=True)
    cell = text(null=True)
    organisation = text(null=True)


class People(ma.Schema):
    """A slice of those who hold a post now; `cursor` leads to the next."""

    entries = many(Person)
    cursor = text(null=True)


class Located(ma.Schema):
    """The cell of a point, with its ancestors."""

    cell = text()
    label = fields.Nested(Label, required=True)
    chain = fields.List(fields.Str(), required=True)
    point = fields.Nested(PointOut, required=True)


class TermOut(ma.Schema):
    """How long, in which unit; the amount is a decimal number as text."""

    amount = text()
    unit = text()


class ClosingConditionOut(ma.Schema):
    """What must hold when a case is closed (结案条件)."""

    id = text()
    label = fields.Nested(Label, required=True)
    evidence = text(null=True)


class FilingConditionOut(ma.Schema):
    """When a matter is filed (立案条件), with its own limit where it states one."""

    id = text()
    label = fields.Nested(Label, required=True)
    grade = text(null=True)
    limit = fields.Nested(TermOut, required=True, allow_none=True)
    closing_condition = fields.Nested(ClosingConditionOut, required=True, allow_none=True)


class MappedOut(ma.Schema):
    """A code of a published list that a class stands for; `kind` is null where the list is not known here."""

    list = text()
    kind = text(null=True)
    code = text()
    relation = text()
    label = fields.Nested(Label, required=True)


class Category(ma.Schema):
    """A class of the code list. `schema` is the JSON Schema of its form."""

    code = text()
    label = fields.Nested(Label, required=True)
    level = text()
    parent = text(null=True)
    kind = text()
    leaf = fields.Bool(required=True)
    case_kind = text(null=True)
    severity = text(null=True)
    confidential = fields.Bool(required=True)
    standard_code = text(null=True)
    origin = text()
    form = text(null=True)
    schema = fields.Dict(required=True, allow_none=True)
    filing_conditions = many(FilingConditionOut)
    mapped = many(MappedOut)


class CodeListOut(ma.Schema):
    """A published code list; `mapped_to` are the lists that its codes are mapped to."""

    id = text()
    label = fields.Nested(Label, required=True)
    source = text()
    classes = fields.Int(required=True)
    mapped_to = fields.List(fields.Str(), required=True)


class CodeLists(ma.Schema):
    """The published code lists that a scheme uses."""

    code_lists = many(CodeListOut)


class LocalityOut(ma.Schema):
    """A district of this server, the digest of its scheme, and the versions of its plugins at the publication."""

    id = text()
    label = fields.Nested(Label, required=True)
    scheme = text()
    plugins = mapping()


class Localities(ma.Schema):
    """All districts."""

    localities = many(LocalityOut)
