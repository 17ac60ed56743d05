"""Which addresses only this machine can reach."""

import pytest

from core.casework.loopback import is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.9.10", "::1", "localhost"])
def test_this_machine_only(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.1", "localhost.example.org", "127.0.0.1.example.org", ""])  # noqa: S104
def test_others_too(host: str) -> None:
    assert not is_loopback(host)
