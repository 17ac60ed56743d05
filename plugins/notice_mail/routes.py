"""Where mail to somebody goes: addresses by account, post in a cell, post, organisation; else the default.

Read from lines of the configuration. Knows no mail server.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from core.scheme.extensions import Recipient

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(\.[A-Za-z0-9-]{1,63})*")
LINE = re.compile(r"(account|post|organisation):([^=\s]+)\s*=\s*(\S+)")


@dataclass(frozen=True)
class Routes:
    """`by` has addresses by what stands before the `=`, such as `post:grid_head/C01`."""

    by: Mapping[str, str]
    default: str = ""

    @classmethod
    def read(cls, lines: Iterable[str], default: str) -> Routes:
        """ValueError for a line that is no route and for an address that is none."""
        by: dict[str, str] = {}
        for line in lines:
            found = LINE.fullmatch(line.strip())
            if found is None:
                raise ValueError(f"routes: {line!r} is not like post:grid_head=desk@example.org")
            by[f"{found[1]}:{found[2]}"] = checked_address(found[3])
        return cls(by, checked_address(default) if default else "")

    def of(self, recipients: Sequence[Recipient]) -> tuple[tuple[str, ...], int]:
        """The addresses of the recipients, each once, and for how many there was none. Nobody at all is told at the
        default address."""
        found = [self._one(recipient) for recipient in recipients] or [self.default]
        known = tuple(dict.fromkeys(address for address in found if address))
        return known, sum(1 for address in found if not address)

    def _one(self, recipient: Recipient) -> str:
        return next((self.by[name] for name in _names(recipient) if name in self.by), self.default)


def _names(recipient: Recipient) -> Iterator[str]:
    """From exact to vague."""
    yield f"account:{recipient.account}"
    yield f"account:{recipient.name}"
    if recipient.post is not None:
        yield f"post:{recipient.post}/{recipient.cell}"
        yield f"post:{recipient.post}"
    yield f"organisation:{recipient.organisation}"


def checked_address(text: str) -> str:
    """An address that can stand in a header and an envelope; ValueError for another."""
    if ADDRESS.fullmatch(text) is None or len(text) > 254:
        raise ValueError(f"{text!r} is not an e-mail address")
    return text
