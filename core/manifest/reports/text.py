"""Reports for people: one line a finding, `path:line:column $.json.path [code] message; hint`, then a summary."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from core.errors import Finding
from core.manifest.report import Report
from core.manifest.reports.advice import advice
from core.manifest.reports.order import in_order, waiver_reason
from core.messages import Language, render


def render_text(reports: Sequence[Report], language: Language = "zh") -> str:
    """Lines for a terminal. Paths begin with the report's folder, as it was given, or else with the locality's id."""
    lines = [line for report in reports for line in _lines(report, language)]
    return "\n".join(lines) + "\n" if lines else ""


def _lines(report: Report, language: Language) -> Iterator[str]:
    for finding in in_order(report):
        yield _line(report.folder or report.id, finding, language)
    counts = {"errors": report.errors, "warnings": report.warnings, "notes": report.notes, "waived": report.waived}
    yield render("report-summary", {"id": report.id, **counts}, language)


def _line(folder: str, finding: Finding, language: Language) -> str:
    message = render(finding.code, finding.params, language)
    reason = waiver_reason(finding)
    if reason is None:
        severity = render(f"report-{finding.severity}", {"message": message}, language)
        hinted = advice(finding, language)
    else:
        severity = render("report-waived", {"message": message, "reason": reason[language]}, language)
        hinted = ""
    file = "/".join(part for part in (folder.rstrip("/"), finding.place.file) if part)
    position = f":{finding.place.line}:{finding.place.column}" if finding.place.line else ""
    line = f"{file}{position} {finding.place.path} [{finding.code}] {severity}{f'; {hinted}' if hinted else ''}"
    return "".join(sign if sign.isprintable() else sign.encode("unicode_escape").decode() for sign in line)
