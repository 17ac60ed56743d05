"""How long a dispatch decision takes, ours and its peers', on the same seeded cases with the same answers.

    python benchmarks/dispatch.py                         a table with ratios
    python benchmarks/dispatch.py --json                  one JSON object: microseconds a decision, by engine and size
    python benchmarks/dispatch.py --rules 8000 --rounds 3

Engines and sizes take turns within each round, so that a machine that slows down slows all of them; figures are
medians over the rounds, ratios are medians of each round's ratio. Measured is processor time, which a busy machine
disturbs less than a clock on the wall. Ours is timed through `core.engine.dispatch`, its
explanation read. Every engine is handed its own form of case; making that form is not timed, of ours neither. Every
answer is compared with a scan that uses no index; a wrong one ends the run with status 1.
"""

from __future__ import annotations

import argparse
import gc
import json
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from dispatch_peers.libraries import RuleEngine, ZenEngine
from dispatch_peers.ours import Gridwright, GridwrightRead
from dispatch_peers.peer import Peer
from dispatch_peers.plain import HashIndex, LinearScan, expected
from dispatch_peers.workload import Workload, build

ENGINES: tuple[type[Peer], ...] = (Gridwright, GridwrightRead, HashIndex, LinearScan, ZenEngine, RuleEngine)
FEWEST_CASES = 10


@dataclass
class Runner:
    """One engine at one size: its cases, and its seconds a case in each round."""

    engine: Peer
    rules: int
    prepared: list[Any]
    answers: list[str | None]
    times: list[float] = field(default_factory=list)
    wrong: int = 0

    def run(self) -> None:
        decide = self.engine.decide
        gc.collect()
        gc.disable()
        try:
            started = time.process_time()
            given = [decide(case) for case in self.prepared]
            elapsed = time.process_time() - started
        finally:
            gc.enable()
        self.wrong += sum(a != b for a, b in zip(given, self.answers, strict=True))
        self.times.append(elapsed / len(given))

    @property
    def microseconds(self) -> float:
        return median(self.times) * 1e6


def why_not(engine: type[Peer], rules: int) -> str:
    if engine.most_rules is not None and rules > engine.most_rules:
        return engine.too_slow
    return engine.missing()


def runner(engine: type[Peer], workload: Workload, answers: list[str | None], budget: float) -> Runner:
    """The engine set up, with as many cases as it decides within `budget` seconds."""
    made, rules = engine(), len(workload.ranked)
    started = time.perf_counter()
    made.build(workload)
    tell(f"{rules} rules: {engine.name} built in {time.perf_counter() - started:.1f} s")
    prepared = [made.prepare(case) for case in workload.cases]
    started, enough = time.perf_counter(), 0
    for case in prepared:
        made.decide(case)
        enough += 1
        if enough >= FEWEST_CASES and time.perf_counter() - started > budget:
            break
    return Runner(made, rules, prepared[:enough], answers[:enough])


def runners(sizes: list[int], options: argparse.Namespace) -> Iterator[Runner]:
    for rules in sizes:
        workload = build(rules, options.cases, options.seed)
        answers = expected(workload)
        for engine in ENGINES:
            if not why_not(engine, rules):
                yield runner(engine, workload, answers, options.budget)


def result(ran: list[Runner], sizes: list[int]) -> dict[str, Any]:
    times = {(runner.engine.name, runner.rules): round(runner.microseconds, 2) for runner in ran}
    answer: dict[str, Any] = {
        engine.name: {str(rules): times.get((engine.name, rules)) for rules in sizes} for engine in ENGINES
    }
    missing = {engine.name: {str(rules): why_not(engine, rules) for rules in sizes} for engine in ENGINES}
    answer["reasons"] = {
        name: found for name, why in missing.items() if (found := {rules: text for rules, text in why.items() if text})
    }
    answer["wrong"] = sum(runner.wrong for runner in ran)
    return answer


def ratio(over: Runner, under: Runner) -> float:
    return median(a / b for a, b in zip(over.times, under.times, strict=True))


def print_table(ran: list[Runner], sizes: list[int]) -> None:
    found = {(runner.engine.name, runner.rules): runner for runner in ran}
    print(f"{'µs a decision (× ours)':24}" + "".join(f"{f'{rules} rules':>22}" for rules in sizes) + f"{'wrong':>7}")
    for engine in ENGINES:
        line = f"{engine.name:24}"
        for rules in sizes:
            runner, ours = found.get((engine.name, rules)), found[Gridwright.name, rules]
            line += f"{f'{runner.microseconds:,.1f} ({ratio(runner, ours):,.2f})' if runner else '–':>22}"
        print(line + f"{sum(runner.wrong for runner in ran if runner.engine.name == engine.name):>7}")
    for engine in ENGINES:
        for rules in sizes:
            if why := why_not(engine, rules):
                print(f"– {engine.name}, {rules} rules: {why}")
    for smaller, larger in pairwise(sizes):
        growth = ratio(found[Gridwright.name, larger], found[Gridwright.name, smaller])
        print(f"ours grows {growth:.2f} × from {smaller} to {larger} rules")


def tell(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of a table")
    parser.add_argument("--rules", default="1000,8000,80000", help="numbers of rules, separated by commas")
    parser.add_argument("--cases", type=int, default=20000, help="seeded cases (fewer for an engine over its budget)")
    parser.add_argument("--rounds", type=int, default=11)
    parser.add_argument("--budget", type=float, default=0.5, help="seconds for an engine at a size in a round")
    parser.add_argument("--seed", type=int, default=1355)
    return parser.parse_args()


def main() -> int:
    options = arguments()
    sizes = [int(rules) for rules in options.rules.split(",")]
    ran = list(runners(sizes, options))
    gc.collect()
    gc.freeze()  # the collections between runs leave what is built alone
    for turn in range(options.rounds):
        shift = turn % len(ran)  # no engine always runs after the same neighbour
        for one in ran[shift:] + ran[:shift]:
            one.run()
        tell(f"round {turn + 1} of {options.rounds}")
    answer = result(ran, sizes)
    if options.json:
        print(json.dumps(answer))
    else:
        print_table(ran, sizes)
    return 1 if answer["wrong"] else 0


if __name__ == "__main__":
    sys.exit(main())
