"""Features, places and faults of GeoJSON text."""

import json
from typing import Any

import pytest

from core.manifest.document import Document
from core.manifest.geojson_text import read_geojson

RING = [[108.5, 34.25], [108.75, 34.25], [108.75, 34.5], [108.5, 34.25]]


def feature(code: Any = "0101", kind: str = "Polygon", coordinates: Any = None, **properties: Any) -> dict[str, Any]:
    geometry = {"type": kind, "coordinates": [RING] if coordinates is None else coordinates}
    return {"type": "Feature", "properties": {"code": code, **properties}, "geometry": geometry}


def read(*features: Any, **members: Any) -> tuple[Document | None, list[str]]:
    collection = {"type": "FeatureCollection", **members, "features": list(features)}
    document, findings = read_geojson("cells.geojson", json.dumps(collection).encode())
    return document, [f"{finding.code} {finding.place.path}" for finding in findings]


def test_values_and_places_of_features() -> None:
    one, two = (json.dumps(feature(code, name="底张"), ensure_ascii=False) for code in ("0101", "0102"))
    text = f'{{"name": "网格", "type": "FeatureCollection", "features": [{one},\n\n   {two}], "bbox": [1, 2.5]}}\r\n'
    document, findings = read_geojson("cells.geojson", text.encode())
    assert findings == []
    assert document is not None
    assert document.value == json.loads(text)
    assert document.positions == {(): (1, 1), ("features", 0): (1, 58), ("features", 1): (3, 4)}
    assert str(document.place(("features", 1, "geometry"))) == "cells.geojson:3:4 $.features[1].geometry"


def test_a_polygon_with_a_hole_and_a_multipolygon_with_heights() -> None:
    high = [[*point, 400] for point in RING]
    document, codes = read(
        feature(coordinates=[RING, RING]), feature(kind="MultiPolygon", coordinates=[[high], [RING]])
    )
    assert codes == []
    assert document is not None


def test_an_empty_collection() -> None:
    document, codes = read()
    assert document is not None
    assert codes == []


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (feature(code=101), "geojson-no-code $.features[0].properties.code"),
        (feature(code="  "), "geojson-no-code $.features[0].properties.code"),
        (feature(kind="Point"), "geojson-not-polygon $.features[0].geometry"),
        (feature(kind="MultiPolygon"), "geojson-ring $.features[0].geometry.coordinates[0][0]"),
        (feature(coordinates=[]), "geojson-ring $.features[0].geometry.coordinates"),
        (feature(coordinates=[RING[:3]]), "geojson-ring $.features[0].geometry.coordinates[0]"),
        (feature(coordinates=[[*RING, [0, 0]]]), "geojson-ring $.features[0].geometry.coordinates[0]"),
        (
            feature(coordinates=[[[True, 0], *RING[1:3], [True, 0]]]),
            "geojson-ring $.features[0].geometry.coordinates[0]",
        ),
        (feature(coordinates=[[[1], *RING[1:3], [1]]]), "geojson-ring $.features[0].geometry.coordinates[0]"),
        (feature(note="\ud800"), "text-control-character $.features[0]"),
        (feature(note=["x", {"\u0000": 1}]), "text-control-character $.features[0]"),
        ({"type": "Feature"}, "geojson-no-code $.features[0].properties.code"),
        (None, "geojson-not-feature $.features[0]"),
    ],
)
def test_a_feature_that_is_no_cells_area(item: Any, expected: str) -> None:
    document, codes = read(item)
    assert document is None
    assert expected in codes


def test_of_a_repeated_key_the_first_stands() -> None:
    text = json.dumps({"type": "FeatureCollection", "features": [feature()]}).replace(
        '"code": "0101"', '"code": "0101", "code": "0102"'
    )
    document, findings = read_geojson("cells.geojson", text.encode())
    assert [finding.code for finding in findings] == ["geojson-duplicate-key"]
    assert document is not None
    assert document.value["features"][0]["properties"] == {"code": "0101"}


def test_members_of_the_collection_are_checked_too() -> None:
    deep: Any = "x"
    for _ in range(40):
        deep = [deep]
    assert read(crs=deep) == (None, ["geojson-too-deep $"])
    assert read(name="\u0000") == (None, ["text-control-character $"])


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"type": "FeatureCollection"\n "features": []}', 2, 2),
        ('{"type": "FeatureCollection", "features": [] }\n}', 2, 1),
        ("{\n type: 1}", 2, 2),
        ('{"网格": "格", "type" 1}', 1, 20),
        ('{"features": [{"a": 1} {}]}', 1, 24),
        ("", 1, 1),
    ],
)
def test_the_place_of_a_syntax_fault(text: str, line: int, column: int) -> None:
    document, findings = read_geojson("cells.geojson", text.encode())
    assert document is None
    assert [finding.code for finding in findings] == ["geojson-syntax"]
    assert (findings[0].place.line, findings[0].place.column) == (line, column)
