"""The minimal district with patrols that count a duty, and lamps that are inspected every month."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from core.casework import Deed, Principal, Repeatable, Report
from core.factory import Services, build_services
from core.governance.publishing import publish
from core.manifest.source import Source, read_source, source_of
from core.scheme.situation import Assignment
from core.settings import Settings
from core.store import ManualClock

DISTRICT = "minimal"
MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / DISTRICT)
PUBLISHED = datetime(2026, 1, 31, 1, 0, tzinfo=UTC)

KINDS = """\
  - id: round
    label: {zh: 巡查, en: round}
    purpose: patrol
    tracks:
      - id: main
        label: {zh: 巡查, en: round}
        meaning: acting
        stages:
          - {id: out, label: {zh: 在巡, en: out}, meaning: handling}
          - {id: back, label: {zh: 已签退, en: back}, meaning: closed, final: true}
    actions:
      - id: check_in
        label: {zh: 签到, en: check in}
        meaning: x_check_in
        track: main
        opens: true
        to: out
        who: [{role: head}]
      - id: check_out
        label: {zh: 签退, en: check out}
        meaning: close
        track: main
        from: [out]
        to: back
        who: [{role: head}]
  - id: inspection
    label: {zh: 检查, en: inspection}
    purpose: inspection
    tracks:
      - id: main
        label: {zh: 检查, en: inspecting}
        meaning: acting
        stages:
          - {id: due, label: {zh: 待检查, en: due}, meaning: dispatched}
          - {id: done, label: {zh: 已检查, en: done}, meaning: closed, final: true}
    actions:
      - id: fall_due
        label: {zh: 到期, en: fall due}
        meaning: report
        track: main
        opens: true
        to: due
        who: [{role: head}]
        effects:
          - open_task: {task: inspecting, target: {post: head}}
      - id: inspect
        label: {zh: 检查, en: inspect}
        meaning: close
        track: main
        from: [due]
        to: done
        who: [{role: head}]
        effects:
          - close_task: {task: inspecting}
"""
INTAKES = """\
  - {id: round, label: {zh: 巡查, en: round}, meaning: x_round, case_kind: round, opening: check_in}
  - {id: inspection, label: {zh: 检查, en: inspection}, meaning: x_inspection, case_kind: inspection, opening: fall_due}
"""
DUTIES = """\
duties:
  - id: rounds
    label: {zh: 巡查, en: rounds}
    post: head
    kind: patrol
    times: 2
    per: day
    days_per_week: 5
    hours_each: 2
    case_kind: round
  - {id: presence, label: {zh: 在岗, en: presence}, post: head, kind: visit, days_per_week: 5, case_kind: round}
"""
CLASSES = """\
0103,01,minor,event,巡查,round,round,,ordinary,,demo
0104,01,minor,event,路灯检查,lamp inspection,inspection,,ordinary,,demo
"""
LAMPS = """\
L2,lamp,二号路灯,D02,108.715,34.405,removed,works,works,centre,60,steel,demo
L3,lamp,三号路灯,D02,108.715,34.406,intact,works,works,centre,60,steel,demo
"""


def source(**edits: tuple[str, str]) -> Source:
    """The district's files; an edit replaces the first occurrence of a text in `<name>.yaml`."""
    files = dict(MINIMAL.files)
    files["workflow.yaml"] = (
        files["workflow.yaml"].replace(b"intake_kinds:\n", KINDS.encode() + b"intake_kinds:\n") + INTAKES.encode()
    )
    files["roster.yaml"] += DUTIES.encode()
    files["categories.csv"] += CLASSES.encode()
    files["registry.csv"] += LAMPS.encode()
    lamps = b"    inspection: {every: 1, unit: month, post: head, intake: inspection}\n    columns:\n"
    removed = b"      - {id: removed, label: {zh: \xe7\xa7\xbb\xe9\x99\xa4, en: removed}, retired: true}\n"
    files["registry.yaml"] = files["registry.yaml"].replace(b"    columns:\n", removed + lamps, 1)
    for name, (old, new) in edits.items():
        text = files[f"{name}.yaml"].decode()
        assert old in text
        files[f"{name}.yaml"] = text.replace(old, new, 1).encode()
    return source_of(DISTRICT, files)


def published(folder: Path, database_url: str, clock: ManualClock, found: Source | None = None) -> Services:
    """An installation on a database of its own where the district holds, with one head in each of its two grids."""
    clock.set(PUBLISHED)
    settings = replace(Settings(), instance=folder, database_url=database_url, log_level="error")
    services = build_services(settings, clock)
    publish(services.store, found or source(), clock.now(), by="test", resolve=services.plugins.resolve)
    with services.store.unit(DISTRICT) as unit:
        for name, cell in (("ann", "D01"), ("bo", "D02")):
            unit.assignments.add(Assignment(name, "head", cell), clock.now())
        unit.keep()
    return services


def check_in(services: Services, who: str, cell: str = "D01") -> str:
    key = f"in {who} {services.clock.now().isoformat()}"
    report = Report("round", "0103", cell=cell)
    answer = services.casework.open_case(DISTRICT, Principal(who, locality=DISTRICT), Repeatable(key, key), report)
    return str(answer.body["id"])


def act(services: Services, who: str, case: str, action: str) -> None:
    principal, key = Principal(who, locality=DISTRICT), f"{action} {case}"
    version = int(services.casework.get_case(DISTRICT, principal, case).etag or 0)
    services.casework.act(DISTRICT, principal, Repeatable(key, key), case, version, Deed(action))
