"""The compiled code against two oracles: a slow evaluator of the meaning, and Python itself on whole numbers."""

from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.expression import compile_expression

NAMES = {
    **{f"n.{letter}": "number" for letter in "ab"},
    **{f"t.{letter}": "text" for letter in "ab"},
    **{f"b.{letter}": "boolean" for letter in "ab"},
    "s.a": "set",
}
quick = settings(max_examples=300, deadline=None, database=None)

# A tree is (text, meaning): meaning(values) gives the value, None for unknown, by the reference page's words alone.

decimals = st.decimals(min_value=-1000, max_value=1000, places=2, allow_nan=False)


def literal(number):
    return f"({number})" if number < 0 else str(number)


numbers = st.deferred(
    lambda: st.one_of(
        decimals.map(lambda number: (literal(abs(number)), lambda values: abs(number))),
        st.sampled_from(["n.a", "n.b"]).map(lambda name: (name, lambda values: values.get(name))),
        st.tuples(numbers, st.sampled_from("+-*/"), numbers).map(lambda parts: arithmetic(*parts)),
        numbers.map(lambda inner: (f"-({inner[0]})", lambda values: exact(lambda x: -x, inner[1](values)))),
        st.tuples(conditions, numbers, numbers).map(lambda parts: choice(*parts)),
        st.tuples(st.sampled_from(["min", "max"]), st.lists(numbers, min_size=1, max_size=3)).map(
            lambda parts: extreme(*parts)
        ),
        st.tuples(st.sampled_from(["floor", "ceil", "abs"]), numbers).map(lambda parts: whole(*parts)),
        st.tuples(numbers, st.integers(0, 3)).map(lambda parts: rounded(*parts)),
    )
)
words = st.sampled_from(["a", "ab", "b", "井盖"])
texts = st.deferred(
    lambda: st.one_of(
        words.map(lambda word: (f"'{word}'", lambda values: word)),
        st.sampled_from(["t.a", "t.b"]).map(lambda name: (name, lambda values: values.get(name))),
        st.tuples(conditions, texts, texts).map(lambda parts: choice(*parts)),
    )
)
conditions = st.deferred(
    lambda: st.one_of(
        st.sampled_from(["b.a", "b.b"]).map(lambda name: (name, lambda values: values.get(name) is True)),
        st.tuples(numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), numbers).map(lambda p: compared(*p)),
        st.tuples(texts, st.sampled_from(["==", "!="]), texts).map(lambda parts: compared(*parts)),
        st.tuples(numbers, numbers, numbers).map(lambda parts: between(*parts)),
        st.tuples(conditions, st.sampled_from(["and", "or"]), conditions).map(lambda parts: joined(*parts)),
        conditions.map(lambda inner: (f"not ({inner[0]})", lambda values: not inner[1](values))),
        st.one_of(numbers, texts).map(lambda i: (f"known({i[0]})", lambda values: i[1](values) is not None)),
        st.tuples(texts, st.sets(words, min_size=1), st.booleans()).map(lambda parts: member(*parts)),
    )
)


def exact(reckon, *operands):
    """28 digits, ties away from zero; unknown when an operand is, when too large or small, or divided by zero."""
    if None in operands:
        return None
    with localcontext() as context:
        context.prec = 28
        context.rounding = ROUND_HALF_UP
        context.clear_flags()
        for trap in context.traps:
            context.traps[trap] = False
        found = reckon(*operands)
    return found if found.is_finite() and abs(found) < 10**28 else None


def arithmetic(left, sign, right):
    reckon = {
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
        "/": lambda x, y: x / y,
    }[sign]
    return f"({left[0]} {sign} {right[0]})", lambda values: exact(reckon, left[1](values), right[1](values))


def choice(test, yes, no):
    return f"({yes[0]} if {test[0]} else {no[0]})", lambda values: (yes if test[1](values) else no)[1](values)


def extreme(name, inner):
    def meaning(values):
        found = [part[1](values) for part in inner]
        return None if None in found else sorted(found)[0 if name == "min" else -1]

    return f"{name}({', '.join(part[0] for part in inner)})", meaning


def whole(name, inner):
    def meaning(values):
        found = inner[1](values)
        if found is None:
            return None
        fraction = Fraction(found)
        steps = {"floor": fraction.__floor__, "ceil": fraction.__ceil__, "abs": fraction.__abs__}
        return abs(found) if name == "abs" else Decimal(steps[name]())

    return f"{name}({inner[0]})", meaning


def rounded(inner, places):
    def meaning(values):
        found = inner[1](values)
        if found is None:
            return None
        sign = -1 if found < 0 else 1
        return sign * Decimal((abs(Fraction(found)) * 10**places + Fraction(1, 2)).__floor__()).scaleb(-places)

    return f"round({inner[0]}, {places})", meaning


def compared(left, sign, right):
    def meaning(values):
        x, y = left[1](values), right[1](values)
        if x is None or y is None:
            return False
        if sign in ("==", "!="):
            return (x == y) is (sign == "==")
        return {"<": x < y, "<=": x <= y, ">": x > y, ">=": x >= y}[sign]

    return f"({left[0]} {sign} {right[0]})", meaning


def between(low, value, high):
    """As a chain and as a function, which must agree."""
    first, second = compared(low, "<=", value)[1], compared(value, "<=", high)[1]
    text = f"(({low[0]} <= {value[0]} <= {high[0]}) == between({value[0]}, {low[0]}, {high[0]}))"
    chained = f"({low[0]} <= {value[0]} <= {high[0]})"
    return f"({text} and {chained})", lambda values: first(values) and second(values)


def joined(left, word, right):
    def meaning(values):
        x, y = left[1](values), right[1](values)
        return (x and y) if word == "and" else (x or y)

    return f"({left[0]} {word} {right[0]})", meaning


def member(inner, choices, negated):
    def meaning(values):
        found = inner[1](values)
        return found is not None and (found in choices) is not negated

    listed = ", ".join(f"'{word}'" for word in sorted(choices))
    return f"({inner[0]} {'not in' if negated else 'in'} {{{listed}}})", meaning


situations = st.fixed_dictionaries(
    {},
    optional={
        "n.a": decimals,
        "n.b": st.sampled_from([Decimal(0), Decimal(10) ** 20, Decimal("0.1")]),
        "t.a": words,
        "t.b": words,
        "b.a": st.booleans(),
        "b.b": st.booleans(),
    },
)


def compiled(text, result):
    """The expression, when random building kept it within the limits of size."""
    assume(len(text) <= 2000 and text.count("(") <= 200)
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    assume(deepest <= 19)  # a pair of brackets stands for two levels at most
    return compile_expression(text, NAMES, result)


@quick
@given(numbers, situations)
def test_numbers_are_what_the_slow_evaluator_says(tree, values):
    got, expected = compiled(tree[0], "number").evaluate(values), tree[1](values)
    assert got == expected, tree[0]


@quick
@given(conditions, situations)
def test_conditions_are_what_the_slow_evaluator_says(tree, values):
    assert compiled(tree[0], "boolean").evaluate(values) is tree[1](values), tree[0]


@quick
@given(texts, situations)
def test_texts_are_what_the_slow_evaluator_says(tree, values):
    assert compiled(tree[0], "text").evaluate(values) == tree[1](values), tree[0]


small = st.integers(0, 9).map(str)
sums = st.lists(small, min_size=2, max_size=8).flatmap(
    lambda operands: st.lists(
        st.sampled_from([" + ", " - ", " * ", "+-", "--", "*-"]), min_size=len(operands), max_size=len(operands)
    ).map(lambda signs: "".join(x for pair in zip(signs, operands, strict=True) for x in pair)[len(signs[0]) :])
)
tests = st.lists(sums, min_size=2, max_size=3).flatmap(
    lambda parts: st.lists(
        st.sampled_from([" < ", " <= ", " > ", " >= ", " == ", " != "]), min_size=len(parts), max_size=len(parts)
    ).map(lambda signs: "".join(x for pair in zip(signs, parts, strict=True) for x in pair)[len(signs[0]) :])
)
sentences = st.lists(st.tuples(st.sampled_from([" and ", " or "]), st.sampled_from(["", "not "]), tests), max_size=4)


@quick
@given(sums)
def test_arithmetic_binds_as_python_does(text):
    assert compile_expression(text, {}, "number").evaluate({}) == eval(text)  # noqa: S307


@quick
@given(tests, sentences)
def test_conditions_bind_as_python_does(first, rest):
    text = first + "".join(f"{word}{negation}{test}" for word, negation, test in rest)
    assert compile_expression(text, {}).evaluate({}) is eval(text)  # noqa: S307


@quick
@given(st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12))
def test_rounding_down_and_up_surround_the_number(number):
    low = compile_expression("floor(x)", {"x": "number"}, "number").evaluate({"x": number})
    high = compile_expression("ceil(x)", {"x": "number"}, "number").evaluate({"x": number})
    assert low == number.to_integral_value(ROUND_FLOOR)
    assert high == number.to_integral_value(ROUND_CEILING)
