"""How many hold a post against how many its quota gives, by each basis of a quota; and where one post ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import Conflict, NotFound
from core.governance.checking import read_locality
from core.governance.staffing import Assigned, assign, leave
from core.manifest.pipeline import load
from core.scheme.roster import Quota
from core.scheme.scheme import Scheme
from core.store import Store, open_store

MINIMAL = Path(__file__).parents[2] / "manifests" / "positive" / "minimal"
NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
SCHEME = load(read_locality(MINIMAL))


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Store:
    return open_store(sqlite_url, tmp_path / "blobs")


def with_quota(quota: Quota, post: str = "crew") -> Scheme:
    posts = {**SCHEME.roster.posts, post: replace(SCHEME.roster.posts[post], quota=quota)}
    return replace(SCHEME, roster=replace(SCHEME.roster, posts=posts))


def counts(done: Assigned) -> tuple[int, int]:
    return done.positions, done.holders


def test_a_fixed_quota_is_shared_by_all(store: Store) -> None:
    scheme = with_quota(Quota("fixed", Decimal(1)))
    assert counts(assign(store, scheme, "a", "crew", NOW)) == (1, 1)
    assert counts(assign(store, scheme, "b", "crew", NOW, organisation="centre")) == (1, 2)
    assert counts(assign(store, scheme, "c", "crew", NOW, cell="D01")) == (1, 3)


def test_a_quota_a_unit_counts_in_each(store: Store) -> None:
    assert counts(assign(store, SCHEME, "a", "crew", NOW)) == (2, 1)
    assert counts(assign(store, SCHEME, "b", "crew", NOW)) == (2, 2)
    assert counts(assign(store, SCHEME, "c", "crew", NOW, organisation="centre")) == (0, 1), "not of a kind that has it"


def test_a_quota_a_cell_counts_in_each(store: Store) -> None:
    assert counts(assign(store, SCHEME, "a", "head", NOW, cell="D01")) == (1, 1)
    assert counts(assign(store, SCHEME, "b", "head", NOW, cell="D02")) == (1, 1)
    assert counts(assign(store, SCHEME, "c", "head", NOW, cell="D02")) == (1, 2)


def test_a_quota_by_households_counts_in_each_cell(store: Store) -> None:
    assert counts(assign(store, SCHEME, "a", "reporter", NOW, cell="D02")) == (3, 1)  # 250 households, one for 100


def test_who_has_left_makes_room(store: Store) -> None:
    assign(store, SCHEME, "a", "head", NOW, cell="D01")
    later = NOW + timedelta(hours=1)
    (ended,) = leave(store, SCHEME, "a", "head", later)
    assert (ended.name, ended.since, ended.assignment.cell) == ("a", NOW, "D01")
    with store.read("minimal") as reading:
        assert [held.id for held in reading.assignments.held(later - timedelta(seconds=1))] == [ended.id]
        assert reading.assignments.held(later) == ()
    assert counts(assign(store, SCHEME, "b", "head", later, cell="D01")) == (1, 1)


def test_leaving_touches_nothing_else(store: Store) -> None:
    for name, post, cell, organisation in (
        ("a", "head", "D01", None),
        ("a", "reporter", "D01", None),
        ("b", "head", "D01", None),
        ("a", "crew", None, "works"),
        ("a", "crew", None, "centre"),
    ):
        assign(store, SCHEME, name, post, NOW, cell, organisation)
    with pytest.raises(Conflict, match="assignment-ambiguous"):
        leave(store, SCHEME, "a", "crew", NOW)
    with pytest.raises(NotFound, match="assignment-unknown"):
        leave(store, SCHEME, "a", "crew", NOW, cell="D01")
    leave(store, SCHEME, "a", "crew", NOW, organisation="centre")
    leave(store, SCHEME, "a", "head", NOW)
    with store.read("minimal") as reading:
        left = {
            (held.name, held.assignment.post, held.assignment.organisation) for held in reading.assignments.held(NOW)
        }
    assert left == {("a", "reporter", None), ("b", "head", None), ("a", "crew", "works")}


def test_a_post_that_the_scheme_has_given_up_can_be_left(store: Store) -> None:
    assign(store, SCHEME, "a", "crew", NOW)
    posts = {id: post for id, post in SCHEME.roster.posts.items() if id != "crew"}
    scheme = replace(SCHEME, roster=replace(SCHEME.roster, posts=posts))
    assert len(leave(store, scheme, "a", "crew", NOW)) == 1


def test_a_refused_assignment_leaves_no_trace(store: Store) -> None:
    assign(store, SCHEME, "a", "crew", NOW)
    with pytest.raises(Conflict) as refused:
        assign(store, SCHEME, "a", "crew", NOW)
    assert refused.value.code == "assignment-exists" and refused.value.params["where"] == "works"
    with pytest.raises(NotFound):
        assign(store, SCHEME, "new", "nothing", NOW)
    assert store.accounts.by_name("new") is None
    with store.read("minimal") as reading:
        assert len(reading.assignments.held(NOW)) == 1
