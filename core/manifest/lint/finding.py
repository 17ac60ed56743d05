"""How a lint rule makes a finding: severity from the catalogue, place from the documents. Knows no rule."""

from __future__ import annotations

from typing import Any, cast

from core.errors import Finding, Place, Severity
from core.manifest.documents import Documents
from core.manifest.node import Node
from core.messages import catalogue


def finding(code: str, place: Place, **params: Any) -> Finding:
    """A finding with the severity that the catalogue gives to its code."""
    return Finding(code, cast(Severity, catalogue()[code].severity), place, params)


def item(items: Node, id: str) -> Node:
    """The entry of a list whose id is the given one; the list itself when there is none."""
    return next((entry for entry in items if entry["id"].value == id), items)


def place_of(documents: Documents, kind: str, *steps: str) -> Place:
    """The place of an entry by list name and id in turn: `place_of(documents, "roster", "posts", "head")`."""
    node = documents.root(kind)
    for name, id in zip(steps[::2], steps[1::2], strict=True):
        node = item(node[name], id)
    return node["id"].place() if node["id"] else node.place()
