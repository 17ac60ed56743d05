"""What expressions mean: types, unknown values, exact numbers, precedence, identity."""

from collections import ChainMap
from dataclasses import fields
from decimal import Decimal, localcontext
from enum import IntEnum, StrEnum
from types import MappingProxyType

import pytest

from core.expression import Expression, compile_expression

NAMES = {
    "hour": "number",
    "depth": "number",
    "severity": "text",
    "object_kind": "text",
    "open.repair": "boolean",
    "fact.flag": "boolean",
    "fact.tags": "set",
    "count.return": "number",
    "stage.from": "text",
}
HELD = {
    "hour": 14,
    "severity": "major",
    "open.repair": True,
    "fact.tags": ["a", "b"],
    "count.return": 3,
    "stage.from": "x",
}


def value(text, values=HELD, result="boolean"):
    return compile_expression(text, NAMES, result).evaluate(values)


@pytest.mark.parametrize(
    "text",
    [
        "open.repair",
        "not fact.flag",
        "true and True and not false and not False",
        "hour == 14 and severity == 'major'",
        'severity == "major"',
        "hour in {8, 14} and hour not in {1}",
        "-1 in {-1, - -2} and 2 in {- -2}",
        "1 in {1.0}",
        "severity in {'major', 'minor'} and 'c' not in fact.tags and 'a' in fact.tags",
        "fact.tags == {'b', 'a'}",
        "8 <= hour < 18",
        "not (18 < hour < 8)",
        "1 + 2 * 3 == 7 and (1 + 2) * 3 == 9 and 7 - 2 - 1 == 4 and 8 / 4 / 2 == 1",
        "0.1 + 0.2 == 0.3",
        "- - 3 == 3 and --3 == 3 and 2 - -1 == 3",
        "true or 1 / 0 > 1",
        "not true == false",
        "false or true and true",
        "not (true or true and false) or true",
        "(hour if hour > 20 else 20) == 20",
        "(1 if false else 2 if false else 3) == 3",
        "round(2.5, 0) == 3 and round(-2.5, 0) == -3 and round(1.005, 2) == 1.01 and round(hour, 2) == 14",
        "round(9999999999999999999999999999, 2) == 9999999999999999999999999999",
        "floor(-1.5) == -2 and ceil(-1.5) == -1 and floor(1.5) == 1 and ceil(1.2) == 2 and abs(-2) == 2",
        "min(3, 1, 2) == 1 and max(3, 1, 2) == 3 and min(4) == 4",
        "len('井盖') == 2 and len(fact.tags) == 2 and len({'a'}) == 1",
        "between(1, 1, 2) and between(2, 1, 2) and not between(3, 1, 2) and not between(0, 1, 2)",
        "starts_with('0101', '01') and not starts_with('0101', '1') and ends_with('0101', '01')",
        "contains('破损井盖', '井盖') and not contains('井盖', '破损井盖')",
        "count.return >= 3 and stage.from == 'x'",
        "(1 < 2) == (2 < 3) == open.repair",
        "hour\n  >= 14\r\n\tand true",
        "known(hour) and known(1 / 3) and known(open.repair) and known(hour > 1)",
    ],
)
def test_true(text):
    assert value(text) is True


@pytest.mark.parametrize(
    "text",
    [
        "fact.flag",
        "depth > 1",
        "depth <= 1",
        "depth == 1",
        "depth != 1",
        "depth == depth",
        "depth != depth",
        "depth not in {1}",
        "depth in {1}",
        "depth + 1 > 0",
        "-depth < 0",
        "object_kind == 'manhole'",
        "object_kind != 'manhole'",
        "object_kind not in {'manhole'}",
        "'a' in fact.others",
        "'a' not in fact.others",
        "fact.flag == false",
        "fact.flag != true",
        "fact.flag == fact.flag",
        "known(depth)",
        "known(fact.flag)",
        "known(1 / 0)",
        "known(0 / 0)",
        "known(depth * 0)",
        "known(min(1, depth)) or known(max(1, depth)) or known(abs(depth))",
        "known(floor(depth)) or known(ceil(depth))",
        "known(round(depth, 1)) or known(round(1, depth)) or known(round(1, 0.5)) or known(round(1, -1))",
        "known(round(1, 28)) or known(len(object_kind)) or known(len(fact.others))",
        "between(depth, 1, 2) or between(1, depth, 2) or between(1, 0, depth)",
        "starts_with(object_kind, 'm') or ends_with('m', object_kind) or contains(object_kind, 'm')",
        "1 / 0 > 1 or 1 / 0 < 1",
        "1 < depth < 3",
        "(1 if depth > 1 else 0) == 1",
        "known(9999999999999999999999999999 * 10)",
        "known(0.000000000000000000000000007 * 0.000000000000000000000000003 / 11)",
    ],
)
def test_unknown_makes_a_comparison_false(text):
    names = {**NAMES, "fact.others": "set"}
    assert compile_expression(text, names).evaluate(HELD) is False


def test_the_smallest_numbers_are_exact_or_unknown():
    tiny = compile_expression("x * x", {"x": "number"}, "number")
    assert tiny.evaluate({"x": Decimal("3E-27")}) == Decimal("9E-54")
    assert tiny.evaluate({"x": Decimal("1E-28")}) is None


def test_an_unknown_boolean_is_no_true_condition_and_its_opposite_is():
    assert value("fact.flag or open.repair") is True
    assert value("fact.flag and open.repair") is False
    assert value("not fact.flag") is True
    assert value("(1 if fact.flag else 2) == 2") is True
    assert value("fact.flag if open.repair else open.repair") is False


def test_results_other_than_boolean_are_none_when_unknown():
    assert value("depth + 1", result="number") is None
    assert value("hour / 0", result="number") is None
    assert value("object_kind", result="text") is None
    assert compile_expression("fact.tags", NAMES, "set").evaluate({}) is None


def test_results_are_values_of_the_four_types():
    assert value("hour / 4", result="number") == Decimal("3.5")
    assert value("severity", result="text") == "major"
    assert value("{'b', 'a'}", result="set") == frozenset({"a", "b"})
    assert value("fact.tags", result="set") == frozenset({"a", "b"})
    assert value("'x' if hour > 20 else 'y'", result="text") == "y"
    assert str(value("0 * -1", result="number")) == "0"
    assert str(value("ceil(-0.5)", result="number")) == "0"


class Grade(StrEnum):
    FIRST = "first"


class Count(IntEnum):
    TWO = 2


class Liar:
    """Claims to be what it is not, and fails at every touch."""

    def __init__(self, kind):
        self.kind = kind

    @property
    def __class__(self):
        return self.kind

    def __eq__(self, other):
        raise ZeroDivisionError

    def __hash__(self):
        raise ZeroDivisionError

    __str__ = __repr__ = __len__ = __iter__ = __bool__ = __hash__


@pytest.mark.parametrize(
    ("given", "number"),
    [
        (3, "3"),
        (Decimal("2.50"), "2.5"),
        (0.1, "0.1"),
        (1e-7, "0.0000001"),
        (Count.TWO, "2"),
        (-(10**28) + 1, "-9999999999999999999999999999"),
        (Decimal("1.23456789012345678901234567895"), "1.234567890123456789012345679"),
        (10**28, None),
        (10**4000, None),
        (Decimal("1E+28"), None),
        (Decimal("1E+999999"), None),
        (Decimal("1E-999999"), None),
        (Decimal("NaN"), None),
        (Decimal("sNaN"), None),
        (Decimal("Infinity"), None),
        (float("nan"), None),
        (float("-inf"), None),
        (1e300, None),
        (True, None),
        ("3", None),
        (None, None),
        ([3], None),
        (3j, None),
    ],
)
def test_which_values_are_numbers(given, number):
    read = compile_expression("x", {"x": "number"}, "number").evaluate({"x": given})
    assert read == (None if number is None else Decimal(number))
    assert compile_expression("known(x)", {"x": "number"}).evaluate({"x": given}) is (number is not None)


@pytest.mark.parametrize("given", [1, b"x", ["x"], None, True, object()])
def test_which_values_are_no_texts(given):
    assert compile_expression("x", {"x": "text"}, "text").evaluate({"x": given}) is None
    assert compile_expression("x", {"x": "set"}, "set").evaluate({"x": [given]}) is None


def test_texts_of_a_subclass_count_as_plain_text():
    read = compile_expression("x", {"x": "text"}, "text").evaluate({"x": Grade.FIRST})
    assert read == "first"
    assert type(read) is str
    assert compile_expression("x", {"x": "set"}, "set").evaluate({"x": {Grade.FIRST}}) == {"first"}


@pytest.mark.parametrize("given", [1, 0, "true", "", None, [], Decimal(1)])
def test_only_true_and_false_are_booleans(given):
    assert compile_expression("known(x)", {"x": "boolean"}).evaluate({"x": given}) is False
    assert compile_expression("x", {"x": "boolean"}).evaluate({"x": given}) is False


@pytest.mark.parametrize("given", ["ab", {"a": 1}, 3, None, [1], ["a", None], iter("ab")])
def test_which_values_are_no_sets(given):
    assert compile_expression("known(x)", {"x": "set"}).evaluate({"x": given}) is False


@pytest.mark.parametrize("type_", ["number", "text", "boolean", "set"])
def test_a_value_that_lies_about_its_class_is_unknown(type_):
    expression = compile_expression("known(x)", {"x": type_})
    for kind in (int, float, Decimal, str, bool, list, frozenset):
        assert expression.evaluate({"x": Liar(kind)}) is False
        assert expression.evaluate({"x": [Liar(kind)]}) is False


@pytest.mark.parametrize("wrap", [dict, MappingProxyType, ChainMap])
def test_any_mapping_gives_the_values(wrap):
    assert value("hour == 14", wrap(HELD)) is True


def test_the_callers_decimal_context_has_no_influence():
    expression = compile_expression("(x / 3 + 0.00000001) * 3", {"x": "number"}, "number")
    expected = expression.evaluate({"x": 1})
    with localcontext() as context:
        context.prec = 2
        context.Emax = 1
        assert expression.evaluate({"x": 1}) == expected
        assert compile_expression("x / 0", {"x": "number"}, "number").evaluate({"x": 1}) is None
    assert expected == Decimal("1.000000030000000000000000000")


def test_an_operand_in_the_middle_of_a_chain_is_read_once():
    asked = []

    class Watched(dict):
        def get(self, key, default=None):
            asked.append(key)
            return super().get(key, default)

    assert value("1 < hour < 20 < 30", Watched(HELD)) is True
    assert asked == ["hour"]


def test_what_is_not_needed_is_not_read():
    asked = []

    class Watched(dict):
        def get(self, key, default=None):
            asked.append(key)
            return super().get(key, default)

    assert value("hour > 20 and severity == 'major'", Watched(HELD)) is False
    assert asked == ["hour"]


def test_identity_is_source_result_and_names():
    one, same = (compile_expression("hour > 1", NAMES) for _ in range(2))
    assert one == same
    assert hash(one) == hash(same)
    assert one != compile_expression("hour  > 1", NAMES)
    assert value("hour", result="number") != compile_expression("hour", {"hour": "boolean"})
    assert [field.name for field in fields(Expression)] == ["source", "names", "result"]
    assert one.source == "hour > 1"
    assert one.result == "boolean"
    with pytest.raises(AttributeError):
        one.source = "true"


def test_names_are_those_that_are_read():
    text = "known(hour) and 'severity' == severity or min(1, count.return) > hour"
    assert compile_expression(text, NAMES).names == {"hour", "severity", "count.return"}
    assert compile_expression("true", NAMES).names == frozenset()


def test_a_name_may_be_any_word_of_the_language_once_it_is_declared():
    names = {"count.return": "number", "fact.class": "text", "min": "number", "open.not": "boolean", "lambda": "number"}
    text = "count.return + min(min, lambda) > 1 and fact.class == 'a' and open.not"
    values = {"count.return": 1, "fact.class": "a", "min": 1, "open.not": True, "lambda": 2}
    assert compile_expression(text, names).evaluate(values) is True


def test_wrong_types_of_the_caller_are_refused():
    with pytest.raises(ValueError, match="types are"):
        compile_expression("true", {}, "date")
    with pytest.raises(ValueError, match="types are"):
        compile_expression("true", {"x": "date"})
