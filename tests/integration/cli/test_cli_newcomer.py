"""The county that a new user wrote from the docs alone (docs/adr/0009) stays clean, and its own tests pass."""

from __future__ import annotations

import json
from pathlib import Path

from console import run

COUNTY = Path(__file__).parents[2] / "manifests" / "positive" / "hotline_county"


def test_the_county_checks_clean_and_is_published(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    done = run(instance, "check", "--format", "json", COUNTY)
    found = json.loads(done.out)["localities"]["hotline_county"]
    assert (done.code, found["errors"]) == (0, 0)
    assert [each["code"] for each in found["findings"] if each["code"] != "lint-year-not-announced"] == []
    assert run(instance, "publish", COUNTY).code == 0


def test_its_tests_pass_in_either_language(tmp_path: Path) -> None:
    for language in ("zh", "en"):
        done = run(tmp_path / "instance", "--language", language, "test", COUNTY)
        assert (done.code, done.err) == (0, ""), done.out
        assert done.out.count("✓") == 18
