"""A repeated write gets the first answer and is done once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from town import Town, jpeg

GOOD = {"intake": "patrol", "category": "0102", "cell": "HB-01"}


def test_a_repeated_report_gets_the_first_answer(town: Town) -> None:
    first = town.post("/cases", GOOD, key="offline-1")
    rows = town.rows()
    town.clock.advance(days=6)
    again = town.post("/cases", GOOD, key="offline-1")
    assert (again.status_code, again.json, again.headers["ETag"]) == (201, first.json, first.headers["ETag"])
    assert town.rows() == rows


def test_a_reused_key_with_another_body_is_refused(town: Town) -> None:
    town.post("/cases", GOOD, key="one")
    rows = town.rows()
    answer = town.post("/cases", GOOD | {"severity": "ordinary"}, key="one")
    assert answer.status_code == 422
    assert answer.json["code"] == "idempotency-key-reused"
    assert town.rows() == rows


def test_a_key_belongs_to_its_account(town: Town) -> None:
    first = town.post("/cases", GOOD, "walker", key="shared")
    other = town.post("/cases", GOOD, "operator", key="shared")
    assert first.json["id"] != other.json["id"]


def test_a_refusal_is_not_kept(town: Town) -> None:
    refused = town.post("/cases", GOOD | {"cell": "HB-77"}, key="again")
    assert refused.status_code == 422
    assert town.post("/cases", GOOD, key="again").status_code == 201


def test_an_action_repeats_after_the_case_has_moved_on(town: Town) -> None:
    case = town.report()
    deed = {"action": "assign", "inputs": {"assignee": "handler"}}
    path, etag = f"/cases/{case['id']}/actions", f'"{case["version"]}"'
    first = town.post(path, deed, "head", key="act-1", If_Match=etag)
    town.act(first.json, "accept", "handler")
    again = town.post(path, deed, "head", key="act-1", If_Match=etag)
    assert (again.status_code, again.json) == (200, first.json)
    assert town.get(f"/cases/{case['id']}").json["tracks"]["main"]["stage"] == "handling"


def test_a_photo_repeats_by_its_content(town: Town) -> None:
    content = jpeg()
    first = town.upload(content, Idempotency_Key="photo-1")
    again = town.upload(content, Idempotency_Key="photo-1")
    assert again.json == first.json
    assert town.rows()["attachment"] == 1
    assert town.upload(jpeg(colour="#aa0000"), Idempotency_Key="photo-1").status_code == 422


@pytest.mark.parametrize("many", [24])
def test_concurrent_repeats_open_one_case(towns: Town, many: int) -> None:
    def send(_: int) -> tuple[int, Any]:
        answer = towns.post("/cases", GOOD, key="storm")
        return answer.status_code, answer.json["id"]

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(many)))
    assert {status for status, _ in answers} == {201}
    assert len({case for _, case in answers}) == 1
    assert towns.rows()["case"] == 1
    assert towns.rows()["idempotency"] == 1


def test_concurrent_actions_on_one_version_succeed_once(towns: Town) -> None:
    case = towns.report()

    def send(_: int) -> int:
        return towns.act(case, "assign", "head", inputs={"assignee": "handler"}).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(send, range(6)))
    assert statuses == [200, 412, 412, 412, 412, 412]
