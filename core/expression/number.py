"""The one number type: a decimal of 28 significant digits below 10^28, and its arithmetic.

Ties round away from zero (四舍五入). A result that is too large or too small to hold, and a division by zero, are
unknown (None), and so is anything reckoned from an unknown. The context is the module's own: the caller's decimal
context has no influence.
"""

from __future__ import annotations

from decimal import (
    ROUND_CEILING,
    ROUND_FLOOR,
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    InvalidOperation,
    Overflow,
    Underflow,
)
from math import isfinite
from typing import Any

Number = Decimal | None

DIGITS = 28
_BOUND = 10**DIGITS
_CONTEXT = Context(
    prec=DIGITS,
    rounding=ROUND_HALF_UP,
    Emin=1 - DIGITS,
    Emax=DIGITS - 1,
    clamp=0,
    traps=[InvalidOperation, DivisionByZero, Overflow, Underflow],
)
_add, _subtract, _multiply = _CONTEXT.add, _CONTEXT.subtract, _CONTEXT.multiply
_divide, _minus, _plus, _quantize = _CONTEXT.divide, _CONTEXT.minus, _CONTEXT.plus, _CONTEXT.quantize
_STEPS = {Decimal(places): Decimal(1).scaleb(-places) for places in range(DIGITS)}


def constant(written: str) -> Decimal:
    """The value of a checked literal."""
    return _CONTEXT.create_decimal(written)


def number(value: Any) -> Number:
    """What a given value counts as: an int, a Decimal, or a float by its shortest decimal form; else unknown."""
    kind = type(value)
    try:
        if kind is int or (issubclass(kind, int) and kind is not bool):
            whole = int.__index__(value)
            return Decimal(whole) if -_BOUND < whole < _BOUND else None
        if issubclass(kind, Decimal):
            read = _plus(value)
            return read if read.is_finite() else None
        if issubclass(kind, float) and isfinite(value):
            return _plus(Decimal(float.__repr__(value)))
    except ArithmeticError:
        pass
    return None


def add(left: Number, right: Number) -> Number:
    if left is None or right is None:
        return None
    try:
        return _add(left, right)
    except ArithmeticError:
        return None


def subtract(left: Number, right: Number) -> Number:
    if left is None or right is None:
        return None
    try:
        return _subtract(left, right)
    except ArithmeticError:
        return None


def multiply(left: Number, right: Number) -> Number:
    if left is None or right is None:
        return None
    try:
        return _multiply(left, right)
    except ArithmeticError:
        return None


def divide(left: Number, right: Number) -> Number:
    if left is None or right is None:
        return None
    try:
        return _divide(left, right)
    except ArithmeticError:
        return None


def negate(value: Number) -> Number:
    return None if value is None else _minus(value)


def plain(value: Number) -> Number:
    """The same number without a sign on zero."""
    return None if value is None else _plus(value)


def absolute(value: Number) -> Number:
    return None if value is None else _CONTEXT.abs(value)


def round_to(value: Number, places: Number) -> Number:
    """Half away from zero, to 0 to 27 decimals; other `places` give unknown."""
    if value is None or places is None or places not in _STEPS:
        return None
    try:
        return _quantize(value, _STEPS[places])
    except ArithmeticError:  # more digits than a number has: nothing to round
        return value


def floor(value: Number) -> Number:
    return None if value is None else value.to_integral_value(ROUND_FLOOR, _CONTEXT)


def ceil(value: Number) -> Number:
    return None if value is None else value.to_integral_value(ROUND_CEILING, _CONTEXT)


def least(*values: Number) -> Number:
    return None if None in values else min(values)  # type: ignore[type-var]


def greatest(*values: Number) -> Number:
    return None if None in values else max(values)  # type: ignore[type-var]
