"""What a report advises about a finding: the hint of its message, without what cannot be said."""

from __future__ import annotations

from core.errors import Finding
from core.manifest.nearest import NONE
from core.messages import Language, hint

CLAUSES: dict[Language, str] = {"zh": "；", "en": "; "}
"""What sets the clauses of a hint apart."""
_NOTHING = "\0"


def advice(finding: Finding, language: Language) -> str:
    """The hint; where no name is near, the clause that would tell the nearest is left out."""
    if finding.params.get("nearest") != NONE:
        return hint(finding.code, finding.params, language)
    said = hint(finding.code, {**finding.params, "nearest": _NOTHING}, language)
    apart = CLAUSES[language]
    return apart.join(clause for clause in said.split(apart) if _NOTHING not in clause)
