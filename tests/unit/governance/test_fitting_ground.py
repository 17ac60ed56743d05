"""What `fit` reads of a manifest: cells of a post, households, hours of duties, the rule that bounds them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from core.errors import NotFound, Unprocessable
from core.governance.fitting_ground import sites
from core.governance.fitting_options import Site
from core.manifest.documents import read_documents
from core.manifest.pipeline import load
from core.manifest.source import read_source, source_of

FOLDER = Path(__file__).parents[3] / "tests" / "manifests" / "positive" / "minimal"
RULE = "division_rules:\n  - {id: small, label: {zh: 小}, kind: households, tier: grid, maximum: 280}\ngrades:"


def read(
    *edits: tuple[str, str, str], staff: dict[str, int] | None = None, maximum: Decimal | None = None
) -> dict[str, Site]:
    files = dict(read_source(FOLDER).files)
    for name, old, new in edits:
        assert old in files[name].decode()
        files[name] = files[name].decode().replace(old, new, 1).encode()
    source = source_of("minimal", files)
    return {site.post: site for site in sites(load(source), read_documents(source)[0], staff, maximum)}


def duty(kind: str, text: str) -> tuple[str, str, str]:
    entry = f"duties:\n  - {{id: d, label: {{zh: 职责}}, post: head, kind: {kind}, {text}}}\nduty_modes:"
    return ("roster.yaml", "duty_modes:", entry)


def test_a_post_has_the_cells_of_its_tier() -> None:
    found = read()
    assert set(found) == {"reporter", "head"}  # a crew stands on no tier
    assert (found["head"].households, found["head"].quota, found["head"].staff) == ((300, 250), 2, 2)
    assert (found["reporter"].quota, found["reporter"].maximum) == (6, None)


def test_a_fixed_post_has_the_cells_under_its_organisation() -> None:
    quota = "organisation: works, quota: {per: fixed, amount: 1}"
    fixed = ("roster.yaml", "quota: {per: cell, amount: 1}", quota)
    assert read(fixed)["head"].households == (300, 250)
    at_home = ("roster.yaml", "kind: company, parent: centre", "kind: company, parent: centre, cell: D02")
    assert read(fixed, at_home)["head"].households == (250,)
    assert read(fixed, at_home)["head"].place.en == "Grid 2"


def test_the_wish_goes_before_the_rule() -> None:
    rule = ("grid.yaml", "grades:", RULE)
    assert (read(rule)["head"].maximum, read(rule)["head"].rule) == (280, "small")
    wished = read(rule, maximum=Decimal(100))["head"]
    assert (wished.maximum, wished.rule) == (100, None)


def test_staff_replaces_the_quota_and_has_to_be_a_post_with_cells() -> None:
    assert read(staff={"head": 1})["head"].staff == 1
    with pytest.raises(NotFound, match="post-unknown"):
        read(staff={"nobody_at_all": 1})
    with pytest.raises(NotFound) as near:
        read(staff={"heed": 1})
    assert near.value.params["nearest"] == "head"
    with pytest.raises(Unprocessable, match="post-without-cells"):
        read(staff={"crew": 1})


@pytest.mark.parametrize(
    ("kind", "text", "cell", "own"),
    [
        ("patrol", "times: 2, per: day, days_per_week: 5, hours_each: 2", "20", "0"),
        ("visit", "days_per_week: 5, hours_each: 1.5", "7.5", "0"),
        ("watch", "round_the_clock: true", "168", "0"),
        ("patrol", "times: 2, per: day, hours_each: 1", "14", "0"),
        ("meeting", "times: 1, per: month, hours_each: 2", "0", "0.46"),
        ("training", "times: 1, per: week, hours_each: 3", "0", "3"),
        ("patrol", "times: 2, per: day", "0", "0"),
    ],
)
def test_hours_of_a_duty(kind: str, text: str, cell: str, own: str) -> None:
    head = read(duty(kind, text))["head"]
    assert (head.cell_hours, head.own_hours) == (Decimal(cell), Decimal(own))


def test_cells_without_a_count_are_told() -> None:
    assert read(("cells.csv", "urban,first,250", "urban,first,"))["head"].unknown == 1
