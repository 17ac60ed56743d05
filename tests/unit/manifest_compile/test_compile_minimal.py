"""The minimal locality, compiled: every manifest kind arrives in the scheme as it was written."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import ManifestError
from core.manifest.pipeline import check, load
from core.manifest.source import read_source, source_of
from core.scheme.label import Label
from core.scheme.roster import Quota
from core.scheme.workflow import Grant, Target

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")


@pytest.fixture(scope="module")
def scheme():
    return load(MINIMAL)


def changed(*edits: tuple[str, str, str]):
    files = dict(MINIMAL.files)
    for file, old, new in edits:
        text = files[file].decode()
        assert old in text
        files[file] = text.replace(old, new, 1).encode()
    return source_of("minimal", files)


def test_identity(scheme):
    locality = scheme.locality
    assert (locality.id, locality.area_code, locality.time_zone) == ("minimal", "610404", "Asia/Shanghai")
    assert locality.label == Label("最小地区", "the smallest district")
    assert locality.contact_retention_days == 90
    assert locality.parameters["answer_days"].value == Decimal(2)
    assert locality.parameters["slogan"].value == "小事不出格"
    assert scheme.source_digest == MINIMAL.digest


def test_grid(scheme):
    assert [(tier.id, tier.level, tier.leaf) for tier in scheme.grid.tiers] == [
        ("district", 1, False),
        ("grid", 2, True),
    ]
    cell = scheme.grid.cells["D01"]
    assert (cell.parent, cell.grade, cell.households, cell.population) == ("D", "first", 300, None)
    assert scheme.grid.cells["D"].parent is None
    assert scheme.cell_index.locate(108.705, 34.405) == "D01"
    assert scheme.cell_index.locate(108.5, 34.405) is None


def test_only_leaf_cells_that_have_not_ended_are_located():
    outer = (
        '{"type": "Feature", "properties": {"code": "D"}, "geometry": {"type": "Polygon", "coordinates":'
        " [[[108.69, 34.39], [108.73, 34.39], [108.73, 34.42], [108.69, 34.42], [108.69, 34.39]]]}},\n"
    )
    source = changed(
        ("cells.geojson", '"features": [\n', '"features": [\n' + outer),
        ("cells.csv", "households,origin", "valid_to,origin"),
        ("cells.csv", ",300,demo", ",,demo"),
        ("cells.csv", ",250,demo", ",2026-01-01,demo"),
    )
    index = load(source).cell_index
    assert index.locate(108.705, 34.405) == "D01"
    assert index.locate(108.715, 34.405) is None
    assert index.locate(108.695, 34.395) is None


def test_buildings():
    source = changed(("grid.yaml", "cells: cells.csv", "cells: cells.csv\nbuildings: buildings.csv"))
    table = "cell,building,unit,floor\nD01,B7,,\nD02,B7,2,\n"
    scheme = load(source_of("minimal", {**source.files, "buildings.csv": table.encode()}))
    assert scheme.building_index.locate("B7", "1") == "D01"
    assert scheme.building_index.locate("B7", "2") == "D02"


def test_roster(scheme):
    assert scheme.roster.organisations["works"].parent == "centre"
    assert scheme.roster.posts["reporter"].quota == Quota("ratio", Decimal(100))
    assert scheme.roster.posts["crew"].quota == Quota("unit", Decimal(2), ("company",))
    assert scheme.roster.teams["reporters"].member_kinds == {"guard": Label("保安员", "guard")}
    assert scheme.roster.roles["reporter"].rights == {"view_cases"}


def test_code_list_and_forms(scheme):
    category = scheme.codes.categories["0101"]
    assert (category.parent, category.level, category.form, category.organisation) == ("01", "minor", "damage", "works")
    assert scheme.codes.categories["01"].organisation is None
    form = scheme.codes.forms["damage"]
    assert form["properties"]["depth_cm"]["title"] == "深度（厘米）"
    assert form["properties"]["depth_cm"]["x-title-en"] == "depth in cm"
    assert form["additionalProperties"] is False


def test_registry(scheme):
    lamp = scheme.registry.objects["L1"]
    assert lamp.values == {"watts": Decimal(60), "material": "steel"}
    assert (lamp.point, lamp.status, lamp.maintainer) == ((108.705, 34.405), "intact", "works")
    assert scheme.registry.objects["B1"].values == {}


def test_workflow(scheme):
    kind = scheme.workflow.case_kinds["event"]
    assert list(kind.tracks["main"].stages) == ["reported", "handling", "closed"]
    assert kind.tracks["main"].stages["closed"].final
    report, start, close = (kind.actions[name] for name in ("report", "start", "close"))
    assert report.opens and report.sources == frozenset() and report.to == "reported"
    assert report.who == (Grant("reporter", "locality"),)
    assert start.handles and start.sources == {"reported"}
    assert report.effects[0].arguments == {"task": "handling", "target": Target("dispatch")}
    assert start.effects[1].arguments == {"target": Target("task", "handling"), "template": "started"}
    assert close.guard is not None and close.guard.evaluate({"fact.urgent": False}) is True
    assert kind.reactions[0].when is not None
    assert kind.checker_policy.not_handler
    assert scheme.workflow.intake_kinds["request"].opening == "report"


def test_an_action_without_a_form_takes_no_input(scheme):
    close = scheme.workflow.case_kinds["event"].actions["close"]
    assert close.inputs["properties"] == {} and close.inputs["additionalProperties"] is False


def test_rules(scheme):
    rule, last = scheme.dispatch.rules
    assert (rule.category, rule.cell, rule.window, rule.severities) == ("0101", "D01", (480, 1080), {"ordinary"})
    assert rule.handler == Target("organisation", "works")
    assert (rule.place.file, rule.place.line, rule.place.path) == ("rules.csv", 2, "$[0]")
    assert (last.layer, last.window, last.when, last.category) == ("fallback", None, None, None)


def test_an_open_side_of_a_rules_window_is_midnight():
    rules = load(changed(("rules.csv", "08:00,18:00", "20:00,"))).dispatch.rules
    assert rules[0].window == (1200, 1440)


def test_timers(scheme):
    calendar = scheme.timers.calendars["office"]
    assert calendar.weekdays[0] == ((510, 720), (840, 1080))
    assert calendar.weekdays[2] == ()
    assert calendar.time_zone == "Asia/Shanghai"
    assert calendar.closed == {date(2026, 10, day) for day in range(1, 8)}
    assert calendar.open == {date(2026, 10, 10): ((510, 720), (840, 1080))}
    limit = scheme.timers.limits["answer"]
    assert (limit.amount, limit.unit, limit.starts_on) == (Decimal(2), "work_day", "recorded")
    assert [reach.share for reach in limit.reaches] == [Decimal("0.8"), Decimal(1)]
    assert limit.reaches[1].notify == Target("post", "head")
    assert list(scheme.timers.alerts) == ["yellow", "red"]
    assert scheme.timers.cadences["daily"].at == 18 * 60


def test_origins_are_inherited_from_the_file():
    source = changed(
        ("roster.yaml", "origin: demo", 'origin: "seed:S1:3-4"'),
        ("roster.yaml", "kind: platform}", "kind: platform, origin: demo}"),
    )
    organisations = load(source).roster.organisations
    assert organisations["works"].origin == "seed:S1:3-4"
    assert organisations["centre"].origin == "demo"


def test_effects_with_conditions_and_expressions():
    source = changed(
        ("workflow.yaml", "{fact: urgent, input: urgent}", "{fact: urgent, expression: hour >= 22, when: weekday < 6}")
    )
    effect = load(source).workflow.case_kinds["event"].actions["start"].effects[0]
    assert set(effect.arguments) == {"fact", "expression"}
    assert effect.arguments["expression"].evaluate({"hour": Decimal(23)}) is True
    assert effect.when is not None and effect.when.evaluate({"weekday": Decimal(6)}) is False


def test_a_waived_checker_policy_keeps_its_reason():
    policy = "    checker_policy: {not_handler: false, waived: {zh: 人手不足, en: too few people}}\n    reactions:"
    kind = load(changed(("workflow.yaml", "    reactions:", policy))).workflow.case_kinds["event"]
    assert (kind.checker_policy.not_reporter, kind.checker_policy.not_handler) == (True, False)
    assert kind.checker_policy.waived == "人手不足"


def test_counts(scheme):
    assert scheme.counts == {
        "tiers": 2,
        "leaf_cells": 2,
        "cells_by_tier": {"district": 1, "grid": 2},
        "cells_by_kind": {"urban": 2},
        "organisations": 2,
        "roles": 3,
        "posts": 10,
        "majors": 1,
        "minors": 2,
        "items": 2,
        "rules": 2,
        "stages": 3,
        "actions": 4,
        "objects": 2,
    }


def test_a_source_with_errors_is_not_loaded_and_shows_all_of_them():
    source = changed(
        ("grid.yaml", "id: urban", "id: suburban"), ("timers.yaml", "office\n    scope", "ofice\n    scope")
    )
    with pytest.raises(ManifestError) as refused:
        load(source)
    assert refused.value.code == "manifest-has-errors"
    assert {finding.code for finding in refused.value.findings} == {
        "reference-unknown-area-kind",
        "reference-unknown-calendar",
    }


def test_warnings_stop_neither_loading_nor_checking():
    source = changed(("cells.csv", ",250,demo", ",,demo"))
    assert load(source).roster.positions["reporter"] == 3
    assert check(source).scheme is not None


def test_a_waiver_marks_its_finding():
    waiver = (
        "waivers:\n  - {code: compile-households-missing, file: roster.yaml, reason: {zh: 待普查, en: to be counted}}\n"
    )
    source = changed(("cells.csv", ",250,demo", ",,demo"), ("locality.yaml", "retention:", waiver + "retention:"))
    (finding,) = check(source).findings
    assert finding.code == "compile-households-missing"
    assert finding.waived == {"zh": "待普查", "en": "to be counted"}
