"""Lists among many cases: no list walks all of them, whatever reason somebody has to see a case, and pages that
several reasons fill hold each case once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from store_cases import LOCALITY, a_case, add, later, with_task
from store_cases import event as happened

from core.scheme.case import Case, Owner
from core.store import EVERYTHING, CaseFilter, Holder, Store, Visibility, open_store

CASES = 20_000
MORE = """
INSERT INTO "case" SELECT (jsonb_populate_record("case", jsonb_build_object(
  'id', 'm' || n, 'number', 'M' || n, 'opened_at', opened_at - n * interval '1 minute',
  'cell_path', '/root/town/cell-' || n %% 50 || '/', 'reporter', 'account-' || n, 'open', n < 40
))).* FROM "case", generate_series(1, %s) n
"""
CLERK = Visibility(organisations=frozenset({"nobody"}), tasks=Holder(accounts=frozenset({"li"})), reporter="li")


@pytest.fixture
def crowded(postgres_url: str, tmp_path: Path) -> Iterator[Store]:
    """One case with a task, and very many without, in a database that knows how many."""
    store = open_store(postgres_url, tmp_path / "blobs")
    with store.unit(LOCALITY) as unit:
        add(unit, a_case("case-1", reporter="wang"))
        unit.keep()
    with store.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as link:
        link.exec_driver_sql(MORE, (CASES,))
        link.exec_driver_sql("ANALYZE")
    yield store
    store.close()


def walked(store: Store, wanted: CaseFilter, visibility: Visibility) -> int:
    """How many rows of the case table the list's query has looked at."""
    caught = []
    event.listen(store.database.engine, "before_cursor_execute", lambda *args: caught.append(args[2:4]))
    with store.read(LOCALITY) as reading:
        reading.cases.list(wanted, visibility, limit=20)
    text, values = next(found for found in caught if 'FROM "case"' in found[0])
    with store.database.engine.connect() as link:
        plan = link.exec_driver_sql(f"EXPLAIN (ANALYZE, FORMAT JSON) {text}", values).scalar_one()
    return sum(_rows(json.loads(plan) if isinstance(plan, str) else plan))


def _rows(node: object) -> Iterator[int]:
    if isinstance(node, list):
        for part in node:
            yield from _rows(part)
    elif isinstance(node, dict):
        if node.get("Relation Name") == "case":
            seen = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
            yield int(seen * node["Actual Loops"])
        for part in node.values():
            yield from _rows(part)


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("wanted", "visibility"),
    [
        (CaseFilter(), EVERYTHING),
        (CaseFilter(open=True), EVERYTHING),
        (CaseFilter(alerts=frozenset({"red"})), EVERYTHING),
        (CaseFilter(reporter="account-7"), EVERYTHING),
        (CaseFilter(tasks_of=Holder(accounts=frozenset({"li"}))), EVERYTHING),
        (CaseFilter(), CLERK),
        (CaseFilter(open=True), CLERK),
        (CaseFilter(), Visibility()),
    ],
)
def test_no_list_walks_all_cases(crowded: Store, wanted: CaseFilter, visibility: Visibility) -> None:
    assert walked(crowded, wanted, visibility) < CASES / 50


@pytest.mark.parametrize("order", ["-opened_at", "opened_at"])
def test_pages_that_several_reasons_fill_hold_each_case_once(
    store: Store, put_case: Callable[..., Case], order: str
) -> None:
    for number in range(12):
        put_case(
            f"c{number:02}", f"/root/town-{number % 3}/", opened_at=later(minutes=number), reporter=f"a{number % 4}"
        )
    for number in (1, 2, 8):
        _give_task(store, f"c{number:02}", "li")
    to = Visibility(cells=("/root/town-0/",), tasks=Holder(accounts=frozenset({"li"})), reporter="a1")
    expected = [f"c{n:02}" for n in range(12) if n % 3 == 0 or n % 4 == 1 or n in (1, 2, 8)]
    with store.read(LOCALITY) as reading:
        assert reading.cases.count(CaseFilter(), to) == len(expected)
        seen, cursor = [], None
        while True:
            page = reading.cases.list(CaseFilter(), to, order, cursor, limit=3)  # type: ignore[arg-type]
            seen += [row.id for row in page.rows]
            cursor = page.cursor
            if cursor is None:
                break
    assert seen == (expected if order == "opened_at" else expected[::-1])


def _give_task(store: Store, case_id: str, account: str) -> None:
    with store.unit(LOCALITY) as unit:
        case = unit.cases.load(case_id)
        assert case is not None
        changed = with_task(case, "handling", Owner(account=account))
        opened = happened(2, "task_opened", task="handling")
        unit.cases.append(changed, [opened], 1, f"/root/town-{int(case_id[1:]) % 3}/")
        unit.keep()
