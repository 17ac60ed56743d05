"""The four types of the language. A value of any of them may be unknown."""

from __future__ import annotations

from typing import Literal

ExpressionType = Literal["number", "text", "boolean", "set"]
TYPES: frozenset[str] = frozenset({"number", "text", "boolean", "set"})
