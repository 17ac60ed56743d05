"""Every negative manifest gives exactly the findings that stand beside it; every finding code has one.

A folder under tests/manifests/negative holds only the files that differ from tests/manifests/positive/minimal.
Its `plugins` and the folders in `packs` are what the installation has beside the shipped plugins, `site` is a folder
with installed distributions. A folder with a `plugin.yaml` is a plugin on its own. Folders `text-*` are about
unreadable text and have their own test.
"""

import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from core.errors import Finding
from core.manifest.pipeline import check
from core.manifest.source import Source, read_source, source_of
from core.messages import catalogue
from core.plugin_host import PluginHost, find_packs, inspect_plugin

MANIFESTS = Path(__file__).parents[2] / "manifests"
MINIMAL = read_source(MANIFESTS / "positive" / "minimal")
FOLDERS = sorted(
    folder for folder in (MANIFESTS / "negative").iterdir() if folder.is_dir() and not folder.name.startswith("text-")
)
AREAS = ("schema", "reference", "compile", "expression", "lint", "plugin")
BESIDE = ("plugins", "packs", "site")
TODAY = date(2026, 12, 1)


def overlaid(folder: Path) -> Source:
    """The minimal locality with a folder's files laid over it."""
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.name != "expected.yaml" and path.relative_to(folder).parts[0] not in BESIDE
    }
    return source_of("minimal", {**MINIMAL.files, **files})


def checked(folder: Path) -> list[Finding]:
    """The findings with the plugins that lie beside the manifest, or of the plugin that the folder is."""
    if (folder / "plugin.yaml").exists():
        return list(inspect_plugin(folder, "0.1.0").findings)
    folders = [place for place in (folder / "plugins", *sorted((folder / "packs").glob("*/*"))) if place.is_dir()]
    today = TODAY if folder.name == "lint-year-not-announced" else None
    sys.path.insert(0, str(folder / "site"))
    try:
        host = PluginHost(find_packs(folders), "0.1.0", lambda *_: "secret")
        return list(check(overlaid(folder), host.resolve, today).findings)
    finally:
        sys.path.remove(str(folder / "site"))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_gives_exactly_the_expected_findings(folder):
    found = [
        {
            "code": finding.code,
            "file": finding.place.file,
            "line": finding.place.line,
            "column": finding.place.column,
            "path": finding.place.path,
        }
        for finding in checked(folder)
    ]
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))
    assert sorted(found, key=str) == sorted(expected, key=str)
    assert folder.name in {finding["code"] for finding in expected}, "a folder is named after the code that it proves"


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_findings_have_the_severity_that_the_catalogue_gives(folder):
    for finding in checked(folder):
        assert finding.severity == catalogue()[finding.code].severity, finding


def test_every_finding_code_has_a_negative_manifest():
    codes = {code for code, message in catalogue().items() if message.area in AREAS and message.severity}
    assert codes - {folder.name for folder in FOLDERS} == set()


def test_the_minimal_locality_is_without_fault():
    report = check(MINIMAL)
    assert report.findings == ()
    assert report.scheme is not None
