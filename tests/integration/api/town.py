"""A server with two districts, their people and their tokens, for tests of the API and of the pages."""

from __future__ import annotations

import io
import itertools
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, inspect, select, table
from werkzeug.test import TestResponse

from core.factory import Services, create_app, create_worker
from core.manifest.pipeline import load
from core.manifest.source import source_of
from core.scheme.scheme import Scheme
from core.scheme.situation import Assignment
from core.settings import Settings
from core.store import ManualClock

HARBOUR = Path(__file__).parent / "harbour"
START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in the district
PEOPLE = {
    "walker": Assignment("walker", "walker", "HB-01"),
    "head": Assignment("head", "head", "HB-01"),
    "head2": Assignment("head2", "head", "HB-02"),
    "operator": Assignment("operator", "operator", None, "harbour_office"),
    "handler": Assignment("handler", "handler", None),
    "handler2": Assignment("handler2", "handler", None),
    "plumber": Assignment("plumber", "company", None, "water_company"),
}
ALL = ("read", "report", "act", "admin")


def files_of(locality: str) -> dict[str, bytes]:
    """The manifest of the test district under another id."""
    found = {path.name: path.read_bytes() for path in HARBOUR.iterdir() if path.is_file()}
    found["locality.yaml"] = found["locality.yaml"].replace(b"id: harbour", f"id: {locality}".encode())
    return found


@cache
def scheme_of(locality: str) -> Scheme:
    return load(source_of(locality, files_of(locality)))


@dataclass
class Town:
    """The application with a clock that stands still, and what tests do with it."""

    app: Flask
    clock: ManualClock
    tokens: dict[str, str] = field(default_factory=dict)
    keys: Any = field(default_factory=lambda: itertools.count(1))

    @property
    def services(self) -> Services:
        found: Services = self.app.extensions["gridwright"]
        return found

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()

    def url(self, path: str, locality: str = "harbour") -> str:
        return f"/api/v1/localities/{locality}{path}"

    def headers(self, who: str | None, **more: str) -> dict[str, str]:
        bearer = {"Authorization": f"Bearer {self.tokens[who]}"} if who else {}
        return bearer | {name.replace("_", "-"): value for name, value in more.items()}

    def get(self, path: str, who: str | None = "operator", locality: str = "harbour", **more: str) -> TestResponse:
        return self.client.get(self.url(path, locality), headers=self.headers(who, **more))

    def post(
        self,
        path: str,
        body: Any,
        who: str | None = "walker",
        locality: str = "harbour",
        key: str | None = None,
        **more: str,
    ) -> TestResponse:
        headers = self.headers(who, Idempotency_Key=key or f"key-{next(self.keys)}", **more)
        return self.client.post(self.url(path, locality), json=body, headers=headers)

    def report(self, who: str = "walker", **changes: Any) -> dict[str, Any]:
        """A new case."""
        body = {"intake": "patrol", "category": "0102", "cell": "HB-01"} | changes
        answer = self.post("/cases", {name: value for name, value in body.items() if value is not None}, who)
        assert answer.status_code == 201, answer.json
        found: dict[str, Any] = answer.json or {}
        return found

    def act(self, case: Mapping[str, Any], action: str, who: str, **deed: Any) -> TestResponse:
        """Take an action on the version of the case that is given."""
        body = {"action": action} | deed
        return self.post(f"/cases/{case['id']}/actions", body, who, If_Match=f'"{case["version"]}"')

    def upload(self, content: bytes, who: str = "walker", name: str = "photo.jpg", **more: str) -> TestResponse:
        headers = self.headers(who, **({"Idempotency_Key": f"key-{next(self.keys)}"} | more))
        body = (
            f'--boundary\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/jpeg\r\n\r\n"
        ).encode()
        return self.client.post(
            self.url("/attachments"),
            data=body + content + b"\r\n--boundary--\r\n",
            headers=headers,
            content_type="multipart/form-data; boundary=boundary",
        )

    def photo(self, who: str = "walker") -> str:
        """The id of an uploaded photo."""
        answer = self.upload(jpeg(), who)
        assert answer.status_code == 201, answer.json
        return str((answer.json or {})["id"])

    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        engine = self.services.store.database.engine
        names = inspect(engine).get_table_names()
        with engine.connect() as connection:
            counted = {name: connection.scalar(select(func.count()).select_from(table(name))) or 0 for name in names}
        return counted

    def sweep(self) -> int:
        """Fire what is due now; how many fired."""
        return create_worker(self.services).run_once().fired


def jpeg(width: int = 64, height: int = 48, colour: str = "#336699", **save: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "JPEG", **save)
    return buffer.getvalue()


def build_town(database_url: str, instance: Path, localities: tuple[str, ...] = ("harbour", "inland")) -> Town:
    """A server with the districts published, everyone assigned in each of them, and a token for everyone."""
    clock = ManualClock(START)
    settings = Settings(instance=instance, database_url=database_url, log_level="error")
    town = Town(create_app(settings, clock), clock)
    for locality in localities:
        publish(town, locality)
    if "harbour" in localities:
        for name, assignment in PEOPLE.items():
            settle(town, "harbour", name, assignment)
    if "inland" in localities:
        settle(town, "inland", "stranger", Assignment("stranger", "operator", None, "harbour_office"))
    return town


def publish(town: Town, locality: str) -> None:
    files = files_of(locality)
    source, scheme = source_of(locality, files), scheme_of(locality)
    with town.services.store.unit(locality) as unit:
        unit.revisions.publish(source.files, source.digest, scheme.digest, {}, START, "test")
        unit.keep()


def settle(town: Town, locality: str, name: str, assignment: Assignment, scopes: tuple[str, ...] = ALL) -> None:
    """An account with an assignment and a token, kept under its name."""
    town.services.store.accounts.create(name, START, account_id=assignment.account)
    with town.services.store.unit(locality) as unit:
        unit.assignments.add(assignment, START)
        unit.keep()
    town.tokens[name] = town.services.store.accounts.issue_token(assignment.account, scopes, START)[1]
