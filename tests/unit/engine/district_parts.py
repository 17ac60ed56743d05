"""The parts of the hand-made district that no test changes: roster, code list, calendar, limits and alerts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from core.scheme.categories import Category, CodeList, FilingCondition
from core.scheme.label import Label
from core.scheme.roster import DutyMode, Organisation, Post, Quota, Role, Roster
from core.scheme.timers import Calendar, Limit, Reaching, Scope, Timers
from core.scheme.workflow import Target


def label(text: str) -> Label:
    return Label(text, text)


def post(value: str) -> Target:
    return Target("post", value)


def roster() -> Roster:
    roles = [
        Role("information_reporter", label("信息员"), "reporter", "own", frozenset({"view_cases"})),
        Role("grid_head", label("网格长"), "grid_head", "subtree", frozenset({"view_cases", "view_contact"})),
        Role("senior_grid_head", label("大网格长"), "grid_head", "subtree", frozenset({"view_cases"})),
        Role("specialist", label("专业人员"), "handler", "task", frozenset()),
        Role("maintenance_unit", label("养护单位"), "handler", "organisation", frozenset()),
        Role("platform_operator", label("坐席"), "operator", "locality", frozenset({"view_cases"})),
        Role(
            "director",
            label("负责人"),
            "x_director",
            "locality",
            frozenset({"view_cases", "view_contact", "publish", "manage_assignments"}),
        ),
    ]
    one = Quota("fixed", Decimal(1))
    posts = [
        Post("street_cleaner", label("保洁员"), "information_reporter", one, tier="grid"),
        Post("grid_head", label("网格长"), "grid_head", one, tier="grid", fallback="senior_grid_head"),
        Post("senior_grid_head", label("大网格长"), "senior_grid_head", one, tier="town"),
        Post("specialist", label("专业人员"), "specialist", one, organisation="team"),
        Post("maintenance", label("养护"), "maintenance_unit", one, organisation="municipal"),
        Post("platform_operator", label("坐席"), "platform_operator", one, organisation="platform"),
        Post("director", label("负责人"), "director", one),
        Post("night_watch", label("夜班"), "grid_head", one, tier="grid"),
    ]
    return Roster(
        {name: Organisation(name, label(name), "company") for name in ("platform", "municipal", "team")},
        {},
        {role.id: role for role in roles},
        {item.id: item for item in posts},
        {
            "peacetime": DutyMode("peacetime", label("平时")),
            "wartime": DutyMode(
                "wartime", label("战时"), crisis=True, rights={"senior_grid_head": frozenset({"void"})}
            ),
        },
    )


def codes() -> CodeList:
    categories = [
        Category("05", None, "major", "component", label("市政"), case_kind="event"),
        Category("05001", "05", "minor", "component", label("井盖")),
        Category("06", None, "major", "matter", label("举报"), confidential=True),
        Category("06001", "06", "minor", "matter", label("举报")),
        Category("07", None, "major", "matter", label("试验"), case_kind="lab"),
        Category("07001", "07", "minor", "matter", label("试验")),
    ]
    return CodeList(
        "2026",
        "1",
        ("major", "minor"),
        {item.code: item for item in categories},
        {
            "broken": FilingCondition("broken", "05001", label("破损")),
            "noise": FilingCondition("noise", "06001", label("噪声")),
        },
    )


def timers(limits: Sequence[Limit] = ()) -> Timers:
    office = ((510, 720), (840, 1080))
    calendar = Calendar(
        "office", label("office"), "Asia/Shanghai", (office,) * 5 + ((),) * 2, announced=frozenset({2026})
    )
    declared = [
        Limit(
            "response",
            label("响应"),
            "limit",
            "main",
            "reported",
            "dispatched",
            Decimal("0.5"),
            "urgent_hour",
            "office",
            scope=Scope(case_kinds=frozenset({"event"})),
            reaches=(Reaching("due", Decimal(1), action="intervene"),),
        ),
        Limit(
            "handling",
            label("处置"),
            "limit",
            "main",
            "dispatched",
            "closed",
            Decimal(3),
            "work_hour",
            "office",
            pause=frozenset({"suspended"}),
            scope=Scope(case_kinds=frozenset({"event"})),
            reaches=(
                Reaching("warning", Decimal("0.8"), alert="yellow"),
                Reaching("due", Decimal(1), alert="red", notify=post("grid_head")),
            ),
        ),
        *limits,
    ]
    alerts = {name: label(name) for name in ("yellow", "orange", "red")}
    return Timers({"office": calendar}, {limit.id: limit for limit in declared}, alerts)
