"""Shares of closed cases by a fact: by kind, by the day on which they were closed, and those that say nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rounds_district import DISTRICT, act, check_in, published, source

from core.errors import NotFound
from core.factory import Services
from core.governance.shares import shares
from core.manifest.source import source_of
from core.store import ManualClock

ZONE = ZoneInfo("Asia/Shanghai")
FACT = ("    purpose: patrol\n", "    purpose: patrol\n    facts: {place: text}\n")


@pytest.fixture
def services(tmp_path: Path, database_url: str) -> Iterator[Services]:
    """Four rounds, of which one is still out, one ended on 1 March, two on 2 March; those by ann note a place."""
    clock = ManualClock(datetime(2026, 2, 1, tzinfo=ZONE))
    files = dict(source(workflow=FACT).files)
    out = "        to: back\n        who: [{role: head}]\n"
    noted = f"{out}        effects:\n          - set_fact: {{fact: place, value: village, when: cell == 'D01'}}\n"
    files["workflow.yaml"] = files["workflow.yaml"].replace(out.encode(), noted.encode())
    found = published(tmp_path, database_url, clock, source_of(DISTRICT, files))
    for hours, who, cell in ((0, "ann", "D01"), (24, "ann", "D01"), (25, "bo", "D02"), (26, "bo", "D02")):
        clock.set(datetime(2026, 3, 1, 8, tzinfo=ZONE) + timedelta(hours=hours))
        case = check_in(found, who, cell)
        if hours < 26:
            clock.set(clock.now() + timedelta(minutes=30))
            act(found, who, case, "check_out")
    yield found
    found.store.close()


def test_each_value_is_counted_once_and_open_cases_are_not(services: Services) -> None:
    found = shares(services.casework, DISTRICT, "place")
    assert (found.total, found.counts) == (3, (("village", 2), (None, 1)))
    assert found.as_dict()["values"][0] == {"value": "village", "cases": 2, "share": 0.6667}


def test_only_the_days_that_were_asked_for(services: Services) -> None:
    assert shares(services.casework, DISTRICT, "place", last=date(2026, 3, 1)).counts == (("village", 1),)
    assert shares(services.casework, DISTRICT, "place", first=date(2026, 3, 2)).total == 2
    assert shares(services.casework, DISTRICT, "place", first=date(2026, 3, 3)).total == 0


def test_a_fact_that_no_kind_has_as_text(services: Services) -> None:
    with pytest.raises(NotFound) as refused:
        shares(services.casework, DISTRICT, "urgent")
    assert refused.value.code == "fact-unknown"
