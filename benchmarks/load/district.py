"""A district to put load on: its scheme published, its posts held, and tokens for those who will act.

A plan names the peer's three writes in the district's words: the intake to report through, the action that passes the
case on, and the one that settles it. None of them may ask for a photo.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shapely.geometry import shape

from core.governance.checking import compiled, read_locality
from core.governance.demo_people import positions
from core.governance.publishing import publish
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment
from core.scheme.workflow import Action
from core.store import Store
from core.testing import shipped_plugins

SCOPES = ("read", "report", "act")
TOKENS = 16
"""Desks that report and pass on; more would only be more names."""


@dataclass(frozen=True)
class Plan:
    """The three writes in a district's words."""

    intake: str
    assign: str
    resolve: str


PLANS = {"konggang_1355": Plan("complaint", "pass_on", "reply")}


@dataclass(frozen=True)
class District:
    """What the clients need to know, JSON-able: tokens, bodies, and who may settle what belongs to whom."""

    locality: str
    plan: Plan
    staff: int
    reporters: tuple[str, ...]
    assigners: tuple[str, ...]
    resolvers: Mapping[str, str]
    reports: tuple[Mapping[str, Any], ...]
    assign: Mapping[str, Any]
    resolve: Mapping[str, Any]


def settle(store: Store, folder: Path, staff: int, plan: Plan, seed: int = 1) -> tuple[District, Scheme]:
    """Publish the manifest, put at least `staff` people on its posts, and give tokens to those who will act."""
    now = datetime.now(UTC)
    source = read_locality(folder)
    resolve = shipped_plugins().resolve
    scheme = compiled(source, resolve)
    publish(store, source, now, by="benchmark", resolve=resolve)
    people = _people(scheme, staff)
    for account in dict.fromkeys(person.account for person in people):
        if store.accounts.get(account) is None:
            store.accounts.create(account, now, account)
    with store.unit(scheme.locality.id) as unit:
        known = {held.account for held in unit.assignments.holding(now)}
        for person in people:
            if person.account not in known:
                unit.assignments.add(person, now)
        unit.keep()
    made: dict[str, str] = {}

    def token(person: Assignment) -> str:
        if person.account not in made:
            made[person.account] = store.accounts.issue_token(person.account, SCOPES, now, label="benchmark")[1]
        return made[person.account]

    intake = scheme.workflow.intake_kinds[plan.intake]
    actions = scheme.kind(intake.case_kind).actions
    desks = [person for person in people if _may(scheme, person, actions[intake.opening])][:TOKENS]
    passing = [person for person in people if _may(scheme, person, actions[plan.assign])][:TOKENS]
    settling: dict[str, str] = {}
    for person in people:
        if _may(scheme, person, actions[plan.resolve]):
            for key in _keys(scheme, person):
                settling.setdefault(key, token(person))
    reports = tuple(_reports(scheme, source.files, plan, actions[intake.opening], random.Random(seed)))
    made_of = District(
        locality=scheme.locality.id,
        plan=plan,
        staff=len(people),
        reporters=tuple(map(token, desks)),
        assigners=tuple(map(token, passing)),
        resolvers=settling,
        reports=reports,
        assign={"action": plan.assign, "inputs": filled(actions[plan.assign].inputs)},
        resolve={"action": plan.resolve, "inputs": filled(actions[plan.resolve].inputs)},
    )
    return made_of, scheme


def filled(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The least that a form asks for."""
    properties = schema.get("properties", {})
    return {name: _value(properties[name]) for name in schema.get("required", ())}


def _value(schema: Mapping[str, Any]) -> Any:
    if "enum" in schema:
        return schema["enum"][0]
    kinds = {"integer": schema.get("minimum", 1), "number": schema.get("minimum", 1), "boolean": True}
    return kinds.get(schema.get("type", "string"), "已到现场查看，按规定办理。")


def _people(scheme: Scheme, staff: int) -> list[Assignment]:
    """Everyone whom the quotas call for; when that is fewer than `staff`, the posts in cells are held several times."""
    people = list(positions(scheme))
    local = [person for person in people if person.cell is not None]
    for number in range(max(0, staff - len(people))):
        person = local[number % len(local)]
        people.append(replace(person, account=f"{person.account}-more-{number}"))
    return people


def _may(scheme: Scheme, person: Assignment, action: Action) -> bool:
    role = scheme.roster.posts[person.post].role
    return any(grant.role == role and grant.duty_mode is None for grant in action.who)


def _keys(scheme: Scheme, person: Assignment) -> Iterator[str]:
    """Which owners of a task this person may stand for: see `core.engine.reach`."""
    organisation = person.organisation or scheme.roster.posts[person.post].organisation
    yield f"account:{person.account}"
    yield f"post:{person.post}:{person.cell or ''}"
    if organisation is not None:
        yield f"organisation:{organisation}"


def _reports(
    scheme: Scheme, files: Mapping[str, bytes], plan: Plan, opening: Action, chance: random.Random, count: int = 2000
) -> Iterator[dict[str, Any]]:
    """Reports of any class, at points all over the grid."""
    features = json.loads(files["cells.geojson"])["features"]
    points = [shape(feature["geometry"]).representative_point() for feature in features]
    intake = scheme.workflow.intake_kinds[plan.intake]
    fitting = sorted(
        code
        for code in scheme.codes.leaves
        if scheme.codes.inherited(code, "case_kind") in (None, intake.case_kind)
        and not scheme.codes.forms.get(scheme.codes.inherited(code, "form") or "", {}).get("required")
    )
    for _ in range(count):
        point = chance.choice(points)
        yield {
            "intake": plan.intake,
            "category": chance.choice(fitting),
            "point": {"longitude": point.x, "latitude": point.y, "system": scheme.locality.coordinate_system},
            "inputs": filled(opening.inputs),
            "description": "小区门口主路上污水外溢，已持续两天，影响居民出行，请尽快派人处理。" * 2,
            "contact": {"name": "测试人", "phone": "13800000000"},
        }
