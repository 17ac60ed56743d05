"""locality.yaml → Locality."""

from __future__ import annotations

from core.manifest.compile.values import file_origin, label, number, origin, plain
from core.manifest.node import Node
from core.scheme.scheme import Locality, Parameter

CONTACT_DAYS = 180
"""Days that contact data is kept when the district says nothing."""


def compile_locality(root: Node) -> Locality:
    """Identity, parameters, sources and settlements of a district."""
    return Locality(
        id=root["id"].value,
        label=label(root["label"].value),
        area_code=root["area_code"].value,
        time_zone=root["time_zone"].value,
        coordinate_system=root["coordinate_system"].value,
        languages=tuple(root["languages"].value),
        case_number=root["case_number"].value,
        parameters=compile_parameters(root),
        sources={source["id"].value: label(source["label"].value) for source in root["sources"]},
        settlements=tuple(plain(settlement.value) for settlement in root["settlements"]),
        contact_retention_days=int(root["retention"]["contact_days"].value or CONTACT_DAYS),
    )


def compile_parameters(root: Node) -> dict[str, Parameter]:
    """The district's parameters by id; numbers are exact."""
    inherited = file_origin(root)
    return {
        item["id"].value: Parameter(
            id=item["id"].value,
            label=label(item["label"].value),
            value=item["value"].value if isinstance(item["value"].value, bool | str) else number(item["value"].value),
            unit=item["unit"].text,
            origin=origin(item, inherited),
        )
        for item in root["parameters"]
    }
