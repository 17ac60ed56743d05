"""Notices into the log: one structured line each, for districts that watch their log and for trying things out.

Names no account and no person: who is meant is told by number and by post, what it is about by opaque ids.
"""

from __future__ import annotations

import structlog

from core.hookspecs import PluginSetup, hookimpl
from core.scheme.extensions import Notice

log = structlog.get_logger("gridwright.notice")
NAMED = ("case", "number", "limit", "reach", "cadence", "total")
"""What of `about` stands on the line."""


def create(setup: PluginSetup) -> NoticeLog:
    """The plugin for a district."""
    return NoticeLog(setup.locality)


class NoticeLog:
    """Writes the line; there is nothing that could fail."""

    def __init__(self, locality: str) -> None:
        self._locality = locality

    @hookimpl
    def deliver_notice(self, notice: Notice, dry_run: bool) -> None:
        """One line; none with `dry_run`."""
        if dry_run:
            return
        posts = sorted({one.post for one in notice.recipients if one.post is not None})
        about = {name: notice.about[name] for name in NAMED if name in notice.about}
        log.info(
            "notice",
            locality=self._locality,
            id=notice.id,
            kind=notice.kind,
            template=notice.template,
            recipients=len(notice.recipients),
            posts=posts,
            **about,
        )
