"""Names inside a case kind: stages of a track, actions, tasks, facts, fields of a form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.errors import Finding
from core.manifest.compile.forms import asked, fact_types
from core.manifest.documents import Documents
from core.manifest.node import Node
from core.manifest.references.definitions import Definitions
from core.manifest.references.uses import unknown


@dataclass(frozen=True, slots=True)
class _Kind:
    """What exists in one case kind."""

    tracks: dict[str, set[str]]
    actions: set[str]
    openings: set[str]
    tasks: set[str]
    facts: Mapping[str, str]


def check_workflow(documents: Documents, definitions: Definitions) -> Iterator[Finding]:
    """Actions, reactions and intake kinds; then the limits that act on case kinds."""
    root = documents.root("workflow")
    checklists = {item["id"].text: item for item in documents.root("categories")["checklists"]}
    kinds = {item["id"].text: _kind(item) for item in root["case_kinds"]}
    for item in root["case_kinds"]:
        kind = kinds[item["id"].text]
        for action in item["actions"]:
            yield from _action(action, kind, checklists, definitions)
        for reaction in item["reactions"]:
            yield from _known(definitions, "action", reaction["after"], kind.actions)
            yield from _known(definitions, "action", reaction["action"], kind.actions)
    for intake in root["intake_kinds"]:
        if intake["case_kind"].text in kinds:
            yield from _opening(intake["opening"], kinds[intake["case_kind"].text], definitions)
    for limit in documents.root("timers")["limits"]:
        yield from _limit(limit, kinds, definitions)


def _kind(item: Node) -> _Kind:
    return _Kind(
        tracks={track["id"].text: {stage["id"].text for stage in track["stages"]} for track in item["tracks"]},
        actions={action["id"].text for action in item["actions"]},
        openings={action["id"].text for action in item["actions"] if action["opens"].value is True},
        tasks={
            effect["open_task"]["task"].text
            for action in item["actions"]
            for effect in action["effects"]
            if effect["open_task"]
        }
        | {action["joint"]["task"].text for action in item["actions"] if action["joint"]},
        facts=fact_types(item),
    )


def _opening(opening: Node, kind: _Kind, definitions: Definitions) -> Iterator[Finding]:
    """An intake kind comes in by an action that opens a case."""
    yield from _known(definitions, "action", opening, kind.actions)
    if opening.text in kind.actions - kind.openings:
        params = {"name": opening.text, "options": " | ".join(sorted(kind.openings)) or "–"}
        yield Finding("reference-opening-not-opening", "error", opening.place(), params)


def _action(action: Node, kind: _Kind, checklists: Mapping[str, Node], definitions: Definitions) -> Iterator[Finding]:
    track = action["track"]
    yield from _known(definitions, "track", track, set(kind.tracks))
    if track.text in kind.tracks:
        stages = kind.tracks[track.text]
        for source in action["from"]:
            yield from _known(definitions, "stage", source, stages)
        yield from _known(definitions, "stage", action["to"], stages)
    fields = set(asked(action, checklists).get("properties", ()))
    for required in action["inputs"]["required"]:
        yield from _known(definitions, "field", required, fields)
    for effect in action["effects"]:
        for name, arguments in effect.entries():
            yield from _effect(name, arguments, kind, fields, definitions)
    yield from _known(definitions, "task", action["joint"]["task"], kind.tasks)
    for node in (action["joint"]["lead"], *action["joint"]["members"]):
        yield from _target(node, kind, fields, definitions)


def _effect(name: str, arguments: Node, kind: _Kind, fields: set[str], definitions: Definitions) -> Iterator[Finding]:
    named = [arguments["input"], arguments["category_input"]]
    if name == "correct":
        named += [arguments["category"], arguments["cell"], arguments["filing_condition"]]
    for field in named:
        yield from _known(definitions, "field", field, fields)
    yield from _known(definitions, "fact", arguments["fact"], set(kind.facts))
    yield from _fact_value(arguments, kind)
    for target in (arguments["target"], *arguments["co_targets"]):
        yield from _target(target, kind, fields, definitions)
    if name in ("assign_task", "close_task"):
        yield from _known(definitions, "task", arguments["task"], kind.tasks)
    if name == "move":
        track = arguments["track"]
        yield from _known(definitions, "track", track, set(kind.tracks))
        yield from _known(definitions, "stage", arguments["stage"], kind.tracks.get(track.text))


def _fact_value(arguments: Node, kind: _Kind) -> Iterator[Finding]:
    """A constant that is set has to be of the fact's type."""
    value, expected = arguments["value"], kind.facts.get(arguments["fact"].text)
    if value and expected and expected != _type(value.value):
        params = {"name": arguments["fact"].text, "type": expected, "value": str(value.value)}
        yield Finding("reference-value-not-of-type", "error", value.place(), params)


def _type(value: object) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "text" if isinstance(value, str) else "number"


def _target(target: Node, kind: _Kind, fields: set[str], definitions: Definitions) -> Iterator[Finding]:
    yield from _known(definitions, "field", target["input"], fields)
    yield from _known(definitions, "task", target["task"], kind.tasks)
    yield from _known(definitions, "task", target["post_of_task"]["task"], kind.tasks)


def _limit(limit: Node, kinds: dict[str, _Kind], definitions: Definitions) -> Iterator[Finding]:
    """A limit's track and actions have to be found in the case kinds that it is for."""
    scoped = [kinds[name.text] for name in limit["scope"]["case_kinds"] if name.text in kinds]
    if not scoped:
        return
    for kind, node, known in (
        ("track", limit["track"], {name for each in scoped for name in each.tracks}),
        *(
            ("action", node, {name for each in scoped for name in each.actions})
            for node in (*(reach["action"] for reach in limit["reaches"]), limit["suspension"]["action"])
        ),
        ("task", limit["task"], {name for each in scoped for name in each.tasks}),
    ):
        anywhere = definitions.known(kind)
        if kind == "task" or (anywhere and node.text in anywhere):  # otherwise it is reported as unknown already
            yield from _known(definitions, kind, node, known)


def _known(definitions: Definitions, kind: str, node: Node, known: set[str] | None) -> Iterator[Finding]:
    if known is not None and node.text and node.text not in known:
        yield unknown(definitions, kind, node.text, node.place(), known)
