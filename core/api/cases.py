"""Routes on cases and tasks. Each parses, calls one use case and hands back its Answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import g

from core.api import answers
from core.api.blueprint import ApiBlueprint
from core.api.door import ETAG, IDEMPOTENCY, IF_MATCH, casework, expected_version, needs, repeatable
from core.api.payloads import CaseArgs, DeedIn, DuplicateArgs, EventArgs, PageArgs, ReportIn
from core.casework import SUBJECTS, Answer, Deed, Intended, Report

blueprint = ApiBlueprint("cases", __name__, description="Cases, their actions, events and tasks")
_ROOT = "/localities/<locality:locality>"
_CASE = f"{_ROOT}/cases/<uuid:case_id>"
_SUBJECT = {"in": "path", "name": "subject", "required": True, "schema": {"type": "string", "enum": list(SUBJECTS)}}


@blueprint.route(f"{_ROOT}/cases")
@blueprint.response(200, answers.CasePage)
@needs("read")
@blueprint.arguments(CaseArgs, location="query")
def list_cases(args: dict[str, Any], locality: str) -> Answer:
    """List the cases that the caller may see, newest first"""
    return casework().list_cases(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/cases", methods=["POST"])
@blueprint.response(201, answers.Case, headers=ETAG)
@blueprint.doc(parameters=[IDEMPOTENCY])
@needs("report")
@blueprint.arguments(ReportIn)
def open_case(report: Report, locality: str) -> Answer:
    """Report something: opens a case of the intake kind's case kind"""
    return casework().open_case(locality, g.principal, repeatable(), report)


@blueprint.route(_CASE)
@blueprint.response(200, answers.Case, headers=ETAG)
@needs("read")
def get_case(locality: str, case_id: UUID) -> Answer:
    """Read a case; contact data is masked"""
    return casework().get_case(locality, g.principal, str(case_id))


@blueprint.route(f"{_CASE}/contact")
@blueprint.response(200, answers.Contact)
@needs("read")
def get_contact(locality: str, case_id: UUID) -> Answer:
    """Read the reporter's contact data unmasked; every reading is recorded"""
    return casework().get_contact(locality, g.principal, str(case_id))


@blueprint.route(f"{_CASE}/actions")
@blueprint.response(200, answers.Actions, headers=ETAG)
@needs("read")
def list_actions(locality: str, case_id: UUID) -> Answer:
    """List every action of the case's kind: whether the caller may take it now, why not, and what to fill in"""
    return casework().list_actions(locality, g.principal, str(case_id))


@blueprint.route(f"{_CASE}/actions", methods=["POST"])
@blueprint.response(200, answers.Case, headers=ETAG)
@blueprint.doc(parameters=[IDEMPOTENCY, IF_MATCH])
@needs("act")
@blueprint.arguments(DeedIn)
def act(deed: Deed, locality: str, case_id: UUID) -> Answer:
    """Take an action on a case"""
    expected = expected_version()
    return casework().act(locality, g.principal, repeatable(), str(case_id), expected, deed)


@blueprint.route(f"{_CASE}/actions/preview", methods=["POST"])
@blueprint.response(200, answers.Preview, headers=ETAG)
@needs("act")
@blueprint.arguments(DeedIn)
def preview(deed: Deed, locality: str, case_id: UUID) -> Answer:
    """Show what an action would do now, and why, without doing it; nothing is written"""
    return casework().preview(locality, g.principal, str(case_id), deed)


@blueprint.route(f"{_CASE}/events")
@blueprint.response(200, answers.Events, headers=ETAG)
@needs("read")
@blueprint.arguments(EventArgs, location="query")
def list_events(args: dict[str, int], locality: str, case_id: UUID) -> Answer:
    """Read what has happened to a case, oldest first"""
    return casework().list_events(locality, g.principal, str(case_id), **args)


@blueprint.route(f"{_CASE}/tasks")
@blueprint.response(200, answers.Tasks, headers=ETAG)
@needs("read")
def list_tasks(locality: str, case_id: UUID) -> Answer:
    """List the tasks of a case"""
    return casework().list_tasks(locality, g.principal, str(case_id))


@blueprint.route(f"{_ROOT}/tasks")
@blueprint.response(200, answers.CasePage)
@needs("read")
@blueprint.arguments(PageArgs, location="query")
def list_my_tasks(args: dict[str, Any], locality: str) -> Answer:
    """List the cases in which the caller, or a unit or post of the caller, has an open task"""
    return casework().list_my_tasks(locality, g.principal, **args)


@blueprint.route(f"{_CASE}/explain/<string(maxlength=40):subject>", parameters=[_SUBJECT])
@blueprint.response(200, answers.Explanation, headers=ETAG)
@needs("read")
def explain(locality: str, case_id: UUID, subject: str) -> Answer:
    """Explain a dispatch, the deadlines or the caller's permissions down to their inputs"""
    return casework().explain(locality, g.principal, str(case_id), subject)


@blueprint.route(f"{_ROOT}/duplicates")
@blueprint.response(200, answers.Duplicates)
@needs("read", "report")
@blueprint.arguments(DuplicateArgs, location="query")
def find_duplicates(intended: Intended, locality: str) -> Answer:
    """Find open cases that may be about what is to be reported; only those that the caller may see are named"""
    return casework().find_duplicates(locality, g.principal, intended)


@blueprint.route(f"{_CASE}/duplicates")
@blueprint.response(200, answers.Duplicates)
@needs("read")
def duplicates_of(locality: str, case_id: UUID) -> Answer:
    """Find other open cases that may be about the same thing as this one"""
    return casework().duplicates_of(locality, g.principal, str(case_id))
