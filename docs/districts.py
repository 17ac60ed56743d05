"""The page that lays the districts side by side: tiers, posts, steps, clocks and dispatch, each with its line.

Reads the folders in manifests/ and writes nothing; `docs/generate.py` does. Labels and numbers come from the manifests
alone, so that a district reads here as it runs.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from core.manifest.documents import Documents, read_documents
from core.manifest.pipeline import load
from core.manifest.source import read_source
from core.scheme.dispatch import LAYERS
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

INTRO = """\
# 各地方案对照 Districts side by side

`manifests/` 里的每个地区一列或一行，全部取自方案文件。出处栏：`S2:3` 是该地区来源 S2 的第 3 行；`demo` 是演示数据，
不是该地的事实；其余为标准代码表。来源名称见第一张表。

Every district of `manifests/`, taken from its files. The last column says where a fact comes from: `S2:3` is line 3 of
the district's source S2, `demo` is demonstration data and no fact of the place, anything else is a standard list.
"""
UNITS = {
    "urgent_hour": "紧急工作时 urgent hours",
    "work_hour": "工作时 working hours",
    "work_day": "工作日 working days",
    "calendar_day": "自然日 calendar days",
}
PER = {"fixed": "共 in all", "cell": "每格 a cell", "ratio": "户一名 households each", "unit": "每单位 a unit"}
LAYER_NAMES = {"override": "优先 override", "normal": "常规 normal", "fallback": "兜底 fallback"}
HANDLERS = {"organisation": "派给单位 to organisations", "post": "派给岗位 to posts", "pool": "派给认领池 to pools"}
NAMED = (
    ("dispatch", "pools", "认领池 pools"),
    ("timers", "ladders", "升级阶梯 ladders"),
    ("dispatch", "co_handlers", "协办 co-handlers"),
    ("dispatch", "act_first", "先行处置 act first"),
    ("dispatch", "control_zones", "管控区 control zones"),
    ("grid", "contested_areas", "争议地段 contested areas"),
    ("grid", "overlays", "叠加网格 overlays"),
)
"""What decides a dispatch besides the rules: file, property, heading."""

Item = Mapping[str, Any]


@dataclass(frozen=True)
class District:
    """One folder: its documents as written, and the scheme that they come to."""

    documents: Documents
    scheme: Scheme

    @property
    def name(self) -> str:
        return f"`{self.scheme.locality.id}`"

    def items(self, kind: str, name: str) -> list[Item]:
        return self.documents.root(kind)[name].value or []

    def origin(self, kind: str, *nested: Item) -> str:
        """The origin of the innermost item that states one, else the file's, in its short form."""
        stated = [item["origin"] for item in reversed(nested) if item.get("origin")]
        return short([*stated, self.documents.root(kind)["origin"].value or "demo"][0])


def read_districts(folder: Path) -> list[District]:
    """Every district in the folder, by name. Raises ManifestError for one that has errors."""
    resolve = shipped_plugins().resolve
    found = []
    for path in sorted(one.parent for one in folder.glob("*/locality.yaml")):
        source = read_source(path)
        found.append(District(read_documents(source)[0], load(source, resolve)))
    return found


def districts_page(districts: list[District], note: str) -> str:
    parts = (overview, tiers, posts, steps, clocks, dispatch)
    return "\n".join([note, INTRO, *(line for part in parts for line in part(districts))]) + "\n"


# ------------------------------------------------------------------------------------------------------------- parts
def overview(districts: list[District]) -> Iterator[str]:
    yield from heading("地区 Districts")
    rows = []
    for one in districts:
        locality = one.documents.root("locality").value
        sources = "<br>".join(f"{source['id']} {said(source)}" for source in locality.get("sources", ()))
        rows.append([one.name, said(locality), sources, short(locality.get("origin", "demo"))])
    yield from table("标识 id|名称 name|来源 sources|出处 line", rows)
    wanted = {
        "层级 tiers": "tiers",
        "末级网格 leaf cells": "leaf_cells",
        "单位 organisations": "organisations",
        "岗位个数 positions": "posts",
        "大类 majors": "majors",
        "最细类 leaf classes": "items",
        "阶段 stages": "stages",
        "动作 actions": "actions",
        "派遣规则 rules": "rules",
    }
    counts = [[label, *(one.scheme.counts[name] for one in districts)] for label, name in wanted.items()]
    yield from table("|".join(["", *(one.name for one in districts)]), counts)


def tiers(districts: list[District]) -> Iterator[str]:
    yield from heading("层级 Tiers")
    rows = []
    for one in districts:
        for number, tier in enumerate(one.items("grid", "tiers"), 1):
            count = one.scheme.counts["cells_by_tier"][tier["id"]]
            rows.append([one.name, number, said(tier), count or "未计 none", one.origin("grid", tier)])
    yield from table("地区 district|级 level|层级 tier|现有 cells|出处 line", grouped(rows))
    yield "划分规则 Rules of division（不合而保留的见各地 `waivers`）\n"
    rows = [
        [one.name, said(rule), bounds(rule), one.origin("grid", rule)]
        for one in districts
        for rule in one.items("grid", "division_rules")
    ]
    yield from table("地区 district|规则 rule|界限 bounds|出处 line", grouped(rows))


def posts(districts: list[District]) -> Iterator[str]:
    yield from heading("岗位 Posts")
    for one in districts:
        yield f"### {one.name}\n"
        rows = [
            [
                said(post),
                place_of(one, post),
                quota(post["quota"]),
                one.scheme.roster.positions[post["id"]],
                one.origin("roster", post),
            ]
            for post in one.items("roster", "posts")
        ]
        yield from table("岗位 post|设在 where|员额 quota|合计 positions|出处 line", rows)


def steps(districts: list[District]) -> Iterator[str]:
    yield from heading("步骤 Steps")
    rows = []
    for one in districts:
        for kind in one.items("workflow", "case_kinds"):
            for track in kind["tracks"]:
                own = one.origin("workflow", kind, track)
                names = "<br>".join("".join(stage_names(one, kind, track, own, language)) for language in ("zh", "en"))
                rows.append([one.name, said(kind), said(track), names, own])
    yield from table("地区 district|案件 kind of case|线 track|阶段 stages|出处 line", grouped(rows))


def clocks(districts: list[District]) -> Iterator[str]:
    yield from heading("时限 Clocks")
    rows = []
    for one in districts:
        for limit in one.items("timers", "limits"):
            amount, origin = amount_of(one, limit)
            runs = f"任务 task {limit['task']}" if limit.get("task") else f"{limit['start']} → {limit['stop']}"
            kind = "目标 target" if limit["kind"] == "target" else "时限 limit"
            layer = f"{kind}, {limit['layer']}" if limit.get("layer") else kind
            rows.append([one.name, said(limit), runs, amount, layer, scope(one, limit.get("scope", {})), origin])
    head = "地区 district|时限 clock|起止 from, to|数量 amount|种类、层面 kind, layer|适用 scope|出处 line"
    yield from table(head, grouped(rows))


def dispatch(districts: list[District]) -> Iterator[str]:
    yield from heading("派遣 Dispatch")
    rows: list[list[Any]] = []
    for layer in LAYERS:
        layers = (Counter(rule.layer for rule in one.scheme.dispatch.rules) for one in districts)
        rows.append([LAYER_NAMES[layer], *(found[layer] for found in layers)])
    for kind, label in HANDLERS.items():
        rows.append(
            [label, *(sum(1 for rule in one.scheme.dispatch.rules if rule.handler.kind == kind) for one in districts)]
        )
    rows.append(["有出处的规则 rules with a line", *(seeded(one) for one in districts)])
    rows += [[label, *(len(one.items(kind, name)) for one in districts)] for kind, name, label in NAMED]
    yield from table("|".join(["", *(one.name for one in districts)]), rows)
    named = [
        [one.name, label, said(item) if item.get("label") else f"`{item['id']}`", one.origin(kind, item)]
        for one in districts
        for kind, name, label in NAMED
        for item in one.items(kind, name)
    ]
    yield from table("地区 district|种类 kind|名称 name|出处 line", grouped(named))


# ------------------------------------------------------------------------------------------------------------- cells
def said(item: Item) -> str:
    """A label in both languages, Chinese first."""
    label = item["label"]
    return f"{label['zh']} {label['en']}" if label.get("en") else label["zh"]


def short(origin: str) -> str:
    return origin.removeprefix("seed:").removeprefix("standard:")


def bounds(rule: Item) -> str:
    signs = (("≥", rule.get("minimum")), ("≤", rule.get("maximum")))
    told = " ".join(f"{sign} {shown(value)}" for sign, value in signs if value is not None)
    about = "约 about " if rule.get("approximate") else ""
    return f"{about}{rule['kind']} {told}".strip()


def place_of(one: District, post: Item) -> str:
    """The tier or the organisation that has the post."""
    for kind, name, key in (("grid", "tiers", "tier"), ("roster", "organisations", "organisation")):
        found = next((item for item in one.items(kind, name) if item["id"] == post.get(key)), None)
        if found is not None:
            return said(found)
    return ", ".join(post["quota"].get("kinds", ())) or "全区 throughout"


def quota(given: Item) -> str:
    amount = given["amount"]
    told = f"`{amount['parameter']}`" if isinstance(amount, Mapping) else shown(amount)
    about = "约 " if given.get("approximate") else ""
    return f"{about}{told} {PER[given['per']]}"


def stage_names(one: District, kind: Item, track: Item, own: str, language: str) -> Iterator[str]:
    """The stages' names with what leads on to each; one whose origin is not its track's says so. Where a track may end
    in several ways, the further ends stand behind a stroke."""
    between, ended = "", False
    for stage in track["stages"]:
        origin = one.origin("workflow", kind, track, stage)
        name = stage["label"].get(language) or stage["label"]["zh"]
        yield " / " if ended and stage.get("final") else between
        yield name if origin == own else f"{name} ({origin})"
        between, ended = " → ", ended or bool(stage.get("final"))


def amount_of(one: District, limit: Item) -> tuple[str, str]:
    """The amount with its unit, and where the number comes from: a parameter has an origin of its own."""
    given, origin = limit["amount"], one.origin("timers", limit)
    if isinstance(given, Mapping):
        parameters = {item["id"]: item for item in one.items("locality", "parameters")}
        parameter = parameters[given["parameter"]]
        given, origin = parameter["value"], one.origin("locality", parameter)
    filed = "<br>立案条件另定的从其规定 or the filing condition's" if limit.get("by_filing_condition") else ""
    return f"{shown(given)} {UNITS[limit['unit']]}{filed}", origin


def scope(one: District, given: Item) -> str:
    """What a limit is for, aspect by aspect; case kinds and severities by their labels."""
    known = {item["id"]: said(item) for name in ("case_kinds", "severities") for item in one.items("workflow", name)}
    told = []
    for name, value in given.items():
        if name in ("case_kinds", "severities"):
            told.append("、".join(known[id] for id in value))
        else:
            told.append(f"{name}: {value if isinstance(value, str) else ', '.join(value)}")
    return "<br>".join(told) or "全部 all"


def seeded(one: District) -> int:
    return sum(1 for rule in one.scheme.dispatch.rules if rule.origin.startswith("seed:"))


def shown(value: Any) -> str:
    """A number as people write it."""
    return format(value.normalize(), "f") if isinstance(value, Decimal) else str(value)


# ------------------------------------------------------------------------------------------------------------ tables
def heading(title: str) -> Iterator[str]:
    yield f"## {title}\n"


def grouped(rows: Iterable[list[Any]]) -> Iterator[list[Any]]:
    """Rows whose first cell is written where it changes only."""
    last = None
    for first, *rest in rows:
        yield ["" if first == last else first, *rest]
        last = first


def table(head: str, rows: Iterable[list[Any]]) -> Iterator[str]:
    names = head.split("|")
    yield f"| {' | '.join(names)} |\n|{'---|' * len(names)}"
    for row in rows:
        yield "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |"
    yield ""
