"""Suggested duplicates through the API: who is named, what is gathered, and what a broken plugin does to the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text
from town import START, Town

from core.scheme.extensions import Sighting, Suggestion
from core.scheme.workflow import Effect
from core.store.database import table_of
from core.store.models import CaseTable
from plugins.near_duplicates.likeness import create

MINUTE = timedelta(minutes=1)
HERE = {"longitude": 120.005, "latitude": 30.005, "system": "WGS84"}
NEAR = HERE | {"longitude": 120.0051}
ASK = "/duplicates?category=0102&longitude=120.005&latitude=30.005&system=WGS84"


@pytest.fixture
def near(set_up: Callable[..., Any]) -> Callable[..., Any]:
    return lambda **config: create(set_up(config)).suggest_duplicates


def ask(town: Town, path: str = ASK, who: str = "operator") -> dict[str, Any]:
    answer = town.get(path, who)
    assert answer.status_code == 200, answer.json
    found: dict[str, Any] = answer.json or {}
    return found


def test_hook_suggest_duplicates(towns: Town, equip: Callable[..., None], near: Any) -> None:
    equip(towns, suggest_duplicates={"near_duplicates": near()})
    case = towns.report(point=NEAR, cell=None, description="坑很深")
    answer = ask(towns)
    (found,) = answer["suggestions"]
    assert (found["case"], found["number"], found["cell"]) == (case["id"], case["number"], "HB-01")
    assert found["likeness"] == 0.9 and (answer["others"], answer["failed"]) == (False, [])
    assert [reason["code"] for reason in found["reasons"]] == [
        *("duplicate-same-class", "duplicate-near", "duplicate-recent")
    ]
    assert "10 米" in found["reasons"][1]["message"]
    assert "坑" not in str(answer) and "walker" not in str(answer)


def test_who_may_not_see_a_case_learns_only_that_there_is_one(
    towns: Town, equip: Callable[..., None], near: Any
) -> None:
    equip(towns, suggest_duplicates={"near_duplicates": near()})
    towns.report(point=NEAR, cell=None)
    assert ask(towns, who="head2") == {"suggestions": [], "others": True, "failed": []}
    own = ask(towns, who="walker")
    assert len(own["suggestions"]) == 1 and own["others"] is False


def test_a_confidential_case_is_not_even_hinted_at(towns: Town, equip: Callable[..., None], near: Any) -> None:
    equip(towns, suggest_duplicates={"near_duplicates": near()})
    towns.report(point=NEAR, cell=None, category="0901")
    path = ASK.replace("0102", "0901")
    assert ask(towns, path, who="head2") == {"suggestions": [], "others": False, "failed": []}
    assert len(ask(towns, path, who="operator")["suggestions"]) == 1


def test_a_case_has_duplicates_beside_itself(town: Town, equip: Callable[..., None], near: Any) -> None:
    equip(town, suggest_duplicates={"near_duplicates": near()})
    first, second = town.report(point=HERE, cell=None), town.report(point=NEAR, cell=None)
    answer = ask(town, f"/cases/{second['id']}/duplicates")
    assert [found["case"] for found in answer["suggestions"]] == [first["id"]]
    assert town.get(f"/cases/{second['id']}/duplicates", "head2").status_code == 403


def test_closed_and_old_cases_are_not_gathered(town: Town, equip: Callable[..., None]) -> None:
    asked: list[Sequence[Sighting]] = []

    def keep(report: Sighting, nearby: Sequence[Sighting]) -> Sequence[Suggestion]:
        asked.append(nearby)
        return ()

    equip(town, suggest_duplicates={"keep": keep})
    case = town.report(point=HERE, cell=None)
    town.report(cell="HB-02")
    ask(town)
    assert {sighting.id for sighting in asked[-1]} >= {case["id"]}
    town.clock.set(START + timedelta(days=61))
    ask(town)
    assert asked[-1] == ()


def test_a_plugin_that_fails_is_named_and_the_others_are_heard(
    town: Town, equip: Callable[..., None], near: Any
) -> None:
    def broken(report: Sighting, nearby: Sequence[Sighting]) -> Sequence[Suggestion]:
        raise RuntimeError("13812345678")

    def endless(report: Sighting, nearby: Sequence[Sighting]) -> Any:
        return [Suggestion(nearby[0].id or "", Decimal(7))]

    def stranger(report: Sighting, nearby: Sequence[Sighting]) -> Sequence[Suggestion]:
        return [Suggestion("0190-elsewhere", Decimal(1))]

    equip(town, suggest_duplicates={"broken": broken, "endless": endless, "near": near(), "stranger": stranger})
    case = town.report(point=NEAR, cell=None)
    answer = ask(town)
    assert [found["case"] for found in answer["suggestions"]] == [case["id"]]
    assert answer["failed"] == ["broken", "endless"] and "13812345678" not in str(answer)


def test_what_several_plugins_say_of_a_case_is_taken_together(
    town: Town, equip: Callable[..., None], near: Any
) -> None:
    def sure(report: Sighting, nearby: Sequence[Sighting]) -> Sequence[Suggestion]:
        return [Suggestion(nearby[0].id or "", Decimal("0.95"), (("x-seen", {"how": 1}),))]

    equip(town, suggest_duplicates={"near": near(), "sure": sure})
    town.report(point=NEAR, cell=None)
    (found,) = ask(town)["suggestions"]
    assert found["likeness"] == 0.95 and found["reasons"][-1]["code"] == "x-seen" and len(found["reasons"]) == 4


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/duplicates?category=0102", "place-missing"),
        ("/duplicates?category=0103&cell=HB-01", "category-unknown-near"),
        ("/duplicates?category=0102&cell=nowhere", "cell-unknown"),
        ("/duplicates?category=0102&object=nothing&cell=HB-01", "object-unknown"),
    ],
)
def test_what_is_asked_is_judged_as_a_report_is(town: Town, path: str, code: str) -> None:
    answer = town.get(path)
    assert answer.status_code == 422
    assert code in [fault["code"] for fault in answer.json["faults"]]


def test_a_point_is_whole_or_none(town: Town) -> None:
    answer = town.get("/duplicates?category=0102&longitude=120.005")
    assert answer.status_code == 422
    assert len(answer.json["faults"]) == 2


def test_without_plugins_nothing_is_suggested(town: Town) -> None:
    town.report(point=NEAR, cell=None)
    assert ask(town) == {"suggestions": [], "others": False, "failed": []}


def test_the_neighbourhood_is_read_by_an_index(towns: Town, equip: Callable[..., None], near: Any) -> None:
    equip(towns, suggest_duplicates={"near_duplicates": near()})
    _fill(towns, towns.report(point=NEAR, cell=None)["id"])
    engine = towns.services.store.database.engine
    asked: list[tuple[str, Any]] = []
    with_plan = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "

    def keep(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "cell_path =" in statement and "snapshot" in statement:
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", keep)
    ask(towns, who="head")
    event.remove(engine, "before_cursor_execute", keep)
    assert asked
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))
        rows = connection.exec_driver_sql(with_plan + asked[0][0], asked[0][1]).all()
    plan = "\n".join(str(row) for row in rows)
    assert "ix_case_open_cell" in plan, plan


def _fill(town: Town, case_id: str) -> None:
    """Five thousand more like it, in many cells: a planner reads a small table whole."""
    case = table_of(CaseTable)
    with town.services.store.database.engine.begin() as connection:
        row = connection.execute(select(case).where(case.c.id == case_id)).mappings().one()
        made = [
            {**row, "id": f"x{n}", "number": f"x{n}", "cell_path": f"/HB/x{n % 100}/", "opened_at": START - n * MINUTE}
            for n in range(5000)
        ]
        connection.execute(insert(case), made)


def test_a_link_to_a_case_that_is_not_there_is_refused(town: Town, equip: Callable[..., None]) -> None:
    def changed(scheme: Any) -> Any:
        kind = scheme.workflow.case_kinds["event"]
        merge = replace(
            kind.actions["assign"],
            inputs={"type": "object", "properties": {"other": {"type": "string", "enum": [known["id"], "0190"]}}},
            effects=(Effect("link_case", {"relation": "duplicate", "input": "other"}),),
        )
        kind = replace(kind, actions={**kind.actions, "assign": merge})
        return replace(scheme, workflow=replace(scheme.workflow, case_kinds={"event": kind}))

    known = town.report()
    equip(town, changed=changed)
    case = town.report()
    answer = town.act(case, "assign", "operator", inputs={"other": "0190"})
    assert answer.status_code == 422, answer.json
    assert [fault["code"] for fault in answer.json["faults"]] == ["linked-case-unknown"]
    answer = town.act(case, "assign", "operator", inputs={"other": known["id"]})
    assert answer.status_code == 200, answer.json
    assert answer.json["links"] == [{"relation": "duplicate", "case": known["id"]}]
