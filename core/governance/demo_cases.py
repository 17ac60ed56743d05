"""Demo cases: the reports that a scheme's own tests begin with, made now by demo people, some of them taken further.

For trying things out only, so that a first start does not show an empty house. Runs the same use cases as a real
report; a step that is refused now (a test may rely on time passing) ends that case's story, not the start.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from PIL import Image

from core.casework import Casework, Deed, Principal, Repeatable, Report
from core.engine.command import Evidence
from core.errors import GridwrightError
from core.governance.demo_people import SCOPES
from core.manifest.document import Document
from core.scheme.situation import Assignment

COLOURS = {"before": (150, 110, 80), "after": (90, 130, 100)}
GREY = (128, 128, 128)


def open_demo_cases(casework: Casework, locality: str, documents: Sequence[Document]) -> int:
    """Play each test's report, and every other test's actions until one waits or is to be refused; how many cases."""
    with casework.store.read(locality) as reading:
        holding = reading.assignments.holding(casework.clock.now())
    tests = [test for document in documents for test in document.value["tests"]]
    opened = 0
    for number, test in enumerate(tests):
        try:
            for _ in _Telling(casework, locality, holding, test).play(further=number % 2 == 0):
                opened += 1
        except GridwrightError:
            continue
    return opened


class _Telling:
    """One test's story under way."""

    def __init__(
        self, casework: Casework, locality: str, holding: Sequence[Assignment], test: Mapping[str, Any]
    ) -> None:
        self._casework, self._locality, self._test = casework, locality, test
        self._people: dict[str, str] = {}
        for name, held in test["people"].items():
            fitting = (a.account for a in holding if _fits(a, held) and a.account not in self._people.values())
            self._people[name] = next(fitting, "")
        self._steps = 0

    def play(self, further: bool) -> Iterator[str]:
        """Answers the id of the case that was opened, once, and then goes on while the steps are plain actions."""
        first, *rest = self._test["steps"]
        report = {name: part for name, part in first["report"].items() if name != "draw"}  # a case's lot is its own
        who = self._who(first)
        evidence = self._photos(who, report.pop("evidence", ()))
        inputs = self._named(report.pop("with", {}))
        answer = self._casework.open_case(
            self._locality, who, self._once(), Report(**report, inputs=inputs, evidence=evidence)
        )
        yield str(answer.body["id"])
        for step in rest if further else ():
            if "act" not in step or "refused" in step or "duty_mode" in step:
                return
            who = self._who(step)
            deed = Deed(step["act"], self._named(step.get("with", {})), self._photos(who, step.get("evidence", ())))
            version = int(answer.etag or 0)
            answer = self._casework.act(self._locality, who, self._once(), str(answer.body["id"]), version, deed)

    def _who(self, step: Mapping[str, Any]) -> Principal:
        return Principal(self._people[step["by"]], frozenset(SCOPES), self._locality)

    def _named(self, inputs: Mapping[str, Any]) -> dict[str, Any]:
        """Inputs with the people's accounts in place of their names."""
        return {
            key: self._people.get(value, value) if isinstance(value, str) else value for key, value in inputs.items()
        }

    def _photos(self, who: Principal, wanted: Sequence[Mapping[str, str]]) -> tuple[Evidence, ...]:
        found = []
        for item in wanted:
            picture = io.BytesIO()
            Image.new("RGB", (640, 480), COLOURS.get(item["meaning"], GREY)).save(picture, "JPEG")
            answer = self._casework.attach(self._locality, who, self._once(), picture.getvalue())
            found.append(Evidence(item["kind"], item["meaning"], str(answer.body["id"])))
        return tuple(found)

    def _once(self) -> Repeatable:
        self._steps += 1
        key = f"demo-{self._test['id']}-{self._steps}"
        return Repeatable(key, key)


def _fits(assignment: Assignment, held: Mapping[str, Any]) -> bool:
    return (
        assignment.post == held["post"]
        and held.get("cell") in (None, assignment.cell)
        and held.get("organisation") in (None, assignment.organisation)
    )
