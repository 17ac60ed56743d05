"""What actions are made of: every effect of `core.scheme.meaning.EFFECTS`, run on the decision in the making.

Each effect appends events or says why it left nothing. It asks for no permission and knows no action by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from core.engine.allowance import extend, pause
from core.engine.climbing import answer_card, count_up
from core.engine.clocks import resume_clock, start_clock, stop_clock
from core.engine.correcting import correct
from core.engine.decision import Reason
from core.engine.following import open_case
from core.engine.ledger import Ledger
from core.engine.raising import alert_order, notice, raise_alert
from core.engine.shares import assign_share, close_shares, open_share, share_of_actor
from core.engine.step import Left, Step
from core.engine.values import object_of, to_json
from core.errors import Conflict, Fault, Unprocessable
from core.scheme.case import Owner
from core.scheme.codec import owner_to_dict
from core.scheme.workflow import Action, Effect


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


def _move(step: Step) -> Left:
    enter_stage(step.ledger, step.arguments["track"], step.arguments["stage"])
    return None


def _open_task(step: Step) -> Left:
    found = step.resolve(step.arguments["target"])
    beside = tuple(step.resolve(target).owner for target in step.arguments.get("co_targets") or ())
    open_share(step.ledger, step.arguments["task"], found.owner, (*found.co_handlers, *beside))
    return None


def _assign_task(step: Step) -> Left:
    """Give an open task to another owner. Who takes it for itself (target actor) takes it from no other person, and
    the organisation that owns it keeps it; of a joint task it takes the share that it holds."""
    name, target = step.arguments["task"], step.arguments["target"]
    task = share_of_actor(step.ledger, name)
    if task is None:
        raise Conflict("task-not-open", task=name)
    owner = step.resolve(target).owner
    if target.kind == "actor":
        if task.owner.account not in (None, owner.account):
            raise Conflict("task-has-owner", task=name)
        owner = Owner(organisation=task.owner.organisation, account=owner.account)
    if owner == task.owner:
        return Reason("task-owned-already", {"task": name})
    assign_share(step.ledger, task, owner)
    return None


def _close_task(step: Step) -> Left:
    name = step.arguments["task"]
    return None if close_shares(step.ledger, name) else Reason("task-not-open", {"task": name})


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
    count_up(step.ledger, step.arguments["counter"])
    return None


def _request_approval(step: Step) -> Left:
    owner = step.resolve(step.arguments["target"]).owner
    step.ledger.emit("approval_asked", {"approval": step.arguments["approval"], "owner": owner_to_dict(owner)})
    notice(step.ledger, owner, "approval_asked")
    return None


def _answer_approval(step: Step) -> Left:
    approval = step.arguments["approval"]
    if step.ledger.case.approvals.get(approval) != "asked":
        raise Conflict("approval-not-asked", approval=approval)
    step.ledger.emit("approval_answered", {"approval": approval, "answer": step.arguments["answer"]})
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
    """The input is the new object's code, or its code with the columns that are known of it. Its status is the one that
    the effect names, else the first of its kind."""
    given, kind = step.input(), step.arguments["kind"]
    values = dict(given) if isinstance(given, Mapping) else {"code": given}
    code = str(values.pop("code", "") or "")
    if not code:
        pointer = f"/inputs/{step.arguments['input']}"
        raise Unprocessable("object-required", [Fault("object-required", pointer)])
    if object_of(step.ledger.situation, code, step.ledger.pinned) is not None:
        raise Conflict("object-entered-already", object=code)
    declared = step.ledger.pinned.registry.kinds.get(kind)
    status = step.arguments.get("status") or next(iter(declared.statuses if declared else ()), None)
    first = {"status": status} if status is not None else {}
    step.ledger.change_object(code, {"kind": kind, **first, "values": values})
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
    order = alert_order(step.ledger, level) if level is not None else {}
    if was is None or (level is not None and order.get(was, 0) <= order[level]):
        return Reason("alert-not-higher", {"level": level or "-", "was": was or "-"})
    step.ledger.emit("alerted", {"level": level, "was": was, "by": step.action.id})
    return None


def _level(step: Step) -> str:
    return str(step.input()) if "input" in step.arguments else str(step.arguments["level"])


RUN: Mapping[str, Callable[[Step], Left]] = {
    "move": _move,
    "open_task": _open_task,
    "assign_task": _assign_task,
    "close_task": _close_task,
    "start_clock": _start_clock,
    "stop_clock": lambda step: _change_clock(step, stop_clock),
    "pause_clock": pause,
    "resume_clock": lambda step: _change_clock(step, resume_clock),
    "set_fact": _set_fact,
    "count": _count,
    "extend_clock": extend,
    "request_approval": _request_approval,
    "answer_approval": _answer_approval,
    "answer_card": answer_card,
    "correct": correct,
    "link_case": _link_case,
    "open_case": open_case,
    "enter_object": _enter_object,
    "update_object": _update_object,
    "notify": _notify,
    "raise_alert": _raise,
    "lower_alert": _lower,
}
"""One function for each effect of the closed set."""
