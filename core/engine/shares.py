"""Tasks opened, given and closed, with the clocks that time each of them; joint handling by several shares.

A share of a joint task is a task of its own: `task` for the first, `task_1`, `task_2` … for the others. Says nothing
about who may do what.
"""

from __future__ import annotations

from core.engine.clocks import start_task_clock, stop_clock
from core.engine.ledger import Ledger
from core.engine.openness import is_open, open_shares
from core.engine.permission import held_by
from core.engine.reach import holds, organisation_of
from core.errors import Conflict
from core.scheme.case import Owner, Task
from core.scheme.codec import owner_to_dict
from core.scheme.situation import SYSTEM, Assignment
from core.scheme.timers import Limit


def open_share(
    ledger: Ledger,
    name: str,
    owner: Owner,
    co_handlers: tuple[Owner, ...] = (),
    share_of: str | None = None,
    done_when: str | None = None,
    occurrence: int | None = None,
) -> None:
    """Open a task and start the clocks that time it. Conflict `task-already-open`. `occurrence`: of the round that all
    shares of a joint task belong to; without one, the task's next."""
    earlier = ledger.case.tasks.get(name)
    if earlier is not None and earlier.state == "open":
        raise Conflict("task-already-open", task=name)
    data = {
        "task": name,
        "occurrence": occurrence or (earlier.occurrence + 1 if earlier is not None else 1),
        "owner": owner_to_dict(owner),
        "co_handlers": [owner_to_dict(each) for each in co_handlers],
    }
    more = {"share_of": share_of, "done_when": done_when}
    ledger.emit("task_opened", data | {key: part for key, part in more.items() if part is not None})
    for limit in ledger.pinned.timers.of_tasks.get(share_of or name, ()):
        _start(ledger, limit, name)
    _wait_in_pool(ledger, name, owner)


def assign_share(ledger: Ledger, task: Task, owner: Owner) -> None:
    """Give an open task to another owner; the time to claim it ends, or begins when it goes to a pool."""
    ledger.emit("task_assigned", {"task": task.id, "occurrence": task.occurrence, "owner": owner_to_dict(owner)})
    if owner.pool != task.owner.pool:
        _leave_pool(ledger, task)
        _wait_in_pool(ledger, task.id, owner)


def close_shares(ledger: Ledger, name: str) -> bool:
    """Close a task, or of a joint task the shares that the actor holds (the system closes all). False: none is open.

    Conflict `share-not-held` when the actor holds no open share of a joint task.
    """
    shares = list(open_shares(ledger.case, name))
    joint = any(task.share_of is not None for task in shares)
    if joint and ledger.account != SYSTEM:
        held = [task for task in shares if _held(ledger, task.owner)]
        if not held:
            raise Conflict("share-not-held", task=name)
        shares = held
    for task in shares:
        _close(ledger, task)
    if joint and not is_open(ledger.case, name):  # done without the others: nothing is left of their shares
        for task in list(open_shares(ledger.case, name)):
            _close(ledger, task)
    return bool(shares)


def _close(ledger: Ledger, task: Task) -> None:
    ledger.emit("task_closed", {"task": task.id, "occurrence": task.occurrence})
    for limit in ledger.pinned.timers.of_tasks.get(task.share_of or task.id, ()):
        ledger.change_clocks(stop_clock(ledger.pinned, ledger.case, key_of(limit, task.id), ledger.now))
    _leave_pool(ledger, task)


def share_of_actor(ledger: Ledger, name: str) -> Task | None:
    """The open task of that name; of a joint task the share that the actor holds, for the system the first.

    Conflict `share-not-held` when the actor holds no open share of a joint task.
    """
    shares = list(open_shares(ledger.case, name))
    if ledger.account == SYSTEM or not any(task.share_of is not None for task in shares):
        return next(iter(shares), None)
    held = next((task for task in shares if _held(ledger, task.owner)), None)
    if held is None:
        raise Conflict("share-not-held", task=name)
    return held


def key_of(limit: Limit, task: str) -> str:
    """The id of the clock of one share."""
    return f"{limit.id}@{task}"


def _held(ledger: Ledger, owner: Owner) -> bool:
    situation, case = ledger.situation, ledger.case
    own = (Assignment(ledger.account, post=""), *(held for held, _ in held_by(situation, ledger.now)))
    if owner.account is None and owner.organisation is not None:
        return any(organisation_of(situation, assignment) == owner.organisation for assignment in own)
    return any(holds(situation, case, owner, assignment, ledger.pinned) for assignment in own)


def _start(ledger: Ledger, limit: Limit, task: str) -> None:
    ledger.change_clocks(
        start_task_clock(ledger.pinned, ledger.case, limit, key_of(limit, task), ledger.now, ledger.values())
    )


def _wait_in_pool(ledger: Ledger, task: str, owner: Owner) -> None:
    limit = ledger.pinned.timers.of_pools.get(owner.pool or "")
    if limit is not None:
        _start(ledger, limit, task)


def _leave_pool(ledger: Ledger, task: Task) -> None:
    limit = ledger.pinned.timers.of_pools.get(task.owner.pool or "")
    if limit is not None:
        ledger.change_clocks(stop_clock(ledger.pinned, ledger.case, key_of(limit, task.id), ledger.now))
