"""The published schemas say what they must, in both languages, and agree with the kernel's vocabulary."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from core.manifest.documents import KINDS, TABLES
from core.manifest.marked import columns
from core.manifest.references.definitions import NESTED
from core.manifest.schemas import at, lines, published, schema_of, validator
from core.scheme import meaning

FOLDER = Path(__file__).parents[3] / "schemas"
NAMES = sorted(published())
SPOKEN = ("title", "x-title-en", "description", "x-description-en")
BESIDE = ("plugin", "scheme_test", "code_list", "holidays")
"""Documents that are no file of a manifest of their own, or stand in a plugin."""
SPECIAL = {"origin", "table_target", "time_zone", "level", "number_parameter"}


def parts(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every subschema with its path."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for keyword in ("properties", "$defs"):
        for name, part in schema.get(keyword, {}).items():
            yield from parts(part, f"{path}/{keyword}/{name}")
    for keyword in ("items", "additionalProperties", "propertyNames"):
        yield from parts(schema.get(keyword), f"{path}/{keyword}")
    for keyword in ("oneOf", "anyOf"):
        for number, part in enumerate(schema.get(keyword, ())):
            yield from parts(part, f"{path}/{keyword}/{number}")


@pytest.mark.parametrize("name", NAMES)
def test_is_a_schema_that_compiles_to_linear_patterns(name):
    schema = published()[name]
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema_rs.meta.validate(schema)
    jsonschema_rs.Draft202012Validator(
        schema,
        registry=jsonschema_rs.Registry(list(published().items())),
        pattern_options=jsonschema_rs.RegexOptions(),
    )


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: path.name)
def test_the_file_is_named_after_its_id(path):
    kind, version = path.name.removesuffix(".json").rsplit(".", 1)
    assert json.loads(path.read_text(encoding="utf-8"))["$id"] == f"urn:gridwright:schema:{kind}:{version}"


@pytest.mark.parametrize("name", NAMES)
def test_every_property_is_described_in_both_languages(name):
    schema = published()[name]
    silent = [
        f"{path}/{keyword}/{key}: {word}"
        for path, part in parts(schema)
        for keyword in ("properties", "$defs")
        for key, item in part.get(keyword, {}).items()
        for word in SPOKEN
        if not str(item.get(word, "")).strip()
    ]
    assert silent == []
    assert all(schema[word] for word in SPOKEN)


@pytest.mark.parametrize("name", NAMES)
def test_every_object_of_ours_is_closed(name):
    open_objects = [
        path
        for path, part in parts(published()[name])
        if part.get("type") == "object" and part.get("additionalProperties", True) is True
    ]
    plugin_configuration = ["/properties/plugins/items/properties/config"]  # checked by the plugin's own schema
    assert open_objects == (plugin_configuration if name.endswith(":locality:1") else [])


@pytest.mark.parametrize("name", NAMES)
def test_every_reference_leads_somewhere(name):
    for path, part in parts(published()[name]):
        if "$ref" in part:
            assert at(part["$ref"]) is not None, path


def test_every_marked_reference_names_a_kind_that_something_defines():
    defined = {part["x-defines"] for name in NAMES for _, part in parts(published()[name]) if "x-defines" in part}
    used = {part["x-reference"] for name in NAMES for _, part in parts(published()[name]) if "x-reference" in part}
    assert used - defined - set(NESTED) - SPECIAL == set()


def test_meanings_units_and_effects_are_those_of_the_kernel():
    common = schema_of("common")["$defs"]
    assert set(common["stage_meaning"]["anyOf"][0]["enum"]) == meaning.STAGE_MEANINGS
    assert set(common["action_meaning"]["anyOf"][0]["enum"]) == meaning.ACTION_MEANINGS
    assert set(common["track_meaning"]["anyOf"][0]["enum"]) == meaning.TRACK_MEANINGS
    assert tuple(common["unit"]["enum"]) == meaning.UNITS
    case_kind = schema_of("workflow")["properties"]["case_kinds"]["items"]["properties"]
    effects = case_kind["actions"]["items"]["properties"]["effects"]["items"]["properties"]
    assert set(effects) == set(meaning.EFFECTS)


def test_each_manifest_kind_and_each_table_has_a_schema():
    assert {f"gridwright/{kind}/1" for kind in (*KINDS, *BESIDE)} == set(lines())
    for table in TABLES.values():
        schema = schema_of(f"{table}.table")
        assert schema["x-key"] in schema["properties"]
        assert columns(table, "x-reference")


@pytest.mark.parametrize("pattern", ["^(a+)+$", "^(a|a)*$", "^a*a*a*$"])
def test_a_form_may_not_hold_a_pattern_that_can_hang_another_reader(pattern):
    form = {"type": "object", "properties": {"plate": {"type": "string", "pattern": pattern}}}
    assert not _form().is_valid(form)
    form["properties"]["plate"]["pattern"] = "^[A-Z]{2}[0-9]{5}$"
    assert _form().is_valid(form)


@pytest.mark.parametrize("extra", [{"$ref": "#"}, {"allOf": []}, {"properties": {}}, {"type": "object"}])
def test_a_field_is_of_the_restricted_subset(extra):
    assert not _form().is_valid({"type": "object", "properties": {"plate": {"type": "string", **extra}}})


def _form() -> jsonschema_rs.Draft202012Validator:
    assert validator("grid")  # the registry resolves
    return jsonschema_rs.Draft202012Validator(
        {"$ref": "urn:gridwright:schema:common:1#/$defs/form"},
        registry=jsonschema_rs.Registry(list(published().items())),
    )
