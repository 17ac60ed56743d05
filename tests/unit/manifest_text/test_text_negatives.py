"""Every finding code of reading has a folder that gives exactly the findings that it says.

A folder that would be large or strange as files has a `recipe.toml` instead, from which the files are made:
`[[file]]` name, head, repeat × times, tail (or `numbers`: one empty file each), `[[link]]` name, to.
"""

import shutil
import tomllib
from pathlib import Path

import pytest
import yaml

from core.errors import Finding
from core.manifest.csv_text import read_csv
from core.manifest.geojson_text import read_geojson
from core.manifest.source import read_source
from core.manifest.waiver import apply_waivers
from core.manifest.yaml_text import read_yaml
from core.messages import catalogue

NEGATIVE = Path(__file__).parents[2] / "manifests" / "negative"
FOLDERS = sorted(NEGATIVE.glob("text-*"))
READERS = {".yaml": read_yaml, ".csv": read_csv, ".geojson": read_geojson}
CODES = sorted(entry.code for entry in catalogue().values() if entry.area == "text" and entry.severity)


def findings_of(folder: Path) -> list[Finding]:
    """What reading a whole folder gives, waivers applied: the front of the pipeline."""
    source = read_source(folder)
    findings = list(source.findings)
    documents = {}
    for name, data in source.files.items():
        documents[name], found = READERS[Path(name).suffix](name, data)
        findings += found
    locality = documents.get("locality.yaml")
    if locality is None:
        return findings
    return apply_waivers(findings, locality.value["waivers"], lambda index: locality.place(("waivers", index)))


def materialise(folder: Path, target: Path) -> Path:
    shutil.copytree(folder, target, ignore=shutil.ignore_patterns("expected.yaml", "recipe.toml"))
    recipe = folder / "recipe.toml"
    entries = tomllib.loads(recipe.read_text(encoding="utf-8")) if recipe.exists() else {}
    for entry in entries.get("file", []):
        first, last = entry.get("numbers", (1, 1))
        for number in range(first, last + 1):
            path = target / entry["name"].replace("{number}", f"{number:03}")
            path.parent.mkdir(exist_ok=True)
            text = entry.get("repeat", "") * entry.get("times", 0)
            path.write_text(entry.get("head", "") + text + entry.get("tail", ""), encoding="utf-8")
    for entry in entries.get("link", []):
        (target / entry["name"]).symlink_to(entry["to"])
    return target


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_folder_gives_exactly_its_findings(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.yaml").write_text("a: b\n", encoding="utf-8")
    expected = yaml.safe_load((folder / "expected.yaml").read_text(encoding="utf-8"))

    found = findings_of(materialise(folder, tmp_path / "locality"))

    places = [(finding.code, finding.place) for finding in found]
    assert [
        {"code": code, "file": at.file, "line": at.line, "column": at.column, "path": at.path} for code, at in places
    ] == expected
    for finding in found:
        message = catalogue()[finding.code]
        assert finding.severity == message.severity
        for text in (*message.text.values(), *message.hint.values()):
            text.format(**finding.params)  # KeyError when a placeholder has no parameter


@pytest.mark.parametrize("code", CODES)
def test_each_code_has_a_folder_that_expects_it(code: str) -> None:
    expected = yaml.safe_load((NEGATIVE / f"text-{code}" / "expected.yaml").read_text(encoding="utf-8"))
    assert code in {item["code"] for item in expected}
