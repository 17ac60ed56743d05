"""Reports for code-review services: SARIF 2.1.0 (OASIS), one run for all localities."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from core.errors import Finding
from core.manifest.report import Report
from core.manifest.reports.advice import advice
from core.manifest.reports.order import in_order, waiver_reason
from core.messages import Language, hint, render

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
BASE = "MANIFESTS"  # the folder that holds the localities' folders
_TAGS = {"zh": "zh-CN", "en": "en"}


def render_sarif(reports: Sequence[Report], language: Language = "zh") -> str:
    """A SARIF log. Columns count characters; a waived finding carries its reason as an accepted suppression."""
    found = [(report.id, finding) for report in reports for finding in in_order(report)]
    codes = sorted({finding.code for _, finding in found})
    numbers = {code: number for number, code in enumerate(codes)}
    run = {
        "tool": {"driver": {"name": "gridwright", "rules": [_rule(code, language) for code in codes]}},
        "language": _TAGS[language],
        "columnKind": "unicodeCodePoints",
        "results": [_result(locality, finding, numbers, language) for locality, finding in found],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str, language: Language) -> dict[str, Any]:
    """The rule's own texts are the message's templates, with their placeholders in braces."""
    text = render(code, {}, language)
    return {"id": code, "shortDescription": {"text": text}, "help": {"text": hint(code, {}, language) or text}}


def _result(locality: str, finding: Finding, numbers: dict[str, int], language: Language) -> dict[str, Any]:
    hinted = advice(finding, language)
    text = render(finding.code, finding.params, language)
    reason = waiver_reason(finding)
    suppression = {"kind": "external", "status": "accepted", "justification": reason[language] if reason else ""}
    return {
        "ruleId": finding.code,
        "ruleIndex": numbers[finding.code],
        "level": finding.severity,
        "message": {"text": f"{text}; {hinted}" if hinted else text},
        "locations": [_location(locality, finding)],
        "suppressions": [suppression] if reason else [],
    }


def _location(locality: str, finding: Finding) -> dict[str, Any]:
    place = finding.place
    path = "/".join(part for part in (locality, place.file) if part)
    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(path), "uriBaseId": BASE}}
    if place.line:
        physical["region"] = {"startLine": place.line, "startColumn": max(place.column, 1)}
    return {"physicalLocation": physical, "logicalLocations": [{"fullyQualifiedName": place.path}]}
