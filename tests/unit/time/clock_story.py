"""A small district with limits, and a case in it that is told stamp by stamp, as the decider would tell it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from time_oracle import OFFICE, at

from core.engine.clocks import Change, clock_changes
from core.engine.evolve import evolve
from core.scheme.case import Case, Clock
from core.scheme.categories import Category, CodeList
from core.scheme.dispatch import DispatchTable
from core.scheme.event import Event
from core.scheme.geometry import CellIndex
from core.scheme.grid import Cell, Grid, Tier
from core.scheme.label import Label
from core.scheme.registry import Registry
from core.scheme.roster import Roster
from core.scheme.scheme import Locality, Scheme
from core.scheme.timers import Calendar, Limit, Reaching, Timers
from core.scheme.workflow import Workflow

CALLED = Label("名称")
REACHES = (Reaching("warning", Decimal("0.8")), Reaching("due", Decimal(1)), Reaching("card", Decimal("1.5")))
PAUSING = frozenset({"suspended"})


def limit(id: str = "handling", unit: str = "work_hour", amount: str = "8", **values: Any) -> Limit:
    """From dispatched to closed on the main track, paused while suspended."""
    standard = {
        "label": CALLED,
        "kind": "limit",
        "track": "main",
        "start": "dispatched",
        "stop": "closed",
        "calendar": "office",
        "pause": PAUSING,
        "reaches": REACHES,
    }
    return Limit(id=id, unit=unit, amount=Decimal(amount), **{**standard, **values})


def scheme(*limits: Limit, calendar: Calendar = OFFICE) -> Scheme:
    """Cells 01 > 0101, classes 02 > 0203."""
    cells = {
        "01": Cell("01", "district", None, CALLED),
        "0101": Cell("0101", "cell", "01", CALLED, kind="urban", grade="first"),
    }
    categories = {
        "02": Category("02", None, "major", "event", CALLED),
        "0203": Category("0203", "02", "minor", "event", CALLED),
    }
    return Scheme(
        digest="pinned",
        source_digest="source",
        locality=Locality("here", CALLED, "610000", "Asia/Shanghai", "CGCS2000", ("zh",), "{serial}"),
        grid=Grid((Tier("district", CALLED, 1), Tier("cell", CALLED, 2, leaf=True)), cells),
        roster=Roster({}, {}, {}, {}),
        codes=CodeList("2013", "1", ("major", "minor"), categories),
        registry=Registry(),
        workflow=Workflow({}, {}),
        dispatch=DispatchTable(),
        timers=Timers({"office": calendar}, {one.id: one for one in limits}),
        cell_index=CellIndex.build({}),
    )


OPENED = {
    "case": "c1",
    "locality": "here",
    "number": "1",
    "kind": "event",
    "intake": "report",
    "category": "0203",
    "cell": "0101",
    "channel": "hotline",
    "severity": "ordinary",
    "reporter": "r1",
    "scheme": "pinned",
    "facts": {},
}


@dataclass
class Story:
    """Events of one case. Local times as text, e.g. `2026-10-09 10:00`."""

    scheme: Scheme
    opened: Mapping[str, Any] = field(default_factory=lambda: dict(OPENED))
    events: list[Event] = field(default_factory=list)
    case: Case | None = None
    stages: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.emit("opened", self.opened, at("2026-01-01 00:00"))

    def emit(self, kind: str, data: Mapping[str, Any], now: datetime, occurred: datetime | None = None) -> None:
        event = Event(len(self.events) + 1, kind, "a1", occurred or now, now, "pinned", "today", data)
        self.events.append(event)
        self.case = evolve(self.case, event)

    def apply(self, changes: list[Change], now: datetime) -> list[Change]:
        for kind, data in changes:
            self.emit(kind, data, now)
        return changes

    def act(self, meaning: str, now: datetime, occurred: datetime | None = None, track: str = "main") -> list[Change]:
        """An action that stays on its stage."""
        data = {"action": f"do_{meaning}", "meaning": meaning, "track": track, "stamp": True, "handler": False}
        self.emit("acted", data, now, occurred)
        return self._stamped(track, now)

    def enter(self, meaning: str, now: datetime, occurred: datetime | None = None, track: str = "main") -> list[Change]:
        """The track moves to the stage of this meaning."""
        data = {"track": track, "from": None, "to": f"{track}_{meaning}", "meaning": meaning, "final": False}
        self.emit("moved", data, now, occurred)
        self.stages[track] = meaning
        return self._stamped(track, now)

    def _stamped(self, track: str, now: datetime) -> list[Change]:
        stage = self.stages.get(track)
        changes = clock_changes(self.scheme, self.case, self.case.stamps[-1], stage, now, {})
        return self.apply(changes, now)

    def clock(self, limit: str = "handling") -> Clock:
        return self.case.clocks[limit]
