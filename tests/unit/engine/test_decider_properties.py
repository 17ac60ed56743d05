"""Any sequence of legal and illegal commands: only legal paths, whole books, same input same output."""

from __future__ import annotations

import copy
import os
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from scheme_builder import AFTER, EVENT, NOW, PEOPLE, build_scheme, opening, situation

from core.engine.command import Act, Fire
from core.engine.decide import decide
from core.engine.decision import Decision
from core.engine.evolve import evolve, fold
from core.engine.permission import permit
from core.engine.timers import due_timers
from core.errors import Refused
from core.scheme.case import Case
from core.scheme.event import Event
from core.scheme.situation import SYSTEM

SCHEME = build_scheme()
ACCOUNTS = st.sampled_from(sorted(PEOPLE))
ACTIONS = st.sampled_from([*EVENT.actions, "fly"])
INPUTS = st.fixed_dictionaries(
    {},
    optional={"assignee": st.sampled_from(["chuang", "nobody", "team"]), "level": st.sampled_from(["red", "purple"])},
)


def counted(limit: str, start: datetime, end: datetime) -> int:
    """Seconds that count for a limit of the test scheme, reckoned day by day without the engine."""
    if SCHEME.timers.limits[limit].unit == "urgent_hour":
        return int((end - start).total_seconds())
    zone, total = ZoneInfo("Asia/Shanghai"), 0.0
    day = start.astimezone(zone).date()
    while day <= end.astimezone(zone).date():
        midnight = datetime.combine(day, time(), zone)
        for begins, ends in SCHEME.timers.calendars["office"].weekdays[day.weekday()]:
            opens, shuts = midnight + timedelta(minutes=begins), midnight + timedelta(minutes=ends)
            total += max(0.0, (min(end, shuts) - max(start, opens)).total_seconds())
        day += timedelta(days=1)
    return int(total)


class Decider(RuleBasedStateMachine):
    """Drives one case of the two-track kind."""

    case: Case
    events: list[Event]

    @initialize(severity=st.sampled_from(["ordinary", "major"]))
    def open(self, severity: str) -> None:
        self.now = NOW
        self.fired: set[tuple[str, int, str]] = set()
        self.objects: dict[str, Any] = {}
        decision = decide(SCHEME, situation(SCHEME, "cleaner"), None, opening(severity=severity), NOW)
        self.case, self.events = decision.case, list(decision.events)

    def decide(self, account: str, command: Any) -> Decision | None:
        now = situation(SCHEME, account, objects=self.objects)
        before = copy.deepcopy(self.case)
        try:
            decision = decide(SCHEME, now, self.case, command, self.now)
        except Refused as refused:
            assert self.case == before
            again = None
            try:
                decide(SCHEME, now, self.case, command, self.now)
            except Refused as second:
                again = (type(second), second.code, second.params)
            assert again == (type(refused), refused.code, refused.params)
            return None
        assert self.case == before
        assert decide(SCHEME, now, self.case, command, self.now) == decision
        for event in decision.events:
            if event.type == "object_changed":
                self.objects = self.objects | {event.data["object"]: {"status": event.data["status"]}}
        self.check_steps(decision, account)
        self.case = decision.case
        self.events.extend(decision.events)
        return decision

    def check_steps(self, decision: Decision, account: str) -> None:
        """Each event on its own: legal moves, permitted actors, one owner for each open task."""
        case = self.case
        acted: dict[str, str] = {}
        for event in decision.events:
            data = event.data
            if event.type == "acted":
                action = EVENT.actions[data["action"]]
                stage = case.stage(action.track)
                assert stage in action.sources or (stage is None and not action.sources)
                assert event.actor == SYSTEM or not action.automatic
                if event.actor != SYSTEM:
                    assert event.actor == account
                    assert permit(situation(SCHEME, account), case, EVENT, action, now=self.now).allowed
                acted[action.track] = data["action"]
            elif event.type == "moved":
                assert data["from"] == case.stage(data["track"])
                assert data["to"] == EVENT.actions[acted[data["track"]]].to
            elif event.type == "task_opened":
                held = case.tasks.get(data["task"])
                assert held is None or held.state == "closed"
                assert data["occurrence"] == (held.occurrence if held else 0) + 1
            elif event.type == "clock_reached":
                run = (data["limit"], data["occurrence"], data["reach"])
                assert run not in self.fired
                self.fired.add(run)
            case = evolve(case, event)

    @rule(account=ACCOUNTS, name=ACTIONS, inputs=INPUTS, evidence=st.booleans(), late=st.integers(-1, 60))
    def anything(self, account: str, name: str, inputs: Any, evidence: bool, late: int) -> None:
        self.decide(account, Act(name, self.now - timedelta(minutes=late), inputs, (AFTER,) if evidence else ()))

    @rule(pick=st.integers(0, 10_000))
    def something_legal(self, pick: int) -> None:
        """One of the steps that stage and permission allow, so that cases get far."""
        steps = [
            (account, action)
            for action in EVENT.actions.values()
            for account in sorted(PEOPLE)
            if self.case.stage(action.track) in action.sources
            and permit(situation(SCHEME, account), self.case, EVENT, action, now=self.now).allowed
        ]
        if steps:
            account, action = steps[pick % len(steps)]
            self.decide(account, Act(action.id, self.now, {"assignee": "chuang", "level": "red"}, (AFTER,)))

    @rule(minutes=st.integers(1, 600))
    def wait(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @precondition(lambda self: due_timers(self.case, SCHEME))
    @rule(pick=st.integers(0, 3), again=st.booleans())
    def fire(self, pick: int, again: bool) -> None:
        timers = due_timers(self.case, SCHEME)
        timer = timers[pick % len(timers)]
        command = Fire(timer.limit, timer.occurrence, timer.reach, timer.due_at)
        decision = self.decide("cleaner", command)
        assert decision is not None
        assert bool(decision.events) == (timer.due_at <= self.now)
        if again and decision.events:
            second = self.decide("cleaner", command)
            assert second is not None
            assert second.events == ()

    @invariant()
    def the_books_are_whole(self) -> None:
        assert [event.seq for event in self.events] == list(range(1, len(self.events) + 1))
        assert self.case.version == len(self.events) == self.events[-1].seq
        assert fold(self.events) == self.case

    @invariant()
    def closed_means_every_track_is_final(self) -> None:
        final = [EVENT.tracks[track].stages[stage].final for track, stage in self.case.tracks.items()]
        assert (self.case.closed_at is not None) == all(final)

    @invariant()
    def clocks_sum_up_to_the_time_that_counted(self) -> None:
        """Of each clock: what it has used is the counted time of its runs between the pauses, no more and no less."""
        used: dict[tuple[str, int], int] = {}
        since: dict[tuple[str, int], datetime] = {}
        for event in self.events:
            if event.type in {"clock_started", "clock_resumed", "clock_paused", "clock_stopped"}:
                run = (event.data["limit"], event.data["occurrence"])
                if run in since:
                    used[run] = used.get(run, 0) + counted(run[0], since.pop(run), event.recorded_at)
                if event.type in {"clock_started", "clock_resumed"}:
                    since[run] = event.recorded_at
                assert event.data["elapsed"] == used.get(run, 0)
        for clock in self.case.clocks.values():
            run = (clock.limit, clock.occurrence)
            assert clock.elapsed == used.get(run, 0)
            assert (clock.state == "running") == (run in since)

    @invariant()
    def stamps_count_each_meaning(self) -> None:
        seen: dict[tuple[str, str], int] = {}
        for stamp in self.case.stamps:
            key = (stamp.track, stamp.meaning)
            seen[key] = seen.get(key, 0) + 1
            assert stamp.occurrence == seen[key]
            assert stamp.occurred_at <= stamp.recorded_at


TestDecider = Decider.TestCase
TestDecider.settings = settings(
    max_examples=int(os.environ.get("GRIDWRIGHT_HISTORIES", "30")), stateful_step_count=20, deadline=None
)
