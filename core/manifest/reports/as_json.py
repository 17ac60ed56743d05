"""Reports for programs: one JSON object with every finding in both languages."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from core.errors import Finding
from core.manifest.report import Report
from core.manifest.reports.advice import advice
from core.manifest.reports.order import in_order, waiver_reason
from core.messages import LANGUAGES, render


def render_json(reports: Sequence[Report]) -> str:
    """The object of `as_json` as text, Chinese unescaped."""
    return json.dumps(as_json(reports), ensure_ascii=False, indent=2) + "\n"


def as_json(reports: Sequence[Report]) -> dict[str, Any]:
    """`{"localities": {<id>: …}}` of JSON values only."""
    return {"localities": {report.id: _locality(report) for report in reports}}


def _locality(report: Report) -> dict[str, Any]:
    return {
        "errors": report.errors,
        "warnings": report.warnings,
        "notes": report.notes,
        "waived": report.waived,
        "counts": _plain(report.counts),
        "source_digest": report.source_digest,
        "scheme_digest": report.scheme_digest,
        "findings": [_finding(finding) for finding in in_order(report)],
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "path": finding.place.path,
        "message": {language: render(finding.code, finding.params, language) for language in LANGUAGES},
        "hint": {language: advice(finding, language) for language in LANGUAGES},
        "params": _plain(finding.params),
        "waived": waiver_reason(finding),
    }


def _plain(value: Any) -> Any:
    """JSON values; numbers that JSON readers would round, and everything else, as text."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, set | frozenset):
        return sorted((_plain(item) for item in value), key=str)
    return str(value)
