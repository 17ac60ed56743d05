"""A chore of a worker, district by district: one that fails does not keep the others waiting."""

from __future__ import annotations

from collections.abc import Callable

from core.casework.office import Office


def of_each(office: Office, name: str, work: Callable[[str], int]) -> int:
    """Do `work` for every district; the sum of what it answers.

    Raises an ExceptionGroup `name` at the end with what went wrong on the way, groups of a district spread out.
    """
    done = 0
    failures: list[Exception] = []
    for locality in office.store.localities():
        try:
            done += work(locality)
        except ExceptionGroup as several:
            failures.extend(several.exceptions)
        except Exception as error:  # noqa: BLE001  (raised below)
            failures.append(error)
    if failures:
        raise ExceptionGroup(name, failures)
    return done
