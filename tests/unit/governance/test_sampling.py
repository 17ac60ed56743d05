"""The sample: a known answer on a small manifest, the same draw from the same seed, weights by households."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from core.errors import NotFound
from core.governance.sampling import sample
from core.manifest.pipeline import load
from core.manifest.source import read_source, source_of
from core.scheme.scheme import Scheme

FOLDER = Path(__file__).parents[3] / "tests" / "manifests" / "positive" / "minimal"
MONDAY = date(2026, 3, 2)
RULES = "id,layer,category,cell,from_time,to_time,handler,basis,origin\n"


def scheme(rules: str = "", **files: tuple[str, str]) -> Scheme:
    found = dict(read_source(FOLDER).files)
    if rules:
        found["rules.csv"] = (RULES + rules).encode()
    for name, (old, new) in files.items():
        name = name.replace("__", ".")
        assert old in found[name].decode()
        found[name] = found[name].decode().replace(old, new).encode()
    return load(source_of("minimal", found))


def test_one_class_of_two_has_a_rule_and_the_rest_is_a_persons() -> None:
    done = sample(
        scheme("R1,normal,0101,,,,organisation:works,三定,demo\nR9,fallback,,,,,post:head,惯例,demo\n"), 4000, 7, MONDAY
    )
    assert done.share == pytest.approx(0.5, abs=0.03) and done.unanswered == 0
    (group,) = done.by_person
    assert group.as_dict() == {
        "rule": "R9",
        "layer": "fallback",
        "basis": "惯例",
        "place": "rules.csv:3:1 $[1]",
        "handler": "post:head",
        "reports": 4000 - done.automatic,
    }


def test_cells_are_drawn_by_their_households() -> None:
    """D01 has 300 households and D02 250."""
    done = sample(
        scheme("R1,normal,,D01,,,organisation:works,三定,demo\nR9,fallback,,,,,post:head,惯例,demo\n"), 8000, 7, MONDAY
    )
    assert done.share == pytest.approx(300 / 550, abs=0.02)


def test_a_cell_that_gives_no_households_counts_as_the_mean_of_the_others() -> None:
    bare = scheme(
        "R1,normal,,D01,,,organisation:works,三定,demo\nR9,fallback,,,,,post:head,惯例,demo\n",
        cells__csv=("first,300,demo", "first,,demo"),
    )
    assert sample(bare, 8000, 7, MONDAY).share == pytest.approx(0.5, abs=0.02)


def test_reports_come_at_all_hours_of_the_week() -> None:
    """A rule for eight hours of the day takes a third."""
    timed = scheme("R1,normal,,,08:00,16:00,organisation:works,三定,demo\nR9,fallback,,,,,post:head,惯例,demo\n")
    assert sample(timed, 8000, 7, MONDAY).share == pytest.approx(1 / 3, abs=0.02)


def test_what_no_rule_takes_is_counted_and_ends_with_nobody() -> None:
    done = sample(scheme("R1,normal,0101,,,,organisation:works,三定,demo\n"), 1000, 7, MONDAY)
    (group,) = done.by_person
    assert (group.rule, group.layer, group.handler) == (None, None, None)
    assert done.unanswered == group.reports == 1000 - done.automatic > 0


def test_a_seed_names_a_draw() -> None:
    shipped = scheme()
    first, again, other = (sample(shipped, 500, seed, MONDAY) for seed in (1, 1, 2))
    assert first == again and first != other


def test_whoever_watches_sees_every_report() -> None:
    seen: Counter[int] = Counter()

    def watch(numbers):
        for number in numbers:
            seen[number] += 1
            yield number

    sample(scheme(), 50, 1, MONDAY, watch)
    assert seen == Counter(range(50))


def test_a_scheme_without_intakes_has_nothing_to_draw() -> None:
    shipped = scheme()
    object.__setattr__(shipped.workflow, "intake_kinds", {})
    with pytest.raises(NotFound) as refused:
        sample(shipped, 10, 1, MONDAY)
    assert refused.value.code == "nothing-to-sample"
