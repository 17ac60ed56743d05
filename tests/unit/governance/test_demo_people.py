"""Demo people: one on each position, tokens once, and a start that was cut short made good."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pytest

from core.governance.demo_people import is_settled, positions, settle_demo_people
from core.manifest.pipeline import load
from core.manifest.source import read_source, source_of
from core.plugin_host import PluginHost, find_packs
from core.scheme.scheme import Scheme
from core.store import DEMO, Store, open_store

ROOT = Path(__file__).parents[3]
NOW = datetime(2026, 3, 2, tzinfo=UTC)


@pytest.fixture
def store(sqlite_url: str, tmp_path: Path) -> Iterator[Store]:
    made = open_store(sqlite_url, tmp_path / "blobs")
    yield made
    made.close()


@pytest.fixture(scope="module")
def scheme() -> Scheme:
    return load(read_source(ROOT / "tests" / "manifests" / "positive" / "minimal"))


@pytest.mark.parametrize("folder", ["manifests/konggang_1355", "tests/manifests/positive/everything"])
def test_there_are_as_many_people_as_the_quotas_call_for(folder: str) -> None:
    host = PluginHost(find_packs(), version("gridwright"), lambda *_: "")
    scheme = load(read_source(ROOT / folder), host.resolve)
    people = list(positions(scheme))
    assert Counter(person.post for person in people) == Counter(dict(scheme.roster.positions))
    assert len({person.account for person in people}) == len(people)


def test_nobody_is_put_into_a_cell_that_has_ended() -> None:
    source = read_source(ROOT / "tests" / "manifests" / "positive" / "minimal")
    table = source.files["cells.csv"].decode()
    ended = table.replace("households,origin", "valid_to,origin").replace(",300,demo", ",,demo")
    ended = ended.replace(",250,demo", ",2026-01-01,demo")
    scheme = load(source_of("minimal", {**source.files, "cells.csv": ended.encode()}))
    assert "D02" not in {person.cell for person in positions(scheme)}


def test_each_post_has_one_token_in_a_file_of_its_owner(store: Store, scheme: Scheme, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    assert not is_settled("minimal", tokens)
    assert settle_demo_people(store, scheme, tokens, NOW) == sum(scheme.roster.positions.values())
    assert is_settled("minimal", tokens)
    assert stat.S_IMODE(tokens.stat().st_mode) == 0o600
    written = json.loads(tokens.read_text())["minimal"]
    assert set(written) == set(scheme.roster.posts)
    for post, entry in written.items():
        token = store.accounts.find(entry["token"], NOW)
        assert token is not None and (token.label, token.locality, token.account_id) == (
            DEMO,
            "minimal",
            entry["account"],
        )
        assert f"-{post}-" in entry["account"]


def test_holders_of_tokens_meet_in_one_cell(store: Store, scheme: Scheme, tmp_path: Path) -> None:
    settle_demo_people(store, scheme, tmp_path / "tokens.json", NOW)
    written = json.loads((tmp_path / "tokens.json").read_text())["minimal"]
    assert {entry["cell"] for entry in written.values()} == {"D01", ""}


def test_a_second_time_nothing_is_new(store: Store, scheme: Scheme, tmp_path: Path) -> None:
    tokens = tmp_path / "tokens.json"
    settle_demo_people(store, scheme, tokens, NOW)
    before = tokens.read_bytes()
    assert settle_demo_people(store, scheme, tokens, NOW) == 0
    assert tokens.read_bytes() == before


def test_a_start_that_was_cut_short_is_made_good(store: Store, scheme: Scheme, tmp_path: Path) -> None:
    """Killed after the accounts, before the tokens: the next start still hands them out, beside other districts'."""
    tokens = tmp_path / "tokens.json"
    settle_demo_people(store, scheme, tokens, NOW)
    tokens.write_text(json.dumps({"other": {"head": {"token": "t"}}}))
    assert not is_settled("minimal", tokens)
    assert settle_demo_people(store, scheme, tokens, NOW) == 0
    written = json.loads(tokens.read_text())
    assert set(written) == {"other", "minimal"} and set(written["minimal"]) == set(scheme.roster.posts)
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []
