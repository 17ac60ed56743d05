"""A calendar that follows a plugin's holidays: they are the base, and what the manifest says itself goes before."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from plugin_folders import days, district, write_plugin

from core.engine.deadline import deadline
from core.manifest.pipeline import check, load
from core.manifest.source import source_of
from core.scheme.timers import Calendar
from core.testing import plugins_of, shipped_plugins

OWN = '    announced: [2026]\n    holidays: ["2026-10-01/2026-10-07"]\n    make_up: [{date: "2026-10-10", as: mon}]\n'
MON = ((510, 720), (840, 1080))


def calendar(tmp_path: Path, lines: str, **text: str) -> Calendar:
    write_plugin(tmp_path, "sample", "provides: {calendars: [days]}\n", calendars__days=days(**text))
    source = district("plugins: [{id: sample}]\n", ("timers.yaml", OWN, lines))
    return load(source, plugins_of(tmp_path).resolve).timers.calendars["office"]


def test_the_followed_days_are_the_base(tmp_path: Path) -> None:
    found = calendar(tmp_path, "    follows: days\n", closed='"2026-05-01/2026-05-03"', open_='"2026-05-09"')
    assert found.closed == {date(2026, 5, day) for day in (1, 2, 3)}
    assert found.open == {date(2026, 5, 9): MON}, "a make-up day takes Monday's windows"
    assert found.announced == {2026}


def test_make_up_days_take_the_windows_of_the_weekday_that_is_named(tmp_path: Path) -> None:
    lines = "    follows: days\n    make_up_as: wed\n"
    found = calendar(tmp_path, lines, closed='"2026-05-01"', open_='"2026-05-09"')
    assert found.open == {date(2026, 5, 9): ()}, "the minimal district rests on Wednesdays"


def test_what_the_manifest_says_itself_goes_before(tmp_path: Path) -> None:
    own = (
        '    follows: days\n    announced: [2027]\n    holidays: ["2026-05-09"]\n'
        '    make_up: [{date: "2026-05-02", windows: ["10:00-12:00"]}]\n'
    )
    found = calendar(tmp_path, own, closed='"2026-05-01/2026-05-03"', open_='"2026-05-09"')
    assert date(2026, 5, 9) in found.closed and date(2026, 5, 9) not in found.open
    assert date(2026, 5, 2) not in found.closed and found.open == {date(2026, 5, 2): ((600, 720),)}
    assert found.announced == {2026, 2027}


def test_chinas_calendar_counts_over_a_real_holiday() -> None:
    """National Day of 2026 runs from the 1st to the 7th; the 10th of October is worked, the 20th of September too."""
    source = district("plugins: [{id: china_holidays}]\n", ("timers.yaml", OWN, "    follows: china\n"))
    found = load(source, shipped_plugins().resolve).timers.calendars["office"]
    assert {date(2026, 10, day) for day in range(1, 8)} <= found.closed
    assert found.open[date(2026, 10, 10)] == MON and found.open[date(2026, 9, 20)] == MON
    due = deadline(found, "work_day", Decimal(1), datetime(2026, 9, 29, 10, 0, tzinfo=UTC))
    assert due.due_at.astimezone(UTC).date() == date(2026, 10, 10), "Monday to Tuesday only, and a make-up Saturday"


@pytest.mark.parametrize(
    ("today", "years"),
    [
        (None, []),
        (date(2026, 6, 1), []),
        (date(2026, 11, 30), []),
        (date(2026, 12, 1), [2027]),
        (date(2027, 1, 1), [2027]),
        (date(2027, 12, 31), [2027, 2028]),
    ],
)
def test_a_year_that_is_not_announced_is_a_finding_in_time(today: date | None, years: list[int]) -> None:
    found = [each for each in check(district(""), today=today).findings if each.code == "lint-year-not-announced"]
    assert [each.params["year"] for each in found] == years
    assert all((each.place.file, each.severity) == ("timers.yaml", "warning") for each in found)


def test_only_calendars_of_working_time_count() -> None:
    source = district("", ("timers.yaml", "    unit: work_day\n", "    unit: calendar_day\n"))
    assert check(source, today=date(2027, 1, 1)).findings == ()


def test_a_limit_that_runs_by_filing_conditions_counts_in_their_units() -> None:
    source = district(
        "",
        ("timers.yaml", "    unit: work_day\n", "    unit: calendar_day\n    by_filing_condition: true\n"),
        ("categories.yaml", "classes: categories.csv\n", "classes: categories.csv\nfiling_conditions: filing.csv\n"),
    )
    rows = "id,category,label_zh,amount,unit,origin\nF1,0101,坑深五厘米以上,2,work_day,demo\n"
    source = source_of("minimal", {**source.files, "filing.csv": rows.encode()})
    found = check(source, today=date(2027, 1, 1)).findings
    assert [each.code for each in found] == ["lint-year-not-announced"]
