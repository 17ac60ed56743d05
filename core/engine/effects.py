"""What actions are made of: every effect of `core.scheme.meaning.EFFECTS`, run on the decision in the making.

Each effect appends events or says why it left nothing. It asks for no permission and knows no action by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from core.engine.clocks import pause_clock, resume_clock, start_clock, stop_clock
from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.targets import Resolved, resolve
from core.engine.values import object_of, to_json
from core.errors import Conflict, Fault, Unprocessable
from core.scheme.case import Owner
from core.scheme.codec import owner_to_dict
from core.scheme.workflow import Action, Effect, Target

Left = Reason | None
"""Why an effect left no trace; None when it was applied."""


@dataclass(frozen=True, slots=True)
class Step:
    """One effect in its place: the action that has it, what the command filled in, and the effect's arguments."""

    ledger: Ledger
    action: Action
    inputs: Mapping[str, Any]
    arguments: Mapping[str, Any]

    def resolve(self, target: Target) -> Resolved:
        properties = self.action.inputs.get("properties", {})
        formats = {name: schema["format"] for name, schema in properties.items() if "format" in schema}
        found = resolve(self.ledger, target, self.inputs, formats)
        self.ledger.effects.extend(found.notes)
        return found

    def input(self) -> Any:
        """The value of the input that the effect names; Unprocessable `input-required` when it is absent."""
        name = self.arguments["input"]
        if self.inputs.get(name) is None:
            raise Unprocessable(
                "input-required", [Fault("input-required", f"/inputs/{name}", {"input": name})], input=name
            )
        return self.inputs[name]


def apply(ledger: Ledger, action: Action, effect: Effect, inputs: Mapping[str, Any]) -> None:
    """Run one effect, unless its own condition does not hold. Raises what its parts raise (`Refused`)."""
    where = {"action": action.id, "effect": effect.kind}
    if effect.when is not None and not ledger.holds(effect.when, inputs, where):
        left: Left = Reason("effect-condition-not-met", {"source": effect.when.source})
    else:
        left = RUN[effect.kind](Step(ledger, action, inputs, effect.arguments))
    if left is None:
        ledger.effects.append(Reason("effect-applied", where))
    else:
        ledger.effects.append(Reason("effect-left-out", {**where, "because": left.as_dict()}))


def enter_stage(ledger: Ledger, track: str, stage: str) -> None:
    """Move a track to a stage, from wherever it stands, and stamp the stage's meaning."""
    target = ledger.kind.tracks[track].stages[stage]
    data = {"track": track, "from": ledger.case.stage(track), "to": stage}
    ledger.stamp("moved", data | {"meaning": target.meaning, "final": target.final})


def raise_alert(ledger: Ledger, level: str, by: str) -> Left:
    """Raise the case's alert to `level`; a case whose alert is as grave already keeps it."""
    order = _alert_order(ledger, level)
    was = ledger.case.alert
    if was is not None and order.get(was, 0) >= order[level]:
        return Reason("alert-not-lower", {"level": level, "was": was})
    ledger.emit("alerted", {"level": level, "was": was, "by": by})
    return None


def notice(ledger: Ledger, owner: Owner, template: str, **of: str) -> None:
    """Record that somebody is told; the telling itself happens outside, after the commit."""
    ledger.emit("noticed", {"target": owner_to_dict(owner), "template": template, **of})


def _move(step: Step) -> Left:
    enter_stage(step.ledger, step.arguments["track"], step.arguments["stage"])
    return None


def _open_task(step: Step) -> Left:
    name, ledger = step.arguments["task"], step.ledger
    earlier = ledger.case.tasks.get(name)
    if earlier is not None and earlier.state == "open":
        raise Conflict("task-already-open", task=name, owner=owner_to_dict(earlier.owner))
    found = step.resolve(step.arguments["target"])
    beside = [step.resolve(target).owner for target in step.arguments.get("co_targets") or ()]
    co_handlers = [owner_to_dict(owner) for owner in (*found.co_handlers, *beside)]
    occurrence = earlier.occurrence + 1 if earlier is not None else 1
    data = {"task": name, "occurrence": occurrence, "owner": owner_to_dict(found.owner)}
    ledger.emit("task_opened", data | {"co_handlers": co_handlers})
    return None


def _assign_task(step: Step) -> Left:
    """Give an open task to another owner. Who takes it for itself (target actor) takes it from no other person, and
    the organisation that owns it keeps it."""
    name, target = step.arguments["task"], step.arguments["target"]
    task = step.ledger.case.tasks.get(name)
    if task is None or task.state != "open":
        raise Conflict("task-not-open", task=name)
    owner = step.resolve(target).owner
    if target.kind == "actor":
        if task.owner.account not in (None, owner.account):
            raise Conflict("task-has-owner", task=name, owner=owner_to_dict(task.owner))
        owner = Owner(organisation=task.owner.organisation, account=owner.account)
    if owner == task.owner:
        return Reason("task-owned-already", {"task": name})
    data = {"task": name, "occurrence": task.occurrence, "owner": owner_to_dict(owner)}
    step.ledger.emit("task_assigned", data)
    return None


def _close_task(step: Step) -> Left:
    task = step.ledger.case.tasks.get(step.arguments["task"])
    if task is None or task.state != "open":
        return Reason("task-not-open", {"task": step.arguments["task"]})
    step.ledger.emit("task_closed", {"task": task.id, "occurrence": task.occurrence})
    return None


def _start_clock(step: Step) -> Left:
    ledger, limit = step.ledger, step.arguments["limit"]
    values = ledger.values(step.inputs)
    changes = start_clock(ledger.pinned, ledger.case, limit, ledger.occurred_at, ledger.now, values)
    ledger.change_clocks(changes)
    return None if changes else Reason("clock-unchanged", {"limit": limit})


def _change_clock(step: Step, change: Callable[..., list[Any]]) -> Left:
    ledger, limit = step.ledger, step.arguments["limit"]
    changes = change(ledger.pinned, ledger.case, limit, ledger.now)
    ledger.change_clocks(changes)
    return None if changes else Reason("clock-unchanged", {"limit": limit})


def _set_fact(step: Step) -> Left:
    fact, arguments = step.arguments["fact"], step.arguments
    if arguments.get("input") is not None:
        value = step.inputs.get(arguments["input"])
    elif arguments.get("expression") is not None:
        value = to_json(arguments["expression"].evaluate(step.ledger.values(step.inputs)))
    else:
        value = to_json(arguments["value"])
    if value is None:
        return Reason("value-unknown", {"fact": fact})
    step.ledger.emit("fact_set", {"fact": fact, "value": value})
    return None


def _count(step: Step) -> Left:
    counter = step.arguments["counter"]
    step.ledger.emit("counted", {"counter": counter, "value": step.ledger.case.counts.get(counter, 0) + 1})
    return None


def _request_approval(step: Step) -> Left:
    owner = step.resolve(step.arguments["target"]).owner
    step.ledger.emit("approval_asked", {"approval": step.arguments["approval"], "owner": owner_to_dict(owner)})
    return None


def _link_case(step: Step) -> Left:
    relation, other = step.arguments["relation"], str(step.input())
    if other == step.ledger.case.id:
        pointer = f"/inputs/{step.arguments['input']}"
        raise Unprocessable("link-to-itself", [Fault("link-to-itself", pointer)], relation=relation)
    if (relation, other) in step.ledger.case.links:
        return Reason("linked-already", {"relation": relation, "case": other})
    step.ledger.emit("linked", {"relation": relation, "case": other})
    return None


def _enter_object(step: Step) -> Left:
    """The input is the new object's code, or its code with the columns that are known of it."""
    given, kind = step.input(), step.arguments["kind"]
    values = dict(given) if isinstance(given, Mapping) else {"code": given}
    code = str(values.pop("code", "") or "")
    if not code:
        pointer = f"/inputs/{step.arguments['input']}"
        raise Unprocessable("object-required", [Fault("object-required", pointer)])
    if object_of(step.ledger.situation, code, step.ledger.pinned) is not None:
        raise Conflict("object-entered-already", object=code)
    step.ledger.change_object(code, {"kind": kind, "values": values})
    return None


def _update_object(step: Step) -> Left:
    ledger, status = step.ledger, step.arguments["status"]
    code = ledger.case.object
    found = object_of(ledger.situation, code, ledger.pinned)
    if code is None or found is None:
        return Reason("object-required", {"status": status})
    if found.get("status") == status:
        return Reason("object-unchanged", {"object": code, "status": status})
    ledger.change_object(code, {"status": status})
    return None


def _notify(step: Step) -> Left:
    """A notice that finds nobody is left out: it must not hold up the work that it tells of."""
    try:
        owner = step.resolve(step.arguments["target"]).owner
    except (Conflict, Unprocessable) as refused:
        return Reason(refused.code, refused.params)
    notice(step.ledger, owner, step.arguments["template"])
    return None


def _raise(step: Step) -> Left:
    return raise_alert(step.ledger, _level(step), step.action.id)


def _lower(step: Step) -> Left:
    """To a less grave level, or to none when the effect names none; an alert that is as low already stays."""
    was, named = step.ledger.case.alert, {"level", "input"} & step.arguments.keys()
    level = _level(step) if named and step.arguments.get("level", "") is not None else None
    order = _alert_order(step.ledger, level) if level is not None else {}
    if was is None or (level is not None and order.get(was, 0) <= order[level]):
        return Reason("alert-not-higher", {"level": level or "-", "was": was or "-"})
    step.ledger.emit("alerted", {"level": level, "was": was, "by": step.action.id})
    return None


def _level(step: Step) -> str:
    return str(step.input()) if "input" in step.arguments else str(step.arguments["level"])


def _alert_order(ledger: Ledger, level: str) -> dict[str, int]:
    """The pinned scheme's alerts by gravity; Unprocessable `alert-unknown` for a level that it does not have."""
    order = {alert: gravity for gravity, alert in enumerate(ledger.pinned.timers.alerts)}
    if level not in order:
        raise Unprocessable("alert-unknown", value=level)
    return order


RUN: Mapping[str, Callable[[Step], Left]] = {
    "move": _move,
    "open_task": _open_task,
    "assign_task": _assign_task,
    "close_task": _close_task,
    "start_clock": _start_clock,
    "stop_clock": lambda step: _change_clock(step, stop_clock),
    "pause_clock": lambda step: _change_clock(step, pause_clock),
    "resume_clock": lambda step: _change_clock(step, resume_clock),
    "set_fact": _set_fact,
    "count": _count,
    "request_approval": _request_approval,
    "link_case": _link_case,
    "enter_object": _enter_object,
    "update_object": _update_object,
    "notify": _notify,
    "raise_alert": _raise,
    "lower_alert": _lower,
}
"""One function for each effect of the closed set."""
