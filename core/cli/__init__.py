"""The command line: the same verbs as the other doors. Parses, calls a use case, prints; decides nothing."""

from core.cli import demo, explain, manifests, new, plugins, schemes, server, staff
from core.cli.group import Composition, commands

__all__ = ["Composition", "commands", "demo", "explain", "manifests", "new", "plugins", "schemes", "server", "staff"]
