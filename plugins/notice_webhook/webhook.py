"""Notices by webhook: a CloudEvent, signed by Standard Webhooks, posted to the one address of the configuration.

What the receiver answers beside its status is neither kept nor logged.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import SplitResult, urlsplit

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from core.errors import PermanentFailure
from core.hookspecs import PluginSetup, hookimpl
from core.scheme.extensions import Notice

from .post import Destination, post

SECRET = "signing"  # noqa: S105  (its name)
PREFIX, FEWEST = "whsec_", 24
"""What a secret of Standard Webhooks begins with, and the fewest characters of any other."""
MEDIA_TYPE = "application/cloudevents+json; charset=utf-8"


def create(setup: PluginSetup) -> NoticeWebhook:
    """The plugin for a district. ValueError for an address that it could never post to."""
    return NoticeWebhook(setup)


class NoticeWebhook:
    """Posts notices of one district."""

    def __init__(self, setup: PluginSetup) -> None:
        self._setup = setup
        self._url = _checked(setup.config["url"], plain_http=bool(setup.config.get("plain_http")))

    @hookimpl
    def deliver_notice(self, notice: Notice, dry_run: bool) -> None:
        """Post it once. With `dry_run` the name is looked up and the secret tried, and nothing is sent."""
        url = self._url
        host = url.hostname or ""
        address = self._setup.address(host)
        body = json.dumps(cloud_event(self._setup.locality, notice), ensure_ascii=False)
        headers = self._signed(notice.id, body)
        if dry_run:
            return
        secure = url.scheme == "https"
        target = (url.path or "/") + (f"?{url.query}" if url.query else "")
        post(Destination(host, address, url.port or (443 if secure else 80), secure, target), body.encode(), headers)

    def _signed(self, id: str, body: str) -> dict[str, str]:
        now = datetime.now(UTC)
        try:
            signature = Webhook(_key(self._setup.secret(SECRET))).sign(id, now, body)
        except (ValueError, EmptyWebhookSecretError) as error:  # ValueError: it is not base64
            raise PermanentFailure("notice-secret-wrong", name=SECRET) from error
        return {
            "Content-Type": MEDIA_TYPE,
            "User-Agent": "Gridwright",
            "webhook-id": id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }


def _key(secret: str) -> str | bytes:
    """A secret of Standard Webhooks as it is; any other text, such as one that the installation made, as a key."""
    if not secret.startswith(PREFIX) and len(secret) < FEWEST:
        raise ValueError("too short")
    return secret if secret.startswith(PREFIX) else secret.encode()


def cloud_event(locality: str, notice: Notice) -> dict[str, Any]:
    """CloudEvents 1.0 in structured mode. Recipients are told by account, post, cell and organisation, not by name."""
    recipients = [
        {"account": one.account, "post": one.post, "cell": one.cell, "organisation": one.organisation}
        for one in notice.recipients
    ]
    event = {
        "specversion": "1.0",
        "id": notice.id,
        "source": f"/localities/{locality}",
        "type": f"gridwright.{notice.kind}",
        "time": notice.at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "template": notice.template,
            "text": dict(notice.subject.as_dict()),
            "recipients": recipients,
            "about": dict(notice.about),
        },
    }
    return event | ({"subject": notice.about["case"]} if "case" in notice.about else {})


def _checked(text: str, *, plain_http: bool) -> SplitResult:
    if any(not "!" <= letter <= "~" for letter in text):
        raise ValueError("url: only visible ASCII characters; write other letters in percent or punycode form")
    url = urlsplit(text)
    if url.scheme not in (("https", "http") if plain_http else ("https",)):
        raise ValueError("url: begins with https:// (with http:// only where plain_http is true)")
    if not url.hostname or url.username is not None or url.password is not None or url.fragment:
        raise ValueError("url: a host, a path and a query; no user name, no password, no fragment")
    if url.port == 0:  # reading the port raises ValueError for what is no number
        raise ValueError("url: a port from 1")
    return url
