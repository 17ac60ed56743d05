"""A store on each database, and a way to put cases into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from store_cases import LOCALITY, a_case, add

from core.scheme.case import Case
from core.store import Store, open_store


@pytest.fixture
def store(database_url: str, tmp_path: Path) -> Iterator[Store]:
    store = open_store(database_url, tmp_path / "blobs")
    yield store
    store.close()


@pytest.fixture
def put_case(store: Store) -> Callable[..., Case]:
    """Commits a new case."""

    def put(case_id: str = "case-1", cell_path: str = "/root/town/cell-3/", **changes: object) -> Case:
        with store.unit(LOCALITY) as unit:
            case = add(unit, a_case(case_id, **changes), cell_path)
            unit.keep()
        return case

    return put
