"""Idempotency keys and the outbox: both live and die with the transaction that they belong to."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from store_cases import LOCALITY, NOW, a_case, add, later

from core.errors import Conflict, Unprocessable
from core.store import Store, StoredAnswer


def post(store: Store, key: str = "k", fingerprint: str = "f", principal: str = "liu", now=NOW, locality=LOCALITY):
    """A write as use cases do it: the number drawn is its answer."""
    with store.unit(locality) as unit:
        before = unit.idempotency.begin(principal, key, fingerprint, now)
        if before is not None:
            return before
        number = unit.numbers.next("n")
        unit.idempotency.finish(201, {"number": number}, f'"{number}"')
        unit.keep()
    return number


def test_the_first_answer_is_given_again(store: Store) -> None:
    assert post(store) == 1
    assert post(store) == StoredAnswer(201, {"number": 1}, '"1"')


def test_keys_belong_to_locality_and_principal(store: Store) -> None:
    assert [post(store), post(store, principal="wang"), post(store, key="other")] == [1, 2, 3]
    assert post(store, locality="hills") == 1


def test_another_request_under_the_same_key_is_refused(store: Store) -> None:
    post(store)
    with pytest.raises(Unprocessable, match="idempotency-key-reused"):
        post(store, fingerprint="g")


def test_a_refusal_is_not_stored(store: Store) -> None:
    with pytest.raises(Conflict), store.unit(LOCALITY) as unit:
        unit.idempotency.begin("liu", "k", "f", NOW)
        raise Conflict("case-changed")
    assert post(store, fingerprint="g") == 1


def test_a_key_without_its_answer_cannot_be_committed(store: Store) -> None:
    with pytest.raises(RuntimeError), store.unit(LOCALITY) as unit:
        unit.idempotency.begin("liu", "k", "f", NOW)
        unit.keep()
    with pytest.raises(RuntimeError), store.unit(LOCALITY) as unit:
        unit.idempotency.finish(200, {}, None)


def test_keys_are_kept_for_seven_days(store: Store) -> None:
    assert post(store) == 1
    assert post(store, now=later(days=6, hours=23)) == StoredAnswer(201, {"number": 1}, '"1"')
    assert post(store, now=later(days=7), fingerprint="g") == 2, "an expired key is free, even before the purge"
    assert store.purge(later(days=8)).idempotency == 0
    assert store.purge(later(days=14)).idempotency == 1


def test_concurrent_duplicates_wait_and_get_the_first_answer(store: Store) -> None:
    start = Barrier(8)

    def send(_: int) -> object:
        start.wait()
        return post(store)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers.count(1) == 1
    assert answers.count(StoredAnswer(201, {"number": 1}, '"1"')) == 7


def test_a_duplicate_waits_for_the_one_under_way(store: Store) -> None:
    begun, let_go = Event(), Event()

    def slow() -> None:
        with store.unit(LOCALITY) as unit:
            unit.idempotency.begin("liu", "k", "f", NOW)
            begun.set()
            let_go.wait(10)
            unit.idempotency.finish(201, {"slow": True})
            unit.keep()

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(slow)
        begun.wait(10)
        second = pool.submit(post, store)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        let_go.set()
        first.result(10)
        assert second.result(10) == StoredAnswer(201, {"slow": True}, None)


def test_a_duplicate_of_one_that_fails_does_the_work(store: Store) -> None:
    begun, let_go = Event(), Event()

    def failing() -> None:
        with store.unit(LOCALITY) as unit:
            unit.idempotency.begin("liu", "k", "f", NOW)
            begun.set()
            let_go.wait(10)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(failing)
        begun.wait(10)
        second = pool.submit(post, store)
        let_go.set()
        first.result(10)
        assert second.result(10) == 1


def owe(store: Store, *ids: str, now=NOW) -> None:
    with store.unit(LOCALITY) as unit:
        for stable_id in ids:
            unit.outbox.add("notice", {"case": stable_id}, stable_id, now)
        unit.keep()


def test_effects_are_owed_only_when_their_transaction_was_committed(store: Store) -> None:
    with store.unit(LOCALITY) as unit:
        add(unit, a_case())
        unit.outbox.add("notice", {}, "lost", NOW)
    owe(store, "kept")
    owe(store, "kept", now=later(days=1))
    items = store.outbox.claim_due(later(days=1), "w", 60, 10)
    assert [(item.locality, item.id, item.kind, item.body) for item in items] == [
        (LOCALITY, "kept", "notice", {"case": "kept"})
    ]


def test_carried_effects_are_not_claimed_again_and_forgotten_after_a_month(store: Store) -> None:
    owe(store, "a", "b")
    first, second = store.outbox.claim_due(NOW, "w", 60, 10)
    store.outbox.done(first, NOW)
    assert [item.id for item in store.outbox.claim_due(later(seconds=60), "v", 60, 10)] == [second.id]
    assert store.purge(later(days=29)).outbox == 0
    assert store.purge(later(days=30)).outbox == 1
    with store.read(LOCALITY) as reading:
        assert [item.id for item in reading.outbox.list()] == [second.id]


def test_failures_are_recorded_and_a_dead_effect_stays_visible(store: Store) -> None:
    owe(store, "a")
    (item,) = store.outbox.claim_due(NOW, "w", 60, 10)
    store.outbox.fail(item, "gone", NOW, delay=90)
    assert store.outbox.claim_due(later(seconds=89), "w", 60, 10) == ()
    (item,) = store.outbox.claim_due(later(seconds=90), "w", 60, 10)
    assert (item.attempts, item.last_error) == (1, "gone")
    store.outbox.fail(item, "gone for good", later(seconds=90), dead=True)
    assert store.outbox.claim_due(later(days=30), "w", 60, 10) == ()
    with store.unit(LOCALITY) as unit:
        assert unit.outbox.list() == ()
        (dead,) = unit.outbox.list("dead")
        assert (dead.attempts, dead.last_error) == (2, "gone for good")
        assert unit.outbox.retry("a", later(days=30))
        unit.keep()
    assert len(store.outbox.claim_due(later(days=30), "w", 60, 10)) == 1


def test_a_late_failure_does_not_disturb_the_next_owner(store: Store) -> None:
    owe(store, "a")
    (mine,) = store.outbox.claim_due(NOW, "slow", 10, 10)
    assert len(store.outbox.claim_due(later(seconds=10), "quick", 10, 10)) == 1
    assert not store.outbox.fail(mine, "late", later(seconds=11))
