"""Revisions, assignments, duty, changed objects, attachments: the state of a district beside its cases."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from store_cases import LOCALITY, NOW, later

from core.errors import Conflict, NotFound
from core.scheme.case import Case
from core.scheme.situation import Assignment
from core.store import Attachment, Revision, Store


def publish(store: Store, scheme: str = "d1", **more: object) -> Revision:
    with store.unit(LOCALITY) as unit:
        revision = unit.revisions.publish(
            {"grid.yaml": "网格".encode(), "cells.csv": b"a,b\r\n"},
            "s-" + scheme,
            scheme,
            {"packs": {}},
            NOW,
            "a",
            **more,
        )  # type: ignore[arg-type]
        unit.keep()
    return revision


def test_the_first_publication_makes_the_locality(store: Store) -> None:
    assert store.localities() == ()
    with store.read(LOCALITY) as reading:
        assert reading.revisions.current() is None
    first = publish(store)
    assert (first.number, first.scheme_digest, first.current) == (1, "d1", True)
    with store.read(LOCALITY) as reading:
        assert reading.revisions.lock(first.number) == {"packs": {}}
    assert store.localities() == (LOCALITY,)
    with store.read(LOCALITY) as reading:
        assert reading.revisions.current() == first
        assert reading.revisions.files(1) == {"cells.csv": b"a,b\r\n", "grid.yaml": "网格".encode()}


def test_a_superseded_revision_stays_and_is_found_by_its_scheme(store: Store) -> None:
    publish(store)
    publish(store, "d2")
    publish(store, "d1")  # rolled back: the earlier content again, as a revision of its own
    with store.read(LOCALITY) as reading:
        assert [(item.number, item.current) for item in reading.revisions.list()] == [(3, True), (2, False), (1, False)]
        found = reading.revisions.by_scheme("d1")
        assert found is not None
        assert found.number == 3
        assert reading.revisions.by_scheme("d9") is None
        for ask in (reading.revisions.get, reading.revisions.files):
            with pytest.raises(NotFound, match="revision-unknown"):
                ask(4)


def test_a_publisher_that_saw_another_revision_is_refused(store: Store) -> None:
    publish(store, expected=None)
    for seen in (None, 2):
        with pytest.raises(Conflict, match="revision-changed"):
            publish(store, "d2", expected=seen)
    assert publish(store, "d2", expected=1).number == 2


def test_concurrent_publications_follow_each_other(store: Store) -> None:
    with ThreadPoolExecutor(4) as pool:
        numbers = [item.number for item in pool.map(lambda index: publish(store, f"d{index}"), range(8))]
    assert sorted(numbers) == list(range(1, 9))


def test_assignments_hold_from_their_start_up_to_their_end(store: Store) -> None:
    liu = Assignment("liu", "handler", "cell-3", "team", NOW, later(days=2), None)
    wang = Assignment("wang", "grid_head", "cell-3", deputy_for="liu")
    with store.unit(LOCALITY) as unit:
        unit.assignments.add(liu, NOW)
        standing = unit.assignments.add(wang, NOW)
        unit.keep()
    with store.unit(LOCALITY) as unit:
        assert unit.assignments.holding(later(seconds=-1)) == (wang,)
        assert unit.assignments.holding(NOW) == (liu, wang)
        assert unit.assignments.of_account("liu", later(days=2)) == ()
        assert unit.assignments.end(standing, later(days=1))
        assert not unit.assignments.end(standing, later(days=3)), "it has ended before"
        assert unit.assignments.holding(later(days=1)) == (liu,)
    with store.read("hills") as reading:
        assert reading.assignments.holding(NOW) == ()


def test_a_crisis_mode_ends_by_itself(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        assert unit.duty.current(NOW) is None
        unit.duty.start("crisis", "liu", NOW, until=later(hours=72))
        assert unit.duty.current(later(hours=71)) == "crisis"
        assert unit.duty.current(later(hours=72)) is None
        unit.duty.start(None, "liu", later(hours=10))
        assert unit.duty.current(later(hours=11)) is None
        assert unit.duty.current(later(hours=9)) == "crisis"


def test_changes_of_objects_add_up(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        unit.objects.change("0101-7", {"status": "damaged", "depth": 3}, NOW, "case-1")
        unit.objects.change("0101-7", {"status": "intact"}, later(hours=1))
        assert unit.objects.get("0101-7") == {"status": "intact", "depth": 3}
        assert unit.objects.get("0101-8") == {}
        assert unit.objects.all() == {"0101-7": {"status": "intact", "depth": 3}}


def a_photo(photo_id: str) -> Attachment:
    return Attachment(
        photo_id, "d" * 64, "image/jpeg", 1234, "liu", NOW, "e" * 64, 640, 480, later(minutes=-2), 117.5, 39.25
    )


def test_attachments_are_bound_to_one_case(store: Store, put_case: Callable[..., Case]) -> None:
    put_case()
    put_case("case-2")
    with store.unit(LOCALITY) as unit:
        for photo_id in ("p1", "p2"):
            unit.attachments.add(a_photo(photo_id))
        assert unit.attachments.get("p1") == a_photo("p1")
        assert [item.id for item in unit.attachments.bind(["p2", "p1"], "case-1")] == ["p2", "p1"]
        assert unit.attachments.bind([], "case-1") == ()
        assert unit.attachments.bind(["p1"], "case-1"), "again for the same case"
        assert [item.id for item in unit.attachments.of_case("case-1")] == ["p1", "p2"]
        with pytest.raises(Conflict, match="attachment-bound"):
            unit.attachments.bind(["p1"], "case-2")
        with pytest.raises(NotFound, match="attachment-unknown"):
            unit.attachments.bind(["p1", "p3"], "case-1")
        with pytest.raises(NotFound, match="attachment-unknown"):
            unit.attachments.get("p3")
