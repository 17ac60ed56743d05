"""Which hosts plugins may connect to: a name is looked up once, and the address that was checked is the one to use.

Whoever writes a district's configuration must not reach what only this machine can reach: every address that is not on
the public internet is refused, unless the installation's settings name it. Connects to nothing itself.
"""

from __future__ import annotations

import re
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from core.errors import PermanentFailure, TemporaryFailure

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
LookUp = Callable[[str], Iterable[str]]
"""From a host name to its addresses; OSError when there is none."""

NAME = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
PUBLIC = ip_network("2000::/3")
"""All that is on the public internet in IPv6: no mapped, compatible, translated (NAT64) or local address is in it."""
NEVER: tuple[Network, ...] = tuple(
    map(
        ip_network,
        (
            "168.63.129.16/32",  # the platform's own service on a public cloud
            "192.0.0.0/24",  # for protocols; older Pythons call most of it global
            "192.88.99.0/24",  # 6to4 relays
            "2001::/32",  # Teredo: another address is inside
            "2001:20::/28",  # no route leads there
            "2002::/16",  # 6to4: another address is inside
            "3fff::/20",  # documentation
        ),
    )
)
"""What Python takes for global and is not, or holds another address inside."""
ISATAP = 0x00005EFE
"""The middle of an interface id that holds an IPv4 address."""


def look_up(host: str) -> tuple[str, ...]:
    """The addresses of a name, by the machine's resolver."""
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return tuple(str(entry[4][0]) for entry in found)


@dataclass(frozen=True)
class Outside:
    """`names` and `networks` are what the installation allows beside the public internet."""

    names: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()
    look_up: LookUp = look_up

    @classmethod
    def of(cls, allowed: Iterable[str], look_up: LookUp = look_up) -> Outside:
        """From host names, addresses and networks (`10.1.0.0/16`) as a setting has them. ValueError for another."""
        names: set[str] = set()
        networks: list[Network] = []
        for entry in allowed:
            plain = entry.strip().lower().rstrip(".")
            if NAME.fullmatch(plain) and not _numeric(plain):
                names.add(plain)
            else:
                networks.append(ip_network(plain))
        return cls(frozenset(names), tuple(networks), look_up)

    def address(self, host: str) -> str:
        """The address to connect to for a host, which is written as a name or as an address in its usual form.

        PermanentFailure `host-malformed`, or `host-not-allowed` when a single one of its addresses is; TemporaryFailure
        `host-unresolved` when no address is found.
        """
        plain = host.lower().rstrip(".")
        literal = _literal(plain)
        if literal is None and not (NAME.fullmatch(plain) and not _numeric(plain)):
            raise PermanentFailure("host-malformed", host=host[:100])
        found = [literal] if literal is not None else self._found(plain)
        if plain not in self.names and not all(self._allowed(address) for address in found):
            raise PermanentFailure("host-not-allowed", host=host)
        return str(found[0])

    def _found(self, name: str) -> list[Address]:
        try:
            found = [ip_address(text) for text in self.look_up(name)]
        except (OSError, ValueError) as error:  # ValueError: an address with a zone, which is local by its nature
            if isinstance(error, ValueError) and not isinstance(error, UnicodeError):
                raise PermanentFailure("host-not-allowed", host=name) from error
            raise TemporaryFailure("host-unresolved", host=name) from error
        if not found:
            raise TemporaryFailure("host-unresolved", host=name)
        return found

    def _allowed(self, address: Address) -> bool:
        return is_public(address) or any(address in network for network in self.networks)


def is_public(address: Address) -> bool:
    """Whether an address is on the public internet and holds no other address inside."""
    if isinstance(address, IPv6Address):
        middle = (int(address) >> 32) & 0xFFFFFFFF
        if address.scope_id is not None or address not in PUBLIC or middle & ~0x02000000 == ISATAP:
            return False
    usable = address.is_global and not (address.is_multicast or address.is_reserved)
    return usable and not any(address in network for network in NEVER)


def _literal(host: str) -> Address | None:
    """An address in its usual form; IPv6 may stand in brackets, a zone may not stand behind it."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if "%" in bare:
        return None
    try:
        return ip_address(bare)
    except ValueError:
        return None


def _numeric(name: str) -> bool:
    """Whether resolvers take a name for an IPv4 address in an unusual form: `2130706433`, `0x7f.1`, `0177.0.0.1`."""
    last = name.rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None
