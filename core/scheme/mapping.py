"""Which codes of published lists a district's class stands for: its standard code, and that code in other generations.

What the district's own table of mappings says goes before what a plugin's list says, list by list. Labels are looked up
where the scheme has the list; a code is never guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from core.scheme.categories import Category, CodeList
from core.scheme.extensions import StandardClass, StandardList
from core.scheme.label import Label

GONE = "gone"
"""A relation of the district's table: the list has no such class any more."""
INVERSE = {"same": "same", "narrower": "broader", "broader": "narrower", "related": "related"}


@dataclass(frozen=True, slots=True)
class Mapped:
    """A code of a published list and what it is to the class; `label` and `kind` are None where the list is unknown."""

    list: str
    kind: str | None
    code: str
    relation: str
    label: Label | None


def find_class(found: StandardList, kind: str, code: str) -> StandardClass | None:
    """A code of a list for a district's class: of its own kind, or of another where the list knows no such kind."""
    exact = found.classes.get((kind, code))
    if exact is not None or any(of == kind for of, _ in found.classes):
        return exact
    return next((each for (_, known), each in found.classes.items() if known == code), None)


def mapped(codes: CodeList, lists: Mapping[str, StandardList], code: str) -> tuple[Mapped, ...]:
    """The standard code of a class first, then what it is in other lists, by list and code."""
    category = codes.categories[code]
    own = _of_district(codes, lists, category)
    said = {item.list for item in own} | _gone(codes, category)
    first = list(_standard(codes, lists, category))
    others = [item for item in _of_plugins(codes, lists, category) if item.list not in said]
    return (*first, *sorted((*own, *others), key=lambda item: (item.list, item.kind or "", item.code)))


def _standard(codes: CodeList, lists: Mapping[str, StandardList], category: Category) -> Iterator[Mapped]:
    if category.standard_code is not None:
        yield _named(lists, codes.standard, category.kind, category.standard_code, "same")


def _of_district(codes: CodeList, lists: Mapping[str, StandardList], category: Category) -> list[Mapped]:
    """Rows that begin at the class or its standard code, and rows that end there, read backwards."""
    here = {(codes.generation, category.code), (codes.standard, category.standard_code)}
    found = [
        _named(lists, row.to_list, category.kind, row.to_code, row.relation)
        for row in codes.mappings
        if (row.from_list, row.from_code) in here and row.relation != GONE
    ]
    return found + [
        _named(lists, row.from_list, category.kind, row.from_code, INVERSE[row.relation])
        for row in codes.mappings
        if (row.to_list, row.to_code) in here and row.relation != GONE
    ]


def _gone(codes: CodeList, category: Category) -> set[str]:
    here = {(codes.generation, category.code), (codes.standard, category.standard_code)}
    rows = (row for row in codes.mappings if row.relation == GONE)
    return {row.to_list for row in rows if (row.from_list, row.from_code) in here}


def _of_plugins(codes: CodeList, lists: Mapping[str, StandardList], category: Category) -> Iterator[Mapped]:
    listed = lists.get(codes.standard)
    found = find_class(listed, category.kind, category.standard_code) if listed and category.standard_code else None
    for row in listed.mappings if listed and found else ():
        if found and (row.from_kind, row.from_code) == (found.kind, found.code) and row.to_list != codes.standard:
            yield _named(lists, row.to_list, row.to_kind, row.to_code, row.relation)


def _named(lists: Mapping[str, StandardList], list: str, kind: str, code: str, relation: str) -> Mapped:
    known = find_class(lists[list], kind, code) if list in lists else None
    return Mapped(list, known.kind if known else None, code, relation, known.label if known else None)
