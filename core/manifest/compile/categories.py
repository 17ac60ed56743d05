"""categories.yaml with its tables → CodeList."""

from __future__ import annotations

from typing import cast

from core.manifest.compile.forms import compile_form
from core.manifest.compile.values import file_origin, flag, label, number, optional, row_label
from core.manifest.document import Row, Table
from core.manifest.node import Node
from core.scheme.categories import Category, ClosingCondition, CodeList, FilingCondition, OwnMapping, Unit


def compile_categories(
    root: Node,
    classes: Table,
    filing_conditions: Table | None,
    closing_conditions: Table | None,
    mappings: Table | None,
    standard: str,
) -> CodeList:
    """The code list with its filing and closing conditions, forms and mappings. `standard` is the published list."""
    inherited = file_origin(root)
    return CodeList(
        generation=root["generation"].value,
        version=root["version"].value,
        levels=tuple(root["levels"].value),
        categories=_classes(classes, inherited),
        filing_conditions=_filing_conditions(filing_conditions, inherited) if filing_conditions else {},
        closing_conditions=_closing_conditions(closing_conditions, inherited) if closing_conditions else {},
        forms={form["id"].value: compile_form(form["schema"].value) for form in root["forms"]},
        form_labels={form["id"].value: label(form["label"].value) for form in root["forms"]},
        standard=standard,
        mappings=tuple(_mapping(row, inherited) for row in mappings or ()),
    )


def _mapping(row: Row, inherited: str) -> OwnMapping:
    return OwnMapping(
        from_list=row.values["from_generation"],
        from_code=row.values["from_code"],
        to_list=row.values["to_generation"],
        to_code=row.values.get("to_code", ""),
        relation=row.values["relation"],
        origin=row.values.get("origin") or inherited,
    )


def _classes(table: Table, inherited: str) -> dict[str, Category]:
    return {
        row.values["code"]: Category(
            code=row.values["code"],
            parent=optional(row, "parent"),
            level=row.values["level"],
            kind=row.values["kind"],
            label=row_label(row),
            case_kind=optional(row, "case_kind"),
            form=optional(row, "form"),
            severity=optional(row, "severity"),
            confidential=flag(row.values.get("confidential", "")),
            standard_code=optional(row, "standard_code"),
            organisation=optional(row, "organisation"),
            origin=row.values.get("origin") or inherited,
        )
        for row in table
    }


def _filing_conditions(table: Table, inherited: str) -> dict[str, FilingCondition]:
    return {
        row.values["id"]: FilingCondition(
            id=row.values["id"],
            category=row.values["category"],
            label=row_label(row),
            grade=optional(row, "grade"),
            amount=number(row.values["amount"]) if row.values.get("amount") else None,
            unit=cast(Unit | None, optional(row, "unit")),
            closing_condition=optional(row, "closing_condition"),
            of=optional(row, "of"),
            origin=row.values.get("origin") or inherited,
        )
        for row in table
    }


def _closing_conditions(table: Table, inherited: str) -> dict[str, ClosingCondition]:
    return {
        row.values["id"]: ClosingCondition(
            id=row.values["id"],
            category=row.values["category"],
            label=row_label(row),
            evidence=optional(row, "evidence"),
            origin=row.values.get("origin") or inherited,
        )
        for row in table
    }
