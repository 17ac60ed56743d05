"""The schema check: which fault is reported, where, and what later passes still get to see."""

from pathlib import Path

import pytest

from core.manifest.document import Document
from core.manifest.documents import read_documents
from core.manifest.pipeline import check
from core.manifest.schema_check import check_document, check_schema
from core.manifest.source import read_source, source_of
from core.manifest.yaml_text import read_yaml
from core.messages import hint, render

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")


def changed(file: str, old: str, new: str) -> dict[str, bytes]:
    text = MINIMAL.files[file].decode()
    assert old in text
    return {**MINIMAL.files, file: text.replace(old, new, 1).encode()}


def found(files) -> list[tuple[str, str]]:
    return [(finding.code, str(finding.place)) for finding in check(source_of("minimal", files)).findings]


@pytest.mark.parametrize("kind", ["locality", "grid", "roster", "categories", "workflow", "dispatch"])
def test_a_required_file_that_is_missing_is_named(kind):
    files = {name: data for name, data in MINIMAL.files.items() if name != f"{kind}.yaml"}
    assert ("schema-missing-file", f"{kind}.yaml $") in found(files)


@pytest.mark.parametrize("kind", ["registry", "timers"])
def test_registry_and_timers_may_be_absent(kind):
    files = {name: data for name, data in MINIMAL.files.items() if name != f"{kind}.yaml"}
    assert "schema-missing-file" not in {code for code, _ in found(files)}


def test_a_missing_file_does_not_make_what_it_defines_unknown():
    files = {name: data for name, data in MINIMAL.files.items() if name != "roster.yaml"}
    assert found(files) == [("schema-missing-file", "roster.yaml $")]


def test_several_faults_of_several_files_are_found_in_one_run():
    files = changed("locality.yaml", "CGCS2000", "GCJ")
    files["grid.yaml"] = files["grid.yaml"].replace(b"label", b"lable", 1)
    files["timers.yaml"] = files["timers.yaml"].replace(b"share: 1,", b"share: much,")
    assert found(files) == [
        ("schema-missing-property", "grid.yaml:4:5 $.tiers[0]"),
        ("schema-unknown-property", "grid.yaml:4:20 $.tiers[0].lable"),
        ("schema-not-one-of", "locality.yaml:7:20 $.coordinate_system"),
        ("schema-wrong-type", "timers.yaml:28:26 $.limits[0].reaches[1].share"),
    ]


def test_a_fault_that_leaves_the_shape_whole_does_not_hide_faults_of_reference():
    files = changed("roster.yaml", "{id: centre, label", "{id: centre, colour: red, label")
    files["roster.yaml"] = files["roster.yaml"].replace(b"parent: centre", b"parent: center")
    assert {code for code, _ in found(files)} == {"schema-unknown-property", "reference-unknown-organisation"}


@pytest.mark.parametrize("value", ["- a", "text", "12", "~"])
def test_a_document_that_is_no_mapping_is_a_fault_and_no_exception(value):
    files = {**MINIMAL.files, "workflow.yaml": value.encode()}
    assert {code for code, _ in found(files)} <= {"schema-wrong-type", "schema-empty", "schema-not-quoted"}
    assert found(files)[0][1].startswith("workflow.yaml:1:1 $")


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("gridwright/timers/2", "schema-line-unknown"),
        ("gridwright/grid/1", "schema-line-unknown"),
        ("1", "schema-line-unknown"),
        ("", "schema-line-missing"),
    ],
)
def test_the_schema_line_has_to_name_a_published_version_of_the_files_own_kind(line, code):
    assert [each for each, _ in found(changed("timers.yaml", "gridwright/timers/1", line))] == [code]


@pytest.mark.parametrize(
    ("target", "code", "path"),
    [
        ("{pst: head}", "schema-unknown-property", "target.pst"),
        ("reporters", "schema-not-one-of", "target"),
        ("[head]", "schema-wrong-type", "target"),
        ("{post: 5}", "schema-not-quoted", "target.post"),
        ("{object: owners}", "schema-not-one-of", "target.object"),
        ("{post: head, task: t}", "schema-too-many", "target"),
    ],
)
def test_a_value_with_several_forms_is_judged_by_the_form_that_was_meant(target, code, path):
    text = MINIMAL.files["timers.yaml"].decode().replace("target: {post: head}", f"target: {target}")
    document, _ = read_yaml("timers.yaml", text.encode())
    findings, usable = check_document(document, "timers")
    assert [(each.code, each.place.path) for each in findings] == [(code, f"$.cadences[0].{path}")]
    assert not usable


def test_a_wrong_name_is_placed_at_the_key_and_a_wrong_value_at_the_value():
    text = "schema: gridwright/dispatch/1\nrules: rules.csv\npoools: []\npools: none\n"
    document, _ = read_yaml("dispatch.yaml", text.encode())
    findings, _ = check_document(document, "dispatch")
    places = {finding.code: (finding.place.line, finding.place.column) for finding in findings}
    assert places == {"schema-unknown-property": (3, 1), "schema-wrong-type": (4, 8)}


def test_findings_read_well_in_both_languages():
    files = changed("locality.yaml", '"610404"', "610404")
    finding = check(source_of("minimal", files)).findings[0]
    assert hint(finding.code, finding.params, "zh") == '写成 "610404"'
    assert "610404" in render(finding.code, finding.params, "en")
    pattern = check(source_of("minimal", changed("locality.yaml", '"610404"', '"61"'))).findings[0]
    assert "6、9 或 12 位" in hint(pattern.code, pattern.params, "zh")
    assert "6, 9 or 12 digits" in hint(pattern.code, pattern.params, "en")


def test_what_is_broken_is_taken_from_later_passes():
    documents, _ = read_documents(source_of("minimal", changed("roster.yaml", "roles:", "rolls:")))
    usable = check_schema(documents).usable
    assert usable.document("roster") is None
    assert usable.document("grid") is not None


def test_a_document_without_places_still_gives_findings():
    findings, _ = check_document(Document("grid.yaml", {"schema": "gridwright/grid/1"}), "grid")
    assert {finding.code for finding in findings} == {"schema-missing-property"}
