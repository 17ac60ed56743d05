"""The data that plugins add to a scheme: the part that a manifest uses, and its form in the lock of a revision.

A lock holds the data itself, so that a published revision means the same for ever, whatever is installed later.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from datetime import date
from typing import Any

from core.manifest.documents import KINDS, TABLES, Documents
from core.manifest.marked import columns, marks
from core.scheme.extensions import CodeMapping, Extensions, Holidays, StandardClass, StandardList
from core.scheme.label import Label

STANDARD = "standard:"


def used(documents: Documents, extensions: Extensions) -> Extensions:
    """The extensions with only the holidays and code lists that the documents name, and the lists that those are mapped
    to; functions stay as they are."""
    named = set(_named(documents))
    lists = {id: found for id, found in extensions.code_lists.items() if ("code_list", id) in named}
    reached = {mapping.to_list for found in lists.values() for mapping in found.mappings}
    return replace(
        extensions,
        holidays={id: found for id, found in extensions.holidays.items() if ("holidays", id) in named},
        code_lists={id: found for id, found in extensions.code_lists.items() if id in lists.keys() | reached},
    )


def _named(documents: Documents) -> Iterator[tuple[str, str]]:
    """Kind and id of everything that documents and tables refer to or define, origins by the list that they name."""
    for kind in KINDS:
        for mark in marks(kind, documents.root(kind)):
            yield (mark.kind, mark.text) if mark.kind != "origin" else ("code_list", mark.text.removeprefix(STANDARD))
    for (kind, named_by), name in TABLES.items():
        table = documents.table(kind, named_by)
        for column, refers_to in columns(name, "x-reference").items() if table else ():
            for text in {row.values.get(column, "") for row in table or ()}:
                yield ("code_list", text.removeprefix(STANDARD)) if refers_to == "origin" else (refers_to, text)


def written(extensions: Extensions) -> dict[str, Any]:
    """The data and the versions as JSON, the same for equal extensions. Functions are left out."""
    return {
        "versions": dict(sorted(extensions.versions.items())),
        "holidays": {id: _holidays(item) for id, item in sorted(extensions.holidays.items())},
        "code_lists": {id: _code_list(item) for id, item in sorted(extensions.code_lists.items())},
    }


def read(data: Mapping[str, Any]) -> Extensions:
    """The extensions that `written` wrote; none for a revision that was published without plugins."""
    return Extensions(
        versions=dict(data.get("versions", {})),
        holidays={id: _read_holidays(item) for id, item in data.get("holidays", {}).items()},
        code_lists={id: _read_code_list(item) for id, item in data.get("code_lists", {}).items()},
    )


def _holidays(item: Holidays) -> dict[str, Any]:
    return {
        "id": item.id,
        "label": asdict(item.label),
        "closed": sorted(day.isoformat() for day in item.closed),
        "open": sorted(day.isoformat() for day in item.open),
        "announced": sorted(item.announced),
        "source": item.source,
    }


def _read_holidays(data: Mapping[str, Any]) -> Holidays:
    return Holidays(
        id=data["id"],
        label=Label(**data["label"]),
        closed=frozenset(map(date.fromisoformat, data["closed"])),
        open=frozenset(map(date.fromisoformat, data["open"])),
        announced=frozenset(data["announced"]),
        source=data["source"],
    )


def _code_list(item: StandardList) -> dict[str, Any]:
    return {
        "id": item.id,
        "label": asdict(item.label),
        "classes": [asdict(item.classes[key]) for key in sorted(item.classes)],
        "mappings": [asdict(mapping) for mapping in item.mappings],
        "source": item.source,
    }


def _read_code_list(data: Mapping[str, Any]) -> StandardList:
    classes = (StandardClass(**{**each, "label": Label(**each["label"])}) for each in data["classes"])
    return StandardList(
        id=data["id"],
        label=Label(**data["label"]),
        classes={(each.kind, each.code): each for each in classes},
        mappings=tuple(CodeMapping(**each) for each in data["mappings"]),
        source=data["source"],
    )
