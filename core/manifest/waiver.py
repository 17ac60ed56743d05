"""Waivers: a district lets a warning stand and says why.

Nothing else can be waived, and a waiver that matches nothing is a finding itself, so that none outlives its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from core.errors import Finding, Place


def apply_waivers(
    findings: Sequence[Finding],
    waivers: Sequence[Any],
    place_of_waiver: Callable[[int], Place],
    complete: bool = True,
) -> list[Finding]:
    """The findings with the waived ones marked, then those about the waivers themselves.

    A waiver is `{code, file, path, reason}`: it covers every finding of that code in that file whose path is `path`
    or lies below it (without `path`: all of the file). `reason` is a text or `{zh, en}`. What has another shape is
    passed over: the schema reports it. The first waiver that covers a warning gives its reason. Unless the findings are
    `complete`, a waiver that covers none of them may be for one that nobody has looked for: it is left alone.
    """
    result = list(findings)
    about: list[Finding] = []
    for index, waiver in enumerate(waivers):
        if not _is_waiver(waiver):
            continue
        covered = [number for number, finding in enumerate(findings) if _covers(waiver, finding)]
        warnings = [number for number in covered if findings[number].severity == "warning"]
        for number in warnings:
            if result[number].waived is None:
                result[number] = result[number].waive(waiver["reason"])
        params = {"waived": waiver["code"], "file": waiver["file"]}
        if covered and not warnings:
            severity = findings[covered[0]].severity
            about.append(Finding("waiver-not-waivable", "error", place_of_waiver(index), params | {"is": severity}))
        elif not covered and complete:
            about.append(Finding("waiver-unused", "warning", place_of_waiver(index), params))
    return result + about


def _is_waiver(waiver: Any) -> bool:
    if not isinstance(waiver, Mapping):
        return False
    texts = (waiver.get("code"), waiver.get("file"), waiver.get("path", "$"))
    return all(isinstance(text, str) for text in texts) and isinstance(waiver.get("reason"), str | Mapping)


def _covers(waiver: Mapping[str, Any], finding: Finding) -> bool:
    if (finding.code, finding.place.file) != (waiver["code"], waiver["file"]):
        return False
    path = waiver.get("path", "$")
    rest = finding.place.path.removeprefix(path)
    return finding.place.path.startswith(path) and (not rest or rest[0] in ".[")
