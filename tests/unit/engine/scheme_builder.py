"""A small district made by hand for the decider's tests: a town with two cells, a two-track workflow, a few people.

`build_scheme(actions=...)` adds a second case kind, `lab`, whose actions a test writes itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from district_parts import codes, label, post, roster, timers

from core.engine.command import Act, Evidence, Fire, Open, Reckon
from core.engine.decide import decide
from core.engine.decision import Decision
from core.engine.timers import due_timers
from core.expression import Expression, compile_expression, names_for
from core.scheme.case import Case
from core.scheme.dispatch import DispatchTable, Pool, Rule
from core.scheme.geometry import CellIndex
from core.scheme.grid import Cell, Grid, Tier
from core.scheme.registry import ObjectKind, Registry, RegistryObject
from core.scheme.scheme import Locality, Parameter, Scheme
from core.scheme.situation import Actor, Assignment, Situation
from core.scheme.timers import Limit
from core.scheme.workflow import (
    Action,
    CaseKind,
    CheckerPolicy,
    Effect,
    EvidenceRule,
    Grant,
    IntakeKind,
    Reaction,
    Stage,
    Target,
    Track,
    Workflow,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # Monday 09:00 in the district
CITY, TOWN, CELL, NEXT_CELL, OTHER_TOWN = "61", "6101", "610101", "610102", "6102"
COVER = "cover-1"
BEFORE = Evidence("photo", "before", "photo-1")
AFTER = Evidence("photo", "after", "photo-2")

TASKS = ("dispatching", "handling", "repair", "intervention", "share")
NAMES = names_for(
    tracks=("main", "dark", "work", "side"),
    tasks=TASKS,
    facts={"depth": "number", "note": "text", "opinion_given": "boolean"},
    inputs={"level": "text", "depth": "number", "go": "boolean"},
    counters=("returns",),
    parameters={"factor": "number"},
)

PEOPLE: Mapping[str, Assignment] = {
    "cleaner": Assignment("cleaner", "street_cleaner", CELL),
    "head": Assignment("head", "grid_head", CELL),
    "next_head": Assignment("next_head", "grid_head", NEXT_CELL),
    "senior": Assignment("senior", "senior_grid_head", TOWN),
    "chuang": Assignment("chuang", "specialist", organisation="team"),
    "operator": Assignment("operator", "platform_operator", organisation="platform"),
    "fitter": Assignment("fitter", "maintenance", organisation="municipal"),
    "director": Assignment("director", "director"),
}


def guard(text: str, result: Any = "boolean") -> Expression:
    return compile_expression(text, NAMES, result)


def effect(kind: str, when: str | None = None, /, **arguments: Any) -> Effect:
    return Effect(kind, arguments, guard(when) if when else None)


def action(id_: str, track: str, *sources: str, to: str | None = None, **more: Any) -> Action:
    more = {"meaning": id_, **more}
    if isinstance(more.get("guard"), str):
        more["guard"] = guard(more["guard"])
    return Action(id=id_, label=label(id_), track=track, sources=frozenset(sources), to=to, **more)


def track(id_: str, stages: Mapping[str, str], *final: str) -> Track:
    made = {stage: Stage(stage, label(stage), meaning, stage in final) for stage, meaning in stages.items()}
    return Track(id_, label(id_), "acting", made)


HANDLERS = (Grant("specialist", "task"),)
ASSIGNEE = {"type": "object", "properties": {"assignee": {"type": "string", "format": "account"}}}
EVENT_ACTIONS = (
    action(
        "report",
        "main",
        to="reported",
        opens=True,
        who=(Grant("information_reporter"), Grant("platform_operator")),
        evidence=(EvidenceRule("photo", "before"),),
        effects=(
            effect("open_task", task="dispatching", target=post("grid_head")),
            effect("notify", target=post("grid_head"), template="new_report"),
        ),
    ),
    action(
        "triage",
        "main",
        "reported",
        "dispatched",
        "handling",
        who=(Grant("grid_head"),),
        effects=(effect("raise_alert", input="level"),),
    ),
    action(
        "assign",
        "main",
        "reported",
        to="dispatched",
        meaning="dispatch",
        who=(Grant("grid_head"), Grant("senior_grid_head", duty_mode="wartime")),
        inputs=ASSIGNEE,
        effects=(
            effect("close_task", task="dispatching"),
            effect("open_task", task="handling", target=Target("input", "assignee")),
            effect("set_fact", fact="opinion_given", value=True),
        ),
    ),
    action("acknowledge", "main", "dispatched", to="handling", handles=True, who=HANDLERS),
    action(
        "return",
        "main",
        "dispatched",
        to="reported",
        who=HANDLERS,
        effects=(
            effect("close_task", task="handling"),
            effect("open_task", task="dispatching", target=post("grid_head")),
            effect("count", counter="returns"),
        ),
    ),
    action(
        "call_maintainer",
        "main",
        "handling",
        handles=True,
        guard="known(object_kind) and not open.repair",
        who=HANDLERS,
        effects=(
            effect("update_object", status="broken"),
            effect("open_task", task="repair", target=Target("object", "maintainer")),
        ),
    ),
    action(
        "repair",
        "main",
        "handling",
        handles=True,
        guard="open.repair",
        who=(Grant("maintenance_unit", "organisation"),),
        effects=(effect("close_task", task="repair"), effect("update_object", status="intact")),
    ),
    action("suspend", "main", "handling", to="suspended", who=HANDLERS),
    action("resume", "main", "suspended", to="handling", who=HANDLERS),
    action(
        "feed_back",
        "main",
        "handling",
        to="fed_back",
        handles=True,
        guard="not open.repair",
        who=HANDLERS,
        evidence=(EvidenceRule("photo", "after"),),
        effects=(
            effect("close_task", task="handling"),
            effect("notify", target=Target("reporter"), template="result"),
        ),
    ),
    action("reopen", "main", "fed_back", to="handling", who=(Grant("grid_head"),)),
    action("void", "main", "reported", to="voided", who=(Grant("grid_head"),)),
    action("open_entry", "dark", to="tracking", meaning="accept", automatic=True),
    action(
        "intervene",
        "dark",
        "tracking",
        to="intervening",
        automatic=True,
        effects=(
            effect("open_task", task="intervention", target=post("platform_operator")),
            effect("raise_alert", level="orange"),
        ),
    ),
    action(
        "platform_assign",
        "main",
        "reported",
        to="dispatched",
        meaning="dispatch",
        guard="stage.dark == 'intervening'",
        who=(Grant("platform_operator"),),
        inputs=ASSIGNEE,
        effects=(
            effect("close_task", task="dispatching"),
            effect("close_task", task="intervention"),
            effect("open_task", task="handling", target=Target("input", "assignee")),
        ),
    ),
    action("watch_on", "dark", "intervening", to="tracking", automatic=True),
    action("strike_off", "dark", "tracking", "intervening", to="struck_off", automatic=True),
)
EVENT = CaseKind(
    "event",
    label("event"),
    {
        "main": track(
            "main",
            {
                "reported": "reported",
                "dispatched": "dispatched",
                "handling": "handling",
                "suspended": "suspended",
                "fed_back": "closed",
                "voided": "voided",
            },
            "fed_back",
            "voided",
        ),
        "dark": track(
            "dark", {"tracking": "accepted", "intervening": "x_intervening", "struck_off": "closed"}, "struck_off"
        ),
    },
    {item.id: item for item in EVENT_ACTIONS},
    (
        Reaction("report", "open_entry"),
        Reaction("platform_assign", "watch_on"),
        Reaction("assign", "watch_on", guard("stage.dark == 'intervening'")),
        Reaction("feed_back", "strike_off"),
        Reaction("void", "strike_off"),
    ),
    facts={"opinion_given": "boolean"},
)


def lab_kind(
    actions: Sequence[Action], reactions: Sequence[Reaction] = (), policy: CheckerPolicy | None = None
) -> CaseKind:
    """One track `work` (idle, busy, done) that `begin` enters, and a track `side` (first, last)."""
    begin = action("begin", "work", to="idle", opens=True, who=(Grant("director"),))
    return CaseKind(
        "lab",
        label("lab"),
        {
            "work": track("work", {"idle": "accepted", "busy": "handling", "done": "closed"}, "done"),
            "side": track("side", {"first": "accepted", "last": "closed"}, "last"),
        },
        {item.id: item for item in (begin, *actions)},
        tuple(reactions),
        policy or CheckerPolicy(),
        {"depth": "number", "note": "text"},
    )


def build_scheme(
    actions: Sequence[Action] = (),
    reactions: Sequence[Reaction] = (),
    policy: CheckerPolicy | None = None,
    rules: Sequence[Rule] = (),
    limits: Sequence[Limit] = (),
    digest: str = "scheme-1",
) -> Scheme:
    cells = [
        Cell(CITY, "city", None, label("区")),
        Cell(TOWN, "town", CITY, label("镇")),
        Cell(OTHER_TOWN, "town", CITY, label("邻镇")),
        Cell(CELL, "grid", TOWN, label("一格"), kind="airport", grade="A"),
        Cell(NEXT_CELL, "grid", TOWN, label("二格")),
    ]
    tiers = (Tier("city", label("区"), 1), Tier("town", label("镇"), 2), Tier("grid", label("格"), 3, leaf=True))
    kinds = [EVENT, lab_kind(actions, reactions, policy)]
    intakes = [
        IntakeKind("patrol", label("巡查"), "x_patrol", "event", "report", ("app",)),
        IntakeKind("hotline", label("热线"), "x_hotline", "event", "report", (), public=True),
        IntakeKind("trial", label("试验"), "x_trial", "lab", "begin"),
    ]
    statuses = {name: label(name) for name in ("intact", "broken")}
    return Scheme(
        digest=digest,
        source_digest="source",
        locality=Locality(
            "demo",
            label("示例"),
            "61",
            "Asia/Shanghai",
            "CGCS2000",
            ("zh", "en"),
            "{serial}",
            {"factor": Parameter("factor", label("系数"), Decimal("1.5"))},
        ),
        grid=Grid(tiers, {cell.code: cell for cell in cells}),
        roster=roster(),
        codes=codes(),
        registry=Registry(
            {"manhole": ObjectKind("manhole", label("井盖"), "component", statuses)},
            {
                COVER: RegistryObject(
                    COVER, "manhole", label("井盖"), CELL, "intact", owner="platform", maintainer="municipal"
                )
            },
        ),
        workflow=Workflow(
            {kind.id: kind for kind in kinds},
            {intake.id: intake for intake in intakes},
            {"app": label("app"), "phone": label("phone")},
            {"ordinary": label("一般"), "major": label("重大")},
        ),
        dispatch=DispatchTable(tuple(rules), {"pool": Pool("pool", label("池"), ("specialist",), 30)}),
        timers=timers(limits),
        cell_index=CellIndex([], []),
    )


def situation(scheme: Scheme, account: str, people: Mapping[str, Assignment] = PEOPLE, **more: Any) -> Situation:
    staff: dict[str, tuple[Assignment, ...]] = {}
    for assignment in people.values():
        staff[assignment.post] = (*staff.get(assignment.post, ()), assignment)
    own = tuple(assignment for assignment in people.values() if assignment.account == account)
    actor = more.pop("actor", Actor(account, own))
    return Situation(scheme, actor, staff, **more)


def opening(**more: Any) -> Open:
    values: dict[str, Any] = {
        "case": "case-1",
        "number": "0001",
        "intake": "patrol",
        "category": "05001",
        "cell": CELL,
        "channel": "app",
        "severity": "ordinary",
        "occurred_at": NOW,
        "object": COVER,
        "evidence": (BEFORE,),
    }
    return Open(**(values | more))


class Story:
    """A case under way: each step decides, and what the store would keep is kept."""

    def __init__(self, scheme: Scheme | None = None, today: Scheme | None = None, **more: Any) -> None:
        self.scheme = scheme or build_scheme()
        self.today = today or self.scheme
        self.more = more
        self.now = NOW
        self.case: Case | None = None
        self.events: list[Any] = []
        self.last: Decision | None = None
        self.objects: dict[str, dict[str, Any]] = {}

    def __call__(self, account: str, command: Any, minutes: int = 0, **more: Any) -> Decision:
        self.now += timedelta(minutes=minutes)
        if not isinstance(command, Fire | Reckon):
            command = replace(command, occurred_at=command.occurred_at + (self.now - NOW))
        now = situation(self.today, account, **({"objects": dict(self.objects)} | self.more | more))
        decision = decide(self.scheme, now, self.case, command, self.now)
        for event in decision.events:
            if event.type == "object_changed":
                code, changes = event.data["object"], {**event.data}
                changes.pop("object")
                self.objects[code] = self.objects.get(code, {}) | changes
        self.case, self.last = decision.case, decision
        self.events.extend(decision.events)
        return decision

    def act(self, account: str, name: str, minutes: int = 1, evidence: Any = (), **inputs: Any) -> Decision:
        return self(account, Act(name, NOW, inputs, evidence), minutes)

    def fire(self, minutes: int = 0) -> list[Decision]:
        """Let the time pass and fire everything that is due by then."""
        self.now += timedelta(minutes=minutes)
        fired = []
        while self.case is not None:
            due = [timer for timer in due_timers(self.case, self.scheme) if timer.due_at <= self.now]
            if not due:
                break
            first = due[0]
            fired.append(self("cleaner", Fire(first.limit, first.occurrence, first.reach, first.due_at)))
        return fired

    def types(self) -> list[str]:
        return [event.type for event in self.events]


def lab(*actions: Action, **more: Any) -> Story:
    """A story of the `lab` kind that has been begun by the director."""
    story = Story(build_scheme(actions, **more))
    story("director", opening(intake="trial", category="07001", evidence=()))
    return story
