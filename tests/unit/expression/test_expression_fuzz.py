"""Attacks: whatever the text, an Expression or ExpressionFaults; whatever the values, a value; and little work."""

import sys
from decimal import Decimal
from fractions import Fraction
from math import inf, nan

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.expression import Expression, ExpressionFaults, compile_expression
from core.expression.functions import FUNCTIONS
from core.expression.names import names_for
from core.expression.scan import MEANT
from core.expression.wide import HALF

NAMES = names_for(
    tracks=["main", "dark"],
    tasks=["repair"],
    facts={"depth_cm": "number", "tags": "set", "flag": "boolean"},
    counters=["return"],
    parameters={"response_hours": "number"},
)
RESULTS = st.sampled_from(["boolean", "number", "text", "set"])
quick = settings(max_examples=250, deadline=None, database=None)

WORDS = """
and or not in if else True False true false None null is lambda for while yield await async import
0 1 7 007 1e9 1E999999 0x10 1_0 1j .5 5. 99999999999999999999999999999 900000000
** // := -> <= >= == != << >> ... ''' f' b' rb' u' %99999999d __class__ __mro__ __subclasses__
__import__ globals eval exec open getattr get v0 v1 k0 x0 x1 self {0.__class__}
"""
PIECES = [
    *NAMES,
    *FUNCTIONS,
    *MEANT,
    *HALF,
    *"()[]{}'\"\\,.:;#@$?`~^%!<>=+-*/|& \t\r\n\x00\x0b\x0c\x1f\x7f\x85\u200b\u2028\ufeff\ud800😀é井盖߀٣²½ﬁ_",
    *[
        "and",
        "or",
        "not",
        "in",
        "if",
        "else",
        "True",
        "False",
        "true",
        "false",
        "None",
        "null",
        "is",
        "lambda",
        "for",
        "while",
        "yield",
        "await",
        "async",
        "import",
    ],
    *[
        "0",
        "1",
        "7",
        "007",
        "1e9",
        "1E999999",
        "0x10",
        "1_0",
        "1j",
        ".5",
        "5.",
        "99999999999999999999999999999",
        "900000000",
    ],
    *[
        "**",
        "//",
        ":=",
        "->",
        "<=",
        ">=",
        "==",
        "!=",
        "<<",
        ">>",
        "...",
        "'''",
        '"""',
        "f'",
        "b'",
        "rb'",
        "u'",
        "%99999999d",
        "__class__",
        "__mro__",
        "__subclasses__",
    ],
    *[
        "__import__",
        "globals",
        "eval",
        "exec",
        "open",
        "getattr",
        "get",
        "v0",
        "v1",
        "k0",
        "x0",
        "x1",
        "self",
        "{0.__class__}",
    ],
    "'a'",
    "'重大'",
    "{'a','b'}",
    "{1,2}",
    "\\N{DIGIT ONE}",
    "x if c else y",
]
texts = st.lists(st.sampled_from(PIECES), max_size=40).flatmap(
    lambda pieces: st.sampled_from(["", " "]).map(lambda glue: glue.join(pieces))
)
values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.integers(min_value=10**27, max_value=10**60),
    st.floats(),
    st.decimals(),
    st.decimals(min_value=-100, max_value=100, places=2),
    st.text(max_size=5),
    st.sampled_from(["a", "b", "major", b"a", nan, inf, Fraction(1, 3), 1j, object(), type, Decimal("sNaN"), 10**400]),
    st.lists(st.sampled_from(["a", "b", 1, None])),
    st.sets(st.sampled_from(["a", "b"])),
    st.dictionaries(st.text(max_size=2), st.integers(), max_size=2),
)
situations = st.dictionaries(st.sampled_from(sorted(NAMES)), values)


def attack(text, situation=None, result="boolean"):
    """Compile and evaluate; anything but the promised outcome escapes as an exception or a failed assertion."""
    try:
        expression = compile_expression(text, NAMES, result)
    except ExpressionFaults as refused:
        assert refused.faults
        assert all(1 <= fault.column <= len(text) + 1 for fault in refused.faults)
        assert all(str(value).__len__() < 3000 for fault in refused.faults for value in fault.params.values())
        return None
    assert isinstance(expression, Expression)
    assert expression.names <= set(NAMES)
    for held in ({}, situation or {}):
        got = expression.evaluate(held)
        check_result(got, result)
        assert expression.evaluate(held) == got
    return expression


def check_result(got, result):
    if result == "boolean":
        assert got is True or got is False
    elif got is not None:
        assert type(got) is {"number": Decimal, "text": str, "set": frozenset}[result]
    if type(got) is Decimal:
        assert got.is_finite()
        assert len(got.as_tuple().digits) <= 28
        assert abs(got) < 10**28


@quick
@given(texts, situations, RESULTS)
@example("9**9**9", {}, "number")
@example("'a'*900000000", {}, "text")
@example("'%99999999d' % 1", {}, "text")
@example("().__class__.__base__.__subclasses__()", {}, "text")
@example("(lambda: 1)()", {}, "number")
@example("f'{hour}'", {}, "text")
@example("f'{hour.__class__}' == 'a'", {}, "boolean")
@example("(hour := 1) == 1", {}, "boolean")
@example("[x for x in {1}] == 1", {}, "boolean")
@example("max(*{1,2})", {}, "number")
@example("__import__('os').system('true')", {}, "number")
@example("v0(1)", {}, "number")
@example("get('hour')", {}, "number")
@example("x0 == x1", {}, "boolean")
@example("1" + "0" * 1998, {}, "number")
@example("99999999999999999999999999" + " * 9999999999999999" * 30, {}, "number")
@example("hour\\\n> 1", {}, "boolean")
@example("\ud800 == '\ud800'", {}, "boolean")
@example("category == '\ud800'", {}, "boolean")
@example("category == '\x00'", {}, "boolean")
def test_no_text_gets_through_or_breaks_anything(text, situation, result):
    attack(text, situation, result)


@quick
@given(st.text(max_size=200), RESULTS)
def test_arbitrary_characters(text, result):
    attack(text, None, result)


VALID = [
    "known(object_kind) and stage.dark == 'intervening' or not open.repair",
    "0.4 * hour + 0.3 * count.return + 0.1 * min(fact.depth_cm / parameter.response_hours, 1) > 0.95",
    "severity in {'major', '重大'} and weekday not in {6, 7} and 8 <= hour < 18",
    "round(fact.depth_cm if fact.flag else -1, 2) == 1.25 and 'a' in fact.tags and len(category) == 4",
]


@quick
@given(st.sampled_from(VALID), st.data())
def test_mutated_expressions(text, data):
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 6)))
        text = text[:start] + data.draw(st.sampled_from(["", *PIECES])) + text[end:]
    attack(text, data.draw(situations))


def test_the_expressions_that_are_mutated_are_valid():
    assert all(attack(text) is not None for text in VALID)


names = st.sampled_from(sorted(NAMES))
leaves = st.one_of(names, st.sampled_from(["1", "0", "0.5", "28", "'a'", "true", "{'a'}", "{1, 2}"]))


def combine(inner):
    """Any construct of the language over any operands, well typed or not."""
    two = st.tuples(inner, inner)
    operators = st.sampled_from(["+", "-", "*", "/", "==", "!=", "<", "<=", ">", ">=", "and", "or", "in", "not in"])
    calls = st.tuples(st.sampled_from(sorted(FUNCTIONS)), st.lists(inner, min_size=1, max_size=3))
    return st.one_of(
        st.tuples(two, operators).map(lambda parts: f"({parts[0][0]} {parts[1]} {parts[0][1]})"),
        inner.map(lambda part: f"-{part}"),
        inner.map(lambda part: f"(not {part})"),
        st.tuples(inner, inner, inner).map(lambda parts: f"({parts[0]} if {parts[1]} else {parts[2]})"),
        calls.map(lambda call: f"{call[0]}({', '.join(call[1])})"),
    )


@quick
@given(st.recursive(leaves, combine, max_leaves=12), situations, RESULTS)
def test_constructs_over_any_operands(text, situation, result):
    attack(text, situation, result)


def steps(work):
    """How many functions are called, Python's own and built-in ones, while `work` runs."""
    count = 0

    def counter(frame, event, argument):
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(counter)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def nested(opening, inner, closing, depth):
    return opening * depth + inner + closing * depth


@pytest.mark.parametrize(
    "text",
    [
        nested("(", "1", ")", 900),
        nested("min(", "1", ")", 300),
        nested("not ", "true", "", 490),
        nested("-", "1", "", 1999),
        nested("{", "1", "}", 900),
        nested("1 if true else ", "1", "", 130),
        nested("(1 < ", "1", ")", 300),
        nested("'", "", "", 2000),
        nested("(", "", "", 2000),
        "1" + "+1" * 990,
        "hour" + " < 1" * 490,
        ",".join(["hour"] * 400),
        "？" * 2000,
        "a " * 1000,
        " ".join(f"a{i}" for i in range(1000))[:2000],
        "fact.depth_c" * 160,
        "e" * 2000,
        "e." * 999 + "e",
        "x" * 1_000_000,
        "(" * 1_000_000,
    ],
    ids=lambda text: text[:20],
)
def test_little_work_for_any_text(text):
    assert steps(lambda: attack(text)) < 150_000


def test_little_work_for_any_value():
    text = " and ".join(["(1 < hour + 1 < 10 or category in {'a', 'b'})"] * 30)
    expression = compile_expression(text, NAMES)
    held = {"hour": Decimal(3), "category": "a"}
    assert expression.evaluate(held) is True
    assert steps(lambda: expression.evaluate(held)) < 30 * 12


def test_chained_comparisons_do_not_multiply_work():
    text = "true"
    for _ in range(18):
        text = f"(true == {text} == true)"
    expression = compile_expression(text, NAMES)
    assert expression.evaluate({}) is True
    text = "open.repair"
    for _ in range(18):
        text = f"(true == {text} == true)"
    expression = compile_expression(text, NAMES)
    assert steps(lambda: expression.evaluate({"open.repair": True})) < 200


@pytest.mark.parametrize(
    ("opening", "inner", "closing"),
    [
        ("(", "true", ")"),
        ("not ", "true", ""),
        ("known(", "true", ")"),
        ("true == (true and ", "true", ")"),
        ("true == (true == ", "open.repair", " == true)"),
        ("(true if open.repair else ", "true", ")"),
        ("min(1, ceil(1 + -", "1", "))"),
    ],
)
def test_whatever_is_deep_compiles_or_is_told_so(opening, inner, closing):
    codes = []
    result = "number" if inner == "1" else "boolean"
    for depth in range(1, 60):
        try:
            text = nested(opening, inner, closing, depth)
            codes.append(compile_expression(text, NAMES, result).evaluate({}) is not None)
        except ExpressionFaults as refused:
            codes += [fault.code for fault in refused.faults]
    allowed = codes.count(True)
    assert 9 <= allowed <= 40
    assert set(codes[allowed:]) <= {"expression-too-complex", "expression-too-long"}


def test_the_deepest_expressions_allowed_compile():
    assert attack("not " * 39 + "true") is not None
    assert attack("-" * 39 + "1", result="number") is not None
    assert attack("hour" + " + 1" * 39, result="number") is not None
    assert attack("not " * 40 + "true") is None
