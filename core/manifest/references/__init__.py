"""Every id that is used exists, no id stands twice, and nothing leads round in a circle.

Runs on whatever documents the schema check left usable. What refers to what is marked in the schemas; what only the
shape of a workflow tells is in `workflow`. Collects; never raises.
"""

from __future__ import annotations

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.references.cycles import check_cycles
from core.manifest.references.definitions import Definitions
from core.manifest.references.duplicates import check_duplicates
from core.manifest.references.uses import check_uses
from core.manifest.references.within import check_within
from core.manifest.references.workflow import check_workflow
from core.manifest.resolver import Resolved

PASSES = (check_duplicates, check_uses, check_within, check_workflow, check_cycles)


def check_references(documents: Documents, broken: frozenset[str], resolved: Resolved) -> list[Finding]:
    """All findings; `broken` are the files that could not be used, `resolved` is what the plugins provide."""
    definitions = Definitions(documents, broken, resolved)
    return [finding for check in PASSES for finding in check(documents, definitions)]
