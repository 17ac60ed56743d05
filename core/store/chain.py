"""The hash chain over a case's events, and what tells that somebody has touched it.

Pure: bytes in, faults out. It cannot tell that a whole chain was rewritten, its head included: that takes a copy of
the heads kept outside the database (`core.store.anchoring`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, NamedTuple

import rfc8785


class Link(NamedTuple):
    """One stored event."""

    seq: int
    type: str
    body: bytes
    previous_hash: bytes
    hash: bytes


@dataclass(frozen=True, slots=True)
class ChainFault:
    """Something that was altered, at an event's seq. Codes: chain-gap, chain-broken, event-altered, chain-head,
    payload-altered."""

    code: str
    seq: int
    params: Mapping[str, Any] = field(default_factory=dict)


def genesis(locality: str, case_id: str) -> bytes:
    """What the first event of a case follows on: an event moved to another case breaks its chain."""
    return sha256(bytes(32) + json.dumps([locality, case_id]).encode()).digest()


def canonical(data: Mapping[str, Any]) -> bytes:
    """RFC 8785 JSON: the same data, the same bytes."""
    if _is_simple(data):
        return _SIMPLE.encode(data).encode()
    return rfc8785.dumps(dict(data))


_SIMPLE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), sort_keys=True, check_circular=False)
_EXACT = 2**53 - 1


def _is_simple(value: Any) -> bool:
    """Whether the standard library writes it as RFC 8785 does, many times faster: no fractions, no number that JSON
    partners disagree on, keys in ASCII."""
    kind = type(value)
    if kind is str or kind is bool or value is None:
        return True
    if kind is int:
        return -_EXACT <= value <= _EXACT
    if kind is dict:
        return all(type(name) is str and name.isascii() and _is_simple(part) for name, part in value.items())
    return (kind is list or kind is tuple) and all(map(_is_simple, value))


def hash_after(previous: bytes, body: bytes) -> bytes:
    """The chain's head after an event."""
    return sha256(previous + body).digest()


def faults(
    links: Iterable[Link], bodies: Iterable[Mapping[str, Any]], start: bytes, version: int, head: bytes
) -> Iterator[ChainFault]:
    """Every place where the stored events do not follow on each other, or do not end at the case's row. `bodies` are
    the links', read."""
    previous, seq = start, 0
    for link, body in zip(links, bodies, strict=True):
        seq += 1
        if link.seq != seq:
            yield ChainFault("chain-gap", seq, {"found": link.seq})
            seq = link.seq
        elif link.previous_hash != previous:
            yield ChainFault("chain-broken", seq)
        agrees = body.get("seq") == link.seq and body.get("type") == link.type
        if not agrees or hash_after(link.previous_hash, link.body) != link.hash:
            yield ChainFault("event-altered", link.seq)
        previous = link.hash
    if seq != version or previous != head:
        yield ChainFault("chain-head", seq, {"version": version})


def read_body(body: bytes) -> Mapping[str, Any]:
    """What canonical bytes say; nothing when they are none."""
    try:
        data = json.loads(body.decode())
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}
