"""Commands on manifest folders: check and test. They read files and print; they need no server and no database."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from core.cli.folder import FolderType
from core.cli.group import Composition, commands, print_bytes, print_json
from core.errors import Conflict, Unprocessable
from core.governance.checking import read_locality, test_source, today_of
from core.governance.scheme_test import Failure, Outcome
from core.manifest.pipeline import check as check_source
from core.manifest.reports import render_json, render_sarif, render_text
from core.manifest.source import Source
from core.messages import LANGUAGES, Language, hint, render
from core.plugin_host import inspect_plugin
from core.plugin_host.plugin import FILE as PLUGIN
from core.scheme.codec import event_to_dict

FOLDERS = click.argument("folders", nargs=-1, required=True, type=FolderType())


@commands.command()
@FOLDERS
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif"]), default="text", show_default=True)
@click.pass_obj
def check(composition: Composition, folders: Sequence[Path], form: str) -> None:
    """Check folders of manifests or of plugins and list every fault 检查方案或插件目录.

    A locality of an installed pack may be named by its id. Exits with 0 when no finding is an error, otherwise with 1.
    """
    host = composition.plugins(composition.settings())
    reports = [inspect_plugin(folder, host.engine) for folder in folders if (folder / PLUGIN).is_file()]
    now = datetime.now(UTC)
    for folder, source in sources([folder for folder in folders if not (folder / PLUGIN).is_file()]):
        reports.append(replace(check_source(source, host.resolve, today_of(source, now)), folder=str(folder)))
    if form == "json":
        print_bytes(render_json(reports).encode())
    elif form == "sarif":
        print_bytes(render_sarif(reports, composition.language).encode())
    else:
        click.echo(render_text(reports, composition.language), nl=False)
    raise SystemExit(0 if all(report.ok for report in reports) else 1)


@commands.command()
@FOLDERS
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--events", is_flag=True, help="Show what each case went through 列出事件")
@click.pass_obj
def test(composition: Composition, folders: Sequence[Path], form: str, events: bool) -> None:
    """Run the schemes' own tests 运行方案自带的测试.

    Exits with 0 when all pass, with 1 when one fails or a scheme has none.
    """
    found = sources(folders)
    resolve = composition.plugins(composition.settings()).resolve
    outcomes = {source.id: test_source(source, resolve) for _, source in found}
    if form == "json":
        print_json({"localities": {id: [_as_dict(found, events) for found in all_] for id, all_ in outcomes.items()}})
    else:
        for folder, source in found:
            _show(composition, source.id, folder, outcomes[source.id], events)
    passed = all(all_ and all(found.passed for found in all_) for all_ in outcomes.values())
    raise SystemExit(0 if passed else 1)


def sources(folders: Sequence[Path]) -> list[tuple[Path, Source]]:
    """The folders with their manifests; raises Conflict `locality-twice`, since reports go by the locality's id."""
    found: dict[str, tuple[Path, Source]] = {}
    for folder in folders:
        source = read_locality(folder)
        if source.id in found:
            raise Conflict("locality-twice", locality=source.id, first=found[source.id][0], second=folder)
        found[source.id] = (folder, source)
    return list(found.values())


def _show(composition: Composition, locality: str, folder: Path, outcomes: Sequence[Outcome], events: bool) -> None:
    for outcome in outcomes:
        mark = "✓" if outcome.passed else "✗"
        label = outcome.label.get(composition.language) or outcome.label["zh"]
        click.echo(f"{mark} {folder}/{outcome.file} {outcome.test} {label}")
        for event in outcome.events if events else ():
            when = f"{event.recorded_at:%m-%d %H:%M:%SZ}"
            click.echo(f"    {event.seq:>3} {when} {event.actor} {event.type} {dict(event.data)}")
        for failure in outcome.failures:
            click.echo(f"    {folder}/{failure.place} [{failure.code}] {_said(failure, composition.language)}")
            for line in _why(failure, composition.language):
                click.echo(f"      {line}")
    passed = sum(outcome.passed for outcome in outcomes)
    code = "cli-tests-done" if outcomes else "cli-tests-none"
    composition.tell(code, locality=locality, passed=passed, failed=len(outcomes) - passed)


def _said(failure: Failure, language: Language) -> str:
    return render(failure.code, failure.params, language)


def _why(failure: Failure, language: Language) -> Iterator[str]:
    """The refusal's own words: its sentence, every fault and reason, or else what to do about it."""
    refusal = failure.refusal
    if refusal is None:
        return
    yield f"{render(refusal.code, refusal.params, language)} [{refusal.code}]"
    for fault in refusal.faults if isinstance(refusal, Unprocessable) else ():
        yield f"{fault.pointer}: {render(fault.code, fault.params, language)} [{fault.code}]"
    reasons = refusal.params.get("reasons", ())
    for reason in reasons:
        yield f"{render(reason['code'], reason['params'], language)} [{reason['code']}]"
    advice = "" if reasons else hint(refusal.code, refusal.params, language)
    if advice:
        yield advice


def _as_dict(outcome: Outcome, events: bool) -> dict[str, Any]:
    found: dict[str, Any] = {
        "file": outcome.file,
        "test": outcome.test,
        "passed": outcome.passed,
        "failures": [
            {
                "code": failure.code,
                "line": failure.place.line,
                "column": failure.place.column,
                "path": failure.place.path,
                "message": {language: _said(failure, language) for language in LANGUAGES},
                "refusal": {language: list(_why(failure, language)) for language in LANGUAGES},
            }
            for failure in outcome.failures
        ],
    }
    if events:
        found["events"] = [event_to_dict(event) for event in outcome.events]
    return found
