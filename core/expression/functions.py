"""The functions of the language, each once: how it is called, what it takes and gives, what it is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from core.expression import number, operations
from core.expression.kinds import TYPES, ExpressionType

Accepted = frozenset[str]
_NUMBER, _TEXT, _ANY = frozenset({"number"}), frozenset({"text"}), TYPES


@dataclass(frozen=True, slots=True)
class Function:
    """`accepts` are the types of each parameter; a `variadic` one takes its last parameter any number of times more."""

    signature: str
    accepts: tuple[Accepted, ...]
    result: ExpressionType
    run: Callable[..., Any]
    zh: str
    en: str
    variadic: bool = False


def _length(value: str | frozenset[str] | None) -> number.Number:
    return None if value is None else number.number(len(value))


FUNCTIONS: dict[str, Function] = {
    "abs": Function("abs(x)", (_NUMBER,), "number", number.absolute, "绝对值", "the number without its sign"),
    "between": Function(
        "between(x, low, high)",
        (_NUMBER, _NUMBER, _NUMBER),
        "boolean",
        operations.between,
        "x 是否在 low 与 high 之间，两端都算",
        "whether x lies from low to high, both included",
    ),
    "ceil": Function("ceil(x)", (_NUMBER,), "number", number.ceil, "向上取整", "the next whole number upwards"),
    "contains": Function(
        "contains(text, part)",
        (_TEXT, _TEXT),
        "boolean",
        operations.contains,
        "文字里是否出现 part",
        "whether part occurs in the text",
    ),
    "ends_with": Function(
        "ends_with(text, part)",
        (_TEXT, _TEXT),
        "boolean",
        operations.ends_with,
        "文字是否以 part 结尾",
        "whether the text ends with part",
    ),
    "floor": Function("floor(x)", (_NUMBER,), "number", number.floor, "向下取整", "the next whole number downwards"),
    "known": Function(
        "known(x)",
        (_ANY,),
        "boolean",
        operations.known,
        "x 是否有值：没有填写、类型不符或算不出来都是没有值",
        "whether x has a value: one that is absent, of another type, or cannot be reckoned has none",
    ),
    "len": Function(
        "len(x)",
        (frozenset({"text", "set"}),),
        "number",
        _length,
        "文字的字数，或集合的个数",
        "how many characters a text has, or how many members a set",
    ),
    "max": Function("max(x, y, ...)", (_NUMBER,), "number", number.greatest, "最大的数", "the greatest", True),
    "min": Function("min(x, y, ...)", (_NUMBER,), "number", number.least, "最小的数", "the least", True),
    "round": Function(
        "round(x, places)",
        (_NUMBER, _NUMBER),
        "number",
        number.round_to,
        "四舍五入到 places 位小数（0 到 27）",
        "x to so many decimals (0 to 27), a tie away from zero",
    ),
    "starts_with": Function(
        "starts_with(text, part)",
        (_TEXT, _TEXT),
        "boolean",
        operations.starts_with,
        "文字是否以 part 开头",
        "whether the text starts with part",
    ),
}
