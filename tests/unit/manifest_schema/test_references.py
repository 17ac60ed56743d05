"""Properties of the reference check that no single negative manifest shows."""

from pathlib import Path

import pytest

from core.errors import Place
from core.manifest.nearest import MOST, NONE
from core.manifest.pipeline import check
from core.manifest.references.cycles import find_cycles
from core.manifest.source import read_source, source_of

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")


def findings(**files: str):
    named = {name.replace("__", "."): text.encode() for name, text in files.items()}
    return check(source_of("minimal", {**MINIMAL.files, **named})).findings


def edges(**links: str):
    return {name: tuple((target, lambda: Place("f")) for target in targets) for name, targets in links.items()}


@pytest.mark.parametrize(
    ("links", "expected"),
    [
        (edges(a="b", b="c"), []),
        (edges(a="a"), [("a",)]),
        (edges(a="b", b="c", c="b"), [("b", "c")]),
        (edges(a="bc", b="d", c="d", d=""), []),
        (edges(a="b", b="a", c="d", d="c"), [("a", "b"), ("c", "d")]),
    ],
)
def test_circles_are_found_once(links, expected):
    assert [cycle for cycle, _ in find_cycles(links)] == expected


def test_a_long_chain_is_walked_in_linear_time():
    links = {f"n{number}": ((f"n{number + 1}", lambda: Place("f")),) for number in range(100_000)}
    assert list(find_cycles(links)) == []


def test_a_table_that_is_wrong_throughout_gets_a_bounded_number_of_suggestions():
    head, *_ = MINIMAL.files["rules.csv"].decode().split("\n")
    rows = [f"R{number},normal,,D01{number:03},,,,,0,post:head,,demo" for number in range(MOST + 50)]
    found = findings(rules__csv="\n".join([head, *rows]))
    suggested = [finding for finding in found if finding.code == "reference-unknown-cell"]
    assert len(suggested) == MOST + 50
    assert sum(1 for finding in suggested if finding.params["nearest"] != NONE) == MOST


def test_ids_of_another_case_kind_do_not_count():
    text = MINIMAL.files["workflow.yaml"].decode()
    start, end = text.index("  - id: event"), text.index("intake_kinds:")
    second = text[start:end].replace("id: event", "id: patrol", 1).replace("id: remind", "id: nudge")
    (finding,) = findings(workflow__yaml=text[:end] + second + text[end:])
    assert (finding.code, finding.place.path) == (
        "reference-unknown-action",
        "$.case_kinds[1].reactions[0].action",
    )


def test_a_limit_acts_on_the_case_kinds_that_it_is_for():
    text = MINIMAL.files["workflow.yaml"].decode()
    start, end = text.index("  - id: event"), text.index("intake_kinds:")
    second = text[start:end].replace("id: event", "id: patrol", 1).replace("id: remind", "id: nudge")
    second = second.replace("action: remind", "action: nudge")
    timers = MINIMAL.files["timers.yaml"].decode().replace("case_kinds: [event]", "case_kinds: [patrol]")
    (finding,) = findings(workflow__yaml=text[:end] + second + text[end:], timers__yaml=timers)
    assert (finding.code, finding.place.path) == ("reference-unknown-action", "$.limits[0].reaches[0].action")


def test_conditions_of_scopes_in_dispatch_are_checked_too():
    extra = "co_handlers:\n  - {id: both, scope: {when: fact.nothing}, targets: [{post: head}]}\n"
    (finding,) = findings(dispatch__yaml=MINIMAL.files["dispatch.yaml"].decode() + extra)
    assert (finding.place.line, finding.place.column) == (5, 30)
