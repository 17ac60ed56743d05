"""A scheme's own tests: given these reports and actions at these times, expect this handler, deadline, alert.

A test runs in memory: forms are judged as at the doors, then the same `decide` as for a real case; time passes by
firing every timer that falls due before the next step. Nothing is stored and no clock is asked.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from core.casework.forms import Filled, divide, judge
from core.casework.references import known_in, refuse
from core.engine.command import Act, Evidence, Fire, Open
from core.engine.decide import decide
from core.engine.timers import due_timers
from core.errors import GridwrightError, Place
from core.governance.expectation import Seen, found_in
from core.manifest.document import Document
from core.scheme.case import Case
from core.scheme.event import Event
from core.scheme.scheme import Scheme
from core.scheme.situation import SYSTEM_ACTOR, Actor, Assignment, Situation


@dataclass(frozen=True, slots=True)
class Failure:
    """One expectation that was not met; `code` and `params` render through the message catalogue.

    `refusal` is what refused the step, when the step was refused and should not have been.
    """

    place: Place
    code: str
    params: Mapping[str, Any] = field(default_factory=dict)
    refusal: GridwrightError | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one test. `events` are all that the case went through, for reading along."""

    file: str
    test: str
    label: Mapping[str, str]
    failures: tuple[Failure, ...]
    events: tuple[Event, ...]

    @property
    def passed(self) -> bool:
        return not self.failures


def run_tests(scheme: Scheme, documents: Sequence[Document]) -> Iterator[Outcome]:
    """Run every test of the given `scheme_test` documents, one outcome each, in file order."""
    for document in documents:
        for number, test in enumerate(document.value["tests"]):
            yield _Run(scheme, document, number, test).outcome()


class _Run:
    """One test under way: the case, what has happened to it, and what was not as expected."""

    def __init__(self, scheme: Scheme, document: Document, number: int, test: Mapping[str, Any]) -> None:
        self.scheme, self.document, self.test = scheme, document, test
        self.path: tuple[str | int, ...] = ("tests", number)
        self.zone = ZoneInfo(scheme.locality.time_zone)
        self.people = {
            name: Assignment(name, held["post"], held.get("cell"), held.get("organisation"))
            for name, held in test["people"].items()
        }
        self.now: datetime | None = None
        self.case: Case | None = None
        self.objects: Mapping[str, Mapping[str, Any]] = {}
        self.events: list[Event] = []
        self.failures: list[Failure] = []

    def outcome(self) -> Outcome:
        for number, step in enumerate(self.test["steps"]):
            if not self._step(step, (*self.path, "steps", number)):
                self._leave_out(len(self.test["steps"]) - number - 1, (*self.path, "steps", number))
                break
        return Outcome(
            self.document.file, self.test["id"], self.test["label"], tuple(self.failures), tuple(self.events)
        )

    def _step(self, step: Mapping[str, Any], path: tuple[str | int, ...]) -> bool:
        """Take one step; False when it was refused against expectation, so that the next ones have no ground."""
        now = self._instant(step["at"])
        if now is None or (self.now is not None and now < self.now):
            self._fail((*path, "at"), "test-time-wrong", at=step["at"])
            return True
        self.now = now
        self._let_time_pass(now, path)
        refusal, wanted = self._command(step, now), step.get("refused")
        refused = refusal.code if refusal else None
        if refused != wanted:
            code = "test-not-refused" if refused is None else "test-refused" if wanted is None else "test-refused-else"
            place = self.document.place((*path, "refused"))
            self.failures.append(Failure(place, code, {"expected": wanted or "–", "found": refused or "–"}, refusal))
            if refusal is not None and wanted is None:
                return False
        for subject, expected in step.get("expect", {}).items():
            self._expect((*path, "expect", subject), subject, expected)
        return True

    def _leave_out(self, steps: int, path: tuple[str | int, ...]) -> None:
        if steps:
            self._fail(path, "test-steps-left-out", steps=steps)

    def _instant(self, local: str) -> datetime | None:
        """The instant of a local time; None when the calendar has no such day."""
        try:
            return datetime.fromisoformat(local).replace(tzinfo=self.zone).astimezone(UTC)
        except ValueError:
            return None

    def _let_time_pass(self, now: datetime, path: tuple[str | int, ...]) -> None:
        while self.case is not None:
            due = next(iter(due_timers(self.case, self.scheme)), None)
            if due is None or due.due_at > now:
                return
            try:
                self._decide(Fire(due.limit, due.occurrence, due.reach, due.due_at), SYSTEM_ACTOR, due.due_at, None)
            except GridwrightError as error:
                self._fail((*path, "at"), "test-timer-failed", limit=due.limit, reach=due.reach, found=error.code)
                return

    def _command(self, step: Mapping[str, Any], now: datetime) -> GridwrightError | None:
        """Take the step's command, if it has one; the refusal, or None."""
        if "report" not in step and "act" not in step:
            return None
        actor = Actor(step["by"], (self.people[step["by"]],))
        mode = step.get("duty_mode")
        try:
            if "report" in step:
                command: Open | Act = self._opening(step["report"], actor, mode, now)
            else:
                inputs = self._judged(self._inputs_of(step["act"]), step.get("with", {}), "/inputs", actor, mode)
                command = Act(step["act"], now, inputs.values, _evidence(step))
            self._decide(command, actor, now, mode)
        except GridwrightError as refusal:
            return refusal
        return None

    def _opening(self, report: Mapping[str, Any], actor: Actor, mode: str | None, now: datetime) -> Open:
        workflow, codes = self.scheme.workflow, self.scheme.codes
        intake = workflow.intake_kinds[report["intake"]]
        category = report["category"]
        thing = self.scheme.registry.objects.get(report.get("object", ""))
        form = codes.inherited(category, "form")
        asked = self.scheme.kind(intake.case_kind).actions[intake.opening].inputs
        facts = self._judged(codes.forms[form] if form else {}, report.get("facts", {}), "/facts", actor, mode)
        return Open(
            case=self.test["id"],
            number=self.test["id"],
            intake=intake.id,
            category=category,
            cell=report.get("cell") or (thing.cell if thing and thing.cell else ""),
            channel=report.get("channel") or next(iter(intake.channels or workflow.channels), ""),
            severity=report.get("severity") or codes.inherited(category, "severity") or next(iter(workflow.severities)),
            occurred_at=now,
            object=report.get("object"),
            filing_condition=report.get("filing_condition"),
            facts=facts.values,
            inputs=self._judged(asked, report.get("with", {}), "/inputs", actor, mode).values,
            evidence=_evidence(report),
            draw=int(report.get("draw", 0) * 10_000),
        )

    def _inputs_of(self, action: str) -> Mapping[str, Any]:
        declared = self.scheme.kind(self.case.kind).actions.get(action) if self.case else None
        return declared.inputs if declared else {}

    def _judged(
        self, schema: Mapping[str, Any], given: Mapping[str, Any], pointer: str, actor: Actor, mode: str | None
    ) -> Filled:
        """What was filled in, free text left out; raises Unprocessable `content-invalid` as the doors do."""
        schema = schema or {"type": "object"}
        refuse(judge(schema, given, pointer, known_in(self._situation(actor, mode), None)))
        return divide(schema, given)

    def _situation(self, actor: Actor, duty_mode: str | None) -> Situation:
        staff: dict[str, tuple[Assignment, ...]] = {}
        for held in self.people.values():
            staff[held.post] = (*staff.get(held.post, ()), held)
        return Situation(self.scheme, actor, staff, duty_mode, self.objects)

    def _decide(self, command: Open | Act | Fire, actor: Actor, now: datetime, duty_mode: str | None) -> None:
        decision = decide(self.scheme, self._situation(actor, duty_mode), self.case, command, now)
        self.case = decision.case
        self.events.extend(decision.events)
        for event in decision.events:
            if event.type == "object_changed":
                changed = {name: event.data[name] for name in ("kind", "status") if name in event.data}
                before = self.objects.get(event.data["object"], {})
                known = {**before, **changed, **event.data.get("values", {})}
                self.objects = {**self.objects, event.data["object"]: known}

    def _expect(self, path: tuple[str | int, ...], subject: str, expected: Any) -> None:
        if self.case is None:
            self._fail(path, "test-no-case")
            return
        seen = Seen(self.case, self.events, self.people, self.zone)
        wanted = expected.items() if isinstance(expected, Mapping) else [("", expected)]
        for key, value in wanted:
            found = found_in(seen, subject, key)
            if found != value:
                name, place = (f"{subject}.{key}", (*path, key)) if key else (subject, path)
                self._fail(place, "test-unexpected", subject=name, expected=_shown(value), found=_shown(found))

    def _fail(self, path: tuple[str | int, ...], code: str, **params: Any) -> None:
        self.failures.append(Failure(self.document.place(path), code, params))


def _evidence(given: Mapping[str, Any]) -> tuple[Evidence, ...]:
    return tuple(
        Evidence(item["kind"], item["meaning"], f"attachment-{number}")
        for number, item in enumerate(given.get("evidence", ()))
    )


def _shown(value: Any) -> Any:
    """As the test's author writes it: null for nothing, true and false in small letters."""
    if value is None:
        return "null"
    return str(value).lower() if isinstance(value, bool) else value
