"""Every id that a manifest defines, by what it is. Kinds whose file could not be read are unknown, not empty."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from zoneinfo import available_timezones

from core.manifest.documents import KINDS, TABLES, Documents
from core.manifest.marked import columns, marks
from core.manifest.nearest import Suggestions
from core.manifest.node import Node
from core.manifest.resolver import Resolved

NESTED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "track": ("workflow", ("case_kinds", "tracks")),
    "action": ("workflow", ("case_kinds", "actions")),
    "status": ("registry", ("kinds", "statuses")),
}
"""Ids that are unique in their own list only, where a reference may mean any of them: kind → document, lists."""


class Definitions:
    """Known ids by kind. `None` for a kind: its file or a plugin is missing or broken, and nothing can be said."""

    def __init__(self, documents: Documents, broken: frozenset[str], resolved: Resolved) -> None:
        self.suggestions = Suggestions()
        self._known: dict[str, set[str]] = {}
        self._unknown: set[str] = set()
        for kind in KINDS:
            self._document(documents, kind, f"{kind}.yaml" in broken)
        for (kind, named_by), table in TABLES.items():
            self._table(documents, kind, named_by, table, broken)
        self._known["holidays"] = set(resolved.extensions.holidays)
        self._known.setdefault("code_list", set()).update(resolved.extensions.code_lists)
        if not resolved.whole:  # a plugin that cannot be used may be the one that has it
            self._unknown |= {"holidays", "code_list"}
        self._known["time_zone"] = available_timezones()
        self._known["level"] = {item.text for item in documents.root("categories")["levels"]}

    def known(self, kind: str) -> set[str] | None:
        """The ids of a kind, or None when they cannot be known."""
        return None if kind in self._unknown else self._known.get(kind, set())

    def _document(self, documents: Documents, kind: str, broken: bool) -> None:
        if broken:
            self._unknown |= DEFINED_IN[kind]
            return
        root = documents.root(kind)
        for mark in marks(kind, root):
            if mark.keyword == "x-defines":
                self._known.setdefault(mark.kind, set()).add(mark.text)
        for name, (document, lists) in NESTED.items():
            if document == kind:
                self._known[name] = {node["id"].text for node in _nested(root, lists)}
        if kind == "locality":
            self._known["number_parameter"] = self._known.get("parameter", set())

    def _table(self, documents: Documents, kind: str, named_by: str, table: str, broken: frozenset[str]) -> None:
        name = documents.file_named(kind, named_by)
        found = documents.table(kind, named_by)
        for column, defined in columns(table, "x-defines").items():
            if found is not None and column in found.columns:
                self._known.setdefault(defined, set()).update(row.values[column] for row in found)
            elif name or f"{kind}.yaml" in broken:
                self._unknown.add(defined)


def _nested(root: Node, lists: tuple[str, ...]) -> Iterable[Node]:
    nodes: list[Node] = [root]
    for name in lists:
        nodes = [item for node in nodes for item in node[name]]
    return nodes


DEFINED_IN: Mapping[str, set[str]] = {
    "locality": {"parameter", "number_parameter", "source", "holidays", "code_list"},
    "grid": {"tier", "area_kind", "grade", "overlay"},
    "roster": {"organisation", "team", "role", "post", "duty_mode"},
    "categories": {"code_list", "form", "checklist", "level"},
    "registry": {"object_kind", "status"},
    "workflow": {"channel", "severity", "case_kind", "intake_kind", "template", "track", "action"},
    "dispatch": {"pool"},
    "timers": {"calendar", "alert", "limit", "card"},
}
"""What cannot be known while a document is broken."""
