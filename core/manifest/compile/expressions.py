"""Every expression of a manifest, compiled once against the names that hold where it stands.

Runs before the scheme is built, so that all faults of all expressions are found in one pass. What a name means is not
decided here (`core.expression.names`), only which facts, inputs, tasks and parameters exist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from core.errors import Finding, Place
from core.expression import Expression, ExpressionFaults, ExpressionType, compile_expression, names_for
from core.manifest.compile.forms import asked
from core.manifest.compile.vocabulary import Vocabulary, vocabularies
from core.manifest.document import Row
from core.manifest.documents import Documents
from core.manifest.node import Node
from core.manifest.source import Source

Key = tuple[str, tuple[str | int, ...]]


@dataclass(frozen=True)
class Expressions:
    """Compiled expressions by where they stand."""

    compiled: Mapping[Key, Expression] = field(default_factory=dict)

    def at(self, node: Node) -> Expression | None:
        """The expression that stands at a node, or None where there is none."""
        return self.compiled[node.document.file, node.path] if node else None

    def in_row(self, row: Row, column: str) -> Expression | None:
        """The expression in a cell of a table, or None where the cell is empty."""
        return self.compiled[row.table, (row.index, column)] if row.values.get(column) else None


@dataclass(frozen=True, slots=True)
class _Written:
    """One expression as it stands in the text, with the names that it may use."""

    key: Key
    source: str
    place: Place
    names: Vocabulary
    result: ExpressionType = "boolean"


def compile_expressions(documents: Documents, source: Source) -> tuple[Expressions, list[Finding]]:
    """Compile every guard, condition and value; each fault is a finding at its own line and column."""
    texts = {name: source.files[name].decode("utf-8", "replace").split("\n") for name in documents.files}
    compiled: dict[Key, Expression] = {}
    findings: list[Finding] = []
    known: dict[tuple[str, Vocabulary, ExpressionType], Expression] = {}
    for written in _all(documents):
        same = (written.source, written.names, written.result)
        if same in known:
            compiled[written.key] = known[same]
            continue
        try:
            names = names_for(**written.names.arguments())
            found = compile_expression(written.source, names=names, result=written.result)
        except ExpressionFaults as faults:
            for fault in faults.faults:
                place = _shifted(written.place, fault.column, texts[written.place.file])
                findings.append(Finding(fault.code, "error", place, fault.params))
        else:
            compiled[written.key] = known[same] = found
    return Expressions(compiled), findings


def _shifted(place: Place, column: int, lines: list[str]) -> Place:
    """The place of a fault inside a scalar on one line; a block scalar keeps the place of its first character."""
    line = lines[place.line - 1] if 0 < place.line <= len(lines) else ""
    first = line[place.column - 1 : place.column]
    if first in ("|", ">", ""):
        return place
    quote = 1 if first in ("'", '"') else 0
    return replace(place, column=place.column + quote + column - 1)


def _all(documents: Documents) -> Iterator[_Written]:
    kinds, anywhere = vocabularies(documents)
    checklists = {item["id"].text: item for item in documents.root("categories")["checklists"]}
    yield from _workflow(documents.root("workflow"), checklists, kinds)
    timers, dispatch = documents.root("timers"), documents.root("dispatch")
    for items in (
        timers["limits"],
        timers["cadences"],
        timers["ladders"],
        dispatch["co_handlers"],
        dispatch["act_first"],
    ):
        yield from _scopes(items, kinds, anywhere)
    for row in documents.table("dispatch", "rules") or ():
        text = row.values.get("when", "")
        if text:
            only = row.values.get("case_kind", "")
            yield _Written((row.table, (row.index, "when")), text, row.place("when"), kinds.get(only, anywhere))


def _workflow(root: Node, checklists: Mapping[str, Node], kinds: Mapping[str, Vocabulary]) -> Iterator[_Written]:
    for case_kind in root["case_kinds"]:
        names = kinds[case_kind["id"].text]
        for action in case_kind["actions"]:
            own = names.with_inputs(asked(action, checklists))
            yield from _written(action["guard"], own)
            for effect in action["effects"]:
                for _, arguments in effect.entries():
                    yield from _written(arguments["when"], own)
                fact = effect["set_fact"]
                yield from _written(fact["expression"], own, names.fact_type(fact["fact"].text))
        for reaction in case_kind["reactions"]:
            yield from _written(reaction["when"], names)


def _scopes(items: Node, kinds: Mapping[str, Vocabulary], anywhere: Vocabulary) -> Iterator[_Written]:
    for item in items:
        only = item["scope"]["case_kinds"].value or []
        names = kinds.get(only[0], anywhere) if len(only) == 1 else anywhere
        yield from _written(item["scope"]["when"], names)


def _written(node: Node, names: Vocabulary, result: ExpressionType = "boolean") -> Iterator[_Written]:
    if node.text:
        yield _Written((node.document.file, node.path), node.text, node.place(), names, result)
