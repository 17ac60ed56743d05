"""`anchor` and `verify-log`: keep where the event chains end outside the database, and find what was altered in it."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from core.casework import Depth, LogFinding
from core.cli.group import Composition, commands, print_json
from core.cli.installation import opened
from core.errors import NotFound, Unprocessable
from core.messages import LANGUAGES, hint, render
from core.store.anchor_log import AnchorLog
from core.store.anchoring import anchor as anchor_locality

LOCALITIES = click.argument("localities", nargs=-1)
INTERRUPTED = 130
MOST = 10_000
"""Findings that are listed; the rest is counted."""


@commands.command()
@LOCALITIES
@click.option("--newest", is_flag=True, help="Anchor nothing, print the newest line 只输出最新一行")
@click.pass_obj
def anchor(composition: Composition, localities: Sequence[str], newest: bool) -> None:
    """Copy where the event chains end to the anchor log 锚定事件链.

    All localities when none is named. Prints the newest line of each, to be published where nobody who can write to
    the database or to the log can change it.
    """
    services = opened(composition)
    folder = services.settings.anchor_folder
    for locality in _named(services, localities):
        if newest:
            line = AnchorLog.of(folder, locality).newest()
        else:
            line = anchor_locality(services.store, folder, locality, services.clock.now())
        if line is None:
            raise NotFound("anchors-none", locality=locality)
        click.echo(json.dumps(line, ensure_ascii=False, separators=(",", ":")))
    services.store.close()


@commands.command(name="verify-log")
@LOCALITIES
@click.option("--case", "case", default=None, help="Only this case, by id or number 只校验一个案件")
@click.option(
    "--anchors",
    type=click.Path(exists=True, path_type=Path),
    default=None,
    show_default="the installation's own 本实例的",
    help="Anchor log, or folder of anchor logs 锚定日志",
)
@click.option("--fast", is_flag=True, help="Chains, payloads and anchors only 只校验事件链、附文与锚定")
@click.option("--photos", is_flag=True, help="Read every photo too 同时读取全部照片")
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def verify_log(
    composition: Composition,
    localities: Sequence[str],
    case: str | None,
    anchors: Path | None,
    fast: bool,
    photos: bool,
    form: str,
) -> None:
    """Find what was altered, removed or rewritten 校验事件日志.

    Every case of the named localities (all when none is named), beside a running server if need be. Exits with 0 when
    the log is whole, with 1 when something was found, with 130 when it was interrupted.
    """
    services = opened(composition)
    check = _Check(composition, services, anchors or services.settings.anchor_folder, Depth(not fast, photos), form)
    try:
        for locality in _named(services, localities, one=case is not None):
            check.run(locality, case)
    except KeyboardInterrupt:
        check.interrupted = True
    services.store.close()
    raise SystemExit(check.end())


def _named(services: Any, localities: Sequence[str], one: bool = False) -> Sequence[str]:
    """The localities to work on. NotFound `locality-unknown`; Unprocessable `locality-not-said` when one is needed."""
    known = services.store.localities()
    for locality in localities:
        if locality not in known:
            raise NotFound("locality-unknown", locality=locality)
    chosen = localities or known
    if one and len(chosen) != 1:
        raise Unprocessable("locality-not-said")
    return chosen


class _Check:
    """The walk over the localities under way, and what it has found."""

    def __init__(self, composition: Composition, services: Any, anchors: Path, depth: Depth, form: str) -> None:
        self._composition, self._services, self._anchors = composition, services, anchors
        self._depth, self._form = depth, form
        self._said: set[str] = set()
        self._listed: list[LogFinding] = []
        self._localities: dict[str, dict[str, Any]] = {}
        self.interrupted = False

    def run(self, locality: str, case: str | None) -> None:
        log = self._anchors if self._anchors.is_file() else AnchorLog.of(self._anchors, locality).path
        newest = AnchorLog(log).newest()
        told: dict[str, Any] = {
            "cases": 0,
            "events": 0,
            "findings": 0,
            "anchored_until": newest["at"] if newest else None,
        }
        self._localities[locality] = told
        for walked in self._walk(locality, case, AnchorLog(log)):
            told["cases"] += walked.cases
            told["events"] += walked.events
            told["findings"] += len(walked.findings)
            for finding in walked.findings:
                self._show(finding)
        if self._form == "text":
            self._composition.tell("cli-log-verified", locality=locality, **told)
            if newest is None:
                self._composition.tell("cli-log-without-anchors", locality=locality)

    def end(self) -> int:
        """The exit code, after the last words."""
        found = sum(told["findings"] for told in self._localities.values())
        if self._form == "json":
            listed = [self._as_dict(finding) for finding in self._listed]
            whole = not found and not self.interrupted
            print_json(
                {"ok": whole, "interrupted": self.interrupted, "localities": self._localities, "findings": listed}
            )
        if self.interrupted:
            click.echo(render("cli-log-interrupted", {}, self._composition.language), err=True)
            return INTERRUPTED
        return 1 if found else 0

    def _walk(self, locality: str, case: str | None, log: AnchorLog) -> Iterator[Any]:
        casework = self._services.casework
        if case is not None:
            yield casework.verify_case(locality, case, log, self._depth)
            return
        with self._services.store.read(locality) as reading:
            total = reading.log.count()
        with _bar() as bar:
            task = bar.add_task(locality, total=total)
            for walked in casework.verify_log(locality, log, self._depth):
                bar.advance(task, walked.cases)
                if walked.findings:
                    bar.stop()  # it would stand between the lines
                yield walked
                bar.start()

    def _show(self, finding: LogFinding) -> None:
        if len(self._listed) < MOST:
            self._listed.append(finding)
        if self._form == "json":
            return
        language = self._composition.language
        where = f"{finding.locality} {finding.number or '–'} {finding.case or '–'} #{finding.seq}"
        click.echo(f"{where} {render(finding.code, _params(finding), language)} [{finding.code}]")
        if finding.code not in self._said:
            self._said.add(finding.code)
            click.echo(f"  → {hint(finding.code, _params(finding), language)}")

    def _as_dict(self, finding: LogFinding) -> dict[str, Any]:
        said = {language: render(finding.code, _params(finding), language) for language in LANGUAGES}
        hints = {language: hint(finding.code, _params(finding), language) for language in LANGUAGES}
        return asdict(finding) | {"params": dict(finding.params), "message": said, "hint": hints}


def _params(finding: LogFinding) -> dict[str, Any]:
    return {"case": finding.case, "seq": finding.seq, **finding.params}


def _bar() -> Progress:
    """On a terminal only, and on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    return Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
        redirect_stdout=False,
        redirect_stderr=False,
    )
