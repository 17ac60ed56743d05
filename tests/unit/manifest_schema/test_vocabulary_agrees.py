"""The vocabulary stands once in `core.scheme.meaning`, and the published schemas say the same."""

import json
from pathlib import Path

import pytest

from core.scheme import meaning

SCHEMAS = Path(__file__).parents[3] / "schemas"
COMMON = json.loads((SCHEMAS / "common.1.json").read_text(encoding="utf-8"))["$defs"]


def words(schema):
    """Every word of the enumerations in a schema."""
    if isinstance(schema, dict):
        return set(schema.get("enum", ())).union(*(words(part) for part in schema.values()))
    return set().union(*(words(part) for part in schema)) if isinstance(schema, list) else set()


@pytest.mark.parametrize(
    ("name", "standard"),
    [
        ("stage_meaning", meaning.STAGE_MEANINGS),
        ("action_meaning", meaning.ACTION_MEANINGS),
        ("track_meaning", meaning.TRACK_MEANINGS),
    ],
)
def test_meanings(name, standard):
    assert words(COMMON[name]) == standard


def test_units():
    assert words(COMMON["unit"]) >= set(meaning.UNITS)


def test_effects():
    workflow = (SCHEMAS / "workflow.1.json").read_text(encoding="utf-8")
    common = json.dumps(COMMON)
    for effect in meaning.EFFECTS:
        assert f'"{effect}"' in workflow or f'"{effect}"' in common
