"""From a source to a report: read, schema, references, expressions, compile, lint, waivers.

Each pass runs on whatever the one before left usable, so that one check shows as many faults as can be known.
"""

from __future__ import annotations

from datetime import date

from core.errors import Finding, ManifestError, Place
from core.manifest.compile import compile_expressions, compile_scheme
from core.manifest.document import Table
from core.manifest.documents import REQUIRED, Documents, read_documents
from core.manifest.extension_data import used
from core.manifest.lint import lint
from core.manifest.lint.calendars import unannounced
from core.manifest.references import check_references
from core.manifest.report import Report
from core.manifest.resolver import Resolver, without_plugins
from core.manifest.schema_check import check_schema
from core.manifest.source import Source
from core.manifest.waiver import apply_waivers
from core.scheme.scheme import Scheme

NAMES_STAND_IN = frozenset({"locality.yaml", "categories.yaml", "workflow.yaml"})
"""The files that say which names an expression may use; while one is broken, no expression is checked."""


def check(source: Source, resolve: Resolver = without_plugins, today: date | None = None) -> Report:
    """Every finding of every pass, waivers applied; the scheme only when no pass found an error before lint.

    `resolve` knows the plugins of the installation. `today` is the district's date; what depends on it is looked for
    only when it is given.
    """
    documents, scheme, findings = _compile(source, resolve)
    if scheme is not None:
        findings = [*findings, *lint(scheme, documents)]
        findings += unannounced(scheme, documents, today) if today else ()
    waivers = documents.root("locality")["waivers"]
    nodes = list(waivers)
    findings = apply_waivers(
        findings, [node.value for node in nodes], lambda index: nodes[index].place(), scheme is not None
    )
    return Report(
        id=source.id,
        findings=tuple(sorted(findings, key=lambda finding: finding.place)),
        counts=scheme.counts if scheme else {},
        scheme=scheme,
        source_digest=source.digest,
        scheme_digest=scheme.digest if scheme else None,
    )


def load(source: Source, resolve: Resolver = without_plugins) -> Scheme:
    """The scheme of a source that was published once: not linted again. `resolve` gives what its lock holds.

    Raises ManifestError `manifest-has-errors`.
    """
    _, scheme, findings = _compile(source, resolve)
    if scheme is None:
        errors = sum(1 for finding in findings if finding.severity == "error")
        raise ManifestError("manifest-has-errors", findings, locality=source.id, errors=errors)
    return scheme


def _compile(source: Source, resolve: Resolver) -> tuple[Documents, Scheme | None, list[Finding]]:
    """The documents, the scheme if nothing stands against it, and the findings so far."""
    documents, read = read_documents(source)
    ragged = _ragged_rows(documents)
    checked = check_schema(documents)
    usable = checked.usable
    required = frozenset(f"{kind}.yaml" for kind in REQUIRED)
    broken = (documents.names | required) - frozenset(usable.files)
    resolved = resolve(usable.root("locality"))
    found = [*checked.findings, *resolved.findings, *check_references(usable, broken, resolved)]
    expressions = None
    if not broken & NAMES_STAND_IN:
        expressions, faults = compile_expressions(usable, source)
        found += faults
    findings = [*source.findings, *read, *(finding for finding in found if _row(finding.place) not in ragged)]
    if expressions is not None and not _errors(findings):
        scheme, counted = compile_scheme(usable, expressions, source.digest, used(usable, resolved.extensions))
        findings += counted
        return usable, (None if _errors(counted) else scheme), findings
    return usable, None, findings


def _ragged_rows(documents: Documents) -> frozenset[tuple[str, str]]:
    """The rows of which it is not known what stands in which column: what later passes say of them would mislead."""
    tables = (file for file in documents.files.values() if isinstance(file, Table))
    return frozenset(_row(row.place()) for table in tables for row in table if row.ragged)


def _row(place: Place) -> tuple[str, str]:
    return place.file, place.path[: place.path.find("]") + 1]


def _errors(findings: list[Finding]) -> bool:
    return any(finding.severity == "error" for finding in findings)
