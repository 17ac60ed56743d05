"""What a parameter or a field is for, in both languages: the OpenAPI document and its page say the same.

A note stands in the message catalogue as `api-note-<operation or schema>-<name>`, or `api-note-<name>` where a name
means the same everywhere.
"""

from __future__ import annotations

from core.messages import Language, catalogue, render


def note(scope: str, name: str, language: Language, otherwise: str = "") -> str:
    """The note on `name` in the operation or schema `scope`; `otherwise` where there is none."""
    for code in (f"api-note-{scope}-{name}", f"api-note-{name}"):
        if code in catalogue():
            return render(code, {}, language)
    return otherwise
