"""Two districts on one server use different sets of plugins, and one that breaks stays with whoever uses it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from plugin_folders import days, district, locality_of, module, write_plugin

from core.manifest.pipeline import check
from core.plugin_host import inspect_plugin
from core.testing import plugins_of

BROKEN = module("    @hookimpl\n    def deliver_notice(self, notice, trial):\n        return None\n")
GOOD = module("    @hookimpl\n    def deliver_notice(self, notice):\n        return None\n")
DELIVERS = "module: hooks\nprovides: {hooks: [deliver_notice]}\n"


def test_a_plugin_that_cannot_be_registered_breaks_no_other_district(tmp_path: Path) -> None:
    write_plugin(tmp_path, "broken", DELIVERS, hooks=BROKEN)
    write_plugin(tmp_path, "good", DELIVERS, hooks=GOOD)
    host = plugins_of(tmp_path)
    east = host.resolve(locality_of("east", {"id": "broken"}, {"id": "good"}))
    west = host.resolve(locality_of("west", {"id": "good"}))
    assert [finding.code for finding in east.findings] == ["plugin-hook-signature"]
    assert "deliver_notice(notice, dry_run)" in east.findings[0].params["expected"]
    assert set(east.extensions.deliver_notice) == {"good"}, "nor the other plugins of its own district"
    assert west.findings == () and set(west.extensions.deliver_notice) == {"good"}


def test_each_district_has_a_manager_of_its_own_with_named_plugins(tmp_path: Path) -> None:
    write_plugin(tmp_path, "good", DELIVERS, hooks=GOOD)
    write_plugin(tmp_path, "other", DELIVERS, hooks=GOOD)
    host = plugins_of(tmp_path)
    east, west = locality_of("east", {"id": "good"}, {"id": "other"}), locality_of("west", {"id": "good"})
    assert [name for name, _ in host.manager(east).list_name_plugin()] == ["good", "other"]
    assert [name for name, _ in host.manager(west).list_name_plugin()] == ["good"]
    assert host.manager(east) is not host.manager(west)
    assert host.manager(east).get_plugin("good") is not host.manager(west).get_plugin("good")
    assert host.manager(east) is host.manager(east), "made once"


def test_two_districts_with_the_same_set_share_nothing(tmp_path: Path) -> None:
    form = "config: {type: object, properties: {town: {type: string}}}\n"
    write_plugin(tmp_path, "good", DELIVERS + form, hooks=GOOD)
    host = plugins_of(tmp_path)

    def made(locality: str, town: str) -> Any:
        return host.manager(locality_of(locality, {"id": "good", "config": {"town": town}})).get_plugin("good")

    assert made("east", "X").setup.locality == "east" and made("west", "X").setup.locality == "west"
    assert made("east", "X").setup.config == {"town": "X"} and made("east", "Y").setup.config == {"town": "Y"}


def test_a_function_calls_its_own_plugin_only(tmp_path: Path) -> None:
    form = "config: {type: object, properties: {told: {type: array}}}\n"
    notes = module(
        "    @hookimpl\n    def deliver_notice(self, notice):\n        self.setup.config['told'].append(notice)\n"
    )
    for name in ("one", "two"):
        write_plugin(tmp_path, name, DELIVERS + form, hooks=notes)
    host = plugins_of(tmp_path)
    locality = locality_of("east", *({"id": name, "config": {"told": []}} for name in ("one", "two")))
    host.resolve(locality).extensions.deliver_notice["one"]("notice", False)
    told = {name: plugin.setup.config["told"] for name, plugin in host.manager(locality).list_name_plugin()}
    assert told == {"one": ["notice"], "two": []}


def test_a_plugin_is_called_in_the_manifests_order(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write_plugin(tmp_path, name, DELIVERS, hooks=GOOD)
    found = plugins_of(tmp_path).resolve(locality_of("east", {"id": "c"}, {"id": "a"}, {"id": "b"})).extensions
    assert list(found.deliver_notice) == ["c", "a", "b"]


def test_defaults_of_the_form_are_told(tmp_path: Path) -> None:
    form = "config: {type: object, properties: {retries: {type: integer, default: 3}, town: {type: string}}}\n"
    write_plugin(tmp_path, "good", DELIVERS + form, hooks=GOOD)
    host = plugins_of(tmp_path)
    locality = locality_of("east", {"id": "good", "config": {"town": "X"}})
    setup = host.manager(locality).get_plugin("good").setup
    assert (setup.locality, dict(setup.config)) == ("east", {"retries": 3, "town": "X"})


def test_faults_of_a_plugins_files_have_their_places(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path, "sample", "colour: red\nprovides: {hooks: [deliver_notices]}\n")
    found = [(each.code, str(each.place)) for each in inspect_plugin(folder, "0.1.0").findings]
    assert found == [
        ("schema-unknown-property", "plugin.yaml:6:1 $.colour"),
        ("plugin-hook-unknown", "plugin.yaml:7:20 $.provides.hooks[0]"),
    ]


def test_a_file_that_nobody_declares_and_a_declaration_without_file(tmp_path: Path) -> None:
    folder = write_plugin(tmp_path, "sample", "provides: {calendars: [nights]}\n", calendars__days=days('"2026-05-01"'))
    assert {each.code for each in inspect_plugin(folder, "0.1.0").findings} == {
        "plugin-data-missing",
        "plugin-data-undeclared",
    }


def test_two_calendars_of_one_name_are_told_with_both_plugins(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_plugin(tmp_path, name, "provides: {calendars: [days]}\n", calendars__days=days('"2026-05-01"'))
    found = check(district("plugins: [{id: one}, {id: two}]\n"), plugins_of(tmp_path).resolve).findings
    assert [(each.code, each.params["first"], each.params["second"]) for each in found] == [
        ("plugin-data-twice", "one", "two")
    ]


def test_all_faults_of_a_locality_at_once(tmp_path: Path) -> None:
    write_plugin(tmp_path, "broken", DELIVERS, hooks=BROKEN)
    write_plugin(tmp_path, "old", version="0.9")
    text = 'plugins: [{id: nothing}, {id: broken}, {id: old, version: ">=1"}, {id: old2}]\n'
    found = check(district(text), plugins_of(tmp_path).resolve).findings
    assert sorted(each.code for each in found) == [
        "plugin-hook-signature", "plugin-unknown", "plugin-unknown", "plugin-version-unmet",
    ]  # fmt: skip
    assert {each.place.file for each in found} == {"locality.yaml"} and all(each.place.line for each in found)


@pytest.mark.parametrize(
    ("hooks", "code"),
    [
        ("import sys\nsys.exit(3)\n", "plugin-import-failed"),
        ("def create(setup):\n    raise SystemExit(3)\n", "plugin-create-failed"),
        ("def create(setup):\n    return None\n", "plugin-hook-missing"),
    ],
)
def test_whatever_a_plugin_does_is_a_finding(tmp_path: Path, hooks: str, code: str) -> None:
    write_plugin(tmp_path, "sample", DELIVERS, hooks=f'"""A sample."""\n{hooks}')
    found = plugins_of(tmp_path).resolve(locality_of("east", {"id": "sample"}))
    assert [each.code for each in found.findings] == [code]
    assert found.extensions.deliver_notice == {}
