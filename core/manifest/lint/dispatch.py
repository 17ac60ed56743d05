"""Lint of dispatch: what no rule reaches, rules that can never win or match, handlers without people.

Thousands of rules over hundreds of cells: nothing here compares every rule with every other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding, place_of
from core.scheme.condition_mask import SET_CONDITIONS
from core.scheme.dispatch import LAYERS, Rule
from core.scheme.scheme import Scheme
from core.scheme.workflow import Target

OF_THE_CELL = ("area_kinds", "grades")
"""Conditions that a cell meets or not, whatever the case."""


def unconditional(rule: Rule, besides: tuple[str, ...] = ()) -> bool:
    """Whether a rule asks nothing beyond its class and cell, some conditions set aside."""
    if rule.window is not None or rule.when is not None:
        return False
    return not any(getattr(rule, name) for name in SET_CONDITIONS if name not in besides)


def leaves_under(scheme: Scheme) -> Mapping[str | None, frozenset[str]]:
    """The leaf cells in or under each cell; None: all of them."""
    found: dict[str | None, set[str]] = {None: set(scheme.grid.leaves)}
    for leaf in scheme.grid.leaves:
        for ancestor in scheme.grid.chain(leaf):
            found.setdefault(ancestor, set()).add(leaf)
    return {cell: frozenset(leaves) for cell, leaves in found.items()}


def coverage(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A class × leaf cell that no unconditional rule reaches: some case of it would have no handler."""
    if not _dispatches(scheme):
        return
    under = leaves_under(scheme)
    sure: dict[str | None, set[str]] = {}
    for rule in scheme.dispatch.rules:
        if unconditional(rule, besides=OF_THE_CELL):
            sure.setdefault(rule.category, set()).update(_reached(scheme, rule, under))
    every = under[None]
    for category in scheme.codes.leaves:
        bare = every - sure.get(None, set())
        for ancestor in scheme.codes.chain(category):
            bare -= sure.get(ancestor, set())
        if bare:
            place = documents.root("dispatch").place()
            yield finding("lint-class-without-handler", place, category=category, cells=len(bare), cell=min(bare))


def _reached(scheme: Scheme, rule: Rule, under: Mapping[str | None, frozenset[str]]) -> frozenset[str]:
    """The leaf cells that a rule is for, by its cell and by the kind and grade of area."""
    leaves = under.get(rule.cell, frozenset())
    if not rule.area_kinds and not rule.grades:
        return leaves
    cells = scheme.grid.cells
    return frozenset(
        leaf
        for leaf in leaves
        if (not rule.area_kinds or cells[leaf].kind in rule.area_kinds)
        and (not rule.grades or cells[leaf].grade in rule.grades)
    )


def _dispatches(scheme: Scheme) -> bool:
    return any(
        effect.arguments.get("target") == Target("dispatch")
        for kind in scheme.workflow.case_kinds.values()
        for action in kind.actions.values()
        for effect in action.effects
    )


def shadowed(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A rule of a lower layer whose every case an unconditional rule of a higher layer takes."""
    sure: dict[tuple[str | None, str | None], Rule] = {}
    for layer in LAYERS:
        own = [rule for rule in scheme.dispatch.rules if rule.layer == layer]
        for rule in own:
            over = next((sure[key] for key in _over(scheme, rule) if key in sure), None)
            if over is not None:
                yield finding("lint-rule-never-wins", rule.place, rule=rule.id, winner=over.id)
        sure |= {(rule.category, rule.cell): rule for rule in own if unconditional(rule)}


def _over(scheme: Scheme, rule: Rule) -> Iterator[tuple[str | None, str | None]]:
    """Every (class, cell) that includes all that the rule is for."""
    for category in (*(scheme.codes.chain(rule.category) if rule.category else ()), None):
        for cell in (*(scheme.grid.chain(rule.cell) if rule.cell else ()), None):
            yield category, cell


def impossible(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A rule for kinds or grades of area that none of its cells has."""
    found: dict[str | None, set[tuple[str | None, str | None]]] = {}
    for leaf in scheme.grid.leaves:
        cell = scheme.grid.cells[leaf]
        for ancestor in (*scheme.grid.chain(leaf), None):
            found.setdefault(ancestor, set()).add((cell.kind, cell.grade))
    for rule in scheme.dispatch.rules:
        if not any(
            (not rule.area_kinds or kind in rule.area_kinds) and (not rule.grades or grade in rule.grades)
            for kind, grade in found.get(rule.cell, ())
        ):
            yield finding("lint-rule-never-matches", rule.place, rule=rule.id)


def handlers(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """A handler that nobody works for; one finding for each organisation, at its first rule."""
    roster = scheme.roster
    held = [post for post in roster.posts.values() if roster.positions.get(post.id)]
    by_unit = [post.quota for post in held if post.quota.basis == "unit"]
    staffed = {post.organisation for post in held} | {
        organisation.id
        for organisation in roster.organisations.values()
        if any(not quota.kinds or organisation.kind in quota.kinds for quota in by_unit)
    }
    for rule in scheme.dispatch.rules:
        for named in (rule.handler, *rule.co_handlers):
            if named.kind == "organisation" and named.value not in staffed:
                staffed.add(named.value)
                yield finding("lint-handler-without-post", rule.place, organisation=named.value, rule=rule.id)
    for pool in scheme.dispatch.pools.values():
        if not any(roster.positions.get(post) for post in pool.posts):
            yield finding("lint-pool-without-post", place_of(documents, "dispatch", "pools", pool.id), pool=pool.id)
