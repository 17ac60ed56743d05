"""Positions that stand empty: counted by place, since when they were left, judged by the scheme, with who stands in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core.governance.checking import read_locality
from core.governance.staffing import assign, leave
from core.governance.vacancies import Staffed, vacancies
from core.manifest.pipeline import load
from core.manifest.source import source_of
from core.scheme.scheme import Scheme
from core.store import Store, open_store

MINIMAL = Path(__file__).parents[2] / "manifests" / "positive" / "minimal"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def scheme_with(**posts: str) -> tuple[dict[str, bytes], Scheme]:
    """The minimal district with more said of some posts."""
    files = dict(read_locality(MINIMAL).files)
    text = files["roster.yaml"].decode()
    for post, said in posts.items():
        (line,) = (line for line in text.splitlines() if line.startswith(f"  - {{id: {post},") and "quota" in line)
        text = text.replace(line, f"{line[:-1]}, {said}}}")
    files["roster.yaml"] = text.encode()
    return files, load(source_of("minimal", files))


SAID = {"head": "vacancies: {allowed: 1, fill_within_days: 30}, backup: reporter, fallback: crew"}
FILES, SCHEME = scheme_with(**SAID)


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    made = open_store(database_url, tmp_path / "blobs")
    publish(made, FILES, SCHEME, NOW - timedelta(days=10))
    yield made
    made.close()


def publish(store: Store, files: dict[str, bytes], scheme: Scheme, at: datetime) -> None:
    with store.unit("minimal") as unit:
        unit.revisions.publish(files, "source", scheme.digest, {}, at, "test")
        unit.keep()


def look(store: Store, at: datetime, scheme: Scheme = SCHEME) -> dict[str, Staffed]:
    with store.read("minimal") as reading:
        return {one.post.id: one for one in vacancies(reading, scheme, at)}


def test_what_a_manifest_says_is_compiled() -> None:
    said = SCHEME.roster.posts["head"].vacancies
    assert (said.allowed, said.fill_within_days) == (1, 30)
    assert SCHEME.roster.posts["crew"].vacancies.allowed is None


def test_one_too_many_in_one_cell_fills_nothing_in_another(store: Store) -> None:
    for name in ("a", "b"):
        assign(store, SCHEME, name, "head", NOW, cell="D01")
    head = look(store, NOW)["head"]
    assert (head.positions, head.held, head.vacant) == (2, 2, 1)
    assert [(one.cell, one.vacant, one.since) for one in head.vacancies] == [("D02", 1, None)]
    crew = look(store, NOW)["crew"]
    assert (crew.positions, crew.held, crew.vacant, crew.too_many, crew.overdue) == (2, 0, 2, False, False)
    assert [(one.organisation, one.vacant) for one in crew.vacancies] == [("works", 2)]


def test_a_vacancy_counts_from_when_the_place_was_left_last(store: Store) -> None:
    for name, cell, day in (("a", "D01", 1), ("b", "D01", 3), ("c", "D02", 2)):
        assign(store, SCHEME, name, "head", NOW, cell=cell)
        leave(store, SCHEME, name, "head", NOW + timedelta(days=day))
    head = look(store, NOW + timedelta(days=4))["head"]
    assert {one.cell: one.since for one in head.vacancies} == {
        "D01": NOW + timedelta(days=3),
        "D02": NOW + timedelta(days=2),
    }
    assert head.since == NOW + timedelta(days=2) and head.too_many and not head.overdue
    assert look(store, NOW + timedelta(days=32, seconds=-1))["head"].overdue is False
    late = look(store, NOW + timedelta(days=32))["head"]
    assert late.overdue and [one.overdue for one in late.vacancies] == [False, True]
    assign(store, SCHEME, "d", "head", NOW + timedelta(days=32), cell="D02")
    after = look(store, NOW + timedelta(days=32))["head"]
    assert (after.vacant, after.too_many, after.overdue) == (1, False, False)


def test_what_was_never_filled_counts_from_the_revision_that_brought_the_post(store: Store) -> None:
    publish(store, FILES, SCHEME, NOW)
    head = look(store, NOW)["head"]
    assert (head.since, {one.due for one in head.vacancies}) == (None, {NOW + timedelta(days=20)})
    without = FILES | {"roster.yaml": FILES["roster.yaml"].replace(b"{id: head, label", b"{id: chief, label")}
    publish(store, without, replace(SCHEME, digest="other"), NOW + timedelta(days=1))
    publish(store, FILES, SCHEME, NOW + timedelta(days=2))
    assert {one.due for one in look(store, NOW + timedelta(days=2))["head"].vacancies} == {NOW + timedelta(days=32)}


def test_the_backup_in_the_same_cell_and_the_fallback_stand_in(store: Store) -> None:
    assign(store, SCHEME, "backup", "reporter", NOW, cell="D01")
    assign(store, SCHEME, "fallback", "crew", NOW)
    first, second = look(store, NOW)["head"].vacancies
    assert [[held.name for held in one.backup] for one in (first, second)] == [["backup"], []]
    assert [[held.name for held in one.fallback] for one in (first, second)] == [["fallback"], ["fallback"]]


def test_a_backup_does_not_stand_in_where_somebody_holds_the_post(store: Store) -> None:
    files, scheme = scheme_with(reporter="backup: head")
    publish(store, files, scheme, NOW)
    assign(store, scheme, "backup", "head", NOW, cell="D01")
    assign(store, scheme, "one", "reporter", NOW, cell="D01")  # of three
    where = {one.cell: one for one in look(store, NOW, scheme)["reporter"].vacancies}
    assert (where["D01"].vacant, where["D01"].backup) == (2, ())
    assign(store, scheme, "backup", "head", NOW, cell="D02")
    assert [held.name for held in look(store, NOW, scheme)["reporter"].vacancies[1].backup] == ["backup"]
