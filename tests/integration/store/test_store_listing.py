"""Lists: filters, visibility, order, and cursors that are bound to their filter."""

from collections.abc import Callable

import pytest
from store_cases import LOCALITY, NOW, a_case, event, later, with_clock, with_task

from core.errors import Unprocessable
from core.scheme.case import Case, Owner
from core.store import CaseFilter, Holder, Store, Visibility


@pytest.fixture
def many(put_case: Callable[..., Case]) -> None:
    for index in range(9):
        put_case(
            f"c{index}",
            cell_path=f"/root/town-{index % 3}/网格/",
            opened_at=later(minutes=index // 3),  # three at a time share an instant
            tracks={"main": "handling" if index % 2 else "reported", "dark": "tracking"},
            category=f"0{index % 2}",
            alert="red" if index == 4 else None,
            closed_at=later(days=1) if index == 8 else None,
            reporter=f"account-{index % 4}",
        )


ALL = CaseFilter()


def ids(store: Store, wanted: CaseFilter = ALL, **more: object) -> list[str]:
    with store.read(LOCALITY) as reading:
        return [row.id for row in reading.cases.list(wanted, **more).rows]  # type: ignore[arg-type]


@pytest.mark.parametrize("order", ["-opened_at", "opened_at", "-updated_at"])
def test_pages_hold_every_case_once_in_order(store: Store, many: None, order) -> None:
    cursor, seen, pages = None, [], 0
    with store.read(LOCALITY) as reading:
        while True:
            page = reading.cases.list(order=order, cursor=cursor, limit=2)
            seen += [row.id for row in page.rows]
            pages += 1
            cursor = page.cursor
            if cursor is None:
                break
    expected = sorted((f"c{index}" for index in range(9)), key=lambda name: (int(name[1]) // 3, name))
    assert seen == (expected[::-1] if order.startswith("-") else expected)
    assert pages == 5


def test_a_full_last_page_has_no_cursor(store: Store, many: None) -> None:
    with store.read(LOCALITY) as reading:
        page = reading.cases.list(limit=9)
    assert (len(page.rows), page.cursor) == (9, None)


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (CaseFilter(cells=("/root/town-1/",)), "147"),
        (CaseFilter(cells=("/root/town-1/网格/", "/root/town-2/")), "124578"),
        (CaseFilter(cells=("/root/",)), "012345678"),
        (CaseFilter(cells=("/root/town-1/网/",)), ""),
        (CaseFilter(categories=frozenset({"01"})), "1357"),
        (CaseFilter(stages=(("main", "handling"),)), "1357"),
        (CaseFilter(stages=(("dark", "tracking"), ("main", "x"))), "012345678"),
        (CaseFilter(alerts=frozenset({"red"})), "4"),
        (CaseFilter(open=False), "8"),
        (CaseFilter(open=True, cells=("/root/town-2/",)), "25"),
        (CaseFilter(reporter="account-3"), "37"),
        (CaseFilter(number="N-c6"), "6"),
        (CaseFilter(opened_from=later(minutes=1), opened_to=later(minutes=2)), "345"),
        (CaseFilter(kinds=frozenset({"patrol"})), ""),
        (CaseFilter(kinds=frozenset({"event"}), severities=frozenset({"major"})), ""),
        (CaseFilter(number="' OR 1=1 --"), ""),
    ],
)
def test_filters(store: Store, many: None, wanted: CaseFilter, expected: str) -> None:
    assert ids(store, wanted, order="opened_at") == [f"c{index}" for index in expected]
    with store.read(LOCALITY) as reading:
        assert reading.cases.count(wanted) == len(expected)


def test_nothing_is_visible_by_default_and_any_grant_suffices(store: Store, many: None) -> None:
    assert ids(store, visibility=Visibility()) == []
    some = Visibility(cells=("/root/town-0/",), reporter="account-1")
    assert ids(store, visibility=some, order="opened_at") == ["c0", "c1", "c3", "c5", "c6"]


def test_tasks_make_cases_visible(store: Store) -> None:
    team = Owner(organisation="team", post="handler", cell="cell-3", account="liu")
    with store.unit(LOCALITY) as unit:
        for case_id, state in (("open", "open"), ("closed", "closed")):
            case = with_task(a_case(case_id), "handle", team, Owner(pool="riders"), state=state)
            unit.cases.append(case, [event(1, "opened"), event(2, "task_opened", task="handle")], 0, "/root/")
        unit.keep()

    def seen(**grants: object) -> set[str]:
        return set(ids(store, visibility=Visibility(**grants)))  # type: ignore[arg-type]

    assert seen(organisations=frozenset({"team"})) == {"open", "closed"}
    assert seen(tasks=Holder(accounts=frozenset({"liu"}))) == {"open"}
    assert seen(tasks=Holder(posts=frozenset({("handler", "cell-3")}))) == {"open"}
    assert seen(tasks=Holder(posts=frozenset({("handler", None)}))) == {"open"}
    assert seen(tasks=Holder(posts=frozenset({("handler", "cell-4")}))) == set()
    assert seen(tasks=Holder(pools=frozenset({"riders"}))) == {"open"}
    assert seen(tasks=Holder()) == set()
    with store.read(LOCALITY) as reading:
        held = reading.cases.tasks_of(Holder(accounts=frozenset({"liu"}), pools=frozenset({"riders"})))
        assert [(row.case_id, row.place) for row in held] == [("open", 0), ("open", 1)]


def test_by_due_instant_only_running_clocks_are_listed(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        for index, due_at in enumerate([later(hours=3), None, later(hours=1)]):
            case = with_clock(a_case(f"c{index}"), due_at)
            unit.cases.append(case, [event(1, "opened"), event(2)], 0, "/root/")
        unit.keep()
    assert ids(store, order="due_at") == ["c2", "c0"]
    assert ids(store, CaseFilter(due_before=later(hours=2))) == ["c2"]


@pytest.mark.parametrize("cursor", ["", "?", "e30=", "WzEsMiwzXQ==", "W10=", "中文"])
def test_a_cursor_that_is_none_is_refused(store: Store, many: None, cursor: str) -> None:
    with pytest.raises(Unprocessable, match="cursor-invalid"):
        ids(store, cursor=cursor)


def test_a_cursor_belongs_to_its_filter_order_and_locality(store: Store, many: None) -> None:
    with store.read(LOCALITY) as reading:
        cursor = reading.cases.list(limit=2).cursor
        for wanted, order in ((CaseFilter(open=True), "-opened_at"), (CaseFilter(), "opened_at")):
            with pytest.raises(Unprocessable, match="cursor-invalid"):
                reading.cases.list(wanted, order=order, cursor=cursor)  # type: ignore[arg-type]
    with store.read("hills") as reading, pytest.raises(Unprocessable, match="cursor-invalid"):
        reading.cases.list(cursor=cursor)


def test_equal_filters_share_cursors(store: Store, many: None) -> None:
    def page(categories: list[str], cursor: str | None = None):
        with store.read(LOCALITY) as reading:
            return reading.cases.list(CaseFilter(categories=frozenset(categories)), cursor=cursor, limit=3)

    first = page(["00", "01"])
    assert page(["01", "00"], first.cursor).rows[0].id == "c5"


def test_times_are_utc_with_their_zone(store: Store, many: None) -> None:
    with store.read(LOCALITY) as reading:
        (row,) = reading.cases.list(CaseFilter(number="N-c0")).rows
    assert row.opened_at == NOW
    assert row.opened_at.utcoffset() is not None
