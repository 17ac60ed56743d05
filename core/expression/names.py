"""The names that guards, dispatch rules and limit scopes may read, each once, with its type and what it means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from core.expression.kinds import ExpressionType


@dataclass(frozen=True, slots=True)
class DeclaredName:
    """A name that every scheme has."""

    id: str
    type: ExpressionType
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class NameFamily:
    """Names `<prefix>.<id>` for what a scheme declares; `type` is None where the scheme says it."""

    prefix: str
    type: ExpressionType | None
    zh: str
    en: str


NAMES: tuple[DeclaredName, ...] = (
    DeclaredName("category", "text", "案件的类别代码", "code of the case's class"),
    DeclaredName("kind", "text", "案件种类", "case kind"),
    DeclaredName("cell", "text", "案件所在网格的代码", "code of the case's cell"),
    DeclaredName("area_kind", "text", "网格的区域类型", "area kind of the cell"),
    DeclaredName("grade", "text", "网格的区域等级", "grade of the cell"),
    DeclaredName("channel", "text", "来源渠道", "channel that the case came through"),
    DeclaredName("severity", "text", "轻重程度", "severity of the case"),
    DeclaredName("alert", "text", "当前预警级别，没有预警时为未知", "alert level now; unknown without an alert"),
    DeclaredName("intake", "text", "诉求种类", "intake kind"),
    DeclaredName("object_kind", "text", "所涉部件或对象的种类", "kind of the registry object of the case"),
    DeclaredName("object_status", "text", "所涉部件或对象的状态", "status of the registry object of the case"),
    DeclaredName("duty_mode", "text", "值守模式（平时、战时）", "duty mode in force"),
    DeclaredName(
        "draw",
        "number",
        "抽签数，0 到 1（不含），每案固定且不可预知",
        "the case's lot, 0 to below 1, fixed and unforeseeable",
    ),
    DeclaredName("act_first", "boolean", "最近一次派遣是否先行处置", "whether the last dispatch was to act first"),
    DeclaredName(
        "dispatch_layer",
        "text",
        "最近一次派遣的依据：control_zone、contested、override、normal、fallback；未派遣为未知",
        "what the last dispatch went by: control_zone, contested, override, normal, fallback; unknown before",
    ),
    DeclaredName("hour", "number", "当地时间的小时，0 到 23", "hour of the local time, 0 to 23"),
    DeclaredName("weekday", "number", "星期几，1 是星期一，7 是星期日", "day of the week, 1 Monday to 7 Sunday"),
)

FAMILIES: tuple[NameFamily, ...] = (
    NameFamily(
        "stage",
        "text",
        "该线当前所处的阶段，尚未进入时为未知",
        "stage on which the track stands; unknown before it is entered",
    ),
    NameFamily("open", "boolean", "该任务是否正在办理", "whether the task is open"),
    NameFamily("fact", None, "案件的事实", "fact of the case"),
    NameFamily("input", None, "本次操作填写的内容", "what the actor fills in with the action"),
    NameFamily("count", "number", "计数器的当前值", "value of the counter"),
    NameFamily(
        "approval",
        "text",
        "审批的状态：asked、granted、refused；未申请为未知",
        "asked, granted or refused; unknown before",
    ),
    NameFamily(
        "area",
        "text",
        "案件所在网格在这套专项分区中的分区",
        "area of the overlay in which the case lies; unknown in none",
    ),
    NameFamily("parameter", None, "本地设定的参数", "parameter that the district sets"),
)


def names_for(
    *,
    tracks: Iterable[str] = (),
    tasks: Iterable[str] = (),
    facts: Mapping[str, ExpressionType] | None = None,
    inputs: Mapping[str, ExpressionType] | None = None,
    counters: Iterable[str] = (),
    parameters: Mapping[str, ExpressionType] | None = None,
    approvals: Iterable[str] = (),
    overlays: Iterable[str] = (),
) -> dict[str, ExpressionType]:
    """Every name that an expression may read, with its type: the fixed ones and what the scheme declares."""
    names: dict[str, ExpressionType] = {name.id: name.type for name in NAMES}
    names |= {f"stage.{track}": "text" for track in tracks}
    names |= {f"open.{task}": "boolean" for task in tasks}
    names |= {f"count.{counter}": "number" for counter in counters}
    names |= {f"approval.{approval}": "text" for approval in approvals}
    names |= {f"area.{overlay}": "text" for overlay in overlays}
    for prefix, typed in (("fact", facts), ("input", inputs), ("parameter", parameters)):
        names |= {f"{prefix}.{id_}": type_ for id_, type_ in (typed or {}).items()}
    return names
