"""Joint handling (联合办理): one action gives the lead and every member a share of the task."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from core.engine.ledger import Ledger
from core.engine.shares import open_share
from core.engine.step import Step
from core.errors import Fault, Unprocessable
from core.scheme.case import Owner
from core.scheme.workflow import Action, Joint, Target


def open_joint(ledger: Ledger, action: Action, joint: Joint, inputs: Mapping[str, Any]) -> None:
    """Open a share for each owner, the lead's first; who is named twice has one. Raises what resolving raises."""
    owners: list[Owner] = []
    for target in (joint.lead, *joint.members):
        for owner in _owners(ledger, action, target, inputs) if target is not None else ():
            if owner not in owners:
                owners.append(owner)
    earlier = [task.occurrence for task in ledger.case.tasks.values() if joint.task in (task.id, task.share_of)]
    occurrence = max(earlier, default=0) + 1
    for number, owner in enumerate(owners):
        name = joint.task if number == 0 else f"{joint.task}_{number}"
        done_when = joint.done_when if number == 0 else None
        open_share(ledger, name, owner, share_of=joint.task, done_when=done_when, occurrence=occurrence)


def _owners(ledger: Ledger, action: Action, target: Target, inputs: Mapping[str, Any]) -> Iterator[Owner]:
    """A field that lists several names gives an owner for each."""
    value = inputs.get(target.value or "") if target.kind == "input" else None
    if not isinstance(value, list):
        yield Step(ledger, action, inputs, {}).resolve(target).owner
        return
    if not value:
        fault = Fault("input-required", f"/inputs/{target.value}", {"input": target.value})
        raise Unprocessable("input-required", [fault], input=target.value)
    for each in value:
        yield Step(ledger, action, {**inputs, target.value or "": each}, {}).resolve(target).owner
