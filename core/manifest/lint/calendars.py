"""Lint of calendars against the present day: the years whose holidays are not known yet.

The one rule that needs to know the day; it is an argument.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.scheme import Scheme

WORKING = frozenset({"work_hour", "work_day"})
"""Units that count working time, for which holidays matter."""

AHEAD = 12
"""From this month on next year's holidays should be known: limits that start now reach into it."""


def unannounced(scheme: Scheme, documents: Documents, today: date) -> Iterator[Finding]:
    """Calendars of working-time limits that do not know this year, or from December on the next: deadlines that count
    days of such a year are provisional."""
    years = [today.year, *([today.year + 1] if today.month >= AHEAD else [])]
    by_condition = {condition.unit for condition in scheme.codes.filing_conditions.values()}
    counted = {
        limit.calendar
        for limit in scheme.timers.limits.values()
        if WORKING & {limit.unit, *(by_condition if limit.by_filing_condition else ())}
    }
    for name, calendar in scheme.timers.calendars.items():
        for year in years if name in counted else ():
            if year not in calendar.announced:
                yield finding(
                    "lint-year-not-announced",
                    place_of(documents, "timers", "calendars", name),
                    calendar=name,
                    year=year,
                )
