"""Lint of dispatch rules for the same class and cell: one that can never win, two that only their order tells apart.

A bucket may hold thousands of rules. Each is compared with all earlier ones at once: sets of rules are bits of one
integer, so that the cost of a rule is a handful of operations on it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding
from core.scheme.condition_mask import SET_CONDITIONS
from core.scheme.dispatch import Rule
from core.scheme.scheme import Scheme


def rivals(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Every rule that an earlier or more urgent one leaves without a case, or that ties with an earlier one."""
    buckets: dict[tuple[object, ...], list[Rule]] = {}
    for rule in scheme.dispatch.rules:
        buckets.setdefault((rule.layer, rule.category, rule.cell), []).append(rule)
    for bucket in buckets.values():
        if len(bucket) > 1:
            yield from _in_bucket(bucket)


def conditions(rule: Rule) -> tuple[object, ...]:
    """Everything that a rule asks besides its class and cell; equal means that the same cases satisfy both."""
    return (*(getattr(rule, name) for name in SET_CONDITIONS), rule.window, rule.when)


def _in_bucket(bucket: Iterable[Rule]) -> Iterator[Finding]:
    strongest: dict[tuple[object, ...], Rule] = {}
    ranks: dict[tuple[int, int], _Rank] = defaultdict(_Rank)
    for rule in bucket:
        asked = conditions(rule)
        other = strongest.get(asked)
        if other is not None:
            winner, loser = (rule, other) if rule.priority > other.priority else (other, rule)
            strongest[asked] = winner
            yield finding("lint-rule-never-wins", loser.place, rule=loser.id, winner=winner.id)
            continue
        strongest[asked] = rule
        if rule.when is None and rule.window is None:  # whether two expressions or windows meet is not known here
            tied = ranks[sum(map(bool, asked)), rule.priority].enter(rule)
            if tied is not None:
                yield finding("lint-rule-tied", rule.place, rule=rule.id, other=tied.id)


class _Rank:
    """Rules that nothing but their order tells apart, numbered as they come."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []
        self._accepting: dict[tuple[str, str], int] = defaultdict(int)
        self._not_asking: dict[str, int] = defaultdict(int)
        self._sent_to: dict[object, int] = defaultdict(int)

    def enter(self, rule: Rule) -> Rule | None:
        """Take a rule in; the first of the others that can match the same case and sends it elsewhere."""
        bit = 1 << len(self._rules)
        meeting = (bit - 1) & ~self._sent_to[rule.handler]
        for name in SET_CONDITIONS:
            wanted = getattr(rule, name)
            if wanted:
                accepting = self._not_asking[name]
                for value in wanted:
                    accepting |= self._accepting[name, value]
                    self._accepting[name, value] |= bit
                meeting &= accepting
            else:
                self._not_asking[name] |= bit
        self._sent_to[rule.handler] |= bit
        self._rules.append(rule)
        return self._rules[(meeting & -meeting).bit_length() - 1] if meeting else None
