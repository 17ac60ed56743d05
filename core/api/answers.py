"""What answers look like, for the OpenAPI document. Use cases make them; these schemas describe them.

Tests compare every answer with its description, so that the two cannot drift apart.
"""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields


def _text(*, null: bool = False) -> fields.Str:
    return fields.Str(required=True, allow_none=null)


def _at(*, null: bool = False) -> fields.Str:
    return fields.Str(required=True, allow_none=null, metadata={"format": "date-time"})


def _map(values: fields.Field[Any] | None = None) -> fields.Dict:
    return fields.Dict(keys=fields.Str(), values=values or fields.Raw(allow_none=True), required=True)


def _many(of: type[ma.Schema]) -> fields.List:
    return fields.List(fields.Nested(of), required=True)


class Label(ma.Schema):
    """What people read, in both languages."""

    zh = _text()
    en = _text()


class Reason(ma.Schema):
    """One step of a why."""

    code = _text()
    params = _map()
    message = _text()


class Permission(ma.Schema):
    """Whether, and why."""

    allowed = fields.Bool(required=True)
    reasons = _many(Reason)


class PointOut(ma.Schema):
    """A position in degrees."""

    longitude = fields.Float(required=True)
    latitude = fields.Float(required=True)
    system = _text()


class StageOut(ma.Schema):
    """Where a track of a case stands."""

    stage = _text()
    meaning = _text(null=True)
    final = fields.Bool(required=True)
    label = fields.Nested(Label, required=True)


class Owner(ma.Schema):
    """Who answers for a task, from vague to exact."""

    organisation = fields.Str()
    post = fields.Str()
    cell = fields.Str()
    pool = fields.Str()
    account = fields.Str()


class TaskOut(ma.Schema):
    """One owner's share of a case."""

    id = _text()
    occurrence = fields.Int(required=True)
    state = _text()
    owner = fields.Nested(Owner, required=True)
    co_handlers = _many(Owner)
    opened_at = _at()
    closed_at = _at(null=True)


class ClockOut(ma.Schema):
    """One run of a limit."""

    limit = _text()
    label = fields.Nested(Label, required=True)
    occurrence = fields.Int(required=True)
    state = _text()
    started_at = _at()
    due_at = _at(null=True)
    stopped_at = _at(null=True)
    allowed_seconds = fields.Int(required=True)
    elapsed_seconds = fields.Int(required=True)
    provisional = fields.Bool(required=True)
    reached = fields.List(fields.Str(), required=True)


class Text(ma.Schema):
    """What somebody wrote; empty once erased."""

    id = _text()
    kind = _text()
    body = _map()
    erased = fields.Bool(required=True)


class Attachment(ma.Schema):
    """A photo; where and when it was taken only for those who may see originals."""

    id = _text()
    media_type = _text()
    size = fields.Int(required=True)
    width = fields.Int(required=True, allow_none=True)
    height = fields.Int(required=True, allow_none=True)
    digest = _text(null=True)
    taken_at = _at(null=True)
    point = fields.Nested(PointOut, required=True, allow_none=True)
    created_at = _at()


class _CaseCommon(ma.Schema):
    id = _text()
    number = _text()
    version = fields.Int(required=True)
    scheme = _text()
    kind = _text()
    intake = _text()
    category = _text()
    cell = _text()
    channel = _text()
    severity = _text()
    alert = _text(null=True)
    object = _text(null=True)
    reporter = _text(null=True)
    opened_at = _at()
    tracks = _map(fields.Nested(StageOut))
    labels = _map(fields.Nested(Label))


class Link(ma.Schema):
    """Another case that this one has to do with."""

    relation = _text()
    case = _text()


class Case(_CaseCommon):
    """A case as it stands. `texts`, `contact` and `attachments` are there when a case is read, not after a write."""

    closed_at = _at(null=True)
    point = fields.Nested(PointOut, required=True, allow_none=True)
    filing_condition = _text(null=True)
    facts = _map()
    counts = _map(fields.Int())
    tasks = _many(TaskOut)
    clocks = _many(ClockOut)
    links = _many(Link)
    approvals = _map(fields.Str())
    texts = fields.List(fields.Nested(Text))
    contact = fields.Dict(keys=fields.Str(), values=fields.Str())
    attachments = fields.List(fields.Nested(Attachment))


class CaseListed(_CaseCommon):
    """A case as lists show it."""

    open = fields.Bool(required=True)
    updated_at = _at()
    due_at = _at(null=True)


class CasePage(ma.Schema):
    """`cursor` leads to the next page; null on the last."""

    cases = _many(CaseListed)
    cursor = _text(null=True)


class Contact(ma.Schema):
    """The reporter's contact data."""

    case = _text()
    contact = _map(fields.Str())


class ActionOut(ma.Schema):
    """An action, and whether the caller may take it now. `inputs` is a JSON Schema."""

    id = _text()
    label = fields.Nested(Label, required=True)
    meaning = _text()
    track = _text()
    sources = fields.List(fields.Str(), required=True, data_key="from")
    to = _text(null=True)
    available = fields.Bool(required=True)
    at_stage = fields.Bool(required=True)
    permission = fields.Nested(Permission, required=True)
    evidence = fields.List(fields.Dict(), required=True)
    inputs = _map()
    guard = fields.Dict(required=True, allow_none=True)


class Actions(ma.Schema):
    """All actions of the case's kind that people take."""

    case = _text()
    actions = _many(ActionOut)


class Event(ma.Schema):
    """Something that has happened; `data` by `type`."""

    seq = fields.Int(required=True)
    type = _text()
    actor = _text(null=True)
    occurred_at = _at()
    recorded_at = _at()
    scheme = _text()
    today = _text()
    data = _map()


class Events(ma.Schema):
    """`next` is what to ask for with `after`; null at the end."""

    events = _many(Event)
    next = fields.Int(required=True, allow_none=True)


class Tasks(ma.Schema):
    """The tasks of a case."""

    case = _text()
    tasks = _many(TaskOut)


class Explanation(ma.Schema):
    """A why, down to its inputs; what else it holds depends on `subject`."""

    class Meta:
        unknown = ma.INCLUDE

    case = _text()
    subject = _text()
    at = _at()


class Suggested(ma.Schema):
    """An open case that may be about the same thing. `likeness` goes from 0 to 1."""

    case = _text()
    number = _text()
    category = _text()
    cell = _text()
    object = _text(null=True)
    opened_at = _at()
    labels = _map(fields.Nested(Label))
    likeness = fields.Float(required=True)
    reasons = _many(Reason)


class Duplicates(ma.Schema):
    """The likeliest first. `others`: there are more, which the caller may not see. `failed`: plugins that broke."""

    suggestions = _many(Suggested)
    others = fields.Bool(required=True)
    failed = fields.List(fields.Str(), required=True)


class Entries(ma.Schema):
    """A slice of a catalogue; `cursor` leads to the next."""

    entries = fields.List(fields.Dict(), required=True)
    cursor = _text(null=True)


class OrganisationOut(ma.Schema):
    """What an input of `format: organisation` takes."""

    id = _text()
    label = fields.Nested(Label, required=True)
    kind = _text()
    parent = _text(null=True)
    cell = _text(null=True)


class Organisations(ma.Schema):
    """A slice of the organisations; `cursor` leads to the next."""

    entries = _many(OrganisationOut)
    cursor = _text(null=True)


class Person(ma.Schema):
    """Who holds a post; `account` is what an input of `format: account` takes, `name` is the account's."""

    account = _text()
    name = _text()
    post = _text()
    post_label = fields.Nested(Label, required=True)
    cell = _text(null=True)
    organisation = _text(null=True)


class People(ma.Schema):
    """A slice of those who hold a post now; `cursor` leads to the next."""

    entries = _many(Person)
    cursor = _text(null=True)


class Located(ma.Schema):
    """The cell of a point, with its ancestors."""

    cell = _text()
    label = fields.Nested(Label, required=True)
    chain = fields.List(fields.Str(), required=True)
    point = fields.Nested(PointOut, required=True)


class TermOut(ma.Schema):
    """How long, in which unit; the amount is a decimal number as text."""

    amount = _text()
    unit = _text()


class ClosingConditionOut(ma.Schema):
    """What must hold when a case is closed (结案条件)."""

    id = _text()
    label = fields.Nested(Label, required=True)
    evidence = _text(null=True)


class FilingConditionOut(ma.Schema):
    """When a matter is filed (立案条件), with its own limit where it states one."""

    id = _text()
    label = fields.Nested(Label, required=True)
    grade = _text(null=True)
    limit = fields.Nested(TermOut, required=True, allow_none=True)
    closing_condition = fields.Nested(ClosingConditionOut, required=True, allow_none=True)


class MappedOut(ma.Schema):
    """A code of a published list that a class stands for; `kind` is null where the list is not known here."""

    list = _text()
    kind = _text(null=True)
    code = _text()
    relation = _text()
    label = fields.Nested(Label, required=True)


class Category(ma.Schema):
    """A class of the code list. `schema` is the JSON Schema of its form."""

    code = _text()
    label = fields.Nested(Label, required=True)
    level = _text()
    parent = _text(null=True)
    kind = _text()
    leaf = fields.Bool(required=True)
    case_kind = _text(null=True)
    severity = _text(null=True)
    confidential = fields.Bool(required=True)
    standard_code = _text(null=True)
    origin = _text()
    form = _text(null=True)
    schema = fields.Dict(required=True, allow_none=True)
    filing_conditions = _many(FilingConditionOut)
    mapped = _many(MappedOut)


class CodeListOut(ma.Schema):
    """A published code list; `mapped_to` are the lists that its codes are mapped to."""

    id = _text()
    label = fields.Nested(Label, required=True)
    source = _text()
    classes = fields.Int(required=True)
    mapped_to = fields.List(fields.Str(), required=True)


class CodeLists(ma.Schema):
    """The published code lists that a scheme uses."""

    code_lists = _many(CodeListOut)


class LocalityOut(ma.Schema):
    """A district of this server, the digest of its scheme, and the versions of its plugins at the publication."""

    id = _text()
    label = fields.Nested(Label, required=True)
    scheme = _text()
    plugins = _map()


class Localities(ma.Schema):
    """All districts."""

    localities = _many(LocalityOut)


class Fault(ma.Schema):
    """One place of the request that is wrong."""

    code = _text()
    pointer = _text()
    params = _map()
    message = _text()


class Problem(ma.Schema):
    """RFC 9457. `code` is stable; `detail` and `message` are in the reader's language."""

    type = _text()
    title = _text()
    status = fields.Int(required=True)
    detail = _text()
    code = _text()
    params = _map()
    reasons = _many(Reason)
    faults = _many(Fault)
    instance = _text()


class Health(ma.Schema):
    """The process answers."""

    status = _text()
