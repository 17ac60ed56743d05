"""Latencies to figures, and figures to a table. Milliseconds in, milliseconds out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


def at(times: Sequence[float], share: float) -> float | None:
    """The time that this share of all stays within (nearest rank)."""
    ordered = sorted(times)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2) if ordered else None


def percentiles(times: Sequence[float]) -> dict[str, Any]:
    return {"count": len(times), **{f"p{n}_ms": at(times, n / 100) for n in (50, 95, 99)}}


@dataclass
class Tally:
    """What clients have seen: every call's time by its name, whole rounds, errors by what was answered, by second."""

    calls: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    rounds: list[float] = field(default_factory=list)
    errors: Counter[str] = field(default_factory=Counter)
    seconds: dict[int, list[float]] = field(default_factory=lambda: defaultdict(list))
    failed: Counter[int] = field(default_factory=Counter)
    finished: Counter[int] = field(default_factory=Counter)
    dropped: int = 0

    def call(self, name: str, second: float, milliseconds: float) -> None:
        self.calls[name].append(milliseconds)
        self.seconds[int(second)].append(milliseconds)

    def error(self, name: str, second: float, why: str) -> None:
        self.errors[f"{name}: {why}"] += 1
        self.failed[int(second)] += 1

    def round(self, second: float, milliseconds: float) -> None:
        self.rounds.append(milliseconds)
        self.finished[int(second)] += 1

    def between(self, start: float, end: float) -> dict[str, Any]:
        """Figures of the calls that were answered in these seconds."""
        span = range(int(start), int(end))
        times = [time for second in span for time in self.seconds.get(second, ())]
        failed, finished = (sum(counter[second] for second in span) for counter in (self.failed, self.finished))
        rates = {"per_second": round(finished / max(1, len(span)), 1), "errors": failed}
        return {**rates, **percentiles(times)}

    def summary(self, seconds: float) -> dict[str, Any]:
        every = [time for times in self.calls.values() for time in times]
        return {
            "seconds": round(seconds, 1),
            "rounds": len(self.rounds),
            "rounds_per_second": round(len(self.rounds) / seconds, 2),
            "round_ms": percentiles(self.rounds),
            "every_call": percentiles(every),
            "calls": {name: percentiles(times) for name, times in self.calls.items()},
            "errors": sum(self.errors.values()),
            "errors_by_answer": dict(self.errors.most_common(10)),
            "dropped": self.dropped,
        }


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    """Rows as aligned columns; the first row names them."""
    rows = list(rows)
    names = list(dict.fromkeys(name for row in rows for name in row))
    cells = [names, *([_shown(row.get(name)) for name in names] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(names))]
    return "\n".join("  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in cells)


def _shown(value: Any) -> str:
    return "–" if value is None else f"{value:,.1f}" if isinstance(value, float) else str(value)
