"""Routes on what a district is made of: cells, classes, posts and people, intake kinds, objects, revisions."""

from __future__ import annotations

from typing import Any

from flask import g

from core.api import catalogue_answers as answers
from core.api.blueprint import ApiBlueprint
from core.api.door import casework, needs
from core.api.payloads import (
    CatalogueArgs,
    CategoryArgs,
    LocateArgs,
    ObjectArgs,
    PageArgs,
    PeopleArgs,
    StandardArgs,
)
from core.casework import Answer, Point

blueprint = ApiBlueprint("catalogue", __name__, description="What the district's scheme is made of")
_ROOT = "/localities/<locality:locality>"


@blueprint.route("/localities")
@blueprint.response(200, answers.Localities)
@needs("read")
def list_localities() -> Answer:
    """List the districts of this server"""
    return casework().list_localities()


@blueprint.route(f"{_ROOT}/cells")
@blueprint.response(200, answers.Entries)
@needs("read")
@blueprint.arguments(CatalogueArgs, location="query")
def list_cells(args: dict[str, Any], locality: str) -> Answer:
    """List the cells of the grid, parents before children"""
    return casework().list_cells(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/cells/locate")
@blueprint.response(200, answers.Located)
@needs("read")
@blueprint.arguments(LocateArgs, location="query")
def locate(point: Point, locality: str) -> Answer:
    """Find the cell in which a point lies"""
    return casework().locate(locality, g.principal, point)


@blueprint.route(f"{_ROOT}/categories")
@blueprint.response(200, answers.Entries)
@needs("read")
@blueprint.arguments(CategoryArgs, location="query")
def list_categories(args: dict[str, Any], locality: str) -> Answer:
    """List the classes of the code list"""
    return casework().list_categories(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/categories/<string(maxlength=100):code>")
@blueprint.response(200, answers.Category)
@needs("read")
def get_category(locality: str, code: str) -> Answer:
    """Read a class with the JSON Schema of its form"""
    return casework().get_category(locality, g.principal, code)


@blueprint.route(f"{_ROOT}/code-lists")
@blueprint.response(200, answers.CodeLists)
@needs("read")
def list_code_lists(locality: str) -> Answer:
    """List the published code lists that the scheme uses"""
    return casework().list_code_lists(locality, g.principal)


@blueprint.route(f"{_ROOT}/code-lists/<string(maxlength=64):code_list>/classes")
@blueprint.response(200, answers.Entries)
@needs("read")
@blueprint.arguments(StandardArgs, location="query")
def list_standard_classes(args: dict[str, Any], locality: str, code_list: str) -> Answer:
    """List the classes of a published code list with their mappings to other lists"""
    return casework().list_standard_classes(locality, g.principal, code_list, **args)


@blueprint.route(f"{_ROOT}/posts")
@blueprint.response(200, answers.Entries)
@needs("read")
@blueprint.arguments(PageArgs, location="query")
def list_posts(args: dict[str, Any], locality: str) -> Answer:
    """List the posts with their positions and how many are held now"""
    return casework().list_posts(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/organisations")
@blueprint.response(200, answers.Organisations)
@needs("read", "act")
@blueprint.arguments(PageArgs, location="query")
def list_organisations(args: dict[str, Any], locality: str) -> Answer:
    """List the organisations, whose ids inputs of `format: organisation` take"""
    return casework().list_organisations(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/people")
@blueprint.response(200, answers.People)
@needs("read", "act")
@blueprint.arguments(PeopleArgs, location="query")
def list_people(args: dict[str, Any], locality: str) -> Answer:
    """List who holds which post now, with the account ids that inputs of `format: account` take; for staff"""
    return casework().list_people(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/intake-kinds")
@blueprint.response(200, answers.Entries)
@needs("read")
@blueprint.arguments(PageArgs, location="query")
def list_intake_kinds(args: dict[str, Any], locality: str) -> Answer:
    """List what may be reported: intake kinds with their channels, severities and required evidence"""
    return casework().list_intake_kinds(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/objects")
@blueprint.response(200, answers.Entries)
@needs("read")
@blueprint.arguments(ObjectArgs, location="query")
def list_objects(args: dict[str, Any], locality: str) -> Answer:
    """List the objects of the registry with their present status"""
    return casework().list_objects(locality, g.principal, **args)


@blueprint.route(f"{_ROOT}/revisions")
@blueprint.response(200, answers.Entries)
@needs("read")
@blueprint.arguments(PageArgs, location="query")
def list_revisions(args: dict[str, Any], locality: str) -> Answer:
    """List the published revisions of the scheme, newest first"""
    return casework().list_revisions(locality, g.principal, **args)
