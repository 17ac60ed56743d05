"""The order in which every report lists findings, and the reason of a waived one in each language."""

from __future__ import annotations

from collections.abc import Mapping

from core.errors import Finding
from core.manifest.report import Report
from core.messages import LANGUAGES


def in_order(report: Report) -> list[Finding]:
    """By file, line and column, so that two runs over the same files read the same."""
    return sorted(report.findings, key=lambda finding: (finding.place, finding.code))


def waiver_reason(finding: Finding) -> dict[str, str] | None:
    """The reason of a waived finding in each language; a language that the district left out has the other's."""
    reason = finding.waived
    if reason is None:
        return None
    if not isinstance(reason, Mapping):
        return dict.fromkeys(LANGUAGES, reason)
    fallback = next((text for text in reason.values() if text), "")
    return {language: reason.get(language) or fallback for language in LANGUAGES}
