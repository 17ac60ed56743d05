"""Whether a task is open: a plain one, or a joint one by its shares. Reads the snapshot only."""

from __future__ import annotations

from collections.abc import Iterator

from core.scheme.case import Case, Task


def open_shares(case: Case, name: str) -> Iterator[Task]:
    """The open task of that name, or the open shares of the joint task."""
    for task in case.tasks.values():
        if task.state == "open" and name in (task.id, task.share_of):
            yield task


def is_open(case: Case, name: str) -> bool:
    """Whether a task is still open; a joint one until what its `done_when` asks for is done."""
    shares = [task for task in case.tasks.values() if name in (task.id, task.share_of)]
    current = [task for task in shares if task.occurrence == max(each.occurrence for each in shares)]
    lead = case.tasks.get(name)
    done_when = lead.done_when if lead is not None else None
    if done_when == "lead" and lead is not None:
        return lead.state == "open"
    if done_when == "any":
        return all(task.state == "open" for task in current) and bool(current)
    return any(task.state == "open" for task in shares)
