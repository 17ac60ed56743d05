"""From whom a manifest means to who that is now: a Target becomes an Owner.

Posts, holders, organisations, pools and rules are today's; inputs come from the command. A post that nobody holds
goes to its fallback post, and if nobody holds that either, the task waits for the post in the case's cell (vacant).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from core.engine.decision import Reason
from core.engine.ledger import Ledger
from core.engine.permission import holds_at
from core.engine.reach import chain
from core.engine.sending import send
from core.engine.values import object_of
from core.errors import Conflict, Fault, Unprocessable
from core.scheme.case import Owner
from core.scheme.situation import SYSTEM
from core.scheme.workflow import Target


@dataclass(frozen=True, slots=True)
class Resolved:
    """The owner, with those who handle beside it (dispatch names them) and what is worth telling."""

    owner: Owner
    co_handlers: tuple[Owner, ...] = ()
    notes: tuple[Reason, ...] = ()


def resolve(ledger: Ledger, target: Target, inputs: Mapping[str, Any], formats: Mapping[str, str]) -> Resolved:
    """Who the target is at this point of the decision. `formats` says what an input names, where the schema does.

    Raises Unprocessable `input-required`, `input-unknown-account`, `object-required`, `object-without-unit`,
    `target-unknown`, `dispatch-without-handler`; Conflict `task-not-opened`. Dispatch emits `dispatched`.
    """
    if target.kind == "dispatch":
        return _dispatched(ledger, inputs, formats)
    if target.kind == "input":
        return Resolved(*_named(ledger, target.value or "", inputs, formats))
    if target.kind == "post":
        return Resolved(*_post(ledger, target.value or ""))
    if target.kind == "elsewhere":
        return Resolved(*_elsewhere(ledger, target))
    if target.kind == "post_of_task":
        return Resolved(*_post_of_task(ledger, target))
    return Resolved(DIRECT[target.kind](ledger, target.value or ""))


def _dispatched(ledger: Ledger, inputs: Mapping[str, Any], formats: Mapping[str, str]) -> Resolved:
    today = ledger.situation.today
    decision = send(ledger.pinned, ledger.situation, ledger.case, ledger.now, inputs)
    told = decision.as_dict()
    ledger.dispatch.append(told)
    if decision.handler is None or decision.handler.kind == "dispatch":
        raise Unprocessable("dispatch-without-handler", category=ledger.case.category, cell=ledger.case.cell)
    ledger.emit("dispatched", told | {"digest": today.digest})
    found = resolve(ledger, decision.handler, inputs, formats)
    beside = [resolve(ledger, each, inputs, formats) for each in decision.co_handlers if each.kind != "dispatch"]
    notes = (*found.notes, *(note for one in beside for note in one.notes))
    return Resolved(found.owner, tuple(one.owner for one in beside), notes)


def _named(
    ledger: Ledger, name: str, inputs: Mapping[str, Any], formats: Mapping[str, str]
) -> tuple[Owner, tuple[Owner, ...], tuple[Reason, ...]]:
    """What an input names: an account on the staff, an organisation, a post or a pool."""
    value, pointer = inputs.get(name), f"/inputs/{name}"
    if not isinstance(value, str) or not value:
        fault = Fault("input-required", pointer, {"input": name})
        raise Unprocessable("input-required", [fault], input=name)
    roster, wanted = ledger.situation.today.roster, formats.get(name)
    if wanted in (None, "account") and _on_staff(ledger, value):
        return Owner(account=value), (), ()
    if wanted in (None, "organisation") and value in roster.organisations:
        return Owner(organisation=value), (), ()
    if wanted == "post" and value in roster.posts:
        return _post(ledger, value)
    if wanted == "pool" and value in ledger.situation.today.dispatch.pools:
        return Owner(pool=value), (), ()
    params = {"input": name, "value": value}
    raise Unprocessable("input-unknown-account", [Fault("input-unknown-account", pointer, params)], **params)


def _on_staff(ledger: Ledger, account: str) -> bool:
    staff = ledger.situation.staff.values()
    return any(
        assignment.account == account and holds_at(assignment, ledger.now) for rows in staff for assignment in rows
    )


def _post(ledger: Ledger, post: str) -> tuple[Owner, tuple[Owner, ...], tuple[Reason, ...]]:
    cells = (*chain(ledger.situation, ledger.case.cell, ledger.pinned), None)
    for tried in _with_fallbacks(ledger, post):
        rows = ledger.situation.staff.get(tried, ())
        held = {assignment.cell for assignment in rows if holds_at(assignment, ledger.now)}
        for cell in cells:
            if cell in held:
                note = Reason("target-fallback-post", {"post": post, "fallback": tried})
                return Owner(post=tried, cell=cell), (), (note,) if tried != post else ()
    cell = _cell_of_tier(ledger, post)
    return Owner(post=post, cell=cell), (), (Reason("target-vacant", {"post": post, "cell": cell}),)


def _cell_of_tier(ledger: Ledger, post: str) -> str:
    """The case's cell of the tier that the post is for; the case's own for a post of no tier, or of one below."""
    grid, declared = ledger.situation.today.grid, ledger.situation.today.roster.posts.get(post)
    cells = chain(ledger.situation, ledger.case.cell, ledger.pinned)
    return next(
        (code for code in cells if declared and code in grid.cells and grid.cells[code].tier == declared.tier),
        ledger.case.cell,
    )


def _elsewhere(ledger: Ledger, target: Target) -> tuple[Owner, tuple[Owner, ...], tuple[Reason, ...]]:
    """A holder of the post in a cell that does not lie in the case's cell of the tier; the case's draw says which."""
    grid, post = ledger.situation.today.grid, target.value or ""
    own = chain(ledger.situation, ledger.case.cell, ledger.pinned)
    left_out = next((code for code in own if code in grid.cells and grid.cells[code].tier == target.across), None)
    held = {row.cell for row in ledger.situation.staff.get(post, ()) if row.cell and holds_at(row, ledger.now)}
    cells = sorted(cell for cell in held if left_out is None or not grid.within(cell, left_out))
    if not cells:
        vacant = Reason("target-nobody-elsewhere", {"post": post, "across": target.across or "-"})
        return Owner(post=post), (), (vacant,)
    return Owner(post=post, cell=cells[ledger.case.draw % len(cells)]), (), ()


def _post_of_task(ledger: Ledger, target: Target) -> tuple[Owner, tuple[Owner, ...], tuple[Reason, ...]]:
    """Who holds the post in the task's organisation, the first by account; the organisation while nobody does."""
    organisation, post = _task(ledger, target.across or "").organisation, target.value or ""
    if organisation is None:
        raise Unprocessable("target-unknown", kind="post_of_task", value=post)
    rows = ledger.situation.staff.get(post, ())
    held = sorted(row.account for row in rows if row.organisation == organisation and holds_at(row, ledger.now))
    if held:
        return Owner(account=held[0]), (), ()
    vacant = Reason("target-vacant", {"post": post, "cell": organisation})
    return Owner(organisation=organisation), (), (vacant,)


def _overlay(ledger: Ledger, value: str) -> Owner:
    overlay = ledger.situation.today.grid.overlays.get(value)
    area = overlay.area(chain(ledger.situation, ledger.case.cell, ledger.pinned)) if overlay else None
    if area is None or area.organisation is None:
        raise Unprocessable("target-unknown", kind="overlay", value=value)
    return Owner(organisation=area.organisation)


def _with_fallbacks(ledger: Ledger, post: str) -> Iterator[str]:
    """The post, the post that stands in for it, and so on, each once."""
    posts, seen = ledger.situation.today.roster.posts, set[str]()
    current: str | None = post
    while current is not None and current not in seen:
        seen.add(current)
        yield current
        current = posts[current].fallback if current in posts else None


def _actor(ledger: Ledger, _: str) -> Owner:
    if ledger.account == SYSTEM:
        raise Unprocessable("target-unknown", kind="actor", value=SYSTEM)
    return Owner(account=ledger.account)


def _organisation(ledger: Ledger, value: str) -> Owner:
    if value not in ledger.situation.today.roster.organisations:
        raise Unprocessable("target-unknown", kind="organisation", value=value)
    return Owner(organisation=value)


def _object(ledger: Ledger, relation: str) -> Owner:
    found = object_of(ledger.situation, ledger.case.object, ledger.pinned)
    if found is None:
        raise Unprocessable("object-required", [Fault("object-required", "/object")], relation=relation)
    if not found.get(relation):
        raise Unprocessable("object-without-unit", object=ledger.case.object, relation=relation)
    return Owner(organisation=found[relation])


def _task(ledger: Ledger, value: str) -> Owner:
    task = ledger.case.tasks.get(value)
    if task is None:
        raise Conflict("task-not-opened", task=value)
    return task.owner


DIRECT: Mapping[str, Callable[[Ledger, str], Owner]] = {
    "actor": _actor,
    "reporter": lambda ledger, _: Owner(account=ledger.case.reporter),
    "organisation": _organisation,
    "object": _object,
    "task": _task,
    "pool": lambda _, value: Owner(pool=value),
    "overlay": _overlay,
}
"""Targets that name one owner at once."""
