"""Writes the tables of mappings between the generations, from the tables of classes beside them.

A mapping has a ground or it is not made. The grounds are, in this order:

- majors whose subject is the same in two generations, as listed in MAJORS;
- minors under such majors with the same Chinese name;
- minors that a comparison of the lists names as a pair although their names differ a little (PAIRS);
- in the list of 2026, a component and the matter with its code and the suffix 异常: related, not the same.

Run it in place: `python plugins/china_code_lists/map_generations.py`.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent / "code_lists"
OLD, MIDDLE, NEW = "cjt_214_2007", "gbt_30428_2_2013", "gbt_47678_5_2026"
SUFFIX = "异常"

Key = tuple[str, str]  # kind, code
Edge = tuple[str, Key, str, Key, str]  # list, class, list, class, relation

# 04 and 05 swap between the first two generations: sudden events and street order.
MAJORS: tuple[tuple[Key | None, Key | None, Key | None, str], ...] = (
    (("event", "01"), ("event", "01"), ("matter", "06"), "same"),  # city appearance
    (("event", "02"), ("event", "02"), ("matter", "07"), "same"),  # advertising
    (("event", "03"), ("event", "03"), ("matter", "08"), "same"),  # construction
    (("event", "05"), ("event", "04"), ("matter", "09"), "same"),  # street order
    (("event", "04"), ("event", "05"), None, "same"),  # sudden events; as a major gone in 2026
    (("event", "04"), None, ("matter", "10"), "related"),  # what is left of them
    (None, ("event", "05"), ("matter", "10"), "related"),
    (("event", "21"), ("event", "06"), ("matter", "10"), "related"),  # other, extension
    (("component", "01"), ("component", "01"), ("component", "01"), "same"),
    (("component", "02"), ("component", "02"), ("component", "02"), "same"),
    (("component", "03"), ("component", "03"), ("component", "03"), "same"),
    (("component", "04"), ("component", "04"), ("component", "04"), "same"),
    (None, ("component", "05"), ("component", "05"), "same"),
)
# named as pairs of 2013 and 2026; the names differ by a word or not at all
PAIRS = {
    "0101": "06001", "0107": "06007", "0110": "06010", "0111": "06011", "0112": "06012", "0113": "06013",
    "0117": "06017", "0129": "06029", "0136": "06036", "0201": "07001", "0202": "07002", "0203": "07003",
    "0301": "08001", "0302": "08002", "0304": "08004", "0401": "09001", "0405": "09005", "0406": "09006",
    "0409": "09009", "0410": "09010",
}  # fmt: skip
COMPONENT_PAIRS = {"0101": "01001", "0137": "01037"}
INVERSE = {"same": "same", "related": "related"}


def read(name: str) -> dict[Key, dict[str, str]]:
    """The classes of a list by kind and code."""
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return {(row["kind"], row["code"]): row for row in csv.DictReader(file)}


def edges() -> Iterator[Edge]:
    """Every mapping once, from the older list to the newer."""
    lists = {name: read(name) for name in (OLD, MIDDLE, NEW)}
    for named in MAJORS:
        places = list(zip((OLD, MIDDLE, NEW), named[:3], strict=True))
        for older, newer in ((0, 1), (1, 2), (0, 2)):
            (first, before), (second, after) = places[older], places[newer]
            if before is None or after is None:
                continue
            if before in lists[first] and after in lists[second]:
                yield first, before, second, after, named[3]
            yield from same_names(first, lists[first], before, second, lists[second], after)
    for pairs, kinds in ((PAIRS, ("event", "matter")), (COMPONENT_PAIRS, ("component", "component"))):
        for old, new in pairs.items():
            if (kinds[0], old) in lists[MIDDLE] and (kinds[1], new) in lists[NEW]:
                yield MIDDLE, (kinds[0], old), NEW, (kinds[1], new), "same"
    for kind, code in lists[NEW]:
        if kind == "component" and ("matter", code) in lists[NEW]:
            yield NEW, (kind, code), NEW, ("matter", code), "related"


def same_names(
    first: str, older: dict[Key, dict[str, str]], before: Key, second: str, newer: dict[Key, dict[str, str]], after: Key
) -> Iterator[Edge]:
    """Minors of two corresponding majors that have one name."""
    named = {row["label_zh"]: key for key, row in newer.items() if key[0] == after[0] and row["parent"] == after[1]}
    for key, row in older.items():
        if key[0] == before[0] and row["parent"] == before[1] and row["label_zh"] in named:
            yield first, key, second, named[row["label_zh"]], "same"


def main() -> None:
    """Write each list's table with its mappings to the others, in both directions."""
    tables: dict[str, set[tuple[str, ...]]] = {OLD: set(), MIDDLE: set(), NEW: set()}
    for first, before, second, after, relation in edges():
        tables[first].add((*before, second, *after, relation))
        tables[second].add((*after, first, *before, INVERSE[relation]))
    for name, rows in tables.items():
        with (HERE / f"{name}_to.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(("from_kind", "from_code", "to_list", "to_kind", "to_code", "relation"))
            writer.writerows(sorted(rows))


if __name__ == "__main__":
    main()
