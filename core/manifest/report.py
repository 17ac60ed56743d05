"""What a check of one locality gives: its findings, its counts and, when nothing is wrong, its scheme.

Holds data only; `core.manifest.reports` renders it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.errors import Finding, Severity


@dataclass(frozen=True)
class Report:
    """The result of checking one locality; `id` is unique among the reports that are rendered together.

    `scheme` (a `core.scheme.scheme.Scheme`) and `scheme_digest` are None unless the manifest compiled.
    `folder` is where the files were found, as somebody gave it, or "" when nobody did.
    """

    id: str
    findings: tuple[Finding, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    scheme: Any | None = None
    source_digest: str = ""
    scheme_digest: str | None = None
    folder: str = ""

    def _count(self, severity: Severity) -> int:
        return sum(1 for finding in self.findings if finding.severity == severity and finding.waived is None)

    @property
    def errors(self) -> int:
        return self._count("error")

    @property
    def warnings(self) -> int:
        """Warnings that no waiver lets stand."""
        return self._count("warning")

    @property
    def notes(self) -> int:
        return self._count("note")

    @property
    def waived(self) -> int:
        return sum(1 for finding in self.findings if finding.waived is not None)

    @property
    def ok(self) -> bool:
        """True when nothing stands in the way of publishing."""
        return not self.errors
