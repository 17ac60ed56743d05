"""Names for content: the source digest of bytes, the digest of a meaning, and the lock of what was resolved.

A digest carries its algorithm ("sha256:…"), so that another one may be introduced beside it. Reads no file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import fields, is_dataclass
from datetime import date, time, timedelta
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any

import rfc8785

ALGORITHM = "sha256"
_EXACT = 2**53  # RFC 8785 writes integers as doubles do; beyond this they are written as decimals


def source_digest(files: Mapping[str, bytes], algorithm: str = ALGORITHM) -> str:
    """The digest of files by path; every path and content is preceded by its length, so nothing can shift."""
    running = hashlib.new(algorithm)
    for path, data in sorted((path.encode(), data) for path, data in files.items()):
        for part in (path, data):
            running.update(len(part).to_bytes(8, "big"))
            running.update(part)
    return f"{algorithm}:{running.hexdigest()}"


def canonical_digest(value: Any, algorithm: str = ALGORITHM) -> str:
    """The digest of a value's canonical JSON (RFC 8785).

    Order of keys and of sets, and trailing zeros of decimals, do not count. A decimal, a date and a text that look
    alike differ, and so do two dataclasses with the same fields. Raises TypeError for what has no canonical form.
    """
    return f"{algorithm}:{hashlib.new(algorithm, rfc8785.dumps(_plain(value))).hexdigest()}"


def lock(
    *,
    kernel: str,
    schemas: Mapping[str, str],
    source_digest: str,
    scheme_digest: str,
    plugins: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What a revision resolved to. `schemas` maps a manifest file to the schema version that it was read with;
    `plugins` is what `core.manifest.extension_data` wrote of the plugins in use."""
    return {
        "kernel": kernel,
        "schemas": dict(sorted(schemas.items())),
        "plugins": dict(sorted((plugins or {}).items())),
        "source_digest": source_digest,
        "scheme_digest": scheme_digest,
    }


def _plain(value: Any) -> Any:
    """A JSON value that says the same; tagged objects (`$decimal`, `$type`, …) keep unlike things apart."""
    if value is None or (isinstance(value, str | bool | float) and not isinstance(value, Enum)):
        return value
    if isinstance(value, Enum):
        return _plain(value.value)
    if isinstance(value, int):
        return value if -_EXACT < value < _EXACT else {"$decimal": str(value)}
    if isinstance(value, Decimal):
        return {"$decimal": _number(value)}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return _mapping(value)
    if isinstance(value, AbstractSet):
        return {"$set": sorted((_plain(item) for item in value), key=rfc8785.dumps)}
    if isinstance(value, date | time):  # a datetime is a date
        return {"$time": value.isoformat()}
    if isinstance(value, timedelta):
        return {"$seconds": _number(Decimal(value // timedelta(microseconds=1)).scaleb(-6))}
    if is_dataclass(value) and not isinstance(value, type):
        named = {name: _plain(getattr(value, name)) for name in _field_names(type(value))}
        return {"$type": type(value).__name__, **named}
    raise TypeError(f"no canonical form for {type(value).__name__}")


def _mapping(value: Mapping[Any, Any]) -> Any:
    if all(type(key) is str and not key.startswith("$") for key in value):
        return {key: _plain(item) for key, item in value.items()}
    pairs = [[_plain(key), _plain(item)] for key, item in value.items()]
    return {"$pairs": sorted(pairs, key=rfc8785.dumps)}


def _number(value: Decimal) -> str:
    if not value.is_finite():
        raise TypeError("no canonical form for a number that is not finite")
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


@cache
def _field_names(kind: type) -> tuple[str, ...]:
    return tuple(item.name for item in fields(kind) if item.compare)
