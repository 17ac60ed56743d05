"""What a manifest may say and this version does not run yet: a note, so that nobody counts on it silently.

A line leaves this list when the engine learns it.
"""

from __future__ import annotations

from collections.abc import Iterator

from core.errors import Finding
from core.manifest.documents import Documents
from core.manifest.lint.finding import finding
from core.manifest.node import Node
from core.scheme.scheme import Scheme

NOT_RUN = {
    "roster": ("duties.categories", "duties.checklist", "duties.duty_mode"),
}
"""Properties by manifest kind; a dot goes into the items of a list."""


def not_run(scheme: Scheme, documents: Documents) -> Iterator[Finding]:
    """Each property that is stated and not run, once for each kind of manifest, at its first place."""
    for kind, paths in NOT_RUN.items():
        for path in paths:
            first = next(_stated(documents.root(kind), path.split(".")), None)
            if first is not None:
                yield finding("lint-not-run-yet", first.place(), property=path, file=f"{kind}.yaml")


def _stated(node: Node, steps: list[str]) -> Iterator[Node]:
    """The nodes that a path leads to and that say something."""
    found = node[steps[0]]
    if len(steps) == 1:
        if found.value not in (None, [], {}, False):
            yield found
        return
    for item in found:
        yield from _stated(item, steps[1:])
