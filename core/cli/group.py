"""The group of all commands, the language of its answers, and how a refusal is shown.

A command receives `Composition`, which builds the server's parts on first use: `gridwright check` touches no database.
Whatever goes wrong ends as message, hint and code on standard error; a trace is shown only at log level debug.
"""

from __future__ import annotations

import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import click

from core.errors import GridwrightError, ManifestError, Unprocessable
from core.manifest.report import Report
from core.manifest.reports import render_text
from core.messages import Language, hint, render


@dataclass
class Composition:
    """What a command may ask the composition root for.

    settings  the installation's settings, read from the environment
    build     (settings, clock) → services: store, use cases, clock
    app       (settings, clock) → the web application
    worker    (services) → the worker of this process
    plugins   (settings) → the plugins that can be found
    failures  what libraries raise when the installation is not in order, with the code to show for it
    """

    settings: Callable[[], Any]
    build: Callable[..., Any]
    app: Callable[..., Any]
    worker: Callable[..., Any]
    plugins: Callable[..., Any]
    failures: Mapping[type[Exception], str] = field(default_factory=dict)
    language: Language = "zh"

    def tell(self, code: str, **params: Any) -> None:
        """One line from the message catalogue for the person at the terminal."""
        click.echo(render(code, params, self.language))


class Commands(click.Group):
    """Shows what goes wrong on standard error and leaves with exit code 1; wrong usage leaves with 2 (click's own)."""

    def invoke(self, context: click.Context) -> Any:
        composition: Composition = context.obj
        try:
            return super().invoke(context)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise  # click answers these itself
        except GridwrightError as refusal:
            show_refusal(refusal, composition.language)
        except Exception as error:
            if os.environ.get("GRIDWRIGHT_LOG_LEVEL") == "debug":
                raise
            show_refusal(failure(error, composition.failures), composition.language)
        context.exit(1)


def failure(error: Exception, known: Mapping[type[Exception], str]) -> GridwrightError:
    """What to tell somebody for an exception that nobody meant to raise."""
    reason = next(iter(str(getattr(error, "orig", None) or error).splitlines()), "")
    for kind, code in known.items():
        if isinstance(error, kind):
            return GridwrightError(code, reason=reason)
    if isinstance(error, OSError):
        return GridwrightError("system-refused", path=error.filename or "–", reason=error.strerror or reason)
    last = traceback.extract_tb(error.__traceback__)[-1]
    return GridwrightError("command-broke", error=type(error).__name__, where=f"{last.filename}:{last.lineno}")


def show_refusal(refusal: GridwrightError, language: Language) -> None:
    """Findings if there are any, then the sentence, the hint and every fault, on standard error."""
    if isinstance(refusal, ManifestError) and refusal.findings:
        click.echo(render_text([Report(refusal.params.get("locality", ""), refusal.findings)], language), err=True)
    click.echo(f"{render(refusal.code, refusal.params, language)} [{refusal.code}]", err=True)
    advice = hint(refusal.code, refusal.params, language)
    if advice:
        click.echo(f"  {advice}", err=True)
    for fault in refusal.faults if isinstance(refusal, Unprocessable) else ():
        click.echo(f"  {fault.pointer}: {render(fault.code, fault.params, language)} [{fault.code}]", err=True)


def preferred_language() -> Language:
    """From LC_ALL, LC_MESSAGES or LANG: English when they say so, Chinese otherwise."""
    said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "en" if said.lower().startswith("en") else "zh"


def print_json(value: Any) -> None:
    """One JSON value on standard output, the same bytes whatever the terminal's encoding."""
    print_bytes(json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n")


def print_bytes(text: bytes) -> None:
    sys.stdout.buffer.write(text)
    sys.stdout.buffer.flush()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--language", type=click.Choice(["zh", "en"]), default=None, help="Language of messages 语言")
@click.version_option(package_name="gridwright")
@click.pass_obj
def commands(composition: Composition, language: Language | None) -> None:
    """Gridwright 格匠: runs a district's own grid-governance scheme from its manifests."""
    composition.language = language or preferred_language()
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]  # a terminal that lacks ✓ shows ?
