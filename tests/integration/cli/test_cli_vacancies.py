"""`staff vacancies` as people and programs read it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from console import Done

Here = Callable[..., Done]
HEAD = "role: head, tier: grid, quota: {per: cell, amount: 1}}"
SAID = HEAD[:-1] + ", fallback: crew, vacancies: {allowed: 0, fill_within_days: 30}}"


def test_it_says_what_stands_empty_and_who_stands_in(here: Here, changed: Callable[..., Path]) -> None:
    folder = changed(("roster.yaml", HEAD, SAID))
    assert here("publish", folder).code == 0
    here("staff", "assign", "minimal", "王强", "head", "--cell", "D01")
    here("staff", "assign", "minimal", "赵一", "crew")
    shown = here("--language", "en", "staff", "vacancies", "minimal")
    heading, *rows = (re.split(r"\s{2,}", line.strip()) for line in shown.out.splitlines())
    assert heading == [
        *("POST", "LABEL", "POSITIONS", "HELD", "VACANT", "ALLOWED", "VACANT SINCE", "JUDGED", "STANDING IN")
    ]
    found = {row[0]: row[1:] for row in rows}
    assert found["head"] == ["grid head", "2", "1", "1", "0", "never filled", "too many", "fallback: 赵一"]
    assert found["crew"] == ["crew", "2", "1", "1", "–", "never filled", "–", "–"]
    assert "超过允许数" in here("staff", "vacancies", "minimal").out
    told = json.loads(here("staff", "vacancies", "minimal", "--json").out)
    head = next(post for post in told["posts"] if post["post"] == "head")
    assert (head["vacant"], head["too_many"], head["overdue"], head["fill_within_days"]) == (1, True, False, 30)
    (place,) = head["places"]
    assert (place["cell"], place["since"], [one["name"] for one in place["fallback"]]) == ("D02", None, ["赵一"])
    assert place["due"].endswith("+08:00")
    assert here("staff", "vacancies", "nowhere").code == 1
