"""Lint of standard codes: classes whose standard code the published list does not have."""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding
from core.manifest.nearest import Suggestions
from core.scheme.mapping import find_class
from core.scheme.scheme import Scheme


def standard_codes(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Each class whose `standard_code` is not in the list, when a plugin carries the list.

    A warning: the lists are transcriptions, and a code may stand in the official text and not in them.
    """
    listed = scheme.extensions.code_lists.get(scheme.codes.standard)
    suggestions = Suggestions()
    for row in (documents.table("categories", "classes") or ()) if listed else ():
        code, kind = row.values.get("standard_code", ""), row.values["kind"]
        if listed and code and find_class(listed, kind, code) is None:
            kinds = {of for of, _ in listed.classes} & {kind}
            near = suggestions.meant(code, {known for of, known in listed.classes if not kinds or of in kinds})
            about = {"standard_code": code, "list": listed.id, "kind": kind, "nearest": near}
            yield finding("lint-standard-code-unknown", row.place("standard_code"), **about)
