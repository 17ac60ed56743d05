"""Coverage of duties: rounds that count by check-in and check-out, days that are enough, and what cannot be said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rounds_district import DISTRICT, act, check_in, published

from core.errors import NotFound
from core.factory import Services
from core.governance.coverage import Row, coverage
from core.scheme.situation import Assignment
from core.store import ManualClock

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 3, 2)
AFTER = datetime(2026, 3, 9, 8, 0, tzinfo=ZONE)

District = tuple[Services, ManualClock]


@pytest.fixture
def district(tmp_path: Path, database_url: str) -> Iterator[District]:
    clock = ManualClock(datetime(2026, 1, 1, tzinfo=ZONE))
    services = published(tmp_path, database_url, clock)
    yield services, clock
    services.store.close()


def walk(district: District, day: int, hour: float, hours: float | None, who: str = "ann", cell: str = "D01") -> None:
    """A round that begins on a day of the week (0 is Monday) at an hour; None: nobody checks out."""
    services, clock = district
    begun = datetime(2026, 3, 2, tzinfo=ZONE) + timedelta(days=day, hours=hour)
    clock.set(begun)
    case = check_in(services, who, cell)
    if hours is not None:
        clock.set(begun + timedelta(hours=hours))
        act(services, who, case, "check_out")


def rows(district: District, at: datetime = AFTER, monday: date | None = MONDAY) -> dict[tuple[str, str], Row]:
    services, clock = district
    clock.set(at)
    return {(row.duty, row.account): row for row in coverage(services.casework, DISTRICT, monday)[1]}


def test_two_rounds_of_two_hours_on_five_days_meet_the_duty(district: District) -> None:
    for day in range(5):
        walk(district, day, 8, 2)
        walk(district, day, 14, 2.5)
    found = rows(district)
    ann = found["rounds", "ann"]
    assert (ann.met, ann.days_enough, ann.days_asked, ann.rounds, ann.hours) == (True, 5, 5, 10, 22.5)
    assert ann.cells == ("D01",)
    assert found["presence", "ann"].met is True
    assert (found["rounds", "bo"].met, found["rounds", "bo"].rounds) == (False, 0), "who did nothing stands there too"


def test_a_day_with_one_round_too_few_is_not_enough(district: District) -> None:
    for day in range(5):
        walk(district, day, 8, 2)
        if day:
            walk(district, day, 14, 2)
    found = rows(district)
    assert (found["rounds", "ann"].met, found["rounds", "ann"].days_enough) == (False, 4)
    assert found["presence", "ann"].met is True, "one round a day is presence"


def test_rounds_that_are_short_open_or_overlapping_do_not_count(district: District) -> None:
    walk(district, 0, 8, 1.99)
    walk(district, 1, 8, None)
    services, clock = district
    clock.set(datetime(2026, 3, 4, 8, 0, tzinfo=ZONE))
    first = check_in(services, "ann")
    clock.set(datetime(2026, 3, 4, 8, 30, tzinfo=ZONE))
    second = check_in(services, "ann")
    clock.set(datetime(2026, 3, 4, 11, 0, tzinfo=ZONE))
    act(services, "ann", first, "check_out")
    act(services, "ann", second, "check_out")
    ann = rows(district)["rounds", "ann"]
    assert ann.left_out == {"short": 1, "open": 1, "overlapping": 1}
    assert [(day.rounds, day.hours) for day in ann.days if day.rounds] == [(1, 3.0)]


def test_a_round_belongs_to_the_local_day_on_which_it_began(district: District) -> None:
    walk(district, 0, 0.5, 2)  # half past midnight on Monday is still Sunday in UTC
    walk(district, 6, 23, 2)
    ann = rows(district)["rounds", "ann"]
    assert [day.date.day for day in ann.days if day.rounds] == [2, 8]


def test_a_week_that_is_not_over_is_not_held_against_anybody(district: District) -> None:
    walk(district, 0, 8, 2)
    found = rows(district, datetime(2026, 3, 5, 9, 0, tzinfo=ZONE), None)
    assert found["rounds", "ann"].met is None
    assert found["rounds", "ann"].rounds == 1, "the present week is the one that is shown"


def test_who_held_the_post_for_too_few_days_cannot_be_judged(district: District) -> None:
    services, clock = district
    clock.set(datetime(2026, 3, 6, 8, 0, tzinfo=ZONE))
    with services.store.unit(DISTRICT) as unit:
        unit.assignments.add(Assignment("cleo", "head", "D01", valid_from=clock.now()), clock.now())
        gone = Assignment("dan", "head", "D01", valid_to=datetime(2026, 3, 1, tzinfo=ZONE))
        unit.assignments.add(gone, clock.now())
        unit.keep()
    found = rows(district)
    assert found["rounds", "cleo"].met is None
    assert ("rounds", "dan") not in found


def test_another_persons_rounds_are_not_counted(district: District) -> None:
    walk(district, 0, 8, 2, who="bo", cell="D02")
    found = rows(district)
    assert (found["rounds", "ann"].rounds, found["rounds", "bo"].rounds) == (0, 1)


def test_a_locality_that_is_not_there(district: District) -> None:
    with pytest.raises(NotFound):
        coverage(district[0].casework, "nowhere")
