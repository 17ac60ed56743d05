"""Set conditions and times of day as bits of one integer, so that a rule is tested with one operation.

Knows the conditions of dispatch rules; ranks nothing and evaluates no expression.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from core.scheme.dispatch import Rule

MINUTES = 24 * 60
WINDOW, WHEN = "window", "when"
EXPRESSION = 1
"""The bit that every case has and that rules with an expression refuse: left alone, the expression is asked."""
SET_CONDITIONS = {
    "case_kinds": "case_kind",
    "area_kinds": "area_kind",
    "grades": "grade",
    "channels": "channel",
    "severities": "severity",
    "object_kinds": "object_kind",
}
"""A rule's set conditions, each with what it asks of the case."""


class DispatchQuery(NamedTuple):
    """What is known of a case when it is dispatched. `minute` is the local time in minutes after midnight, 0 to 1439;
    `values` are the names that the rules' expressions read."""

    category: str
    cell: str
    case_kind: str | None = None
    area_kind: str | None = None
    grade: str | None = None
    channel: str | None = None
    severity: str | None = None
    object_kind: str | None = None
    minute: int = 0
    values: Mapping[str, Any] = {}


def in_window(minute: int, window: tuple[int, int]) -> bool:
    """Half-open; wraps over midnight when it ends before it starts; equal ends mean the whole day."""
    start, end = window
    return start <= minute < end if start < end else minute >= start or minute < end


class ConditionMask:
    """One bit for each value that any rule names, one for every other value, one for each slot of the day.

    A case has one bit of each condition; a rule refuses it when one of them is among the bits that the rule refuses.
    A value that no rule names (an unknown channel, no object) has the bit "other", which every rule with that
    condition refuses. Conditions that no rule has cost nothing.
    """

    __slots__ = ("_asked", "_condition_of_bit", "_same", "_sets", "_slots", "_starts")

    def __init__(self, rules: Iterable[Rule]) -> None:
        rules = tuple(rules)
        self._condition_of_bit = [WHEN]
        self._same: dict[int, int] = {}
        self._sets: list[tuple[str, dict[str | None, int], int]] = []
        self._asked: list[tuple[int, Callable[[Any, int], int], int]] = []
        for name, asked in SET_CONDITIONS.items():
            named = sorted(set().union(*(getattr(rule, name) for rule in rules)))
            if named:
                bits: dict[str | None, int] = {value: self._bit(name) for value in named}
                other = self._bit(name)
                self._sets.append((name, bits, other))
                self._asked.append((DispatchQuery._fields.index(asked), bits.get, other))
        ends = {end % MINUTES for rule in rules for end in rule.window or ()}
        self._starts = {minute: self._bit(WINDOW) for minute in sorted(ends | {0})} if ends else {}
        current, self._slots = 0, []
        for minute in range(MINUTES):
            current = self._starts.get(minute, current)
            self._slots.append(EXPRESSION | current)

    def _bit(self, condition: str) -> int:
        self._condition_of_bit.append(condition)
        return 1 << (len(self._condition_of_bit) - 1)

    def refused_by(self, rule: Rule) -> int:
        """The bits that the rule's set conditions and window do not allow."""
        refused = EXPRESSION if rule.when is not None else 0
        for name, bits, other in self._sets:
            wanted = getattr(rule, name)
            if wanted:
                refused |= other | sum(bit for value, bit in bits.items() if value not in wanted)
        for minute, bit in self._starts.items():
            if rule.window is not None and not in_window(minute, rule.window):
                refused |= bit
        return self._same.setdefault(refused, refused)  # equal numbers as one object, to stay in the processor's cache

    def of_case(self, query: DispatchQuery) -> int:
        """The bits of a case."""
        bits = self._slots[query.minute]
        for position, bit_of, other in self._asked:
            bits |= bit_of(query[position], other)
        return bits

    def condition(self, refused: int) -> str:
        """The rule's field that the refused bits belong to: of several conditions the one asked first, the expression
        last."""
        others = refused & ~EXPRESSION
        return self._condition_of_bit[(others & -others).bit_length() - 1] if others else WHEN
