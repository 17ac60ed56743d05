"""Names whose meaning depends on where they stand: a kind of member in its team, a status in its kind of object."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.errors import Finding
from core.manifest.document import Table
from core.manifest.documents import Documents
from core.manifest.node import Node
from core.manifest.references.definitions import Definitions
from core.manifest.references.uses import unknown


def check_within(documents: Documents, definitions: Definitions) -> Iterator[Finding]:
    """Roster, registry, parameters, and the people of the scheme's tests."""
    yield from _posts(documents.root("roster"), definitions)
    yield from _statuses(documents, definitions)
    yield from _numbers(documents)
    yield from _parents(documents.table("grid", "cells"), "tier", _order(documents.root("grid")["tiers"]))
    yield from _parents(
        documents.table("categories", "classes"), "level", _order(documents.root("categories")["levels"])
    )
    for test in documents.tests():
        yield from _people(Node(test, (), test.value), definitions)


def _posts(root: Node, definitions: Definitions) -> Iterator[Finding]:
    teams = {team["id"].text: {kind["id"].text for kind in team["member_kinds"]} for team in root["teams"]}
    unit_kinds = {unit["kind"].text for unit in root["organisations"]}
    for post in root["posts"]:
        member_kind = post["member_kind"]
        known = teams.get(post["team"].text, set())
        if member_kind.text and member_kind.text not in known and (post["team"].text in teams or not post["team"]):
            yield unknown(definitions, "member_kind", member_kind.text, member_kind.place(), known)
        by_unit = post["quota"]["per"].text == "unit"
        kinds = unit_kinds if by_unit else definitions.known("area_kind")
        for kind in post["quota"]["kinds"]:
            if kinds is not None and kind.text not in kinds:
                yield unknown(
                    definitions, "organisation_kind" if by_unit else "area_kind", kind.text, kind.place(), kinds
                )


def _statuses(documents: Documents, definitions: Definitions) -> Iterator[Finding]:
    kinds = {
        kind["id"].text: {status["id"].text for status in kind["statuses"]}
        for kind in documents.root("registry")["kinds"]
    }
    for row in documents.table("registry", "objects") or ():
        known = kinds.get(row.values.get("kind", ""))
        status = row.values.get("status", "")
        if known is not None and status and status not in known:
            yield unknown(definitions, "status", status, row.place("status"), known)


def _numbers(documents: Documents) -> Iterator[Finding]:
    """Amounts that name a parameter which is not a positive number."""
    values = {item["id"].text: item["value"].value for item in documents.root("locality")["parameters"]}
    amounts = [post["quota"]["amount"] for post in documents.root("roster")["posts"]]
    amounts += [limit["amount"] for limit in documents.root("timers")["limits"]]
    for amount in amounts:
        value = values.get(amount["parameter"].text)
        if value is not None and (isinstance(value, str | bool) or value <= 0):
            params = {"name": amount["parameter"].text, "value": str(value)}
            yield Finding("reference-parameter-not-positive", "error", amount["parameter"].place(), params)


def _order(items: Node) -> dict[str, int]:
    """Tiers or levels by their distance from the top."""
    return {item["id"].text or item.text: number for number, item in enumerate(items)}


def _parents(table: Table | None, column: str, order: Mapping[str, int]) -> Iterator[Finding]:
    """Rows whose parent does not stand on a higher tier or level; this also bounds how deep a tree can be."""
    if table is None or "parent" not in table.columns:
        return
    standing = {row.values["code"]: order.get(row.values[column]) for row in table}
    for row in table:
        parent, own = standing.get(row.values["parent"]), order.get(row.values[column])
        if parent is not None and own is not None and parent >= own:
            params = {"name": row.values["code"], "parent": row.values["parent"]}
            yield Finding("reference-parent-not-above", "error", row.place("parent"), params)


def _people(root: Node, definitions: Definitions) -> Iterator[Finding]:
    for test in root["tests"]:
        known = {name for name, _ in test["people"].entries()}
        for step in test["steps"]:
            if step["by"].text and step["by"].text not in known:
                yield unknown(definitions, "person", step["by"].text, step["by"].place(), known)
