"""The composition root: builds the services of an installation and hands them to the doors. Decides nothing.

Linear and short: read it from top to bottom to know what runs. The console script starts here.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from importlib.metadata import version
from typing import Any

import structlog
from alembic.util import CommandError
from flask import Flask, Response, request
from flask_bootstrap import Bootstrap5
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from core import api, web
from core.api.openapi import PREFIX
from core.casework import Casework, Cursors, Inspections, Reminders, Schemes, Summaries
from core.cli import Composition, commands
from core.jobs import Anchoring, Handlers, Pace, Worker
from core.manifest.pipeline import load
from core.manifest.source import source_of
from core.plugin_host import Outside, PluginHost, find_packs
from core.scheme.scheme import Scheme
from core.settings import Settings, secret
from core.store import Clock, FastClock, Store, clock_of, open_store

_log = structlog.get_logger("gridwright")


@dataclass(frozen=True)
class Services:
    """What one installation runs on."""

    settings: Settings
    clock: Clock
    store: Store
    casework: Casework
    plugins: PluginHost


def build_services(settings: Settings | None = None, clock: Clock | None = None, app: Flask | None = None) -> Services:
    """Open the store, bring it to the newest schema, and build the use cases on it."""
    settings = settings or Settings.read()
    set_up_log(settings.log_level)
    settings.instance.mkdir(mode=0o700, parents=True, exist_ok=True)
    clock = clock or clock_of(settings.instance)
    store = open_store(settings.database, settings.blobs, app)
    store.upgrade()
    plugins = build_plugins(settings)
    schemes = Schemes(partial(compile_files, plugins=plugins), settings.scheme_cache)
    cursors = Cursors(secret(settings.instance, "cursor"))
    casework = Casework(store, schemes, clock, cursors, secret(settings.instance, "lots"))
    return Services(settings, clock, store, casework, plugins)


def build_plugins(settings: Settings) -> PluginHost:
    """The plugins that ship, those in the folders that a setting names, and those of installed packs."""

    def secret_of(locality: str, plugin: str, name: str) -> str:
        return secret(settings.instance, f"plugins/{locality}/{plugin}/{name}")

    return PluginHost(
        find_packs(settings.plugins), version("gridwright"), secret_of, Outside.of(settings.outside_hosts).address
    )


def create_app(settings: Settings | None = None, clock: Clock | None = None) -> Flask:
    """The web application: API, documentation, the page. Its worker is started by `gridwright serve`."""
    app = Flask("core", static_folder=None, static_url_path="")
    services = build_services(settings, clock, app)
    app.config["SECRET_KEY"] = secret(services.settings.instance, "session")
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    app.json.ensure_ascii = False  # type: ignore[attr-defined]
    app.extensions["gridwright"] = services
    Bootstrap5(app)
    web.protect(app)
    api.register(app, services.casework, version("gridwright"), layout="web/base.html")
    app.register_blueprint(web.create_blueprint(services.casework.latest, f"{PREFIX}/docs"))
    app.register_error_handler(Exception, answer_error)
    return app


def create_worker(services: Services) -> Worker:
    """The worker of this process: fires due timers, owes daily summaries and reminders, opens due inspections, carries
    effects."""
    tell, follow = services.casework.deliver, services.casework.follow
    handlers = Handlers({"notice": tell, "summary": tell, "reminder": tell, "open_case": follow})
    settings = services.settings
    speed = services.clock.speed if isinstance(services.clock, FastClock) else 1.0
    pace = Pace(idle_seconds=settings.sweep_seconds / min(speed, 10), lease_seconds=settings.lease_seconds * speed)
    every = timedelta(minutes=settings.anchor_minutes)
    anchoring = Anchoring(services.store, settings.anchor_folder, every, services.clock)
    casework = services.casework
    chores = (Summaries(casework).owe, Reminders(casework).owe, Inspections(casework).open_due, anchoring)
    fire = services.casework.fire
    return Worker(
        services.store, fire, handlers, services.clock, pace=pace, chores=chores, redis_url=settings.redis_url
    )


def main() -> None:
    """The console script `gridwright`: commands build what they need, when they need it."""
    broken = dict.fromkeys((SQLAlchemyError, sqlite3.Error, CommandError), "database-failed")
    commands(obj=Composition(Settings.read, build_services, create_app, create_worker, build_plugins, broken))


def compile_files(locality: str, files: Mapping[str, bytes], lock: Mapping[str, Any], plugins: PluginHost) -> Scheme:
    """The scheme of a published revision with the data of its lock; it is not linted again."""
    return load(source_of(locality, files), plugins.restoring(lock))


def answer_error(error: Exception) -> Response:
    """A problem document on the API's paths, a page everywhere else."""
    if request.path.startswith("/api/") or request.path in ("/healthz", "/readyz"):
        return api.problem_response(error)
    if not isinstance(error, HTTPException):
        _log.error("unexpected", path=request.path, exc_info=error)
    return web.error_page(error)


def set_up_log(level: str) -> None:
    """JSON lines on standard error, without what looks like a telephone or identity number."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            api.blot_event,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),  # whatever it is by then
        cache_logger_on_first_use=False,
    )
