"""A district whose log is attacked: built once on each kind of database, copied for each test."""

from __future__ import annotations

import shutil
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "api"))

from ledger_district import District, build_district, open_copy


@pytest.fixture(scope="session")
def on_sqlite(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> District:
    folder = tmp_path_factory.mktemp("district-sqlite")
    shutil.copyfile(sqlite_template, folder / "made.db")
    made = build_district(f"sqlite:///{folder / 'made.db'}", folder)
    made.town.services.store.close()
    return made


@pytest.fixture(scope="session")
def on_postgres(make_postgres_url: Callable[[], str], tmp_path_factory: pytest.TempPathFactory) -> District:
    made = build_district(make_postgres_url(), tmp_path_factory.mktemp("district-postgres"))
    made.town.services.store.close()
    return made


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def district(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[District]:
    """A copy to attack."""
    if request.param == "sqlite":
        made: District = request.getfixturevalue("on_sqlite")
        shutil.copyfile(made.town.services.settings.database_url.removeprefix("sqlite:///"), tmp_path / "copy.db")
        url = f"sqlite:///{tmp_path / 'copy.db'}"
    else:
        made = request.getfixturevalue("on_postgres")
        url = copied(request.getfixturevalue("postgres_server"), made.town.services.settings.database_url)
    shutil.copytree(made.town.services.settings.instance, tmp_path / "instance")
    shutil.copytree(made.anchors, tmp_path / "anchors")
    copy = open_copy(url, tmp_path, made)
    yield copy
    copy.town.services.store.close()


def copied(server: str, address: str) -> str:
    """A PostgreSQL database made from another one as its template."""
    base, mark, parameters = address.partition("?")
    start, _, template = base.rpartition("/")
    name = f"test_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as link:
        link.execute(f"CREATE DATABASE {name} TEMPLATE {template}")  # type: ignore[arg-type]
    return f"{start}/{name}{mark}{parameters}"
