"""`demo`: a story of a shipped district, told through the public API on a database that is thrown away.

A story is a scheme's own test file, `tests/<name>.yaml`; each of its tests is one telling.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from core.cli.group import Composition, commands, print_json
from core.cli.story import Story
from core.errors import NotFound
from core.governance.checking import read_locality
from core.governance.publishing import publish
from core.manifest.source import Source
from core.manifest.yaml_text import read_yaml
from core.messages import Language
from core.scheme.roster import Post
from core.store import ManualClock

BEFORE_ALL_STORIES = datetime(2000, 1, 1, tzinfo=UTC)


@commands.command()
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object 输出 JSON")
@click.pass_obj
def demo(composition: Composition, name: str, as_json: bool) -> None:
    """Tell a story of a shipped district, e.g. `manhole` 演示一个故事.

    Prints every event of each telling. Nothing of the installation is touched.
    """
    settings = composition.settings()
    source, tests = find_story(Path(settings.manifests), name)
    tellings = [_tell(composition, settings, source, test) for test in tests]
    if as_json:
        print_json({"story": name, "locality": source.id, "tellings": tellings})
        return
    for telling in tellings:
        click.echo(f"\n{telling['label'][composition.language]}")
        _show(telling, composition.language)


def find_story(manifests: Path, name: str) -> tuple[Source, list[Mapping[str, Any]]]:
    """The first locality that has a test file of that name, with its tests. NotFound `story-unknown`."""
    known = sorted(manifests.glob("*/tests/*.yaml"))
    for path in known:
        if path.stem == name:
            source = read_locality(path.parents[1])
            document, _ = read_yaml(f"tests/{path.name}", source.files.get(f"tests/{path.name}", b""))
            if document is not None and isinstance(document.value, dict):
                return source, document.value.get("tests", [])
    raise NotFound("story-unknown", story=name, known=", ".join(sorted({path.stem for path in known})) or "–")


def _tell(composition: Composition, settings: Any, source: Source, test: Mapping[str, Any]) -> dict[str, Any]:
    with tempfile.TemporaryDirectory(prefix="gridwright-demo-") as folder:
        clock = ManualClock(BEFORE_ALL_STORIES)
        own = replace(settings, instance=Path(folder), database_url="", redis_url="", log_level="error")
        app = composition.app(own, clock)
        services = app.extensions["gridwright"]
        publish(services.store, source, clock.now(), by="demo", resolve=services.plugins.resolve)
        with services.store.read(source.id) as reading:
            scheme = services.casework.schemes.current(reading)
        story = Story(app, services.store, composition.worker(services), clock, source.id, scheme.locality.time_zone)
        events = story.play(test)
        services.store.close()
    people = {name: _person(name, held, scheme.roster.posts) for name, held in test["people"].items()}
    about = {"id": test["id"], "label": test["label"], "time_zone": scheme.locality.time_zone}
    return about | {"people": people, "events": events}


def _person(name: str, held: Mapping[str, Any], posts: Mapping[str, Post]) -> dict[str, Any]:
    label = held.get("label") or {"zh": name, "en": name}
    return {"label": label, "post": held["post"], "post_label": dict(posts[held["post"]].label.as_dict())}


def _show(telling: Mapping[str, Any], language: Language) -> None:
    """The events as a table: the district's time, and local names of people instead of their accounts."""
    zone = ZoneInfo(telling["time_zone"])
    names = {name: person["label"][language] for name, person in telling["people"].items()}
    for event in telling["events"]:
        data = {key: value for key, value in event["data"].items() if value not in (None, "", [], {})}
        told = " ".join(f"{key}={_local(value, zone) if key.endswith('_at') else value}" for key, value in data.items())
        actor = names.get(event["actor"], event["actor"])
        at = _local(event["recorded_at"], zone)
        click.echo(f"  {event['seq']:>3} {at} {actor:<12} {event['type']:<14} {told}")


def _local(instant: str, zone: ZoneInfo) -> str:
    return f"{datetime.fromisoformat(instant).astimezone(zone):%Y-%m-%dT%H:%M:%S}"
