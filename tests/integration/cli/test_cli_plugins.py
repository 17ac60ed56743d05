"""`plugins`, `new` and `check` on plugins, as people run them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from console import ROOT, run

SHIPPED = ("china_code_lists", "china_holidays")


def test_plugins_are_listed_with_what_they_provide(tmp_path: Path) -> None:
    done = run(tmp_path, "plugins", "--format", "json")
    assert done.code == 0, done.err
    found = {each["id"]: each for each in json.loads(done.out)["plugins"]}
    assert set(SHIPPED) <= set(found)
    assert found["china_holidays"]["provides"]["hooks"] == ["provide_calendars"]
    assert found["china_holidays"]["from"]["kind"] == "shipped"


def test_a_broken_plugin_is_told_and_ends_with_one(tmp_path: Path) -> None:
    folder = tmp_path / "more" / "sample"
    folder.mkdir(parents=True)
    (folder / "plugin.yaml").write_text("schema: gridwright/plugin/1\nid: sample\n", encoding="utf-8")
    done = run(tmp_path / "i", "plugins", GRIDWRIGHT_PLUGINS=str(tmp_path / "more"))
    assert done.code == 1 and "[plugin-broken]" in done.out and "plugin.yaml" in done.out
    checked = run(tmp_path / "i", "check", folder)
    assert checked.code == 1 and "plugin.yaml:1:1 $ [schema-missing-property]" in checked.out


def test_a_folder_of_plugins_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    done = run(tmp_path, "plugins", GRIDWRIGHT_PLUGINS=str(tmp_path / "nothing"))
    assert done.code == 1 and "GRIDWRIGHT_PLUGINS" in done.err and "Traceback" not in done.err


def test_a_new_locality_checks_clean_passes_its_test_and_is_published(tmp_path: Path) -> None:
    folder = tmp_path / "lakeside"
    assert run(tmp_path / "i", "new", "locality", "lakeside", "--folder", folder).code == 0
    checked = run(tmp_path / "i", "check", "--format", "json", folder)
    (report,) = json.loads(checked.out)["localities"].values() if checked.code == 0 else ({},)
    assert checked.code == 0, checked.out
    assert {each["code"] for each in report["findings"]} <= {"lint-year-not-announced"}, "in December, until it is"
    assert run(tmp_path / "i", "test", folder).code == 0
    assert run(tmp_path / "i", "publish", folder).code == 0


def test_a_new_plugin_checks_clean_and_passes_its_test(tmp_path: Path) -> None:
    folder = tmp_path / "ferry_days"
    assert run(tmp_path / "i", "new", "plugin", "ferry_days", "--folder", folder).code == 0
    assert run(tmp_path / "i", "check", folder).code == 0
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", folder],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    listed = run(tmp_path / "i", "plugins", GRIDWRIGHT_PLUGINS=str(folder))
    assert "ferry_days" in listed.out


@pytest.mark.parametrize("kind", ["locality", "plugin"])
def test_nothing_is_overwritten(tmp_path: Path, kind: str) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "plugin.yaml").write_text("mine\n", encoding="utf-8")
    done = run(tmp_path / "i", "new", kind, "sample", "--folder", tmp_path / "mine")
    assert done.code == 1 and "[folder-not-empty]" in done.err
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["plugin.yaml"]
    assert (tmp_path / "mine" / "plugin.yaml").read_text(encoding="utf-8") == "mine\n"


@pytest.mark.parametrize("id", ["../there", "Mine", "1st", "a b"])
def test_an_id_that_is_none(tmp_path: Path, id: str) -> None:
    done = run(tmp_path / "i", "new", "plugin", id, "--folder", tmp_path / "x")
    assert done.code == 1 and "[id-not-plain]" in done.err and not (tmp_path / "x").exists()


def test_codes_of_a_class_are_explained(tmp_path: Path) -> None:
    done = run(tmp_path, "explain", "code", ROOT / "manifests" / "konggang_1355", "--category", "02001", "--json")
    assert done.code == 0, done.err
    assert [each["code"] for each in json.loads(done.out)["mapped"]] == ["06001", "0101", "0101"]


def test_every_shipped_plugin_checks_clean(tmp_path: Path) -> None:
    folders = sorted(path.parent for path in (ROOT / "plugins").glob("*/plugin.yaml"))
    assert {folder.name for folder in folders} >= set(SHIPPED)
    done = run(tmp_path, "check", *folders)
    assert done.code == 0 and done.out.count("0 个错误，0 个警告") == len(folders)
