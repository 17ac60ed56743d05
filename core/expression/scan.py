"""From characters to tokens, before `ast` sees anything: size, symbols, literals, names and brackets.

Tokens carry the column at which they stand in the original text. Python's parser is never shown a name, a number or
a text that somebody wrote (see `parse`), so nothing here depends on its escapes, prefixes or keywords.
"""

from __future__ import annotations

import keyword
import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import pairwise
from typing import Any

from core.expression.fault import FaultList
from core.expression.functions import FUNCTIONS
from core.expression.number import DIGITS, constant
from core.expression.wide import half_width, visible

MAX_CHARACTERS = 2_000
MAX_PARTS = 500
MAX_DEPTH = 40

WORDS = frozenset({"and", "or", "not", "in", "if", "else"})
BOOLEANS = {"True": True, "False": False, "true": True, "false": False}
MEANT = {
    "=": "==",
    "===": "==",
    "!==": "!=",
    "<>": "!=",
    "=>": ">=",
    "=<": "<=",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "&": "and",
    "&&": "and",
    "|": "or",
    "||": "or",
    "!": "not",
    "[": "{",
    "]": "}",
}
CLOSES = {"(": ")", "{": "}"}
OPERANDS = frozenset({"name", "function", "number", "text", "boolean"})
_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<text>'[^'\r\n]*'|"[^"\r\n]*")
      | (?P<open_text>['"])
      | (?P<number>[0-9](?:\w|\.(?=\w))*)
      | (?P<name>[^\W\d]\w*(?:\.\w+)*)
      | (?P<wrong>!==|===|&&|\|\||<>|=>|=<|[≥≤≠&|\[\]]|!(?!=)|(?<![<>=!])=(?!=))
      | (?P<symbol><=|>=|==|!=|(?:/(?!/)|\*(?!\*)|[-+(){}<>,]))
      | (?P<foreign>\*\*|//|:=|.)""",
    re.VERBOSE | re.DOTALL,
)
_NUMBER = re.compile(r"(?:0|[1-9][0-9]*)(?:\.[0-9]+)?")
_LEADING_ZERO = re.compile(r"0[0-9]+")


@dataclass(frozen=True, slots=True)
class Token:
    """`kind` is one of OPERANDS, "word", "symbol" or "foreign"; `value` is that of a literal; columns from 1."""

    kind: str
    written: str
    column: int
    value: Any = None


def scan(text: str, names: Mapping[str, Any], faults: FaultList) -> tuple[Token, ...]:
    """The tokens of `text`; reports everything that can be told without parsing."""
    if len(text) > MAX_CHARACTERS:
        faults.add("expression-too-long", MAX_CHARACTERS + 1, broken=True, limit=MAX_CHARACTERS, length=len(text))
        return ()
    tokens: list[Token] = []
    for match in _TOKEN.finditer(half_width(text, faults)):
        if match.lastgroup == "open_text":
            faults.add("expression-open-text", match.start() + 1, broken=True, written=match.group())
            break
        token = _token(str(match.lastgroup), match.group(), match.start() + 1, names, faults)
        if token is not None:
            tokens.append(token)
    if not tokens:
        faults.add("expression-empty", 1, broken=True)
        return ()
    tokens = _mark_functions(tokens)
    _check_names(tokens, names, faults)
    _check_neighbours(tokens, faults)
    if not faults.broken:
        _check_brackets(tokens, faults)
    return tuple(tokens)


def _token(group: str, written: str, column: int, names: Mapping[str, Any], faults: FaultList) -> Token | None:
    if group == "space":
        return None
    if group == "symbol":
        return Token("symbol", written, column)
    if group == "wrong":
        faults.replace_symbol(column, written, MEANT[written])
        meant = MEANT[written]
        return Token("word" if meant in WORDS else "symbol", meant, column)
    if group == "text":
        if "\\" in written:
            faults.add("expression-foreign", column + written.index("\\"), written="\\")
        return Token("text", written, column, written[1:-1])
    if group == "number":
        return _number(written, column, faults)
    if group == "name":
        return _word(written, column, names, faults)
    return _foreign(written, column, faults)


def _foreign(written: str, column: int, faults: FaultList) -> Token:
    faults.add("expression-foreign", column, broken=True, written=visible(written))
    return Token("foreign", written, column)


def _number(written: str, column: int, faults: FaultList) -> Token:
    if _LEADING_ZERO.fullmatch(written):
        faults.add("expression-leading-zero", column, written=_short(written))
    elif not _NUMBER.fullmatch(written) or len(written.replace(".", "")) > DIGITS:
        faults.add("expression-number-form", column, written=_short(written), digits=DIGITS)
    else:
        return Token("number", written, column, constant(written))
    return Token("number", written, column, constant("0"))


def _word(written: str, column: int, names: Mapping[str, Any], faults: FaultList) -> Token:
    if written in names:
        return Token("name", written, column)
    if written in WORDS:
        return Token("word", written, column)
    if written in BOOLEANS:
        return Token("boolean", written, column, BOOLEANS[written])
    if written.lower() in WORDS:
        faults.replace_symbol(column, written, written.lower())
        return Token("word", written.lower(), column)
    if keyword.iskeyword(written) or written.lower() in {"none", "null"}:
        return _foreign(written, column, faults)
    return Token("name", written, column)


def _mark_functions(tokens: list[Token]) -> list[Token]:
    """A name directly before an opening bracket is a function."""
    return [
        Token("function", token.written, token.column)
        if token.kind == "name" and after is not None and after.written == "(" and after.kind == "symbol"
        else token
        for token, after in zip(tokens, [*tokens[1:], None], strict=True)
    ]


def _check_names(tokens: list[Token], names: Mapping[str, Any], faults: FaultList) -> None:
    for token in tokens:
        if faults.full:
            return
        if token.kind == "function" and token.written not in FUNCTIONS:
            faults.add(
                "expression-unknown-function",
                token.column,
                name=_short(token.written),
                functions=", ".join(FUNCTIONS),
            )
        elif token.kind == "name" and token.written not in names:
            _report_name(token, names, faults)


def _report_name(token: Token, names: Mapping[str, Any], faults: FaultList) -> None:
    nearest = get_close_matches(token.written, names, n=1) or get_close_matches(token.written.lower(), names, n=1)
    if nearest:
        faults.add("expression-unknown-name", token.column, name=_short(token.written), nearest=nearest[0])
    else:
        faults.add("expression-undeclared-name", token.column, name=_short(token.written))


def _check_neighbours(tokens: list[Token], faults: FaultList) -> None:
    """Two operands side by side: an operator is missing."""
    for before, token in pairwise(tokens):
        ends = before.kind in OPERANDS or (before.kind == "symbol" and before.written in CLOSES.values())
        starts = token.kind in OPERANDS or (token.kind == "symbol" and token.written in CLOSES)
        call = before.kind == "function" and token.written == "("
        if ends and starts and not call:
            faults.add(
                "expression-missing-operator",
                token.column,
                broken=True,
                left=_short(before.written),
                right=_short(token.written),
            )


def _check_brackets(tokens: list[Token], faults: FaultList) -> None:
    opened: list[Token] = []
    for token in tokens:
        if token.kind != "symbol":
            continue
        if token.written in CLOSES:
            opened.append(token)
            if len(opened) > MAX_DEPTH:
                faults.add("expression-too-complex", token.column, broken=True, parts=MAX_PARTS, depth=MAX_DEPTH)
                return
        elif token.written in CLOSES.values():
            if not opened or CLOSES[opened[-1].written] != token.written:
                faults.add("expression-bracket", token.column, broken=True, written=token.written)
                return
            opened.pop()
    for token in opened:
        faults.add("expression-bracket", token.column, broken=True, written=token.written)


def _short(written: str) -> str:
    return written if len(written) <= 40 else written[:39] + "…"
