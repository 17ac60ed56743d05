"""Parents that lead back to where one began: cells, classes, organisations, stand-ins, and reactions."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from core.errors import Finding, Place
from core.manifest.documents import Documents
from core.manifest.node import Node
from core.manifest.references.definitions import Definitions

Edges = Mapping[str, tuple[tuple[str, Callable[[], Place]], ...]]
"""From a name to the names that it leads to, each with where that is said."""


def check_cycles(documents: Documents, definitions: Definitions) -> Iterator[Finding]:
    """Each circle once, at the place that is read first."""
    roster = documents.root("roster")
    yield from _report("reference-cycle", _parents(documents, "grid", "cells"))
    yield from _report("reference-cycle", _parents(documents, "categories", "classes"))
    yield from _report("reference-cycle", _links(roster["organisations"], "parent"))
    yield from _report("reference-cycle", _links(roster["posts"], "fallback"))
    for case_kind in documents.root("workflow")["case_kinds"]:
        yield from _report("reference-reaction-cycle", _reactions(case_kind))


def _parents(documents: Documents, kind: str, named_by: str) -> Edges:
    table = documents.table(kind, named_by)
    if table is None or "parent" not in table.columns:
        return {}
    return {
        row.values["code"]: ((row.values["parent"], lambda row=row: row.place("parent")),)  # type: ignore[misc]
        for row in table
        if row.values["parent"]
    }


def _links(items: Node, name: str) -> Edges:
    return {item["id"].text: ((item[name].text, item[name].place),) for item in items if item[name].text}


def _reactions(case_kind: Node) -> Edges:
    edges: dict[str, tuple[tuple[str, Callable[[], Place]], ...]] = {}
    for reaction in case_kind["reactions"]:
        after = reaction["after"].text
        edges[after] = (*edges.get(after, ()), (reaction["action"].text, reaction["action"].place))
    return edges


def _report(code: str, edges: Edges) -> Iterator[Finding]:
    for cycle, place in find_cycles(edges):
        yield Finding(code, "error", place, {"cycle": " → ".join((*cycle, cycle[0]))})


def find_cycles(edges: Edges) -> Iterator[tuple[tuple[str, ...], Place]]:
    """Each circle with the place of the step that closes it. Depth-first, without recursion; every name once."""
    done: set[str] = set()
    for start in edges:
        if start in done:
            continue
        trail, standing = [start], {start}
        steps = [iter(edges[start])]
        while steps:
            step = next(steps[-1], None)
            if step is None:
                steps.pop()
                standing.discard(trail[-1])
                done.add(trail.pop())
                continue
            name, place = step
            if name in standing:
                yield tuple(trail[trail.index(name) :]), place()
            elif name in edges and name not in done:
                trail.append(name)
                standing.add(name)
                steps.append(iter(edges[name]))
