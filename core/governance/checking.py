"""Check a locality's folder, and run the tests that stand beside its scheme. Reads files; writes nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from core.errors import ManifestError
from core.governance.scheme_test import Outcome, run_tests
from core.manifest.documents import read_documents
from core.manifest.pipeline import check
from core.manifest.report import Report
from core.manifest.resolver import Resolver, without_plugins
from core.manifest.source import Source, read_source
from core.manifest.yaml_text import read_yaml
from core.scheme.scheme import Scheme

LOCALITY_ID = re.compile(r"[a-z][a-z0-9_]{0,63}\Z")


def read_locality(folder: Path) -> Source:
    """The manifest in a folder under the id that it gives itself: an exported folder may have any name.

    The folder's name stands in where the manifest gives no id.
    """
    source = read_source(folder)
    declared = _said(source).get("id")
    if isinstance(declared, str) and LOCALITY_ID.match(declared):
        return replace(source, id=declared)
    return source


def today_of(source: Source, now: datetime) -> date | None:
    """The date in the district's zone; None when the manifest names no zone that there is."""
    zone = _said(source).get("time_zone")
    return now.astimezone(ZoneInfo(zone)).date() if isinstance(zone, str) and zone in available_timezones() else None


def _said(source: Source) -> Mapping[str, Any]:
    document, _ = read_yaml("locality.yaml", source.files.get("locality.yaml", b""))
    return document.value if document and isinstance(document.value, dict) else {}


def compiled(source: Source, resolve: Resolver = without_plugins) -> Scheme:
    """The scheme of a manifest without an error; raises ManifestError `manifest-has-errors` with every finding."""
    return sound(check(source, resolve))


def sound(report: Report) -> Scheme:
    """The scheme of a report without an error; raises ManifestError `manifest-has-errors` with every finding."""
    if not report.ok or report.scheme is None:
        raise ManifestError("manifest-has-errors", report.findings, locality=report.id, errors=report.errors)
    scheme: Scheme = report.scheme
    return scheme


def test_source(source: Source, resolve: Resolver = without_plugins) -> list[Outcome]:
    """The outcomes of a source's tests. Raises ManifestError when the manifest has errors."""
    return outcomes_of(compiled(source, resolve), source)


def outcomes_of(scheme: Scheme, source: Source) -> list[Outcome]:
    """The outcomes of a source's tests on a scheme that has been compiled from it."""
    documents, _ = read_documents(source)
    return list(run_tests(scheme, documents.tests()))
