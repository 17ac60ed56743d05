"""The interface of everything that the dispatch benchmark measures."""

from __future__ import annotations

from typing import Any, ClassVar

from dispatch_peers.workload import PlainCase, Workload


class Peer:
    """One engine. `prepare` puts a case into the form that the engine takes and is not timed; `decide` is."""

    name: ClassVar[str]
    most_rules: ClassVar[int | None] = None
    too_slow: ClassVar[str] = ""

    @classmethod
    def missing(cls) -> str:
        """Why the engine cannot run here, or an empty string."""
        return ""

    def build(self, workload: Workload) -> None:
        raise NotImplementedError

    def prepare(self, case: PlainCase) -> Any:
        raise NotImplementedError

    def decide(self, prepared: Any) -> str | None:
        """The id of the winning rule, or None."""
        raise NotImplementedError
