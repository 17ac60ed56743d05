"""The command line: the same verbs as the other doors. Parses, calls a use case, prints; decides nothing."""

from core.cli import (
    backlog,
    deadlines,
    demo,
    explain,
    log,
    manifests,
    new,
    notices,
    plugins,
    precedents,
    receipts,
    sample,
    schemes,
    server,
    staff,
    vacancies,
)
from core.cli.group import Composition, commands

__all__ = [
    "Composition",
    "backlog",
    "commands",
    "deadlines",
    "demo",
    "explain",
    "log",
    "manifests",
    "new",
    "notices",
    "plugins",
    "precedents",
    "receipts",
    "sample",
    "schemes",
    "server",
    "staff",
    "vacancies",
]
