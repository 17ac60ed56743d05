"""Which addresses only this machine can reach: demo accounts and their tokens are good there and nowhere else."""

from __future__ import annotations

from ipaddress import ip_address


def is_loopback(host: str) -> bool:
    """Whether an address, as a server is told to listen on it, is out of other machines' reach; a name is not looked
    up."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
