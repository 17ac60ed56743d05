"""The blueprint of all routes: reads requests through our parser and names each operation after its function."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask_smorest import Blueprint

from core.api.body import BodyParser


class ApiBlueprint(Blueprint):
    """A flask-smorest blueprint with our request parser."""

    ARGUMENTS_PARSER = BodyParser()

    def arguments(self, schema: Any, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """As flask-smorest's, with one payload for all requests: making one costs more than reading with it."""
        made: Callable[[Callable[..., Any]], Callable[..., Any]] = super().arguments(
            schema() if isinstance(schema, type) else schema, **options
        )
        return made

    def route(self, rule: str, **options: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """As flask-smorest's, with an operationId."""
        outer = super().route(rule, **options)

        def around(view: Callable[..., Any]) -> Callable[..., Any]:
            decorated: Callable[..., Any] = outer(self.doc(operationId=view.__name__)(view))
            return decorated

        return around
