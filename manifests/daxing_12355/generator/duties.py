"""The dispatch rules of the demo: for each item and area, who manages and who enforces, and on what basis.

Defaults by item, by item and town, and by item and mode; above them a few that override, below them the fallbacks to
the district's operators, which say in their id why nobody answers yet.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.checklist import Item, Major, Minor
from generator.units import TOWNS, Town

INDUSTRY, TERRITORY, REGULATION, MANDATE, CUSTOM = "行业管理", "属地管理", "法规", "三定", "惯例"
ENFORCING = {
    "public_security", "traffic_police", "fire_brigade", "work_safety", "environment", "food_drug",
    "quality_supervision", "commerce", "land", "urban_enforcement",
}  # fmt: skip
MANDATED = {
    "civil_affairs", "human_resources", "education", "culture", "sports", "health", "justice", "development",
    "governance_office", "social_work", "civil_defence", "disabled_federation", "labour_union", "youth_league",
    "womens_federation", "business", "agriculture",
}  # fmt: skip
WITH_TOWN = {"housing", "civil_affairs", "work_safety", "environment", "commerce", "food_drug", "justice"}
"""Departments that act in each town together with the town: one rule for each item and town."""
REASONS = ("ownership_unclear", "no_department_yet", "cross_boundary")
"""Why an item is settled by no rule: nobody owns it for sure; it is too new for any department; it lies on a boundary
between units. The operators of the district dispatch it."""

# items of everyday order that a park's own office answers for inside the park
IN_PARKS = ("垃圾与杂物", "非机动车停放", "用火用电", "集体宿舍", "停车秩序", "易燃物堆放")
# item, window or severity, who overrides, who joins, whether to act before competence is settled
OVERRIDES = (
    ("燃气泄漏", "urgent", "gas_company", ("public_security", "fire_brigade"), True),
    ("电梯困人", "urgent", "quality_supervision", ("fire_brigade",), True),
    ("危化品泄漏", "urgent", "work_safety", ("fire_brigade", "environment"), True),
    ("有毒气体泄漏", "urgent", "work_safety", ("fire_brigade", "environment"), True),
    ("房屋火情", "urgent", "fire_brigade", ("public_security",), True),
    ("家畜上路", "urgent", "traffic_police", (), True),
    ("噪声扰民", "night", "public_security", (), False),
    ("装修噪声", "night", "public_security", (), False),
    ("夜间施工噪声", "night", "public_security", ("urban_enforcement",), False),
    ("邻里噪声纠纷", "night", "public_security", (), False),
)


def rule_rows(majors: list[Major]) -> Iterator[list[Any]]:
    """Rows of rules.csv: overrides first, then the normal rules item by item, then the fallbacks."""
    items = {item.zh: item for major in majors for minor in major.minors for item in minor.items}
    yield from _overrides(items)
    for major in majors:
        for minor in major.minors:
            for item in minor.items:
                yield from _normal(item, minor)
    for major in majors:
        for minor in major.minors:
            yield from _fallbacks(minor)
    yield _row("F-no_rule", "fallback", handler="operation_centre", basis=CUSTOM)


def _overrides(items: dict[str, Item]) -> Iterator[list[Any]]:
    for zh, asked, handler, joining, first in OVERRIDES:
        item = items[zh]
        night = ("22:00", "06:00") if asked == "night" else ("", "")
        severity = "" if asked == "night" else asked
        yield _row(
            f"O{item.code}", "override", item.code, severity=severity, window=night, handler=handler,
            joining=joining, first=first, basis=REGULATION,
        )  # fmt: skip


def _normal(item: Item, minor: Minor) -> Iterator[list[Any]]:
    letter, _, named = item.answers.partition(" ")
    if letter == "D" and named in WITH_TOWN:
        for town in TOWNS:
            yield _row(
                f"R{item.code}-{town.code[6:]}", "normal", item.code, town.code, handler=named,
                joining=(f"town_{town.id}",), basis=_basis(named),
            )  # fmt: skip
    elif letter == "D":
        yield _row(f"R{item.code}", "normal", item.code, handler=named, basis=_basis(named))
    elif letter == "M":
        yield _row(f"R{item.code}", "normal", item.code, grade="urban", handler=named, basis=_basis(named))
        yield from (_of_town(item, town, grade="rural") for town in TOWNS if town.has_rural_cells)
    elif letter == "T":
        for town in TOWNS:
            yield _of_town(item, town)
            if minor.zh in IN_PARKS:
                yield _row(
                    f"R{item.code}-{town.code[6:]}-P", "normal", item.code, town.code, kind="park",
                    handler="park_office", joining=(f"town_{town.id}",), basis=CUSTOM,
                )  # fmt: skip
    elif letter == "S":
        for town in TOWNS:
            yield _row(
                f"R{item.code}-{town.code[6:]}", "normal", item.code, town.code, handler=f"squad_{town.id}",
                joining=(f"town_{town.id}",), basis=REGULATION,
            )  # fmt: skip


def _of_town(item: Item, town: Town, grade: str = "") -> list[Any]:
    return _row(
        f"R{item.code}-{town.code[6:]}", "normal", item.code, town.code, grade=grade, handler=f"town_{town.id}",
        basis=TERRITORY,
    )  # fmt: skip


def _fallbacks(minor: Minor) -> Iterator[list[Any]]:
    """One for a minor whose items nobody answers for; the reason stands in its id."""
    letter, _, reason = minor.items[0].answers.partition(" ")
    if letter == "X":
        if reason not in REASONS:
            raise ValueError(f"{minor.zh}: {reason}")
        yield _row(f"F-{reason}-{minor.code}", "fallback", minor.code, handler="operation_centre", basis=CUSTOM)


def _basis(department: str) -> str:
    if department in ENFORCING:
        return REGULATION
    return MANDATE if department in MANDATED else INDUSTRY


def _row(
    id: str,
    layer: str,
    category: str = "",
    cell: str = "",
    *,
    handler: str,
    basis: str,
    kind: str = "",
    grade: str = "",
    severity: str = "",
    window: tuple[str, str] = ("", ""),
    joining: tuple[str, ...] = (),
    first: bool = False,
) -> list[Any]:
    beside = ";".join(f"organisation:{one}" for one in joining)
    conditions = [kind, grade, severity, *window]
    named = [f"organisation:{handler}", beside, "yes" if first else ""]
    return [id, layer, category, cell, *conditions, *named, basis, "demo"]
