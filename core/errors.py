"""The exception tree, and what a fault in a manifest is: a Place and a Finding.

Holds data only: no sentence stands here. A code and its parameters travel to the door, where `core.messages`
renders them in the reader's language.

    GridwrightError                    everything that is raised on purpose
    ├── Refused                        the request is understood and not granted; nothing was written
    │   ├── NotFound                   404  no such locality, case, class, cell, object, revision
    │   ├── Forbidden                  403  today's permissions do not allow it; params say why
    │   ├── Conflict                   409  the case's stage, an open owner, an idempotency key in use
    │   ├── Stale                      412  If-Match does not name the current version
    │   ├── PreconditionMissing        428  If-Match or Idempotency-Key is absent where it is required
    │   ├── Unprocessable              422  the content is wrong; `faults` lists every place
    │   ├── TooLarge                   413
    │   └── UnsupportedMedia           415
    ├── ManifestError                  a manifest has findings of severity error
    ├── TemporaryFailure               try again later (jobs: with a delay in seconds)
    └── PermanentFailure               trying again is useless (jobs)
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where something stands. `line` and `column` count from 1, in characters; 0 is unknown.

    `path` is a JSON path from the document's root (`$.tiers[0].id`); for a CSV cell `$[row].column`, rows from 0.
    """

    file: str = ""
    line: int = 0
    column: int = 0
    path: str = "$"

    def __str__(self) -> str:
        position = f":{self.line}:{self.column}" if self.line else ""
        return f"{self.file}{position} {self.path}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One fault of a manifest, as code and parameters (the sentence and the hint are in the message catalogue)."""

    code: str
    severity: Severity
    place: Place
    params: Mapping[str, Any] = field(default_factory=dict)
    waived: str | Mapping[str, str] | None = None  # the reason that the manifest gives for letting it stand

    def waive(self, reason: str | Mapping[str, str]) -> Finding:
        return replace(self, waived=reason)


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault of a request: a pointer into its body (RFC 6901, `/form/depth_cm`) or a header or parameter name."""

    code: str
    pointer: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)


class GridwrightError(Exception):
    """Root of everything raised on purpose; `code` is stable and documented, `params` fill its message."""

    status = 500

    def __init__(self, code: str, /, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Any] = params

    def __str__(self) -> str:
        return f"{self.code} {self.params}" if self.params else self.code


class Refused(GridwrightError):
    status = 400


class NotFound(Refused):
    status = 404


class Forbidden(Refused):
    status = 403


class Conflict(Refused):
    status = 409


class Stale(Refused):
    status = 412


class PreconditionMissing(Refused):
    status = 428


class TooLarge(Refused):
    status = 413


class UnsupportedMedia(Refused):
    status = 415


class Unprocessable(Refused):
    """Content that cannot be taken; every fault is listed, not only the first."""

    status = 422

    def __init__(self, code: str, /, faults: Sequence[Fault] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.faults = tuple(faults)


class ManifestError(GridwrightError):
    """A manifest that may not be used; `findings` holds all of them, warnings and notes too."""

    status = 422

    def __init__(self, code: str, /, findings: Sequence[Finding] = (), **params: Any) -> None:
        super().__init__(code, **params)
        self.findings = tuple(findings)


class TemporaryFailure(GridwrightError):
    """Outside work that may succeed later; `delay` in seconds."""

    status = 503

    def __init__(self, code: str, /, delay: float = 5.0, **params: Any) -> None:
        super().__init__(code, **params)
        self.delay = delay


class PermanentFailure(GridwrightError):
    status = 500
