"""What holds for every folder in manifests/: no fault, no warning without a reason (but for the district of problems,
whose difficulties are what it is for), its own tests pass, sources named.

What one district's document says stands in the tests of that district and in district_counts.csv.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest
import yaml
from district_files import origins

from core.governance.scheme_test import run_tests
from core.manifest.documents import tests_of as own_tests_of
from core.manifest.pipeline import check
from core.manifest.report import Report
from core.manifest.source import read_source
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

FOLDERS = sorted(path.parent for path in (Path(__file__).parent.parent / "manifests").glob("*/locality.yaml"))
GENERATED = [folder for folder in FOLDERS if (folder / "generate.py").exists()]
every_district = pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)


@cache
def report_of(folder: Path) -> Report:
    return check(read_source(folder), shipped_plugins().resolve)


@every_district
def test_nothing_is_wrong_and_what_is_waived_has_its_reason(folder: Path) -> None:
    report = report_of(folder)
    left = [finding for finding in report.findings if finding.severity != "note" and not finding.waived]
    difficult = folder.name == "xinhua_cangzhou"  # see test_xinhua_facts
    assert [f"{each.place} {each.code}" for each in left if not difficult or each.severity == "error"] == []


@every_district
def test_its_own_tests_pass(folder: Path) -> None:
    scheme = report_of(folder).scheme
    assert isinstance(scheme, Scheme)
    documents = own_tests_of(read_source(folder))
    assert documents, "a district without tests of its own"
    outcomes = list(run_tests(scheme, documents))
    assert [(each.file, each.test, each.failures) for each in outcomes if not each.passed] == []


@every_district
def test_every_fact_names_a_source_that_is_declared(folder: Path) -> None:
    locality = yaml.safe_load((folder / "locality.yaml").read_text(encoding="utf-8"))
    sources = {source["id"] for source in locality["sources"]}
    for origin in {origin for _, origin in origins(folder)}:
        found = re.fullmatch(r"demo|standard:\w+|seed:(\w+):[\d,-]+", origin)
        assert found and (found[1] is None or found[1] in sources), origin


@every_district
def test_every_contradiction_is_settled_in_both_languages(folder: Path) -> None:
    locality = yaml.safe_load((folder / "locality.yaml").read_text(encoding="utf-8"))
    assert locality["settlements"]
    for item in locality["settlements"]:
        for part in ("contradiction", "reading", "reason"):
            assert re.search(r"[一-鿿\d]", item[part]["zh"]) and item[part]["en"], (item["id"], part)


@pytest.mark.parametrize("folder", GENERATED, ids=lambda folder: folder.name)
def test_its_tables_come_from_its_generator(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "generate.py", tmp_path)
    if (folder / "generator").is_dir():
        shutil.copytree(folder / "generator", tmp_path / "generator", ignore=shutil.ignore_patterns("__pycache__"))
    subprocess.run([sys.executable, tmp_path / "generate.py"], check=True, cwd=tmp_path)
    made = {path.name for path in tmp_path.iterdir() if path.is_file()} - {"generate.py"}
    assert made
    for name in made:
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes(), name
