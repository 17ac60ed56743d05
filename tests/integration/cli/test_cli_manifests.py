"""`check` and `test`: what they print, and how they leave."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from console import MINIMAL, ROOT, SCRIPT, SHIPPED, Done, environment, run

Here = Callable[..., Done]

COUNTS = {
    "tiers",
    "leaf_cells",
    "cells_by_tier",
    "cells_by_kind",
    "organisations",
    "roles",
    "posts",
    "majors",
    "minors",
    "items",
    "rules",
    "stages",
    "actions",
    "objects",
}

NEXT_YEAR = "lint-year-not-announced"  # from December on, until the holidays of the next year are known


def test_the_shipped_district_is_checked_as_one_json_object(instance: Path) -> None:
    done = run(instance, "check", "--format", "json", SHIPPED)
    assert (done.code, done.err) == (0, "")
    answer = json.loads(done.out)
    assert list(answer) == ["localities"]
    assert list(answer["localities"]) == ["konggang_1355"]
    found = answer["localities"]["konggang_1355"]
    warned = [each["code"] for each in found["findings"] if each["severity"] == "warning" and not each["waived"]]
    assert found["errors"] == 0 and set(warned) <= {NEXT_YEAR}, warned
    assert set(found["counts"]) == COUNTS
    assert found["counts"]["leaf_cells"] == 16
    assert not instance.exists(), "checking needs no installation"


def test_sarif_names_the_place_of_a_finding(here: Here, changed: Callable[..., Path]) -> None:
    folder = changed(("timers.yaml", "calendar: office", "calendar: ofice"))
    done = here("check", "--format", "sarif", folder)
    log = json.loads(done.out)
    (result,) = log["runs"][0]["results"]
    assert done.code == 1
    assert (log["version"], result["ruleId"], result["level"]) == ("2.1.0", "reference-unknown-calendar", "error")
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "minimal/timers.yaml"
    assert place["region"]["startLine"] == 24


def test_text_speaks_the_language_that_is_asked_for(here: Here, changed: Callable[..., Path]) -> None:
    folder = changed(("timers.yaml", "calendar: office", "calendar: ofice"))
    zh, en = here("check", folder), here("--language", "en", "check", folder)
    assert zh.code == en.code == 1
    assert "1 个错误" in zh.out and "errors" not in zh.out
    assert "1 error" in en.out and "错误" not in en.out
    for done in (zh, en):
        assert "minimal/timers.yaml:24:15 $.limits[0].calendar [reference-unknown-calendar]" in done.out


def test_the_terminal_says_which_language(here: Here) -> None:
    assert "错误" in here("check", MINIMAL, LANG="zh_CN.UTF-8").out
    assert "errors" in here("check", MINIMAL, LANG="en_GB.UTF-8").out


def test_a_warning_does_not_fail_a_check(here: Here, changed: Callable[..., Path]) -> None:
    done = here("check", "--format", "json", changed(("workflow.yaml", ", public: true", "")))
    found = json.loads(done.out)["localities"]["minimal"]
    warned = {each["code"] for each in found["findings"] if each["severity"] == "warning"}
    assert (done.code, found["errors"], warned - {NEXT_YEAR}) == (0, 0, {"lint-no-service"})


def test_a_locality_goes_by_the_id_that_it_gives_itself(here: Here, changed: Callable[..., Path]) -> None:
    done = here("check", "--format", "json", changed(name="handed_over"))
    assert list(json.loads(done.out)["localities"]) == ["minimal"]


def test_a_folder_without_an_id_goes_by_its_name(here: Here, changed: Callable[..., Path]) -> None:
    done = here("check", "--format", "json", changed(("locality.yaml", "id: minimal", "id: 小区"), name="somewhere"))
    found = json.loads(done.out)["localities"]
    assert done.code == 1 and list(found) == ["somewhere"]


def test_one_locality_named_twice_is_refused(here: Here, changed: Callable[..., Path]) -> None:
    done = here("check", MINIMAL, changed(name="again"))
    assert done.code == 1 and "[locality-twice]" in done.err and done.out == ""


def test_the_shipped_districts_own_tests_pass(instance: Path) -> None:
    done = run(instance, "test", SHIPPED, "--format", "json")
    outcomes = json.loads(done.out)["localities"]["konggang_1355"]
    assert done.code == 0
    assert {(outcome["file"], outcome["passed"]) for outcome in outcomes} == {
        ("tests/manhole.yaml", True),
        ("tests/paths.yaml", True),
    }
    assert {"grid_head_responds", "grid_head_does_not_answer"} <= {outcome["test"] for outcome in outcomes}


def test_a_failing_test_says_where_and_what(here: Here, changed: Callable[..., Path]) -> None:
    folder = changed(("tests/request.yaml", "owner: {handling: head}", "owner: {handling: reporter}"))
    text, data = here("test", folder), here("test", "--format", "json", "--events", folder)
    assert text.code == data.code == 1
    assert "tests/request.yaml:14:29 $.tests[0].steps[0].expect.owner.handling [test-unexpected]" in text.out
    assert "0 个通过，1 个未通过" in text.out
    (outcome,) = json.loads(data.out)["localities"]["minimal"]
    assert outcome["failures"][0]["message"] == {
        "zh": "owner.handling：应为 reporter，实为 head",
        "en": "owner.handling: expected reporter, found head",
    }
    assert [event["seq"] for event in outcome["events"]] == list(range(1, len(outcome["events"]) + 1))


def test_a_scheme_without_tests_does_not_pass(here: Here, changed: Callable[..., Path]) -> None:
    folder = changed()
    (folder / "tests" / "request.yaml").unlink()
    done = here("test", folder)
    assert done.code == 1 and "没有测试" in done.out


def test_a_broken_manifest_is_not_tested(here: Here, changed: Callable[..., Path]) -> None:
    done = here("test", changed(("timers.yaml", "calendar: office", "calendar: ofice")))
    assert done.code == 1
    assert "[reference-unknown-calendar]" in done.err and "[manifest-has-errors]" in done.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("check", "no/such/folder"),
        ("check", "setup.cfg"),
        ("check", "--format", "xml", "tests"),
        ("chekc",),
    ],
)
def test_wrong_usage_leaves_with_2(here: Here, arguments: tuple[str, ...]) -> None:
    done = here(*arguments)
    assert done.code == 2 and "Usage" in done.err


def test_an_empty_folder_lists_what_is_missing(here: Here, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = here("check", tmp_path / "empty")
    assert done.code == 1 and done.out.count("[schema-missing-file]") == 6


def test_a_folder_that_may_not_be_read_is_a_finding(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> list[str]:
        raise PermissionError(13, "Permission denied")

    (tmp_path / "locked").mkdir()
    monkeypatch.setattr("os.listdir", refuse)  # root may read everything, so that no mode would do
    done = here("check", tmp_path / "locked")
    assert done.code == 1 and "[file-not-readable]" in done.out and "Traceback" not in done.err


def test_a_reader_who_stops_reading_is_no_failure(instance: Path) -> None:
    command = f"{SCRIPT} check --format json {SHIPPED} | head -c 1"
    done = subprocess.run(
        ["bash", "-c", command], cwd=ROOT, env=environment(instance), capture_output=True, timeout=60, check=False
    )
    assert done.stdout == b"{" and done.stderr == b""


def test_a_terminal_that_lacks_a_sign_still_gets_the_line(instance: Path) -> None:
    done = subprocess.run(
        [SCRIPT, "test", MINIMAL],
        cwd=ROOT,
        env=environment(instance, PYTHONIOENCODING="gbk"),
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0 and "路灯损坏" in done.stdout.decode("gbk")


def test_a_sample_says_how_many_reports_need_no_person(instance: Path, here: Here) -> None:
    done = run(instance, "sample", MINIMAL, "--reports", "400", "--seed", "3", "--format", "json")
    found = json.loads(done.out)
    assert (done.code, done.err) == (0, ""), "the bar is for terminals"
    assert (found["reports"], found["seed"], found["unanswered"]) == (400, 3, 0)
    (group,) = found["by_person"]  # its one other rule asks for a depth, and reports of a sample bring no form
    assert (group["rule"], group["layer"], group["reports"]) == ("R9", "fallback", 400)
    text = here("--language", "en", "sample", MINIMAL, "--reports", "10")
    assert "0 of 10 reports are dispatched without a person (0.00 %)" in text.out and "R9" in text.out
    assert not instance.exists(), "sampling needs no installation"


def test_there_is_no_sample_of_no_reports(here: Here) -> None:
    assert here("sample", MINIMAL, "--reports", "0").code == 2


def test_a_shipped_district_is_sampled_with_its_plugins(instance: Path) -> None:
    done = run(instance, "sample", SHIPPED.parent / "daxing_12355", "--reports", "500", "--format", "json")
    assert (done.code, done.err) == (0, "")
    assert json.loads(done.out)["share"] >= 0.9


def test_contested_ground_is_explained_by_its_claimants(instance: Path) -> None:
    folder = SHIPPED.parent / "xinhua_cangzhou"
    wanted = ("explain", "dispatch", folder, "--category", "0101", "--cell", "DH-02-90", "--at", "2026-03-02T10:00")
    done = run(instance, *wanted)
    assert done.code == 0, done.err
    first, _, why, *_ = done.out.splitlines()
    assert "contested" in first and "、" in why
    told = json.loads(run(instance, *wanted, "--json").out)
    assert (told["rule"], told["layer"], len(told["reasons"][0]["params"]["claimants"])) == (None, "contested", 2)
