"""The checklist of the demo: majors, minors and items out of the two lists, with filing and closing conditions.

What the standard lists keeps its name and code; the rest is demo. Amounts are demo. Decides nothing about dispatch
beyond keeping who answers for an item.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

STANDARD = "gbt_47678_5_2026"
HERE = Path(__file__).parent


class Item(NamedTuple):
    """One item. `answers` is a letter and, where it has one, a department or a reason: `D gas_company`, `T`."""

    code: str
    zh: str
    en: str
    kind: str
    standard: str
    urgent: bool
    answers: str


class Minor(NamedTuple):
    """A minor class with its items."""

    code: str
    zh: str
    en: str
    items: list[Item]


class Major(NamedTuple):
    """A major class; `standard` is its code in the standard, or empty."""

    code: str
    zh: str
    en: str
    standard: str
    minors: list[Minor]


def read_majors() -> list[Major]:
    """Both lists in order; codes are given by position (two digits a level)."""
    majors: list[Major] = []
    answers = ""
    for name in ("standard.txt", "local.txt"):
        for line in (HERE / name).read_text(encoding="utf-8").splitlines():
            if line.startswith("= "):
                majors.append(_major(line.removeprefix("= "), len(majors) + 1))
            elif line.startswith("## "):
                zh, en, answers = line.removeprefix("## ").split("|")
                minors = majors[-1].minors
                minors.append(Minor(f"{majors[-1].code}{len(minors) + 1:02d}", zh, en, []))
            elif not line.startswith("#"):
                minor = majors[-1].minors[-1]
                minor.items.append(_item(line, f"{minor.code}{len(minor.items) + 1:02d}", answers))
    return majors


def _major(line: str, number: int) -> Major:
    *standard, zh, en = line.split("|")
    return Major(f"{number:02d}", zh, en, standard[0] if standard else "", [])


def _item(line: str, code: str, answers: str) -> Item:
    found = re.fullmatch(r"(?:([cm])(\d{5}) )?([^|*]+)(\*)?\|([^@]+?)(?: @(\w+))?", line)
    if found is None:
        raise ValueError(line)
    letter, standard, zh, urgent, en, instead = found.groups()
    kind = "component" if letter == "c" else "matter"
    return Item(code, zh, en, kind, standard or "", bool(urgent), f"D {instead}" if instead else answers)


class Wording(NamedTuple):
    """How a kind of item is filed, handled and closed. Amounts: urban, rural, each with its unit."""

    filing: tuple[str, str]
    handling: str
    closing: tuple[str, str]
    evidence: str
    amounts: tuple[tuple[str, str], tuple[str, str]]


WORDINGS = {
    "urgent": Wording(
        ("发现{zh}，情况紧急，须立即处理", "{en}: found, and it cannot wait"),
        "立即到场或联系，先控制事态，再予解决",
        ("紧急情况已解除，现场安全，当事人知晓", "no longer urgent, the place safe and those concerned told"),
        "photo",
        (("4", "urgent_hour"), ("6", "urgent_hour")),
    ),
    "component": Wording(
        ("{zh}破损、缺失、移位或影响使用", "{en}: damaged, missing, moved or out of use"),
        "修复、补齐或更换，恢复使用",
        ("已修复或更换，恢复使用，现场整洁", "repaired or replaced, in use again, the place left tidy"),
        "photo",
        (("2", "work_day"), ("3", "work_day")),
    ),
    "dispute": Wording(
        ("当事人提出{zh}，时间、地点和事由清楚", "{en}: raised by a party, with time, place and cause"),
        "联系双方，调解或告知解决途径",
        ("已调解或已告知解决途径，双方知晓", "settled, or both parties told of the way to settle it"),
        "document",
        (("5", "work_day"), ("5", "work_day")),
    ),
    "service": Wording(
        ("居民提出{zh}，内容明确、可联系", "{en}: asked for by a resident, clear and with a way to answer"),
        "一次告知，能办即办，不能办说明理由",
        ("已答复或办结，并告知本人", "answered or done, and the resident told"),
        "document",
        (("3", "work_day"), ("3", "work_day")),
    ),
    "matter": Wording(
        ("巡查或来电发现{zh}，现场可核实", "{en}: seen on patrol or by a caller, to be verified on site"),
        "制止、清理或责令改正，防止反复",
        ("问题已消除，现场恢复正常", "the problem is gone and the place is back to normal"),
        "photo",
        (("4", "work_hour"), ("1", "work_day")),
    ),
}
SERVICE = r"咨询|建议|查询|申请|需求|办理|预约|报名|登记|求助|报装|报修|申领|补办|接收|开具|表扬|批评|救助$|办件"
DISPUTE = r"争议|纠纷|调解"


def wording(item: Item) -> Wording:
    if item.urgent:
        return WORDINGS["urgent"]
    if item.kind == "component":
        return WORDINGS["component"]
    if re.search(DISPUTE, item.zh):
        return WORDINGS["dispute"]
    return WORDINGS["service" if re.search(SERVICE, item.zh) else "matter"]


def class_rows(majors: list[Major]) -> Iterator[list[Any]]:
    """Rows of categories.csv."""
    for major in majors:
        kind = "component" if major.standard and int(major.standard) <= 5 else "matter"
        yield _row(major.code, "", "major", kind, major, standard=major.standard)
        for minor in major.minors:
            yield _row(minor.code, major.code, "minor", minor.items[0].kind, minor)
            for item in minor.items:
                severity = "urgent" if item.urgent else "ordinary"
                told = wording(item).handling
                yield _row(item.code, minor.code, "item", item.kind, item, severity, item.standard, told)


def _row(
    code: str,
    parent: str,
    level: str,
    kind: str,
    named: Major | Minor | Item,
    severity: str = "",
    standard: str = "",
    told: str = "",
) -> list[Any]:
    origin = f"standard:{STANDARD}" if standard else "demo"
    return [code, parent, level, kind, named.zh, named.en, severity, standard, told, origin]


def filing_rows(majors: list[Major]) -> Iterator[list[Any]]:
    """Two filing conditions an item, one for each mode."""
    for item in items_of(majors):
        words = wording(item)
        zh, en = (text.format(zh=item.zh, en=item.en) for text in words.filing)
        for number, (mode, (amount, unit)) in enumerate(zip(("urban", "rural"), words.amounts, strict=True), 1):
            yield [f"F{item.code}-{number}", item.code, zh, en, mode, amount, unit, f"Z{item.code}", "demo"]


def closing_rows(majors: list[Major]) -> Iterator[list[Any]]:
    """One closing condition an item."""
    for item in items_of(majors):
        words = wording(item)
        zh, en = words.closing
        yield [f"Z{item.code}", item.code, f"{item.zh}：{zh}", f"{item.en}: {en}", words.evidence, "demo"]


def items_of(majors: list[Major]) -> Iterator[Item]:
    for major in majors:
        for minor in major.minors:
            yield from minor.items
