"""docs/reference/expressions.md is complete and true: its tables against the code, its examples run."""

import ast
import re
from pathlib import Path

import pytest

from core.expression import ExpressionFaults, compile_expression, names_for
from core.expression.fault import MAX_FAULTS
from core.expression.functions import FUNCTIONS
from core.expression.names import FAMILIES, NAMES
from core.expression.number import DIGITS
from core.expression.scan import MAX_CHARACTERS, MAX_DEPTH, MAX_PARTS, MEANT
from core.expression.wide import HALF
from core.messages import catalogue

PAGE = (Path(__file__).parents[3] / "docs/reference/expressions.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
    for line in PAGE.splitlines()
    if line.startswith("|") and not line.startswith("|---")
]
DECLARED = names_for(
    tracks=["dark"], tasks=["repair"], facts={"depth_cm": "number"}, counters=["return"], parameters={"share": "number"}
)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_has_its_row(name):
    function = FUNCTIONS[name]
    assert [f"`{function.signature}`", function.result, function.zh, function.en] in ROWS
    assert function.signature.startswith(f"{name}(")
    assert function.signature.endswith(", ...)") is function.variadic


@pytest.mark.parametrize("name", NAMES, ids=lambda name: name.id)
def test_every_name_has_its_row(name):
    assert [f"`{name.id}`", name.type, name.zh, name.en] in ROWS
    assert names_for()[name.id] == name.type


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.prefix)
def test_every_family_of_names_has_its_row(family):
    assert [f"`{family.prefix}.<id>`", family.type or "as declared", family.zh, family.en] in ROWS


def test_every_fault_code_has_its_row_and_its_example_is_true():
    codes = {code for code, message in catalogue().items() if message.area == "expression" and message.severity}
    rows = {row[0].strip("`"): row for row in ROWS if row[0].startswith("`expression-")}
    assert set(rows) == codes
    run = 0
    for code, (_, example, column) in rows.items():
        if not example.startswith("`"):
            continue
        with pytest.raises(ExpressionFaults) as caught:
            compile_expression(example.strip("`"), DECLARED)
        assert (caught.value.faults[0].code, caught.value.faults[0].column) == (code, int(column))
        run += 1
    assert run == len(codes) - 3


def test_every_symbol_has_its_row():
    pairs = {(row[start], row[start + 1].strip("`")) for row in ROWS if len(row) == 5 for start in (0, 3)}
    for written, meant in {**HALF, **MEANT}.items():
        if not ("！" <= written <= "～" and ord(written) - ord(meant[0]) == 0xFEE0):
            shown = f"U+{ord(written):04X}" if written.isspace() else written
            assert (shown, "a space" if meant == " " else meant) in pairs


def test_the_limits_are_told():
    assert f"{MAX_CHARACTERS:,} characters, {MAX_PARTS} parts and {MAX_DEPTH} levels" in PAGE
    assert f"{DIGITS} digits in a number. At most {MAX_FAULTS} faults" in PAGE


def test_the_examples_give_what_the_page_says():
    examples = [row for row in ROWS if len(row) == 3 and row[1].startswith("`{") and row[2] in ("`True`", "`False`")]
    assert len(examples) == 12
    for text, values, result in examples:
        expression = compile_expression(text.strip("`"), DECLARED)
        assert expression.evaluate(ast.literal_eval(values.strip("`"))) is ast.literal_eval(result.strip("`")), text
