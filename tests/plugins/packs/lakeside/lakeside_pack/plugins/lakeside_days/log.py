"""Writes each notice as one line to a file that the district names."""

from __future__ import annotations

from pathlib import Path

from core.hookspecs import PluginSetup, hookimpl
from core.scheme.extensions import Notice


class Log:
    """One file for each district."""

    def __init__(self, setup: PluginSetup) -> None:
        self._file = Path(setup.config["file"])

    @hookimpl
    def deliver_notice(self, notice: Notice, dry_run: bool) -> None:
        """Append the notice's id and template; nothing in a dry run."""
        if not dry_run:
            with self._file.open("a", encoding="utf-8") as file:
                file.write(f"{notice.id} {notice.template}\n")


def create(setup: PluginSetup) -> Log:
    """The log of a district."""
    return Log(setup)
