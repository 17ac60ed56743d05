"""The published code lists that a scheme uses, as its plugins carried them when it was published. Changes nothing."""

from __future__ import annotations

from typing import Any

from core.casework.office import Office, situation_of
from core.casework.paging import Entries, page
from core.casework.requests import Answer, Principal
from core.casework.views import label
from core.errors import NotFound
from core.scheme.mapping import Mapped
from core.scheme.situation import Situation
from core.store import Reading


def mapped_view(item: Mapped) -> dict[str, Any]:
    """A code of a published list as an answer shows it."""
    named = {"list": item.list, "kind": item.kind, "code": item.code, "relation": item.relation}
    return named | {"label": label(item.label, item.code)}


def list_code_lists(office: Office, locality: str, who: Principal) -> Answer:
    """The published code lists that the scheme uses, as its plugins carried them when it was published."""
    with office.store.read(locality) as reading:
        today = situation_of(office, reading, who, office.clock.now()).today
    found = [
        {
            "id": item.id,
            "label": label(item.label, item.id),
            "source": item.source,
            "classes": len(item.classes),
            "mapped_to": sorted({mapping.to_list for mapping in item.mappings} - {item.id}),
        }
        for item in today.extensions.code_lists.values()
    ]
    return Answer(200, {"code_lists": found})


def list_standard_classes(
    office: Office,
    locality: str,
    who: Principal,
    code_list: str,
    cursor: str | None = None,
    limit: int = 20,
    kind: str | None = None,
    q: str | None = None,
) -> Answer:
    """The classes of a published list; `q` restricts to those with that text in their code or in a label."""
    sought = (q or "").casefold()

    def entries(situation: Situation, _: Reading) -> Entries:
        found = situation.today.extensions.code_lists.get(code_list)
        if found is None:
            raise NotFound("code-list-unknown", value=code_list)
        mappings: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in found.mappings:
            to = {"list": row.to_list, "kind": row.to_kind, "code": row.to_code, "relation": row.relation}
            mappings.setdefault((row.from_kind, row.from_code), []).append(to)
        for item in found.classes.values():
            words = (item.code, *item.label.as_dict().values())
            if kind in (None, item.kind) and any(sought in word.casefold() for word in words):
                yield {
                    "code": item.code,
                    "kind": item.kind,
                    "label": label(item.label, item.code),
                    "parent": item.parent,
                    "mappings": mappings.get((item.kind, item.code), []),
                }

    return page(office, locality, who, {"standard": [code_list, kind, sought]}, cursor, limit, entries)
