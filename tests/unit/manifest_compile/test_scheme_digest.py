"""The scheme digest names what a manifest means: writing it differently keeps it, saying something else changes it."""

from pathlib import Path

import pytest

from core.manifest.pipeline import load
from core.manifest.source import read_source, source_of

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")
DIGEST = load(MINIMAL).digest


def digest(file: str, old: str, new: str) -> str:
    text = MINIMAL.files[file].decode()
    assert old in text
    return load(source_of("minimal", {**MINIMAL.files, file: text.replace(old, new, 1).encode()})).digest


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("timers.yaml", "alerts:", "# rising\nalerts:   # in order"),
        ("grid.yaml", "{id: grid, label: {zh: 网格, en: grid}}", "{label: {en: 'grid', zh: \"网格\"}, id: grid}"),
        (
            "grid.yaml",
            "  - {id: urban, label: {zh: 城区, en: urban}}",
            "  - id: urban\n    label:\n      zh: 城区\n      en: urban",
        ),
        ("locality.yaml", "value: 2,", "value: 2.0,"),
        ("timers.yaml", "share: 1,", "share: 1.00,"),
        ("cells.csv", "D01,grid,D,第一网格", 'D01,grid,D,"第一网格"'),
        ("tests/request.yaml", "closed: true", "closed: true, alert: null"),
        ("cells.geojson", "108.70, 34.40], [108.71, 34.40]", "108.7,  34.400], [108.710, 34.4]"),
    ],
)
def test_another_way_of_writing_the_same_keeps_it(file, old, new):
    assert digest(file, old, new) == DIGEST


def test_the_order_of_rows_and_of_named_things_says_nothing_but_in_rules():
    head, *rows = MINIMAL.files["categories.csv"].decode().splitlines(keepends=True)
    files = {**MINIMAL.files, "categories.csv": (head + "".join(reversed(rows))).encode()}
    assert load(source_of("minimal", files)).digest == DIGEST
    head, *rows = MINIMAL.files["rules.csv"].decode().splitlines(keepends=True)
    files = {**MINIMAL.files, "rules.csv": (head + "".join(reversed(rows))).encode()}
    assert load(source_of("minimal", files)).digest != DIGEST


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("locality.yaml", "value: 2,", "value: 3,"),
        ("timers.yaml", "share: 0.8", "share: 0.9"),
        ("timers.yaml", "id: yellow, label: {zh: 黄, en: yellow}", "id: yellow, label: {zh: 黄色, en: yellow}"),
        ("timers.yaml", "2026-10-01/2026-10-07", "2026-10-01/2026-10-06"),
        ("workflow.yaml", "count.reminders < 3", "count.reminders < 4"),
        (
            "workflow.yaml",
            "  - {id: app, label: {zh: 手机应用, en: app}}",
            "  - {id: app, label: {zh: 手机应用, en: app}, group_chat: true}",
        ),
        ("cells.csv", "300", "301"),
        ("cells.geojson", "108.70, 34.40]]]", "108.70, 34.40], [108.70, 34.40]]]"),
        ("rules.csv", "行业管理", "属地管理"),
        ("registry.csv", "60", "61"),
        ("roster.yaml", "amount: 100", "amount: 101"),
    ],
)
def test_saying_something_else_changes_it(file, old, new):
    assert digest(file, old, new) != DIGEST


def test_the_order_of_alerts_says_which_is_graver():
    yellow, red = "  - {id: yellow, label: {zh: 黄, en: yellow}}\n", "  - {id: red, label: {zh: 红, en: red}}\n"
    assert digest("timers.yaml", yellow + red, red + yellow) != DIGEST


def test_the_order_of_tiers_says_which_is_above():
    last = "  - {id: grid, label: {zh: 网格, en: grid}}\n"
    extra = "  - {id: block, label: {zh: 片区, en: block}}\n"
    assert digest("grid.yaml", last, extra + last) != digest("grid.yaml", last, last + extra)
