"""Which hosts plugins may connect to: nothing that only this machine, or its network, can reach."""

from __future__ import annotations

import pytest

from core.errors import PermanentFailure, TemporaryFailure
from core.plugin_host.outside import Outside

HOSTILE = [
    *("127.0.0.1", "127.1.2.3", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254"),  # noqa: S104
    *("100.64.0.1", "100.100.100.200", "192.0.0.192", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.7"),
    *("224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1"),
    *("::", "::1", "[::1]", "fe80::1", "fe80::1%eth0", "2606:4700::1%lo", "fc00::1", "fd00:ec2::254", "fec0::1"),
    *("ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::127.0.0.1", "::8.8.8.8", "::ffff:0:127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:c0a8:101::1"),
    *("2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:db8::1", "2001:20::1", "3fff::1", "100::1", "5f00::1"),
    *("2606:4700::5efe:7f00:1", "2606:4700::200:5efe:a00:1"),
    *("2130706433", "017700000001", "0x7f000001", "0x7f.0.0.1", "0177.0.0.1", "127.1", "127.0.1", "010.8.8.8"),
    *("134744072", "8.8.2056", "0x", "1.1.1.1.1", "256.1.1.1", "１２７.０.０.１", "127。0。0。1", "ⓛocalhost"),
    *("localhost", "LOCALHOST.", "", ".", "a..b", "-a.org", "a_b.org", "user@8.8.8.8", "8.8.8.8:80", "a b", "a\r\nb"),
]
TRANSLATED = ["64:ff9b::7f00:1", "::ffff:10.0.0.1", "127.0.0.1", "169.254.169.254", "fe80::1%eth0", "2002:7f00:1::"]
PUBLIC = ["8.8.8.8", "223.5.5.5", "2606:4700:4700::1111", "[2400:3200::1]"]


def named(*addresses: str) -> Outside:
    """A resolver that answers these for every name."""
    return Outside.of((), lambda host: addresses)


@pytest.mark.parametrize("host", HOSTILE)
def test_nothing_but_the_public_internet_is_reached(host: str) -> None:
    with pytest.raises(PermanentFailure) as refused:
        Outside.of(()).address(host)
    assert refused.value.code in ("host-not-allowed", "host-malformed")


@pytest.mark.parametrize("host", PUBLIC)
def test_the_public_internet_is(host: str) -> None:
    assert Outside.of(()).address(host) == host.strip("[]")


@pytest.mark.parametrize("address", TRANSLATED)
@pytest.mark.parametrize("beside", [(), ("8.8.8.8",)], ids=["alone", "beside a public one"])
def test_a_name_is_judged_by_every_address_that_it_has(address: str, beside: tuple[str, ...]) -> None:
    with pytest.raises(PermanentFailure) as refused:
        named(*beside, address).address("hooks.example.org")
    assert refused.value.code == "host-not-allowed"


def test_a_name_is_looked_up_once_and_its_address_is_what_is_used() -> None:
    answers = iter([("8.8.8.8",), ("127.0.0.1",)])
    asked: list[str] = []

    def look_up(host: str) -> tuple[str, ...]:
        asked.append(host)
        return next(answers)

    assert Outside.of((), look_up).address("Hooks.Example.org.") == "8.8.8.8"
    assert asked == ["hooks.example.org"]


@pytest.mark.parametrize("answer", [OSError("no such name"), ()])
def test_a_name_without_an_address_is_tried_again(answer: object) -> None:
    def look_up(host: str) -> tuple[str, ...]:
        if isinstance(answer, OSError):
            raise answer
        return ()

    with pytest.raises(TemporaryFailure, match="host-unresolved"):
        Outside.of((), look_up).address("hooks.example.org")


def test_an_installation_may_name_what_is_inside() -> None:
    allowed = Outside.of(("Mail.Office.lan", "10.1.0.0/16", "fd00:1::/32", "192.168.5.5"), lambda host: ("10.9.9.9",))
    assert allowed.address("mail.office.lan") == "10.9.9.9", "a name that is listed is trusted with its addresses"
    assert allowed.address("10.1.2.3") == "10.1.2.3"
    assert allowed.address("fd00:1::9") == "fd00:1::9"
    assert allowed.address("192.168.5.5") == "192.168.5.5"
    for host in ("other.office.lan", "10.2.0.1", "192.168.5.6", "fd00:2::1", "127.0.0.1"):
        with pytest.raises(PermanentFailure, match="host-not-allowed"):
            allowed.address(host)


@pytest.mark.parametrize("entry", ["10.1.0.0/99", "a b", "10.1.2.3/16", "2130706433", "*"])
def test_an_entry_that_is_neither_name_nor_network_is_refused(entry: str) -> None:
    with pytest.raises(ValueError):
        Outside.of((entry,))
