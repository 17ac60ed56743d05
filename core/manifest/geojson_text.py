"""GeoJSON text → Document: the polygons of cells, each with the place of its feature.

Checks that the text is a FeatureCollection of polygons that carry a cell's code; whether the polygons make sense
together is for later passes. Numbers are floats here, since coordinates are measurements. Never raises for a text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from core.errors import Finding
from core.manifest.document import Document, Path
from core.manifest.plain_text import Findings, decode, position_of

DEEPEST = 32
LONGEST_INTEGER = 18  # characters
_SPACE = re.compile(r"[ \t\n]*")
_UNENCODABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_RINGS = {"Polygon": 1, "MultiPolygon": 2}  # how many lists stand around a ring


def read_geojson(file: str, data: bytes) -> tuple[Document | None, list[Finding]]:
    """The document of one GeoJSON file and what is wrong with it; None unless every feature can be a cell's area.

    `positions` has the root and each feature (`("features", 3)`).
    """
    findings = Findings(file)
    text = decode(data, findings)
    if text is None:
        return None, findings.all()
    reader = _Reader(text, findings)
    try:
        value = reader.read()
    except json.JSONDecodeError as error:
        position = position_of(text, error.pos)
        findings.add("geojson-syntax", position, reader.path, problem=error.msg)
        return None, findings.all()
    except RecursionError:
        findings.add("geojson-too-deep", reader.position, reader.path, limit=DEEPEST)
        return None, findings.all()
    if value is None:
        findings.add("geojson-not-collection", reader.position)
        return None, findings.all()
    document = Document(file, value, reader.positions)
    whole = _check_nesting({**value, "features": None}, (), reader.positions[()], findings)
    for index, feature in enumerate(value["features"]):
        path: Path = ("features", index)
        whole &= _check_feature(feature, path, reader.positions[path], findings)
    return (document if whole else None), findings.all()


class _Reader:
    """Walks the outermost object itself, so that the place of each feature is known; json decodes the rest."""

    def __init__(self, text: str, findings: Findings) -> None:
        self.text = text
        self.findings = findings
        self.path: Path = ()
        self.positions: dict[Path, tuple[int, int]] = {}
        self._at = 0
        self._counted = (0, 1, 0)  # an offset, its line and where that begins, so that lines are counted once
        self._decoder = json.JSONDecoder(
            object_pairs_hook=self._object,
            parse_constant=self._number,
            parse_float=self._number,
            parse_int=self._number,
        )

    @property
    def position(self) -> tuple[int, int]:
        return self.positions.get(self.path, (1, 1))

    def read(self) -> dict[str, Any] | None:
        """The collection, or None when the text is JSON of another kind. Raises JSONDecodeError, RecursionError."""
        self._skip()
        self._mark()
        if not self._next("{"):
            self._value()
            return self._end(None)
        pairs: list[tuple[str, Any]] = []
        while not self._next("}"):
            if pairs and not self._next(","):
                raise self._expected("',' or '}'")
            if not self.text.startswith('"', self._at):
                raise self._expected("a name in double quotes")
            name = self._value()
            if not self._next(":"):
                raise self._expected("':'")
            pairs.append((name, self._features() if name == "features" else self._value()))
        value = self._object(pairs)
        features = value.get("features")
        whole = value.get("type") == "FeatureCollection" and isinstance(features, list)
        return self._end(value if whole else None)

    def _features(self) -> Any:
        if not self._next("["):
            return self._value()
        features: list[Any] = []
        while not self._next("]"):
            if features and not self._next(","):
                raise self._expected("',' or ']'")
            self.path = ("features", len(features))
            self._mark()
            features.append(self._value())
        self.path = ()
        return features

    def _end(self, value: dict[str, Any] | None) -> dict[str, Any] | None:
        if self._at != len(self.text):
            raise self._expected("the end of the file")
        return value

    def _value(self) -> Any:
        value, self._at = self._decoder.raw_decode(self.text, self._at)
        self._skip()
        return value

    def _next(self, sign: str) -> bool:
        found = self.text.startswith(sign, self._at)
        if found:
            self._at += 1
            self._skip()
        return found

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self._at)
        self._at = match.end() if match else self._at

    def _mark(self) -> None:
        offset, line, begin = self._counted
        line += self.text.count("\n", offset, self._at)
        begin = max(begin, self.text.rfind("\n", offset, self._at) + 1)
        self._counted = (self._at, line, begin)
        self.positions[self.path] = (line, self._at - begin + 1)

    def _expected(self, what: str) -> json.JSONDecodeError:
        return json.JSONDecodeError(f"Expecting {what}", self.text, self._at)

    def _object(self, pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for name, item in pairs:
            if name in value:
                self.findings.add("geojson-duplicate-key", self.position, self.path, key=name)
            value.setdefault(name, item)
        return value

    def _number(self, text: str) -> float | int:
        """A finite number; what is none (NaN, Infinity, 1e999) or too long an integer is reported and read as 0."""
        if not text.lstrip("-").isdigit():
            number = float(text)
            if math.isfinite(number):
                return number
        elif len(text) <= LONGEST_INTEGER:
            return int(text)
        self.findings.add("geojson-number", self.position, self.path, number=text[:40])
        return 0


def _check_feature(feature: Any, path: Path, position: tuple[int, int], findings: Findings) -> bool:
    """Whether a feature can be a cell's area; reports everything that keeps it from being one."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        findings.add("geojson-not-feature", position, path)
        return False
    properties = feature.get("properties")
    code = properties.get("code") if isinstance(properties, dict) else None
    whole = isinstance(code, str) and bool(code.strip())
    if not whole:
        findings.add("geojson-no-code", position, (*path, "properties", "code"))
    whole &= _check_geometry(feature.get("geometry"), (*path, "geometry"), position, findings)
    return whole & _check_nesting({**feature, "geometry": None}, path, position, findings)


def _check_nesting(value: Any, path: Path, position: tuple[int, int], findings: Findings) -> bool:
    """Whether everything in a value can be walked and stored."""
    whole = True
    for depth, text in _walk(value):
        if depth > DEEPEST:
            findings.add("geojson-too-deep", position, path, limit=DEEPEST)
            return False
        if match := _UNENCODABLE.search(text):
            code_point = f"U+{ord(match.group()):04X}"
            findings.add("text-control-character", position, path, code_point=code_point)
            whole = False
    return whole


def _check_geometry(geometry: Any, path: Path, position: tuple[int, int], findings: Findings) -> bool:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if not isinstance(kind, str) or kind not in _RINGS:
        findings.add("geojson-not-polygon", position, path, found=kind if isinstance(kind, str) else "-")
        return False
    path = (*path, "coordinates")
    rings: list[tuple[Path, Any]] = [(path, geometry.get("coordinates"))]
    for _ in range(_RINGS[kind]):
        if any(not isinstance(items, list) or not items for _, items in rings):
            findings.add("geojson-ring", position, path)
            return False
        rings = [((*at, index), item) for at, items in rings for index, item in enumerate(items)]
    wrong = [at for at, ring in rings if not _is_ring(ring)]
    for at in wrong:
        findings.add("geojson-ring", position, at)
    return not wrong


def _is_ring(ring: Any) -> bool:
    """Four positions or more on the Earth, of which the last is the first (RFC 7946, 3.1.6)."""
    if not isinstance(ring, list) or len(ring) < 4:
        return False
    for point in ring:
        if not isinstance(point, list) or len(point) not in (2, 3):
            return False
        if any(type(number) is not float and type(number) is not int for number in point):
            return False
        if not (-180 <= point[0] <= 180 and -90 <= point[1] <= 90):
            return False
    return bool(ring[0] == ring[-1])


def _walk(value: Any) -> Iterator[tuple[int, str]]:
    """Every text within a value with its depth, names included; collections give their depth and no text."""
    waiting = [(1, value)]
    while waiting:
        depth, item = waiting.pop()
        if isinstance(item, str):
            yield depth, item
        elif isinstance(item, dict | list):
            yield depth, ""
            if isinstance(item, dict):
                waiting += [(depth + 1, name) for name in item]
            waiting += [(depth + 1, entry) for entry in (item.values() if isinstance(item, dict) else item)]
