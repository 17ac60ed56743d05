"""The database that the sweep is measured on: a shipped district in which nobody worked while its timers fell due.

One case is opened through the use case; the others are copies of it under ids and numbers of their own, written
through the store, so that each has its snapshot, its chain of events, its tasks and its timer. The timers are held
under a lease until `let_go`, so that workers can be up and warm when all become due at one moment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from PIL import Image
from sqlalchemy import text
from sweep_floor import Link

from core.casework import Principal, Repeatable, Report
from core.casework.recording import cell_path
from core.engine.command import Evidence
from core.engine.timers import due_timers
from core.factory import Services, build_services
from core.governance.checking import read_locality
from core.governance.demo_people import settle_demo_people
from core.governance.publishing import publish
from core.scheme.case import Case
from core.scheme.event import Event
from core.scheme.scheme import Scheme
from core.settings import Settings
from core.store import ManualClock, new_id

DISTRICT = "konggang_1355"
FOLDER = Path(__file__).parent.parent / "manifests" / DISTRICT
OPENED = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday, 09:00 in the district
POST, CELL, CLASS, INTAKE = "street_cleaner", "610404009-01", "05001", "reporter_path"
AT_ONCE = 500


def prepare(database_url: str, instance: Path, timers: int) -> int:
    """Publish the district with its demo people and put `timers` cases there, each with one overdue timer; the
    version that they all have."""
    settings = Settings(instance=instance, database_url=database_url, log_level="error")
    services = build_services(settings, ManualClock(OPENED))
    publish(services.store, read_locality(FOLDER), OPENED, by="benchmark", resolve=services.plugins.resolve)
    with services.store.read(DISTRICT) as reading:
        scheme = services.casework.schemes.current(reading)
    settle_demo_people(services.store, scheme, instance / "demo-tokens.json", OPENED)
    case, events = _first(services)
    for start in range(1, timers, AT_ONCE):
        _copy(services, scheme, case, events, min(AT_ONCE, timers - start))
    _hold(services)
    services.store.close()
    return case.version


def _first(services: Services) -> tuple[Case, list[Event]]:
    with services.store.read(DISTRICT) as reading:
        holding = reading.assignments.holding(OPENED)
    here = next(found for found in holding if (found.post, found.cell) == (POST, CELL))
    who = Principal(here.account, locality=DISTRICT)
    picture = BytesIO()
    Image.new("RGB", (64, 48)).save(picture, "JPEG")
    photo = services.casework.attach(DISTRICT, who, Repeatable("photo", "photo"), picture.getvalue()).body["id"]
    report = Report(
        INTAKE,
        CLASS,
        channel="city_app",
        severity="ordinary",
        cell=CELL,
        facts={"state": "broken"},
        evidence=(Evidence("photo", "before", photo),),
    )
    answer = services.casework.open_case(DISTRICT, who, Repeatable("first", "first"), report)
    with services.store.read(DISTRICT) as reading:
        return reading.cases.get(answer.body["id"]), list(reading.cases.events(answer.body["id"]))


def _copy(services: Services, scheme: Scheme, case: Case, events: list[Event], count: int) -> None:
    path = cell_path(case, scheme, scheme)
    with services.store.unit(DISTRICT) as unit:
        for _ in range(count):
            identity = new_id()
            copied = replace(case, id=identity, number=identity)
            unit.cases.append(copied, events, 0, path)
            unit.timers.replace(identity, due_timers(copied, scheme))
        unit.keep()


def _hold(services: Services) -> None:
    """Lease every timer to nobody until the end of time."""
    with services.store.database.engine.begin() as connection:
        connection.execute(text("UPDATE timer SET lease_owner = 'nobody', lease_until = '2999-01-01'"))


def let_go(link: Link) -> None:
    """All timers are free, and due, from now on."""
    link.begin()
    link.run("UPDATE timer SET lease_owner = NULL, lease_until = NULL")
    link.commit()
