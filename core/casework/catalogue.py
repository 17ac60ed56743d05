"""What a district is made of, as today's scheme says: grid, classes, posts, units, intake, objects, revisions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from core.casework.code_lists import mapped_view
from core.casework.locating import converted
from core.casework.office import Office, situation_of
from core.casework.paging import Entries, page
from core.casework.references import refuse, unknown
from core.casework.requests import Answer, Point, Principal
from core.casework.views import instant, label, point_view
from core.engine.values import object_of
from core.errors import Fault, NotFound, Unprocessable
from core.scheme.categories import FilingCondition
from core.scheme.mapping import mapped
from core.scheme.scheme import Scheme
from core.scheme.situation import Situation
from core.store import Reading


def list_localities(office: Office) -> Answer:
    """The districts of this server."""
    found = []
    for locality in office.store.localities():
        with office.store.read(locality) as reading:
            today = office.schemes.current(reading)
        found.append(
            {
                "id": locality,
                "label": label(today.locality.label, locality),
                "scheme": today.digest,
                "plugins": dict(today.extensions.versions),
            }
        )
    return Answer(200, {"localities": found})


def list_cells(
    office: Office, locality: str, who: Principal, cursor: str | None = None, limit: int = 20, under: str | None = None
) -> Answer:
    """The grid's cells in file order; `under` restricts to one cell and what lies under it."""

    def entries(situation: Situation, _: Reading) -> Entries:
        grid = situation.today.grid
        _known("cell-unknown", under, grid.cells)
        for cell in grid.cells.values():
            if under is None or grid.within(cell.code, under):
                yield {
                    "code": cell.code,
                    "label": label(cell.label, cell.code),
                    "tier": cell.tier,
                    "parent": cell.parent,
                    "kind": cell.kind,
                    "grade": cell.grade,
                    "dedicated": cell.dedicated,
                    "households": cell.households,
                    "origin": cell.origin,
                }

    return page(office, locality, who, {"cells": under}, cursor, limit, entries)


def locate(office: Office, locality: str, who: Principal, point: Point) -> Answer:
    """The cell that a point lies in; Unprocessable when it lies outside every cell."""
    with office.store.read(locality) as reading:
        today = situation_of(office, reading, who, office.clock.now()).today
    position = converted(point)
    cell = today.cell_index.locate(*position)
    if cell is None:
        params = {"longitude": position[0], "latitude": position[1]}
        raise Unprocessable("content-invalid", [Fault("point-outside", "longitude", params)])
    entry = today.grid.cells[cell]
    chain = list(today.grid.chain(cell))
    return Answer(200, {"cell": cell, "label": label(entry.label, cell), "chain": chain, "point": point_view(position)})


def list_categories(
    office: Office,
    locality: str,
    who: Principal,
    cursor: str | None = None,
    limit: int = 20,
    under: str | None = None,
    q: str | None = None,
) -> Answer:
    """The classes in file order; `under` restricts to one class and what lies under it, `q` to those with that text
    in their code or in a label, in capitals or not."""
    sought = (q or "").casefold()

    def entries(situation: Situation, _: Reading) -> Entries:
        codes = situation.today.codes
        _known("category-unknown", under, codes.categories)
        for code, chain in codes.chains.items():
            words = (code, *codes.categories[code].label.as_dict().values())
            if (under is None or under in chain) and any(sought in word.casefold() for word in words):
                yield _category(situation.today, code)

    return page(office, locality, who, {"categories": [under, sought]}, cursor, limit, entries)


def get_category(office: Office, locality: str, who: Principal, code: str) -> Answer:
    """A class with the JSON Schema of its form and its filing conditions."""
    with office.store.read(locality) as reading:
        today = situation_of(office, reading, who, office.clock.now()).today
    if code not in today.codes.categories:
        raise NotFound("category-unknown", value=code)
    chain = today.codes.chain(code)
    form = next((item.form for item in map(today.codes.categories.__getitem__, chain) if item.form), None)
    conditions = [item for item in today.codes.filing_conditions.values() if item.category in chain]
    body = _category(today, code) | {
        "form": form,
        "schema": dict(today.codes.forms[form]) if form else None,
        "filing_conditions": [_condition(today, item) for item in conditions],
        "mapped": [mapped_view(item) for item in mapped(today.codes, today.extensions.code_lists, code)],
    }
    return Answer(200, body)


def _condition(today: Scheme, item: FilingCondition) -> dict[str, Any]:
    """A filing condition with its own limit, and with what must hold at the end."""
    limit = {"amount": str(item.amount), "unit": item.unit} if item.amount is not None else None
    closing = today.codes.closing_conditions.get(item.closing_condition or "")
    end = closing and {"id": closing.id, "label": label(closing.label, closing.id), "evidence": closing.evidence}
    shown = {"id": item.id, "label": label(item.label, item.id), "grade": item.grade}
    return shown | {"limit": limit, "closing_condition": end}


def list_posts(office: Office, locality: str, who: Principal, cursor: str | None = None, limit: int = 20) -> Answer:
    """The posts with the positions that their quotas call for and how many people hold them now."""

    def entries(situation: Situation, _: Reading) -> Entries:
        roster = situation.today.roster
        for post in roster.posts.values():
            yield {
                "id": post.id,
                "label": label(post.label, post.id),
                "role": post.role,
                "tier": post.tier,
                "organisation": post.organisation,
                "team": post.team,
                "positions": roster.positions.get(post.id),
                "held": len(situation.staff.get(post.id, ())),
            }

    return page(office, locality, who, {"posts": None}, cursor, limit, entries)


def list_organisations(
    office: Office, locality: str, who: Principal, cursor: str | None = None, limit: int = 20
) -> Answer:
    """The organisations in file order: what an input of `format: organisation` takes."""

    def entries(situation: Situation, _: Reading) -> Entries:
        for entry in situation.today.roster.organisations.values():
            yield {
                "id": entry.id,
                "label": label(entry.label, entry.id),
                "kind": entry.kind,
                "parent": entry.parent,
                "cell": entry.cell,
            }

    return page(office, locality, who, {"organisations": None}, cursor, limit, entries)


def list_intake_kinds(
    office: Office, locality: str, who: Principal, cursor: str | None = None, limit: int = 20
) -> Answer:
    """What may be reported: with channels, severities, required evidence and the opening action's inputs."""

    def entries(situation: Situation, _: Reading) -> Entries:
        flow = situation.today.workflow
        for intake in flow.intake_kinds.values():
            opening = flow.case_kinds[intake.case_kind].actions[intake.opening]
            channels = intake.channels or tuple(flow.channels)
            yield {
                "id": intake.id,
                "label": label(intake.label, intake.id),
                "meaning": intake.meaning,
                "case_kind": intake.case_kind,
                "public": intake.public,
                "channels": {name: label(flow.channels.get(name), name) for name in channels},
                "severities": {name: label(found, name) for name, found in flow.severities.items()},
                "evidence": [{"kind": r.kind, "meaning": r.meaning, "minimum": r.minimum} for r in opening.evidence],
                "inputs": dict(opening.inputs),
            }

    return page(office, locality, who, {"intake": None}, cursor, limit, entries)


def list_objects(
    office: Office,
    locality: str,
    who: Principal,
    cursor: str | None = None,
    limit: int = 20,
    kind: str | None = None,
    cell: str | None = None,
) -> Answer:
    """The registry's objects with their present status."""

    def entries(situation: Situation, _: Reading) -> Entries:
        today = situation.today
        _known("object-kind-unknown", kind, today.registry.kinds, "kind")
        _known("cell-unknown", cell, today.grid.cells, "cell")
        for entry in today.registry.objects.values():
            if kind not in (None, entry.kind) or (cell is not None and not today.grid.within(entry.cell, cell)):
                continue
            yield {
                "code": entry.code,
                "kind": entry.kind,
                "label": label(entry.label, entry.code),
                "cell": entry.cell,
                "point": point_view(entry.point),
                **(object_of(situation, entry.code) or {}),
            }

    return page(office, locality, who, {"objects": [kind, cell]}, cursor, limit, entries)


def list_revisions(office: Office, locality: str, who: Principal, cursor: str | None = None, limit: int = 20) -> Answer:
    """The published revisions of the scheme, newest first."""

    def entries(_: Situation, reading: Reading) -> Entries:
        for revision in reading.revisions.list():
            yield {
                "number": revision.number,
                "scheme_digest": revision.scheme_digest,
                "source_digest": revision.source_digest,
                "published_at": instant(revision.published_at),
                "published_by": revision.published_by,
                "current": revision.current,
            }

    return page(office, locality, who, {"revisions": None}, cursor, limit, entries)


def _category(today: Scheme, code: str) -> dict[str, Any]:
    item = today.codes.categories[code]
    return {
        "code": code,
        "label": label(item.label, code),
        "level": item.level,
        "parent": item.parent,
        "kind": item.kind,
        "leaf": code in today.codes.leaves,
        "case_kind": item.case_kind,
        "severity": item.severity,
        "confidential": item.confidential,
        "standard_code": item.standard_code,
        "origin": item.origin,
    }


def _known(code: str, value: str | None, options: Mapping[str, Any], parameter: str = "under") -> None:
    if value is not None and value not in options:
        refuse([unknown(code, value, options, parameter)])
