"""One manifest says everything that the schemas can say, and it checks without error."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from core.manifest.documents import KINDS, TABLES, read_documents
from core.manifest.pipeline import check
from core.manifest.schemas import resolve, schema_of
from core.manifest.source import read_source

POSITIVE = Path(__file__).parents[2] / "manifests" / "positive"
EVERYTHING = read_source(POSITIVE / "everything")
OF_PLUGINS = (
    "/plugins",
    "/packs",
    "/calendars/follows",
    "/calendars/make_up_as",
)  # test_everything_of_plugins says them
FORM_FIELDS = "properties/schema/"  # any field of a form may use any of them; the forms of several documents share them


def properties(schema: Mapping[str, Any], path: str = "", depth: int = 0) -> Iterator[str]:
    """Every property that a schema has, by its path; what recurs inside itself is followed once."""
    schema = resolve(schema)
    for name, part in schema.get("properties", {}).items():
        yield f"{path}/{name}"
        if depth < 12:
            yield from properties(part, f"{path}/{name}", depth + 1)
    for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()), schema.get("items")):
        if isinstance(part, dict):
            yield from properties(part, path, depth + 1)


def said(value: Any, path: str = "") -> Iterator[str]:
    """Every name that a value says, by its path without the numbers of lists."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield f"{path}/{name}"
            yield from said(item, f"{path}/{name}")
    elif isinstance(value, list):
        for item in value:
            yield from said(item, path)


def unsaid(kind: str, value: Any) -> set[str]:
    """Properties of a kind that nothing says, apart from what every label, origin, target, scope and form has."""
    shared = ("/zh", "/en", "/origin", "/reason")
    everywhere = {"target", "scope", "form", "field", "amount"}
    names = set(said(value))
    return {
        path
        for path in properties(schema_of(kind))
        if path not in names
        and not path.endswith(shared)
        and not any(part in path for part in _inside(kind, everywhere))
    }


def _inside(kind: str, names: set[str]) -> Iterator[str]:
    """Paths below which a shared definition stands: its parts are said somewhere, not in each place."""
    for path, part in _parts(schema_of(kind)):
        if part.get("$ref", "").rpartition("/")[2] in names:
            yield f"{path}/"


def _parts(schema: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    yield path, schema
    inner = resolve(schema)
    for name, part in inner.get("properties", {}).items():
        yield from _parts(part, f"{path}/{name}")
    for part in (*inner.get("oneOf", ()), *inner.get("anyOf", ()), inner.get("items")):
        if isinstance(part, dict) and "$ref" not in inner:
            yield from _parts(part, path)


def test_it_checks_without_error():
    report = check(EVERYTHING)
    assert report.errors == 0, report.findings
    assert report.scheme is not None


@pytest.mark.parametrize("kind", KINDS)
def test_every_property_is_said(kind):
    document = read_documents(EVERYTHING)[0].document(kind)
    assert document is not None
    assert {path for path in unsaid(kind, document.value) if not path.startswith(OF_PLUGINS)} == set()


@pytest.mark.parametrize(("naming", "table"), TABLES.items(), ids=TABLES.values())
def test_every_column_is_said(naming, table):
    found = read_documents(EVERYTHING)[0].table(*naming)
    assert found is not None
    filled = {name for row in found for name, cell in row.values.items() if cell}
    assert set(schema_of(f"{table}.table")["properties"]) - filled - {"label_en"} == set()


@pytest.mark.parametrize("name", ["target", "scope", "field"])
def test_what_is_shared_is_said_somewhere(name):
    words = {path.rpartition("/")[2] for file in read_documents(EVERYTHING)[0].files.values() for path in _words(file)}
    assert set(_shared_properties(name)) - words == set()


def _shared_properties(name: str) -> set[str]:
    definition = resolve(schema_of("common")["$defs"][name])
    branches = [definition, *definition.get("oneOf", ())]
    return {word for branch in branches for word in branch.get("properties", {})}


def _words(file: Any) -> Iterator[str]:
    return said(getattr(file, "value", None))
