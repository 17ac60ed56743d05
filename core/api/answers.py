"""What answers about cases look like, and problems, for the OpenAPI document: use cases make them, these describe them.

Tests compare every answer with its description, so that the two cannot drift apart.
"""

from __future__ import annotations

import marshmallow as ma
from marshmallow import fields

from core.api.answer_fields import at, many, mapping, text


class Label(ma.Schema):
    """What people read, in both languages."""

    zh = text()
    en = text()


class Reason(ma.Schema):
    """One step of a why."""

    code = text()
    params = mapping()
    message = text()


class Permission(ma.Schema):
    """Whether, and why."""

    allowed = fields.Bool(required=True)
    reasons = many(Reason)


class PointOut(ma.Schema):
    """A position in degrees."""

    longitude = fields.Float(required=True)
    latitude = fields.Float(required=True)
    system = text()


class StageOut(ma.Schema):
    """Where a track of a case stands."""

    stage = text()
    meaning = text(null=True)
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

    id = text()
    occurrence = fields.Int(required=True)
    share_of = text(null=True)
    state = text()
    owner = fields.Nested(Owner, required=True)
    co_handlers = many(Owner)
    opened_at = at()
    closed_at = at(null=True)


class ClockOut(ma.Schema):
    """One run of a limit."""

    limit = text()
    label = fields.Nested(Label, required=True)
    occurrence = fields.Int(required=True)
    state = text()
    started_at = at()
    due_at = at(null=True)
    stopped_at = at(null=True)
    allowed_seconds = fields.Int(required=True)
    elapsed_seconds = fields.Int(required=True)
    provisional = fields.Bool(required=True)
    reached = fields.List(fields.Str(), required=True)
    extensions = fields.Int(required=True)
    suspensions = fields.Int(required=True)


class CardOut(ma.Schema):
    """A card that was shown to a task's owner, and until when it is to be answered."""

    card = text()
    label = fields.Nested(Label, required=True)
    owner = fields.Nested(Owner, required=True)
    shown_at = at()
    answer_by = at(null=True)
    answered_at = at(null=True)


class RungOut(ma.Schema):
    """The step of a ladder that the case has come to."""

    ladder = text()
    label = fields.Nested(Label, required=True)
    step = text()
    step_label = fields.Nested(Label, required=True)


class Text(ma.Schema):
    """What somebody wrote; empty once erased."""

    id = text()
    kind = text()
    body = mapping()
    erased = fields.Bool(required=True)


class Attachment(ma.Schema):
    """A photo; where and when it was taken only for those who may see originals."""

    id = text()
    media_type = text()
    size = fields.Int(required=True)
    width = fields.Int(required=True, allow_none=True)
    height = fields.Int(required=True, allow_none=True)
    digest = text(null=True)
    taken_at = at(null=True)
    point = fields.Nested(PointOut, required=True, allow_none=True)
    created_at = at()


class _CaseCommon(ma.Schema):
    id = text()
    number = text()
    version = fields.Int(required=True)
    scheme = text()
    kind = text()
    intake = text()
    category = text()
    cell = text()
    channel = text()
    severity = text()
    alert = text(null=True)
    object = text(null=True)
    reporter = text(null=True)
    opened_at = at()
    tracks = mapping(fields.Nested(StageOut))
    labels = mapping(fields.Nested(Label))


class Link(ma.Schema):
    """Another case that this one has to do with."""

    relation = text()
    case = text()


class Case(_CaseCommon):
    """A case as it stands. `texts`, `contact` and `attachments` are there when a case is read, not after a write."""

    closed_at = at(null=True)
    point = fields.Nested(PointOut, required=True, allow_none=True)
    filing_condition = text(null=True)
    facts = mapping()
    counts = mapping(fields.Int())
    tasks = many(TaskOut)
    clocks = many(ClockOut)
    links = many(Link)
    approvals = mapping(fields.Str())
    cards = many(CardOut)
    rungs = many(RungOut)
    texts = fields.List(fields.Nested(Text))
    contact = fields.Dict(keys=fields.Str(), values=fields.Str())
    attachments = fields.List(fields.Nested(Attachment))


class CaseListed(_CaseCommon):
    """A case as lists show it."""

    open = fields.Bool(required=True)
    updated_at = at()
    due_at = at(null=True)


class CasePage(ma.Schema):
    """`cursor` leads to the next page; null on the last."""

    cases = many(CaseListed)
    cursor = text(null=True)


class Contact(ma.Schema):
    """The reporter's contact data."""

    case = text()
    contact = mapping(fields.Str())


class ActionOut(ma.Schema):
    """An action, and whether the caller may take it now. `inputs` is a JSON Schema."""

    id = text()
    label = fields.Nested(Label, required=True)
    meaning = text()
    track = text()
    sources = fields.List(fields.Str(), required=True, data_key="from")
    to = text(null=True)
    available = fields.Bool(required=True)
    at_stage = fields.Bool(required=True)
    permission = fields.Nested(Permission, required=True)
    evidence = fields.List(fields.Dict(), required=True)
    inputs = mapping()
    guard = fields.Dict(required=True, allow_none=True)


class Actions(ma.Schema):
    """All actions of the case's kind that people take."""

    case = text()
    actions = many(ActionOut)


class Event(ma.Schema):
    """Something that has happened; `data` by `type`."""

    seq = fields.Int(required=True)
    type = text()
    actor = text(null=True)
    occurred_at = at()
    recorded_at = at()
    scheme = text()
    today = text()
    data = mapping()


class Events(ma.Schema):
    """`next` is what to ask for with `after`; null at the end."""

    events = many(Event)
    next = fields.Int(required=True, allow_none=True)


class Preview(ma.Schema):
    """What an action would do now: the case after it, the events, and why. Nothing of it has happened."""

    case = fields.Nested(Case, required=True)
    events = many(Event)
    explanation = mapping()


class Tasks(ma.Schema):
    """The tasks of a case."""

    case = text()
    tasks = many(TaskOut)


class Explanation(ma.Schema):
    """A why, down to its inputs; what else it holds depends on `subject`."""

    class Meta:
        unknown = ma.INCLUDE

    case = text()
    subject = text()
    at = at()


class Suggested(ma.Schema):
    """An open case that may be about the same thing. `likeness` goes from 0 to 1."""

    case = text()
    number = text()
    category = text()
    cell = text()
    object = text(null=True)
    opened_at = at()
    labels = mapping(fields.Nested(Label))
    likeness = fields.Float(required=True)
    reasons = many(Reason)


class Duplicates(ma.Schema):
    """The likeliest first. `others`: there are more, which the caller may not see. `failed`: plugins that broke."""

    suggestions = many(Suggested)
    others = fields.Bool(required=True)
    failed = fields.List(fields.Str(), required=True)


class Fault(ma.Schema):
    """One place of the request that is wrong."""

    code = text()
    pointer = text()
    params = mapping()
    message = text()


class Problem(ma.Schema):
    """RFC 9457. `code` is stable; `detail` and `message` are in the reader's language."""

    type = text()
    title = text()
    status = fields.Int(required=True)
    detail = text()
    code = text()
    params = mapping()
    reasons = many(Reason)
    faults = many(Fault)
    instance = text()


class Health(ma.Schema):
    """The process answers."""

    status = text()
