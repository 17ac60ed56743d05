"""Which facts, inputs, tracks, tasks, counters and parameters an expression may name, by where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from core.expression import ExpressionType
from core.manifest.compile.forms import fact_types, fields
from core.manifest.documents import Documents
from core.manifest.node import Node

Types = tuple[tuple[str, ExpressionType], ...]
"""Names with their expression types, sorted: hashable, so that equal vocabularies share their compilations."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What exists in one case kind, or in all of them together."""

    tracks: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    counts: tuple[str, ...] = ()
    facts: Types = ()
    inputs: Types = ()
    parameters: Types = ()
    approvals: tuple[str, ...] = ()
    overlays: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """As `core.expression.names_for` takes them."""
        return {
            "tracks": self.tracks,
            "tasks": self.tasks,
            "counters": self.counts,
            "facts": dict(self.facts),
            "inputs": dict(self.inputs),
            "parameters": dict(self.parameters),
            "approvals": self.approvals,
            "overlays": self.overlays,
        }

    def with_inputs(self, schema: Mapping[str, Any] | None) -> Vocabulary:
        """These names and the fields of an action's form."""
        return replace(self, inputs=_types(fields(schema)))

    def fact_type(self, fact: str) -> ExpressionType:
        """The type that a fact's value must have; boolean for a fact that is not declared."""
        return dict(self.facts).get(fact, "boolean")


def vocabularies(documents: Documents) -> tuple[dict[str, Vocabulary], Vocabulary]:
    """The vocabulary of each case kind, and the one that holds for a case of any kind."""
    parameters = _types(
        {item["id"].text: _parameter_type(item["value"].value) for item in documents.root("locality")["parameters"]}
    )
    forms = _form_facts(documents)
    overlays = _named(overlay["id"] for overlay in documents.root("grid")["overlays"])
    kinds = {
        item["id"].text: replace(_of_kind(item, forms, parameters), overlays=overlays)
        for item in documents.root("workflow")["case_kinds"]
    }
    return kinds, replace(_any_of(kinds.values(), parameters), overlays=overlays)


def _of_kind(item: Node, forms: Mapping[str, dict[str, ExpressionType]], parameters: Types) -> Vocabulary:
    """Counters are those that are counted up, and what the engine counts by itself."""
    effects = [effect for action in item["actions"] for effect in action["effects"]]
    facts = {**forms.get("", {}), **forms.get(item["id"].text, {}), **fact_types(item)}
    return Vocabulary(
        tracks=_named(track["id"] for track in item["tracks"]),
        tasks=_named(
            (
                *(effect["open_task"]["task"] for effect in effects),
                *(action["joint"]["task"] for action in item["actions"]),
            )
        ),
        counts=tuple(sorted({*_named(effect["count"]["counter"] for effect in effects), *_own_counters(item)})),
        approvals=_named(effect["request_approval"]["approval"] for effect in effects),
        facts=_types(facts),
        parameters=parameters,
    )


def _any_of(kinds: Iterable[Vocabulary], parameters: Types) -> Vocabulary:
    """All names together; a fact that two kinds give different types belongs to neither."""
    kinds = tuple(kinds)
    facts: dict[str, ExpressionType] = {}
    disputed = set()
    for name, kind in (fact for vocabulary in kinds for fact in vocabulary.facts):
        if facts.setdefault(name, kind) != kind:
            disputed.add(name)
    return Vocabulary(
        tracks=tuple(sorted({name for kind in kinds for name in kind.tracks})),
        tasks=tuple(sorted({name for kind in kinds for name in kind.tasks})),
        counts=tuple(sorted({name for kind in kinds for name in kind.counts})),
        approvals=tuple(sorted({name for kind in kinds for name in kind.approvals})),
        facts=_types({name: kind for name, kind in facts.items() if name not in disputed}),
        parameters=parameters,
    )


def _own_counters(item: Node) -> list[str]:
    return [
        *(["recurrences"] if item["recurrence"] else []),
        *(["photo_doubts"] if item["photo_check"] else []),
    ]


def _form_facts(documents: Documents) -> dict[str, dict[str, ExpressionType]]:
    """Fields of the classes' forms by case kind; "" for classes that name no kind."""
    forms = {form["id"].text: fields(form["schema"].value) for form in documents.root("categories")["forms"]}
    found: dict[str, dict[str, ExpressionType]] = {}
    for row in documents.table("categories", "classes") or ():
        form = forms.get(row.values.get("form", ""))
        if form:
            found.setdefault(row.values.get("case_kind", ""), {}).update(form)
    return found


def _parameter_type(value: Any) -> ExpressionType:
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | Decimal) else "text"


def _named(nodes: Iterable[Node]) -> tuple[str, ...]:
    return tuple(sorted({node.text for node in nodes if node.text}))


def _types(types: Mapping[str, ExpressionType]) -> Types:
    return tuple(sorted(types.items()))
