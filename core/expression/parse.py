"""From tokens to Python's syntax tree, with the way back from a node to the text.

Each operand is handed to the parser as a made-up name (`x0`, `x1` ...), so the parser sees operators, brackets and
six words only; its positions are turned into columns of the original text.
"""

from __future__ import annotations

import ast
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from core.expression.fault import FaultList
from core.expression.scan import MAX_DEPTH, MAX_PARTS, OPERANDS, Token

MAX_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Parsed:
    """A syntax tree over made-up names. `starts[i]` is the place of token `i` in what the parser saw."""

    root: ast.expr
    text: str
    tokens: Sequence[Token]
    starts: Sequence[int]

    def token(self, node: ast.expr) -> Token:
        """The token at which a node begins; for an operand its only one."""
        return self.tokens[bisect_right(self.starts, node.col_offset) - 1]

    def column(self, node: ast.expr) -> int:
        return self.token(node).column

    def written(self, node: ast.expr) -> str:
        """The node as somebody wrote it, shortened."""
        last = self.tokens[bisect_right(self.starts, (node.end_col_offset or 1) - 1) - 1]
        return shown(self.text[self.column(node) - 1 : last.column - 1 + len(last.written)])


def shown(written: str) -> str:
    return written if len(written) <= MAX_SHOWN else written[: MAX_SHOWN - 1] + "…"


def parse(tokens: Sequence[Token], text: str, faults: FaultList) -> Parsed | None:
    """The tree of the tokens, or None with a fault: bad syntax, or more parts or depth than allowed."""
    pieces = [f"x{index}" if token.kind in OPERANDS else token.written for index, token in enumerate(tokens)]
    starts = [0]
    for piece in pieces:
        starts.append(starts[-1] + len(piece) + 1)
    try:
        root = ast.parse(" ".join(pieces), mode="eval").body
    except SyntaxError as error:
        _report_syntax(bisect_right(starts, error.offset - 1) - 1 if error.offset else None, tokens, text, faults)
        return None
    except (MemoryError, RecursionError):
        root = None
    if root is None or not _within_limits(root):
        faults.add("expression-too-complex", 1, parts=MAX_PARTS, depth=MAX_DEPTH)
        return None
    return Parsed(root, text, tokens, starts[:-1])


def _report_syntax(index: int | None, tokens: Sequence[Token], text: str, faults: FaultList) -> None:
    """`index` is the token that the parser stumbled over, None for the end of the text."""
    words = [token for token in tokens if token.written in ("if", "else") and token.kind == "word"]
    if index is None:
        faults.add("expression-incomplete", len(text.rstrip()) + 1)
    elif words and words[-1].written == "if":
        faults.add("expression-else-missing", words[-1].column)
    else:
        faults.add("expression-syntax", tokens[index].column, near=shown(tokens[index].written))


def _within_limits(root: ast.expr) -> bool:
    parts, level, depth = 0, [root], 0
    while level:
        parts += len(level)
        depth += 1
        if parts > MAX_PARTS or depth > MAX_DEPTH:
            return False
        level = [child for node in level for child in ast.iter_child_nodes(node) if isinstance(child, ast.expr)]
    return True
