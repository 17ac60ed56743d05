"""registry.yaml with its table → Registry."""

from __future__ import annotations

from decimal import Decimal

from core.manifest.compile.values import file_origin, flag, label, labels, listed, optional, origin, row_label
from core.manifest.document import Row, Table
from core.manifest.node import Node
from core.scheme.registry import Inspection, ObjectKind, Registry, RegistryObject


def compile_registry(root: Node, objects: Table | None) -> Registry:
    """Kinds of object, and the objects with the columns that their kind declares."""
    inherited = file_origin(root)
    kinds = {item["id"].value: _kind(item, inherited) for item in root["kinds"]}
    compiled = {row.values["code"]: _object(row, kinds, inherited) for row in objects or ()}
    return Registry(kinds=kinds, objects=compiled)


def _kind(item: Node, inherited: str) -> ObjectKind:
    return ObjectKind(
        id=item["id"].value,
        label=label(item["label"].value),
        family=item["family"].value,
        statuses=labels(item["statuses"]),
        columns={column["id"].value: column["type"].value for column in item["columns"]},
        retired=frozenset(status["id"].value for status in item["statuses"] if status["retired"].value),
        categories=tuple(item["categories"].value or ()),
        qr=bool(item["qr"].value),
        inspection=_inspection(item["inspection"], origin(item, inherited)),
        origin=origin(item, inherited),
    )


def _inspection(item: Node, inherited: str) -> Inspection | None:
    if not item:
        return None
    return Inspection(
        every=int(item["every"].value),
        unit=item["unit"].value,
        post=item["post"].value,
        checklist=item["checklist"].value,
        intake=item["intake"].value,
        origin=origin(item, inherited),
    )


def _object(row: Row, kinds: dict[str, ObjectKind], inherited: str) -> RegistryObject:
    columns = kinds[row.values["kind"]].columns
    longitude, latitude = row.values.get("longitude", ""), row.values.get("latitude", "")
    return RegistryObject(
        code=row.values["code"],
        kind=row.values["kind"],
        label=row_label(row),
        cell=row.values["cell"],
        status=row.values["status"],
        point=(float(longitude), float(latitude)) if longitude and latitude else None,
        owner=optional(row, "owner"),
        maintainer=optional(row, "maintainer"),
        competent=optional(row, "competent"),
        values={name: _typed(row.values[name], kind) for name, kind in columns.items() if row.values.get(name)},
        origin=row.values.get("origin") or inherited,
    )


def _typed(text: str, kind: str) -> Decimal | bool | str | tuple[str, ...]:
    if kind in ("number", "integer"):
        return Decimal(text)
    if kind == "boolean":
        return flag(text)
    return listed(text) if kind == "list" else text
