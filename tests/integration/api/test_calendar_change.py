"""A holiday is announced under open cases: first what would move, then the moving, on both databases."""

from __future__ import annotations

from town import START, Town, files_of

from core.manifest.pipeline import load
from core.manifest.source import source_of


def announce(town: Town, holiday: str) -> None:
    """Publish the district with one more holiday."""
    files = files_of("harbour")
    text = files["timers.yaml"].decode()
    assert "holidays: []" in text
    source = source_of(
        "harbour", files | {"timers.yaml": text.replace("holidays: []", f'holidays: ["{holiday}"]', 1).encode()}
    )
    with town.services.store.unit("harbour") as unit:
        unit.revisions.publish(source.files, source.digest, load(source).digest, {}, town.clock.now(), "test")
        unit.keep()


def moving(town: Town) -> list:
    return [each for _, found in town.services.casework.moving("harbour") for each in found]


def waiting(town: Town) -> dict:
    """Reported on Monday at 17:00: two working hours end on Tuesday."""
    if town.clock.now() == START:
        town.clock.advance(hours=8)
    return town.report("operator", intake="hotline", category="0901")


def due(town: Town, case: dict, limit: str) -> str:
    found = town.get(f"/cases/{case['id']}").json
    return next(clock["due_at"] for clock in found["clocks"] if clock["limit"] == limit)


def test_open_deadlines_move_when_somebody_says_so(towns: Town) -> None:
    town = towns
    cases = [waiting(town) for _ in range(3)]
    assert moving(town) == []
    (limit,) = {clock["limit"] for clock in cases[0]["clocks"] if clock["state"] == "running"}
    before = due(town, cases[0], limit)
    announce(town, before[:10])
    found = moving(town)
    assert [each.case for each in found] == [case["id"] for case in cases]
    assert due(town, cases[0], limit) == before, "looking moves nothing"
    casework = town.services.casework
    assert casework.move("harbour", [cases[0]["id"]]) == 1
    after = due(town, cases[0], limit)
    assert after > before and after.startswith(found[0].due_at.isoformat()[:19])
    assert [each.case for each in moving(town)] == [case["id"] for case in cases[1:]], "begun, and gone on with"
    assert casework.move("harbour", [case["id"] for case in cases]) == 2
    assert moving(town) == [] and casework.move("harbour", [case["id"] for case in cases]) == 0
    for case in cases:
        assert town.services.store.verify_chain("harbour", case["id"]) == ()
    (told,) = (
        each
        for each in town.get(f"/cases/{cases[0]['id']}/explain/deadlines").json["deadlines"]
        if each["limit"] == limit
    )
    assert [note["code"] for note in told["runs"][0]["notes"]][:1] == ["deadline-moved"]


def test_timers_follow_the_moved_deadline(towns: Town) -> None:
    town = towns
    case = waiting(town)
    (limit,) = {clock["limit"] for clock in case["clocks"] if clock["state"] == "running"}
    announce(town, due(town, case, limit)[:10])
    town.services.casework.move("harbour", [case["id"]])
    with town.services.store.read("harbour") as reading:
        rows = [row for row in reading.timers.of_case(case["id"]) if row.limit == limit and row.done_at is None]
        found = reading.cases.get(case["id"])
    assert max(row.due_at for row in rows) >= found.clocks[limit].due_at
