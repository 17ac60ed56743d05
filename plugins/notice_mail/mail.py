"""Notices by e-mail: one message for each address that the configuration has for somebody who is meant.

Says what the district's template says and the ids that the notice is about; nothing of what residents wrote is in it.
A message that is sent twice has the same Message-ID.
"""

from __future__ import annotations

import hashlib
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

import structlog

from core.errors import PermanentFailure
from core.hookspecs import PluginSetup, hookimpl
from core.scheme.extensions import Notice
from core.scheme.label import Label

from .routes import Routes, checked_address
from .smtp import Server, send

log = structlog.get_logger("gridwright.notice")
PASSWORD = "password"  # noqa: S105  (its name)


def create(setup: PluginSetup) -> NoticeMail:
    """The plugin for a district. ValueError for an address or a route that is none."""
    return NoticeMail(setup)


class NoticeMail:
    """Sends the notices of one district."""

    def __init__(self, setup: PluginSetup) -> None:
        config = setup.config
        self._setup = setup
        self._sender = checked_address(config["sender"])
        self._routes = Routes.read(config.get("routes", ()), config.get("default", ""))
        self._languages = ("zh", "en") if config.get("language") == "both" else (config.get("language", "zh"),)

    @hookimpl
    def deliver_notice(self, notice: Notice, dry_run: bool) -> None:
        """One message an address, all in one conversation. With `dry_run` the addresses are found and the server's
        name is looked up; nothing is sent."""
        addresses, missing = self._routes.of(notice.recipients)
        if missing:
            log.warning("notice-without-address", locality=self._setup.locality, id=notice.id, recipients=missing)
        if not addresses:
            raise PermanentFailure("notice-without-address", recipients=len(notice.recipients))
        server = self._server()
        if not dry_run:
            send(server, self._sender, [(address, self.message(notice, address)) for address in addresses])

    def message(self, notice: Notice, address: str) -> EmailMessage:
        """The message as it is sent. Header values are bounded to one line by the policy and by what is put in."""
        made = EmailMessage(policy=SMTP)
        made["From"] = self._sender
        made["To"] = address
        made["Subject"] = " / ".join(one_line(_in(notice.subject, language)) for language in self._languages)
        made["Date"] = format_datetime(notice.at)
        made["Message-ID"] = message_id(notice.id, address, self._sender)
        made["Auto-Submitted"] = "auto-generated"
        lines = [_in(notice.subject, language) for language in self._languages]
        lines += ["", *(f"{name}: {value}" for name, value in notice.about.items() if isinstance(value, str | int))]
        made.set_content("\n".join(map(one_line, lines)) + "\n", charset="utf-8", cte="base64")
        return made

    def _server(self) -> Server:
        config = self._setup.config
        user = config.get("user", "")
        return Server(
            host=config["host"],
            address=self._setup.address(config["host"]),
            port=config.get("port", 587),
            security=config.get("security", "starttls"),
            user=user,
            password=self._setup.secret(PASSWORD) if user else "",
        )


def message_id(id: str, address: str, sender: str) -> str:
    """The same for the same notice and address; says nothing about either."""
    digest = hashlib.sha256(f"{id}\n{address}".encode()).hexdigest()[:40]
    return f"<{digest}@{sender.rpartition('@')[2]}>"


def one_line(text: str) -> str:
    """Without control characters: a header is one line, whatever stands in a label."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _in(label: Label, language: str) -> str:
    return label.as_dict()[language]
