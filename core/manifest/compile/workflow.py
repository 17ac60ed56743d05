"""workflow.yaml → Workflow: case kinds with their tracks, actions, effects and reactions; intake kinds."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from core.manifest.compile.expressions import Expressions
from core.manifest.compile.forms import asked, compile_form, fact_types
from core.manifest.compile.values import file_origin, label, labels, origin, target
from core.manifest.node import Node
from core.scheme.workflow import (
    Action,
    CaseKind,
    CheckerPolicy,
    ChecklistUse,
    Effect,
    EvidenceRule,
    Grant,
    IntakeKind,
    Joint,
    RatingRule,
    Reaction,
    Recurrence,
    Stage,
    Template,
    Track,
    Workflow,
)


def compile_workflow(root: Node, checklists: Node, expressions: Expressions) -> Workflow:
    """Everything that workflow.yaml says, with its expressions already compiled; `checklists` of categories.yaml."""
    inherited = file_origin(root)
    known = {item["id"].text: item for item in checklists}
    return Workflow(
        case_kinds={item["id"].value: _case_kind(item, inherited, known, expressions) for item in root["case_kinds"]},
        intake_kinds={item["id"].value: _intake_kind(item, inherited) for item in root["intake_kinds"]},
        channels=labels(root["channels"]),
        severities=labels(root["severities"]),
        templates={item["id"].value: _template(item) for item in root["templates"]},
    )


def _case_kind(item: Node, inherited: str, checklists: Mapping[str, Node], expressions: Expressions) -> CaseKind:
    recurrence, photos = item["recurrence"], item["photo_check"]["within_metres"]
    return CaseKind(
        id=item["id"].value,
        label=label(item["label"].value),
        tracks={track["id"].value: _track(track) for track in item["tracks"]},
        actions={action["id"].value: _action(action, checklists, expressions) for action in item["actions"]},
        reactions=tuple(
            Reaction(reaction["after"].value, reaction["action"].value, expressions.at(reaction["when"]))
            for reaction in item["reactions"]
        ),
        checker_policy=_checker_policy(item["checker_policy"]),
        facts=fact_types(item),
        recurrence=Recurrence(float(recurrence["within_metres"].value), int(recurrence["within_days"].value))
        if recurrence
        else None,
        photos_within=float(photos.value) if photos else None,
        origin=origin(item, inherited),
        purpose=item["purpose"].value or "case",
    )


def _track(item: Node) -> Track:
    stages = {
        stage["id"].value: Stage(
            id=stage["id"].value,
            label=label(stage["label"].value),
            meaning=stage["meaning"].value,
            final=bool(stage["final"].value),
        )
        for stage in item["stages"]
    }
    return Track(item["id"].value, label(item["label"].value), item["meaning"].value, stages)


def _action(item: Node, checklists: Mapping[str, Node], expressions: Expressions) -> Action:
    checklist = checklists.get(item["checklist"]["id"].text)
    return Action(
        id=item["id"].value,
        label=label(item["label"].value),
        meaning=item["meaning"].value,
        track=item["track"].value,
        sources=frozenset(item["from"].value or ()),
        to=item["to"].value,
        opens=bool(item["opens"].value),
        automatic=bool(item["automatic"].value),
        handles=bool(item["handles"].value),
        checks=bool(item["checks"].value),
        who=tuple(Grant(grant["role"].value, grant["reach"].value, grant["duty_mode"].value) for grant in item["who"]),
        guard=expressions.at(item["guard"]),
        evidence=tuple(
            EvidenceRule(rule["kind"].value, rule["meaning"].value, int(rule["minimum"].value or 1))
            for rule in item["evidence"]
        ),
        inputs=compile_form(asked(item, checklists)),
        effects=tuple(_effect(effect, expressions) for effect in item["effects"]),
        joint=_joint(item["joint"]) if item["joint"] else None,
        checklist=ChecklistUse(
            checklist["id"].value,
            item["checklist"]["intake"].value,
            {each["id"].value: each["category"].value for each in checklist["items"] if each["category"]},
        )
        if checklist
        else None,
        rating=_rating(item["rating"]),
    )


def _joint(item: Node) -> Joint:
    return Joint(
        task=item["task"].value,
        members=tuple(target(each.value) for each in item["members"]),
        lead=target(item["lead"].value) if item["lead"] else None,
        done_when=item["done_when"].value or "all",
    )


def _rating(item: Node) -> RatingRule | None:
    if not item:
        return None
    days = item["within_days"].value
    return RatingRule(int(item["minimum"].value), int(item["maximum"].value), int(days) if days else None)


def _effect(item: Node, expressions: Expressions) -> Effect:
    kind, arguments = next(item.entries())
    return Effect(
        kind=kind,
        arguments={name: _argument(name, value, expressions) for name, value in arguments.entries() if name != "when"},
        when=expressions.at(arguments["when"]),
    )


def _argument(name: str, item: Node, expressions: Expressions) -> Any:
    if name == "target":
        return target(item.value)
    if name == "co_targets":
        return tuple(target(each.value) for each in item)
    if name == "expression":
        return expressions.at(item)
    if isinstance(item.value, int) and not isinstance(item.value, bool):
        return Decimal(item.value)
    return item.value


def _checker_policy(item: Node) -> CheckerPolicy:
    declared = item.value or {}
    waived = item["waived"].value
    keeps_both = not waived or bool({"not_reporter", "not_handler"} & declared.keys())
    return CheckerPolicy(
        not_reporter=bool(declared.get("not_reporter", keeps_both)),
        not_handler=bool(declared.get("not_handler", keeps_both)),
        waived=waived["zh"] if waived else None,
    )


def _template(item: Node) -> Template:
    return Template(item["id"].value, label(item["label"].value), label(item["text"].value))


def _intake_kind(item: Node, inherited: str) -> IntakeKind:
    return IntakeKind(
        id=item["id"].value,
        label=label(item["label"].value),
        meaning=item["meaning"].value,
        case_kind=item["case_kind"].value,
        opening=item["opening"].value,
        channels=tuple(item["channels"].value or ()),
        public=bool(item["public"].value),
        origin=origin(item, inherited),
    )
