"""A case from its report to its end, over HTTP only."""

from __future__ import annotations

from town import Town, jpeg


def test_a_case_is_reported_assigned_handled_and_closed(towns: Town) -> None:
    before, after = towns.photo("walker"), towns.photo("handler")
    case = towns.report(
        category="0101",
        cell=None,
        object="C001",
        facts={"depth_cm": 7.5, "shape": "round", "remark": "边缘破裂"},
        evidence=[{"attachment": before, "meaning": "before"}],
        description="井盖破了",
    )
    assert case["number"] == "HB20260302-0001"
    assert case["cell"] == "HB-01"
    assert case["facts"] == {"depth_cm": 7.5, "shape": "round"}
    assert case["tracks"]["main"]["stage"] == "reported"
    assert case["tasks"][0]["owner"]["post"] == "head" or case["tasks"][0]["owner"].get("account") == "head"
    assert case["clocks"][0]["due_at"] == "2026-03-02T03:00:00.000000Z"

    assigned = towns.act(case, "assign", "head", inputs={"assignee": "handler", "opinion": "请今天处理"})
    assert assigned.status_code == 200, assigned.json
    assert assigned.headers["ETag"] == f'"{assigned.json["version"]}"'
    arrived = towns.act(assigned.json, "accept", "handler")
    assert arrived.status_code == 200, arrived.json
    done = towns.act(arrived.json, "finish", "handler", evidence=[{"attachment": after, "meaning": "after"}])
    assert done.status_code == 200, done.json
    assert done.json["tracks"]["main"]["final"] is True
    assert done.json["closed_at"] == "2026-03-02T01:00:00.000000Z"

    read = towns.get(f"/cases/{case['id']}").json
    assert {item["id"] for item in read["attachments"]} == {before, after}
    assert [text["body"] for text in read["texts"] if text["kind"] == "report"] == [
        {"description": "井盖破了", "facts": {"remark": "边缘破裂"}}
    ]
    assert [text["body"]["inputs"] for text in read["texts"] if text["kind"] == "action"] == [{"opinion": "请今天处理"}]


def test_events_hold_no_free_text_and_fold_to_the_version(town: Town) -> None:
    contact = {"phone": "13800138000"}
    case = town.report(category="0101", facts={"remark": "秘密甲"}, description="秘密乙", contact=contact)
    answer = town.get(f"/cases/{case['id']}/events")
    events = answer.json["events"]
    assert [event["seq"] for event in events] == list(range(1, case["version"] + 1))
    assert answer.json["next"] is None
    assert events[0]["type"] == "opened"
    raw = answer.get_data(as_text=True)
    assert not any(secret in raw for secret in ("秘密甲", "秘密乙", "13800138000"))
    acted = next(event for event in events if event["type"] == "acted")
    assert len(acted["data"]["texts"]) == 2
    half = town.get(f"/cases/{case['id']}/events?limit=2").json
    rest = town.get(f"/cases/{case['id']}/events?after={half['next']}").json
    assert half["events"] + rest["events"] == events


def test_an_unanswered_case_raises_its_alert_when_the_clock_runs_out(town: Town) -> None:
    case = town.report()
    assert town.get(f"/cases/{case['id']}").json["alert"] is None
    town.clock.advance(hours=1, minutes=59)
    assert town.sweep() == 0
    town.clock.advance(minutes=2)
    assert town.sweep() == 1
    assert town.sweep() == 0
    late = town.get(f"/cases/{case['id']}").json
    assert late["alert"] == "red"
    assert late["version"] > case["version"]


def test_actions_are_offered_with_the_reason_and_what_to_fill_in(town: Town) -> None:
    case = town.report()
    offered = {item["id"]: item for item in town.get(f"/cases/{case['id']}/actions", "head").json["actions"]}
    assert set(offered) == {"assign", "accept", "finish"}
    assert offered["assign"]["available"] is True
    assert offered["assign"]["inputs"]["required"] == ["assignee"]
    assert offered["accept"]["available"] is False
    assert offered["accept"]["permission"]["reasons"][0]["message"]
    assert offered["finish"]["evidence"] == [{"kind": "photo", "meaning": "after", "minimum": 1}]


def test_explanations_reach_down_to_their_inputs(town: Town) -> None:
    case = town.report(category="0101", object="C001", cell=None)
    dispatch = town.get(f"/cases/{case['id']}/explain/dispatch").json
    assert dispatch["today"]["rule"] == "R1"
    assert dispatch["today"]["runners_up"][0]["rule"] == "R9"
    deadline = town.get(f"/cases/{case['id']}/explain/deadlines").json["deadlines"][0]
    assert deadline["limit"] == "response"
    assert deadline["runs"]
    permissions = town.get(f"/cases/{case['id']}/explain/permissions", "walker").json["actions"]
    refused = next(item for item in permissions if item["action"] == "assign")
    assert refused["allowed"] is False
    assert refused["reasons"][0]["message"]


def test_notices_go_to_the_outbox_in_the_same_transaction(town: Town) -> None:
    case = town.report()
    with town.services.store.read("harbour") as reading:
        items = reading.outbox.list()
    assert [item.kind for item in items] == ["notice"]
    assert items[0].body["case"] == case["id"]
    assert items[0].body["template"] == "new_report"


def test_a_report_may_come_with_a_point_in_any_declared_system(town: Town) -> None:
    case = town.report(cell=None, point={"longitude": 120.015, "latitude": 30.005, "system": "WGS84"})
    assert case["cell"] == "HB-02"
    assert case["point"]["system"] == "CGCS2000"
    case = town.report(point={"longitude": 120.005, "latitude": 30.005, "system": "CGCS2000"}, cell="HB")
    assert case["cell"] == "HB-01"


def test_numbers_count_the_local_day(town: Town) -> None:
    assert town.report()["number"].endswith("0302-0001")
    assert town.report()["number"].endswith("0302-0002")
    town.clock.advance(hours=15)  # 2026-03-03 00:00 in the district, still the 2nd in UTC
    assert town.report()["number"].endswith("0303-0001")


def test_a_claimed_time_is_kept_beside_the_recorded_one(town: Town) -> None:
    case = town.report(occurred_at="2026-03-02T08:30:00+08:00")
    event = town.get(f"/cases/{case['id']}/events").json["events"][0]
    assert event["occurred_at"] == "2026-03-02T00:30:00.000000Z"
    assert event["recorded_at"] == "2026-03-02T01:00:00.000000Z"
    ahead = town.report(occurred_at="2026-03-02T09:04:00+08:00")
    event = town.get(f"/cases/{ahead['id']}/events").json["events"][0]
    assert event["occurred_at"] == event["recorded_at"]


def test_the_answers_to_writes_and_reads_agree(town: Town) -> None:
    case = town.report()
    read = town.get(f"/cases/{case['id']}", "walker")
    assert {name: read.json[name] for name in case} == case
    assert read.headers["ETag"] == f'"{case["version"]}"'


def test_a_photo_of_one_case_is_not_evidence_in_another(town: Town) -> None:
    photo = town.photo()
    town.report(evidence=[{"attachment": photo, "meaning": "before"}])
    answer = town.post(
        "/cases",
        {"intake": "patrol", "category": "0102", "cell": "HB-01", "evidence": [{"attachment": photo}]},
    )
    assert answer.status_code == 422
    assert answer.json["faults"][0]["code"] == "attachment-in-use"
    assert town.upload(jpeg()).status_code == 201


def test_a_timer_is_marked_as_fired_with_what_it_caused_and_never_fires_again(town: Town) -> None:
    case = town.report()
    town.clock.advance(hours=3)
    store = town.services.store
    (claimed,) = store.timers.claim_due(town.clock.now(), "test", 60, 10)
    assert town.services.casework.fire("harbour", [claimed]) == 1
    rows = town.rows()
    assert town.services.casework.fire("harbour", [claimed]) == 0
    assert town.rows() == rows
    with store.read("harbour") as reading:
        (timer,) = reading.timers.of_case(case["id"])
    assert timer.done_at == town.clock.now()
