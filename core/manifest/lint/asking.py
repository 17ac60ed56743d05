"""Lint of what would be refused when it is too late: linked cases, marks nobody can give, rows that never hold.

A linked case is opened after the commit: whatever its class or intake asks of a person would lose it then.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.scheme import Scheme
from core.scheme.workflow import Action


def linked_cases(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A linked case whose class follows another workflow, or whose form, inputs or evidence only a person can give."""
    for kind in scheme.workflow.case_kinds.values():
        for action in kind.actions.values():
            place = place_of(documents, "workflow", "case_kinds", kind.id, "actions", action.id)
            for intake, category in sorted(set(_asked(action))):
                if _refused(scheme, intake, category):
                    yield finding("lint-linked-case-refused", place, action=action.id, intake=intake, category=category)


def _asked(action: Action) -> Iterator[tuple[str, str]]:
    """The intakes and classes of the cases that an action asks for, as far as the manifest names them."""
    for effect in action.effects:
        if effect.kind == "open_case" and effect.arguments.get("category") is not None:
            yield effect.arguments["intake"], effect.arguments["category"]
    if action.checklist is not None:
        for category in action.checklist.findings.values():
            yield action.checklist.intake, category


def _refused(scheme: Scheme, intake: str, category: str) -> bool:
    codes, declared = scheme.codes, scheme.workflow.intake_kinds[intake]
    if category not in codes.leaves or codes.inherited(category, "case_kind") not in (None, declared.case_kind):
        return True
    opening = scheme.kind(declared.case_kind).actions[declared.opening]
    form = codes.forms.get(codes.inherited(category, "form") or "", {})
    return bool(opening.evidence or opening.inputs.get("required") or form.get("required"))


def ratings(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A rating whose lowest mark is above its highest: nobody can give one."""
    for kind in scheme.workflow.case_kinds.values():
        for action in kind.actions.values():
            if action.rating is not None and action.rating.minimum > action.rating.maximum:
                place = place_of(documents, "workflow", "case_kinds", kind.id, "actions", action.id)
                marks = {"minimum": action.rating.minimum, "maximum": action.rating.maximum}
                yield finding("lint-rating-reversed", place, action=action.id, **marks)


def variants(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A limit of a filing condition for a grade, where that is no condition of the class, or has one for the grade."""
    conditions, seen = scheme.codes.filing_conditions, set[tuple[str, str | None]]()
    for row in documents.table("categories", "filing_conditions") or ():
        item = conditions[row.values["id"]]
        if item.of is None:
            continue
        base = conditions[item.of]
        if base.of is not None or base.category != item.category or (item.of, item.grade) in seen:
            yield finding("lint-condition-variant-unfit", row.place("of"), condition=item.id, of=item.of)
        seen.add((item.of, item.grade))
