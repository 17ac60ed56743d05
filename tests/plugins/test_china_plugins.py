"""The plugins that ship with data of China: what they hold, and where each mapping has its ground."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from chinese_calendar import is_workday

from core.scheme.extensions import Extensions
from core.testing import check_plugin

PLUGINS = Path(__file__).parents[2] / "plugins"
OLD, MIDDLE, NEW = "cjt_214_2007", "gbt_30428_2_2013", "gbt_47678_5_2026"


@pytest.fixture(scope="module")
def lists() -> Extensions:
    return check_plugin(PLUGINS / "china_code_lists")


def test_holidays_keep_the_contract_and_agree_with_the_library() -> None:
    found = check_plugin(PLUGINS / "china_holidays").holidays["china"]
    assert 2026 in found.announced and max(found.announced) < 2100
    assert not any(is_workday(day) for day in found.closed)
    assert all(is_workday(day) and day.weekday() >= 5 for day in found.open)
    assert {day.year for day in found.closed} == found.announced, "no year is guessed"


def test_every_list_has_the_classes_of_its_material(lists: Extensions) -> None:
    new = lists.code_lists[NEW].classes
    minors = [key for key, item in new.items() if item.parent]
    assert (sum(kind == "component" for kind, _ in minors), sum(kind == "matter" for kind, _ in minors)) == (153, 250)
    assert new["matter", "01001"].label.zh == new["component", "01001"].label.zh + "异常"
    assert {kind for kind, _ in lists.code_lists[MIDDLE].classes} == {"component", "event"}


def mappings(lists: Extensions, start: str, kind: str, code: str) -> set[tuple[str, str, str, str]]:
    return {
        (each.to_list, each.to_kind, each.to_code, each.relation)
        for each in lists.code_lists[start].mappings
        if (each.from_kind, each.from_code) == (kind, code)
    }


def test_codes_04_and_05_swap_between_the_first_two_generations(lists: Extensions) -> None:
    assert (MIDDLE, "event", "05", "same") in mappings(lists, OLD, "event", "04")
    assert (MIDDLE, "event", "04", "same") in mappings(lists, OLD, "event", "05")
    assert (NEW, "matter", "09", "same") in mappings(lists, MIDDLE, "event", "04")
    assert (NEW, "matter", "10", "related") in mappings(lists, MIDDLE, "event", "05"), "sudden events are mostly gone"
    assert (MIDDLE, "event", "04", "same") not in mappings(lists, OLD, "event", "04")


def test_a_component_and_its_disorder_are_related_and_not_the_same(lists: Extensions) -> None:
    assert mappings(lists, NEW, "component", "01037") >= {
        (NEW, "matter", "01037", "related"),
        (MIDDLE, "component", "0137", "same"),
    }


def test_every_mapping_is_there_in_both_directions_and_leads_to_a_class(lists: Extensions) -> None:
    pairs = {
        (name, each.from_kind, each.from_code, each.to_list, each.to_kind, each.to_code)
        for name, found in lists.code_lists.items()
        for each in found.mappings
    }
    assert {(*pair[3:], *pair[:3]) for pair in pairs} == pairs
    assert all((kind, code) in lists.code_lists[name].classes for _, _, _, name, kind, code in pairs)


def test_the_mappings_are_those_that_the_generator_writes(tmp_path: Path) -> None:
    folder = PLUGINS / "china_code_lists"
    for path in (folder / "code_lists").glob("*.csv"):
        if not path.name.endswith("_to.csv"):
            (tmp_path / "code_lists").mkdir(exist_ok=True)
            (tmp_path / "code_lists" / path.name).write_bytes(path.read_bytes())
    (tmp_path / "map_generations.py").write_bytes((folder / "map_generations.py").read_bytes())
    subprocess.run([sys.executable, tmp_path / "map_generations.py"], check=True)
    for path in (tmp_path / "code_lists").glob("*_to.csv"):
        assert path.read_bytes() == (folder / "code_lists" / path.name).read_bytes()
