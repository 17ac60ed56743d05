"""Lint of duties and inspections: what counts a duty, and whether an inspection that falls due can be opened and done.

The system opens an inspection, and it fills in nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, item
from core.manifest.node import Node
from core.scheme.inspections import inspection_class
from core.scheme.registry import Inspection, ObjectKind
from core.scheme.scheme import Scheme
from core.scheme.workflow import IntakeKind

COUNTED = ("patrol", "inspection")
"""Purposes of the cases that may count a duty: they are opened by checking in and closed by checking out."""


def duties(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A duty that is counted by cases of another purpose; one that says how often and that nothing counts."""
    for duty in scheme.roster.duties.values():
        node = item(documents.root("roster")["duties"], duty.id)
        asked = duty.times or duty.days_per_week or duty.hours_each
        if duty.case_kind is None:
            if asked:
                yield finding("lint-duty-not-counted", node["id"].place(), duty=duty.id)
            continue
        purpose = scheme.kind(duty.case_kind).purpose
        if purpose not in COUNTED:
            params = {"duty": duty.id, "case_kind": duty.case_kind, "purpose": purpose}
            yield finding("lint-duty-case-kind", node["case_kind"].place(), **params)


def inspections(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """An inspection that cannot be opened when it falls due, or that nobody can do as declared."""
    for kind in scheme.registry.kinds.values():
        node = item(documents.root("registry")["kinds"], kind.id)["inspection"]
        if kind.inspection is None:
            continue
        if kind.inspection.intake is None:
            yield finding("lint-inspection-without-intake", node.place(), kind=kind.id)
            continue
        intake = scheme.workflow.intake_kinds[kind.inspection.intake]
        yield from _opening(scheme, kind, intake, node)
        yield from _doing(scheme, kind.inspection, intake, node, documents)


def _opening(scheme: Scheme, kind: ObjectKind, intake: IntakeKind, node: Node) -> Iterator[Finding]:
    """Whether the system can open it: a purpose, a class, and nothing that a person has to fill in."""
    case_kind = scheme.kind(intake.case_kind)
    if case_kind.purpose != "inspection":
        params = {"intake": intake.id, "case_kind": case_kind.id, "purpose": case_kind.purpose}
        yield finding("lint-inspection-intake", node["intake"].place(), **params)
    category = inspection_class(scheme, kind)
    if category is None:
        yield finding("lint-inspection-without-class", node["intake"].place(), kind=kind.id, case_kind=case_kind.id)
        return
    action = case_kind.actions[intake.opening]
    form = scheme.codes.forms.get(scheme.codes.inherited(category, "form") or "", {})
    if action.evidence or action.inputs.get("required") or form.get("required"):
        params = {"intake": intake.id, "action": action.id, "category": category}
        yield finding("lint-inspection-wants-form", node["intake"].place(), **params)


def _doing(
    scheme: Scheme, inspection: Inspection, intake: IntakeKind, node: Node, documents: Documents
) -> Iterator[Finding]:
    """Whether the post may take an action of such a case, and whether one follows the checklist."""
    actions = scheme.kind(intake.case_kind).actions.values()
    if inspection.post is not None:
        role = scheme.roster.posts[inspection.post].role
        if not any(grant.role == role for action in actions if not action.opens for grant in action.who):
            params = {"post": inspection.post, "case_kind": intake.case_kind}
            yield finding("lint-inspection-post", node["post"].place(), **params)
    if inspection.checklist is not None:
        declared = item(documents.root("workflow")["case_kinds"], intake.case_kind)["actions"]
        if inspection.checklist not in {action["checklist"]["id"].value for action in declared}:
            params = {"checklist": inspection.checklist, "case_kind": intake.case_kind}
            yield finding("lint-inspection-checklist", node["checklist"].place(), **params)
