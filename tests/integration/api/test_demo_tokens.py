"""Demo tokens are good where only this machine can ask, and nowhere else; other tokens are good everywhere."""

from __future__ import annotations

import pytest
from town import START, Town

from core.store import DEMO

CASES = "/api/v1/localities/harbour/cases"


def asked(town: Town, label: str, server: str, **headers: str) -> tuple[int, str]:
    _, secret = town.services.store.accounts.issue_token("operator", ("read",), START, label)
    answer = town.app.test_client().get(
        CASES, headers={"Authorization": f"Bearer {secret}", **headers}, environ_overrides={"SERVER_NAME": server}
    )
    return answer.status_code, answer.get_json().get("code", "")


@pytest.mark.parametrize("server", ["127.0.0.1", "::1", "localhost"])
def test_a_demo_token_is_good_on_loopback(town: Town, server: str) -> None:
    assert asked(town, DEMO, server) == (200, "")


@pytest.mark.parametrize("server", ["0.0.0.0", "::", "192.168.1.7", "grid.example.org"])  # noqa: S104
def test_a_demo_token_is_refused_where_others_can_ask(town: Town, server: str) -> None:
    assert asked(town, DEMO, server) == (403, "demo-token-elsewhere")


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For"])
def test_a_demo_token_is_refused_behind_a_proxy(town: Town, header: str) -> None:
    assert asked(town, DEMO, "127.0.0.1", **{header: "for=203.0.113.9"}) == (403, "demo-token-elsewhere")


def test_any_other_token_is_good_everywhere(town: Town) -> None:
    assert asked(town, "phone", "0.0.0.0", **{"X-Forwarded-For": "203.0.113.9"}) == (200, "")  # noqa: S104
