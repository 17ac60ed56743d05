"""`core.testing.check_plugin` finds what a plugin does not keep of the contract."""

from __future__ import annotations

from pathlib import Path

import pytest
from plugin_folders import days, module, write_plugin

from core.testing import ContractBroken, check_plugin

SUGGESTS = "module: hooks\nprovides: {hooks: [suggest_duplicates]}\n"
HEAD = """
from decimal import Decimal
from itertools import count
from core.scheme.extensions import Suggestion
N = count()
"""


def suggesting(answer: str) -> str:
    return module(f"    @hookimpl\n    def suggest_duplicates(self, nearby):\n        return {answer}\n", HEAD)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("[Suggestion(each.id, Decimal(2)) for each in nearby]", "likeness"),
        ("[Suggestion('elsewhere', Decimal(1)) for each in nearby]", "not offered"),
        ("[Suggestion(each.id, Decimal(1)) for each in nearby for _ in (1, 2)]", "twice"),
        ("[Suggestion('case-1', Decimal(1))]", "nothing nearby"),
        ("[Suggestion(each.id, Decimal(next(N)) / 100) for each in nearby]", "two answers"),
    ],
)
def test_suggestions_that_break_it(tmp_path: Path, answer: str, told: str) -> None:
    folder = write_plugin(tmp_path, "sample", SUGGESTS, hooks=suggesting(answer))
    with pytest.raises(ContractBroken, match=told):
        check_plugin(folder)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (days('"2026-05-01"', '"2026-05-01"'), "both off and worked"),
        (days('"2025-05-01"'), "not announced"),
    ],
)
def test_calendars_that_break_it(tmp_path: Path, text: str, told: str) -> None:
    folder = write_plugin(tmp_path, "sample", "provides: {calendars: [days]}\n", calendars__days=text)
    with pytest.raises(ContractBroken, match=told):
        check_plugin(folder)


def test_a_finding_of_the_folder_is_told_with_its_place(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path, "sample", "colour: red\n")
    with pytest.raises(ContractBroken, match=r"plugin.yaml:6:1 .*schema-unknown-property"):
        check_plugin(folder)


def test_a_plugin_that_keeps_it(tmp_path: Path) -> None:
    folder = write_plugin(
        tmp_path, "sample", SUGGESTS, hooks=suggesting("[Suggestion(nearby[0].id, Decimal(1))] if nearby else []")
    )
    assert set(check_plugin(folder).suggest_duplicates) == {"sample"}


def test_one_that_needs_another_finds_it_beside_it(tmp_path: Path) -> None:
    other = write_plugin(tmp_path / "beside", "other")
    folder = write_plugin(tmp_path, "sample", "requires: [other]\n")
    assert set(check_plugin(folder, None, other).versions) == {"sample", "other"}
