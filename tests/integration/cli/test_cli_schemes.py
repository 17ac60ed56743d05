"""`publish` and `export`: one revision for one set of files, and back to files without a change."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

from console import MINIMAL, SHIPPED, Done, run

Here = Callable[..., Done]


def rows(instance: Path, table: str) -> int:
    with sqlite3.connect(instance / "gridwright.sqlite3") as link:
        return int(link.execute(f"SELECT count(*) FROM {table}").fetchone()[0])  # noqa: S608  (our own table names)


def digests(instance: Path) -> list[tuple[str, str]]:
    with sqlite3.connect(instance / "gridwright.sqlite3") as link:
        return list(link.execute("SELECT source_digest, scheme_digest FROM revision ORDER BY number"))


def test_publishing_the_same_files_again_changes_nothing(instance: Path) -> None:
    first, second = run(instance, "publish", SHIPPED), run(instance, "--language", "en", "publish", SHIPPED)
    assert (first.code, second.code) == (0, 0)
    assert "已发布 konggang_1355 修订 1" in first.out
    assert second.out == "konggang_1355 is unchanged, still 1\n"
    assert rows(instance, "revision") == 1


def test_a_change_is_a_new_revision(here: Here, instance: Path, changed: Callable[..., Path]) -> None:
    here("publish", MINIMAL)
    done = here("publish", changed(("cells.csv", "Grid 1", "Grid One")))
    assert done.code == 0 and "修订 2" in done.out
    (old, new) = digests(instance)
    assert old[0] != new[0] and old[1] != new[1]


def test_an_export_publishes_to_the_same_two_digests(here: Here, tmp_path: Path, instance: Path) -> None:
    here("publish", SHIPPED)
    folder = tmp_path / "handed over"
    exported = here("export", "konggang_1355", folder)
    elsewhere = tmp_path / "elsewhere"
    published = here("publish", folder, GRIDWRIGHT_INSTANCE=str(elsewhere))
    assert exported.code == published.code == 0
    assert digests(elsewhere) == digests(instance) != []
    assert "konggang_1355" in published.out, "the folder's name is not the district's id"
    for path in folder.rglob("*.*"):
        assert path.read_bytes() == (SHIPPED / path.relative_to(folder)).read_bytes()


def test_an_earlier_revision_can_be_exported(here: Here, tmp_path: Path, changed: Callable[..., Path]) -> None:
    here("publish", MINIMAL)
    here("publish", changed(("cells.csv", "Grid 1", "Grid One")))
    assert here("export", "minimal", tmp_path / "first", "--revision", "1").code == 0
    assert (tmp_path / "first" / "cells.csv").read_bytes() == (MINIMAL / "cells.csv").read_bytes()


def test_an_export_writes_over_nothing(here: Here, tmp_path: Path) -> None:
    here("publish", MINIMAL)
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name in ("full", "file"):
        done = here("export", "minimal", tmp_path / name)
        assert done.code == 1 and "[folder-not-empty]" in done.err
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["mine.txt"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_what_is_not_published_is_not_exported(here: Here, tmp_path: Path) -> None:
    here("publish", MINIMAL)
    nowhere, no_number = (
        here("export", "nowhere", tmp_path / "a"),
        here("export", "minimal", tmp_path / "a", "--revision", "9"),
    )
    assert (nowhere.code, no_number.code) == (1, 1)
    assert "[locality-unknown]" in nowhere.err and "[revision-unknown]" in no_number.err
    assert not (tmp_path / "a").exists()


def test_a_broken_manifest_is_not_published(here: Here, instance: Path, changed: Callable[..., Path]) -> None:
    done = here("publish", changed(("timers.yaml", "calendar: office", "calendar: ofice")))
    assert done.code == 1
    assert "timers.yaml:24:15" in done.err and "[manifest-has-errors]" in done.err
    assert rows(instance, "revision") == rows(instance, "locality") == 0


def test_a_manifest_that_fails_its_own_tests_is_not_published(
    here: Here, instance: Path, changed: Callable[..., Path]
) -> None:
    here("publish", MINIMAL)
    done = here("publish", changed(("tests/request.yaml", "rule: R9", "rule: R1")))
    assert done.code == 1 and "[manifest-tests-fail]" in done.err and "lamp" in done.err
    assert rows(instance, "revision") == 1


def test_explaining_a_dispatch(here: Here) -> None:
    question = ("explain", "dispatch", MINIMAL, "--category", "0101", "--cell", "D01", "--at", "2026-03-02T10:00")
    found = json.loads(here(*question, "--json").out)
    assert (found["rule"], found["handler"], found["total"]) == ("R9", {"kind": "post", "value": "head"}, 1)
    assert found["runners_up"][0]["rule"] == "R1"
    told = here(*question)
    assert told.code == 0 and "→ post:head  R9 fallback  rules.csv:3:1" in told.out and "✗ R1" in told.out


def test_a_dispatch_is_explained_at_the_hour_and_severity_asked_for(here: Here, changed: Callable[..., Path]) -> None:
    folder = changed(("rules.csv", "08:00,18:00,fact.depth_cm >= 5", ",,hour >= 22 or weekday == 7"))
    question = ("explain", "dispatch", folder, "--category", "0101", "--cell", "D01", "--json")
    by_time = {
        at: json.loads(here(*question, "--at", at).out)["rule"]
        for at in ("2026-03-02T21:59", "2026-03-02T22:00", "2026-03-01T10:00")
    }
    assert by_time == {"2026-03-02T21:59": "R9", "2026-03-02T22:00": "R1", "2026-03-01T10:00": "R1"}


def test_explaining_a_deadline(here: Here) -> None:
    question = ("explain", "deadline", MINIMAL, "--limit", "answer", "--from", "2026-03-02T16:00")
    found = json.loads(here(*question, "--json").out)
    assert found["due_at"] == "2026-03-09T16:00:00+08:00"  # Monday and Tuesday are the only workdays
    assert sum(interval["seconds"] for interval in found["counted"]) == found["allowed_seconds"] == 54000
    told = here("--language", "en", *question)
    assert told.code == 0 and told.out.startswith("→ 2026-03-09T16:00:00+08:00  (2 work_day, 54000 s")


def test_what_is_asked_for_has_to_exist(here: Here) -> None:
    no_class = here("explain", "dispatch", MINIMAL, "--category", "0103", "--cell", "D01")
    no_limit = here("explain", "deadline", MINIMAL, "--limit", "anser", "--from", "2026-03-02T16:00")
    assert (no_class.code, no_limit.code) == (1, 1)
    assert "[category-unknown-near]" in no_class.err and "0102" in no_class.err
    assert "[limit-unknown]" in no_limit.err and "answer" in no_limit.err
