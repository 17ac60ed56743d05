"""Manifests whose author means harm: findings, never an exception; and what passes the check cannot break a request."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from town import HARBOUR

from core.casework.forms import judge
from core.manifest.pipeline import check
from core.manifest.report import Report
from core.manifest.reports import render_text
from core.manifest.source import read_source, source_of

FIELD = b"opinion: {type: string, format: text, maxLength: 2000,"
GUARD = b"        effects:\n          - raise_alert: {level: red}"


def checked(name: str, old: bytes, new: bytes) -> Report:
    """The test district with a replacement in one file; its findings can be said in both languages."""
    files = {path.name: path.read_bytes() for path in HARBOUR.iterdir() if path.is_file()}
    assert old in files[name]
    return _checked(files | {name: files[name].replace(old, new)})


def replaced(name: str, content: bytes) -> Report:
    files = {path.name: path.read_bytes() for path in HARBOUR.iterdir() if path.is_file()}
    return _checked(files | {name: content})


def _checked(files: dict[str, bytes]) -> Report:
    began = time.monotonic()
    report = check(source_of("harbour", files))
    assert time.monotonic() - began < 30  # ten times what it takes: a hang, not a slow machine
    for language in ("zh", "en"):
        assert "Traceback" not in render_text([report], language)
    return report


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}


@pytest.mark.parametrize(
    "pattern",
    [
        "{date.__class__}{serial}",
        "{serial.__init__.__globals__}",
        "{serial:999999999}",
        "{serial!r}",
        "{0}{serial}",
        "{serial}{",
        "{date:>999999999}{serial}",
        "{serial}" + "x" * 1000,
        "../{serial}",
        "<b>{serial}</b>",
    ],
)
def test_a_case_number_is_no_programme(pattern: str) -> None:
    report = checked("locality.yaml", b'"HB{date}-{serial:04}"', json.dumps(pattern).encode())
    assert "schema-pattern" in codes(report)
    assert report.scheme is None


@pytest.mark.parametrize("zone", ["../../etc/passwd", "/etc/passwd", "Asia/../Asia/Shanghai", "Asia", "", "x" * 5000])
def test_a_time_zone_is_no_path(zone: str) -> None:
    report = checked("locality.yaml", b"Asia/Shanghai", json.dumps(zone).encode())
    assert "reference-unknown-time-zone" in codes(report)


@pytest.mark.parametrize("id", ["../x", "a/b", '"a\\0b"', "..", '"a%2fb"', '"{0}"', "x" * 65])
def test_an_id_is_no_path(id: str) -> None:
    report = checked("locality.yaml", b"id: harbour", f"id: {id}".encode())
    assert "schema-pattern" in codes(report)
    assert report.scheme is None


@pytest.mark.parametrize(
    "pattern",
    ["^[a$", r"^\1$", r"^\k<a>$", "^a{2,1}$", "^[a-z]{999999999}$", r"^\w{1000}{1000}$", "^a{0,9999}a{0,9999}b$"],
)
def test_a_pattern_that_forms_cannot_use_is_found(pattern: str) -> None:
    report = checked("workflow.yaml", FIELD, FIELD + f" pattern: {json.dumps(pattern)},".encode())
    assert codes(report) == {"schema-pattern"}


@pytest.mark.parametrize("pattern", ["^[0-9]{17}[0-9X]$", "^[一-龥]{1,20}$", "^a{0,900}a{0,900}b$", r"^\w{1,50}$"])
def test_a_pattern_that_passes_judges_long_text_at_once(pattern: str) -> None:
    report = checked("workflow.yaml", FIELD, FIELD + f" pattern: {json.dumps(pattern)},".encode())
    assert report.scheme is not None
    form = report.scheme.workflow.case_kinds["event"].actions["assign"].inputs
    began = time.monotonic()
    faults = judge(form, {"assignee": "x", "opinion": "a" * 20_000}, "/inputs", lambda kind, value: True)
    assert "field-pattern" in {fault.code for fault in faults}
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "field",
    [
        '{$ref: "http://127.0.0.1:1/x"}',
        '{$ref: "file:///etc/passwd"}',
        '{$dynamicRef: "#a"}',
        "{allOf: [{type: string}]}",
        "{type: number, minimum: 1e400}",
        "{type: number, maximum: " + "9" * 5000 + "}",
        "{enum: [[1]]}",
        "{type: object, properties: {a: {type: string}}}",
    ],
)
def test_a_form_has_no_schema_but_the_plain_one(field: str) -> None:
    report = checked(
        "workflow.yaml",
        "assignee: {type: string, format: account, title: {zh: 处置人员, en: handler}}".encode(),
        f"assignee: {field}".encode(),
    )
    assert report.scheme is None
    assert codes(report) & {"schema-unknown-property", "schema-wrong-type", "schema-not-one-of"}


@pytest.mark.parametrize(
    "guard",
    [
        "1+" * 3000 + "1 > 0",
        "(" * 500 + "1" + ")" * 500 + " > 0",
        "10**10**10 > 0",
        "hour.__class__ == 1",
        "not " * 2000 + "true",
        '__import__("os").system("x") == 1',
        "1e999999 > 0",
        "lambda: 1",
        "[x for x in hour]",
    ],
)
def test_a_guard_is_no_programme(guard: str) -> None:
    report = checked("workflow.yaml", GUARD, b"        guard: " + json.dumps(guard).encode() + b"\n" + GUARD)
    assert report.scheme is None
    assert any(code.startswith("expression-") for code in codes(report))


@pytest.mark.parametrize("amount", ["999999999", "8760000", "100000000000"])
@pytest.mark.parametrize("unit", ["urgent_hour", "work_hour", "work_day", "calendar_day"])
def test_a_limit_of_centuries_is_found(amount: str, unit: str) -> None:
    report = checked("timers.yaml", b"amount: 2\n    unit: work_hour", f"amount: {amount}\n    unit: {unit}".encode())
    assert codes(report) == {"lint-limit-endless"}
    assert {finding.severity for finding in report.findings} == {"error"}


def test_a_limit_on_a_calendar_that_never_works_is_found() -> None:
    timers = (HARBOUR / "timers.yaml").read_bytes()
    head, _, rest = timers.partition(b"    weekdays:\n")
    report = replaced("timers.yaml", head + b"    weekdays: {}\n" + rest[rest.index(b"    announced") :])
    assert "lint-limit-endless" in codes(report), codes(report)


@pytest.mark.parametrize("share", ["0", "-1", "1000000000"])
def test_a_share_is_bounded(share: str) -> None:
    assert "schema-range" in codes(checked("timers.yaml", b"share: 1,", f"share: {share},".encode()))


def chain(length: int, fan: int) -> bytes:
    actions = "".join(
        f"      - {{id: x{number}, label: {{zh: x, en: x}}, meaning: supervise, track: main, automatic: true, "
        "from: [reported], effects: [{raise_alert: {level: red}}]}\n"
        for number in range(length)
    )
    reactions = "".join(
        f"      - {{after: x{before}, action: x{number}}}\n"
        for number in range(length)
        for before in range(max(0, number - fan), number)
    )
    return f"{actions}    reactions:\n      - {{after: report, action: x0}}\n{reactions}intake_kinds:\n".encode()


@pytest.mark.parametrize(("length", "fan"), [(33, 1), (60, 60), (3000, 1)])
def test_reactions_beyond_the_most_are_found(length: int, fan: int) -> None:
    assert "lint-reactions-too-many" in codes(checked("workflow.yaml", b"intake_kinds:\n", chain(length, fan)))


def test_thirty_two_reactions_are_no_finding() -> None:
    assert codes(checked("workflow.yaml", b"intake_kinds:\n", chain(32, 1))) == set()


def test_an_action_that_sets_itself_off_is_found() -> None:
    again = b"""      - {id: again, label: {zh: x, en: x}, meaning: supervise, track: main,
         automatic: true, from: [reported], effects: [{open_task: {task: dispatching, target: {post: head}}}]}
    reactions:
      - {after: again, action: again}
intake_kinds:
"""
    assert "reference-reaction-cycle" in codes(checked("workflow.yaml", b"intake_kinds:\n", again))


def ring(points: str) -> bytes:
    feature = (
        '{"type":"Feature","properties":{"code":"HB-01"},"geometry":{"type":"Polygon","coordinates":[' + points + "]}}"
    )
    return ('{"type":"FeatureCollection","features":[' + feature + "]}").encode()


GEOMETRY: list[tuple[str, bytes, str]] = [
    ("NaN", ring("[[NaN,1],[1,1],[1,2],[NaN,1]]"), "geojson-number"),
    ("infinite", ring("[[1e999,1],[1,1],[1,2],[1e999,1]]"), "geojson-number"),
    ("digits", ring("[[" + "9" * 5000 + ",1],[1,1],[1,2],[1,1]]"), "geojson-number"),
    ("off the Earth", ring("[[1e300,1],[1,1],[1,2],[1e300,1]]"), "geojson-ring"),
    ("latitude", ring("[[120,91],[1,1],[1,2],[120,91]]"), "geojson-ring"),
    ("two points", ring("[[1,1],[2,2]]"), "geojson-ring"),
    ("texts", ring('[["1","1"],[1,1],[1,2],["1","1"]]'), "geojson-ring"),
    ("booleans", ring("[[true,1],[1,1],[1,2],[true,1]]"), "geojson-ring"),
    ("one place", ring("[[120,30],[120,30],[120,30],[120,30]]"), "lint-cell-invalid"),
    ("bow", ring("[[120,30],[120.01,30.01],[120.01,30],[120,30.01],[120,30]]"), "lint-cell-invalid"),
    ("nested", b'{"type":"FeatureCollection","features":' + b"[" * 10000 + b"]" * 10000 + b"}", "geojson-too-deep"),
]


@pytest.mark.parametrize(("content", "code"), [row[1:] for row in GEOMETRY], ids=[row[0] for row in GEOMETRY])
def test_hostile_outlines_are_found(content: bytes, code: str) -> None:
    assert code in codes(replaced("cells.geojson", content))


LARGE: list[tuple[str, str, Callable[[], bytes]]] = [
    ("one line of a megabyte", "workflow.yaml", lambda: b'schema: "' + b"a" * 1_000_000 + b'"'),
    ("nodes up to the limit", "workflow.yaml", lambda: b"[" + b"a," * 199_990 + b"]"),
    ("many keys", "workflow.yaml", lambda: b"{" + b",".join(b"k%d: 1" % n for n in range(50_000)) + b"}"),
    ("many columns", "cells.csv", lambda: b",".join(b"c%d" % n for n in range(10_000)) + b"\n"),
    ("columns up to the limit", "cells.csv", lambda: (b",".join(b"c%d" % n for n in range(499)) + b"\n") * 300),
]


@pytest.mark.parametrize(("name", "make"), [row[1:] for row in LARGE], ids=[row[0] for row in LARGE])
def test_large_files_are_findings_within_bounds(name: str, make: Callable[[], bytes]) -> None:
    report = replaced(name, make())
    assert report.scheme is None
    assert any(finding.place.file == name for finding in report.findings)


def test_a_file_that_leads_out_of_the_folder_is_not_read(tmp_path: Path) -> None:
    for path in HARBOUR.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    secret = tmp_path.parent / "secret.csv"
    secret.write_text("code\nsecret\n", encoding="utf-8")
    (tmp_path / "cells.csv").unlink()
    (tmp_path / "cells.csv").symlink_to(secret)
    report = check(read_source(tmp_path))
    assert "file-outside" in codes(report)
    assert "secret" not in render_text([report], "en").replace("secret.csv", "")


def test_labels_are_text() -> None:
    label = b'"<script>alert(1)</script>{0.__class__}{zh}"'
    report = checked("locality.yaml", "海港区".encode(), label)
    assert report.scheme is not None
    assert report.scheme.locality.label.zh == json.loads(label)


def test_a_published_form_fetches_nothing() -> None:
    """Even a schema that never passed the check cannot make the server ask another host."""
    form: dict[str, Any] = {"type": "object", "properties": {"a": {"$ref": "http://127.0.0.1:1/x"}}}
    with pytest.raises((ValueError, jsonschema_rs.ReferencingError)):
        judge(form, {"a": 1}, "/inputs", lambda kind, value: True)
