"""Plays a scheme's test through the public API: people with tokens, photos, the passing of time.

Speaks HTTP only, like an integrator; the application runs in this process on a database of its own. Whether what
happens is as expected is for `gridwright test` to say; here only a refusal that the story does not tell of ends it.
"""

from __future__ import annotations

import io
import itertools
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask
from PIL import Image

from core.errors import GridwrightError
from core.governance.demo_people import SCOPES
from core.scheme.situation import Assignment
from core.store import DEMO, ManualClock, Store

COLOURS = {"before": (120, 90, 60), "after": (90, 120, 90)}
GREY = (128, 128, 128)


class Story:
    """One case and the people around it; the clock moves from step to step, by way of every timer due in between."""

    def __init__(self, app: Flask, store: Store, worker: Any, clock: ManualClock, locality: str, zone: str) -> None:
        self._client = app.test_client()
        self._store, self._worker, self._clock = store, worker, clock
        self._locality, self._zone = locality, ZoneInfo(zone)
        self._tokens: dict[str, str] = {}
        self._keys = itertools.count(1)
        self._case = self._etag = self._reporter = ""
        self._duty_mode: str | None = None

    def play(self, test: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        """Play a test's steps on a fresh case; answers the case's events."""
        steps = test["steps"]
        self._clock.set(self._instant(steps[0]["at"]))
        self._settle(test["people"])
        for step in steps:
            self._let_time_pass(self._instant(step["at"]))
            self._call_duty_mode(step.get("duty_mode"))
            if "report" in step:
                self._report(step)
            elif "act" in step:
                self._act(step)
        return list(self._send("GET", f"cases/{self._case}/events?limit=200", self._reporter)["events"])

    def _instant(self, local: str) -> datetime:
        return datetime.fromisoformat(local).replace(tzinfo=self._zone).astimezone(UTC)

    def _settle(self, people: Mapping[str, Mapping[str, Any]]) -> None:
        """An account, a token and an assignment for each person."""
        now = self._clock.now()
        for name in people:
            self._store.accounts.create(name, now, name)
            _, self._tokens[name] = self._store.accounts.issue_token(name, SCOPES, now, DEMO, self._locality)
        with self._store.unit(self._locality) as unit:
            for name, held in people.items():
                unit.assignments.add(Assignment(name, held["post"], held.get("cell"), held.get("organisation")), now)
            unit.keep()

    def _let_time_pass(self, until: datetime) -> None:
        """Let the worker run at the instant of each timer, as a real one would, and then at `until`."""
        while (due := self._next_due()) is not None and due <= until:
            self._clock.set(max(due, self._clock.now()))
            if not self._worker.run_once().fired:
                break
        self._clock.set(until)
        self._worker.run_once()

    def _next_due(self) -> datetime | None:
        with self._store.read(self._locality) as reading:
            waiting = [timer.run_at for timer in reading.timers.of_case(self._case) if timer.done_at is None]
        return min(waiting, default=None)

    def _call_duty_mode(self, mode: str | None) -> None:
        if mode != self._duty_mode:
            with self._store.unit(self._locality) as unit:
                unit.duty.start(mode, DEMO, self._clock.now())
                unit.keep()
            self._duty_mode = mode

    def _report(self, step: Mapping[str, Any]) -> None:
        payload = {name: value for name, value in step["report"].items() if name not in ("with", "evidence", "draw")}
        payload["inputs"] = step["report"].get("with", {})
        payload["evidence"] = self._photos(step["by"], step["report"].get("evidence", ()))
        opened = self._send("POST", "cases", step["by"], step.get("refused"), json=payload)
        if step.get("refused") is None:
            self._case, self._reporter = opened["id"], step["by"]

    def _act(self, step: Mapping[str, Any]) -> None:
        evidence = self._photos(step["by"], step.get("evidence", ()))
        payload = {"action": step["act"], "inputs": step.get("with", {}), "evidence": evidence}
        self._send("GET", f"cases/{self._case}", self._reporter)  # for the version: a timer may have fired since
        headers = {"If-Match": self._etag}
        path = f"cases/{self._case}/actions"
        self._send("POST", path, step["by"], step.get("refused"), json=payload, headers=headers)

    def _photos(self, by: str, wanted: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
        found = []
        for item in wanted:
            picture = io.BytesIO()
            Image.new("RGB", (320, 240), COLOURS.get(item["meaning"], GREY)).save(picture, "JPEG")
            picture.seek(0)
            answer = self._send("POST", "attachments", by, data={"file": (picture, "photo.jpg")})
            found.append({"kind": item["kind"], "meaning": item["meaning"], "attachment": answer["id"]})
        return found

    def _send(self, method: str, path: str, by: str, refused: str | None = None, **options: Any) -> Any:
        """The answer's body; raises GridwrightError `demo-step-refused` when it is not refused as the story tells."""
        headers = {"Authorization": f"Bearer {self._tokens[by]}", **options.pop("headers", {})}
        if method == "POST":
            headers["Idempotency-Key"] = f"story-{next(self._keys)}"
        url = f"/api/v1/localities/{self._locality}/{path}"
        answer = self._client.open(url, method=method, headers=headers, **options)
        found = answer.get_json() or {}
        code = found.get("code") if answer.status_code >= 400 else None
        if code != refused:
            step = f"{method} {path} ({by})"
            raise GridwrightError("demo-step-refused", step=step, expected=refused or "–", found=code or "–")
        if code is None:
            self._etag = answer.headers.get("ETag", self._etag)
        return found
