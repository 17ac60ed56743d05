"""The minimal locality with some texts replaced, and the lint findings that it then gives."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from core.errors import Finding
from core.manifest.pipeline import check
from core.manifest.source import Source, read_source, source_of

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")
Edit = tuple[str, str, str]


def changed(*edits: Edit, files: Mapping[str, str] | None = None) -> Source:
    """Each edit replaces the first occurrence of a text in a file."""
    made = {**MINIMAL.files, **{name: text.encode() for name, text in (files or {}).items()}}
    for file, old, new in edits:
        text = made[file].decode()
        assert old in text, f"{old!r} is not in {file}"
        made[file] = text.replace(old, new, 1).encode()
    return source_of("minimal", made)


def findings(*edits: Edit, files: Mapping[str, str] | None = None) -> list[Finding]:
    """All findings but the notes; a manifest that does not compile fails the test that made it."""
    report = check(changed(*edits, files=files))
    assert report.scheme is not None, report.findings
    return [finding for finding in report.findings if finding.severity != "note"]


def found(*edits: Edit, files: Mapping[str, str] | None = None) -> list[str]:
    """The codes of all findings but the notes, sorted."""
    return sorted(finding.code for finding in findings(*edits, files=files))


def rules(*rows: str) -> str:
    """A rules table with these rows: id, layer, category, cell, area_kind, channel, severity, from, to, when, priority,
    handler."""
    header = "id,layer,category,cell,area_kind,channel,severity,from_time,to_time,when,priority,handler"
    return "\n".join([header, *rows]) + "\n"
