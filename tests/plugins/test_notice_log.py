"""A line of the log holds opaque ids and counts, and no name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import structlog
from structlog.testing import capture_logs

from core.scheme.extensions import Notice, Recipient
from core.scheme.label import Label
from plugins.notice_log.line import create


def test_the_line_names_nobody(set_up: Callable[..., Any]) -> None:
    people = (Recipient("acc-1", "王强", "head", "HB-01"), Recipient("acc-2", "walker"))
    about = {"case": "0190", "number": "HB1", "category": "0901"}
    notice = Notice("harbour:1", "notice", "t", people, Label("经理受贿"), about, datetime(2026, 3, 2, tzinfo=UTC))
    plugin = create(set_up({}))
    structlog.reset_defaults()  # an application of another test may have set a level
    with capture_logs() as lines:
        plugin.deliver_notice(notice, True)
        assert lines == []
        plugin.deliver_notice(notice, False)
    (line,) = lines
    assert (line["id"], line["case"], line["recipients"], line["posts"]) == ("harbour:1", "0190", 2, ["head"])
    assert not any(secret in str(line) for secret in ("王强", "walker", "acc-1", "受贿"))
