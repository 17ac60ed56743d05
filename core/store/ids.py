"""Ids of rows: opaque, unique, in the order of their making (UUIDv7), so that indexes grow at one end."""

from uuid6 import uuid7


def new_id() -> str:
    """A fresh id; says nothing about what it names."""
    return str(uuid7())
