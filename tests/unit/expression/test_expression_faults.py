"""Faults of expressions: code, column in characters, parameters, all of them at once, and a sentence for each."""

import re
from pathlib import Path
from types import SimpleNamespace

import pytest

import core.expression
from core.expression import ExpressionFaults, compile_expression, names_for
from core.expression.scan import MAX_CHARACTERS
from core.messages import catalogue, hint, render

NAMES = names_for(
    tracks=["main"],
    tasks=["repair"],
    facts={"depth_cm": "number", "tags": "set"},
    parameters={"response_hours": "number"},
)

CASES = [
    ("", [("expression-empty", 1)]),
    (" \n\t ", [("expression-empty", 1)]),
    ("1" * (MAX_CHARACTERS + 1), [("expression-too-long", MAX_CHARACTERS + 1)]),
    ("(" * 41 + "hour > 1" + ")" * 41, [("expression-too-complex", 41)]),
    ("not " * 41 + "true", [("expression-too-complex", 1)]),
    ("not " * 450 + "true", [("expression-too-complex", 1)]),
    ("hour in {" + "1," * 500 + "1}", [("expression-too-complex", 1)]),
    ("hour ＞ 3", [("expression-full-width", 6)]),
    ("（hour＞3）", [("expression-full-width", 1), ("expression-full-width", 6), ("expression-full-width", 8)]),
    ("severity == “重大”", [("expression-full-width", 13), ("expression-full-width", 16)]),
    ("severity == '重大，（紧急）' and hour＝3", [("expression-full-width", 31)]),
    ("hour >\u3000３", [("expression-full-width", 7), ("expression-full-width", 8)]),
    ("fact。depth_cm > 1", [("expression-full-width", 5)]),
    ("severity in {'a'、'b'}", [("expression-full-width", 17)]),
    ("hour ≥ 3", [("expression-symbol", 6)]),
    ("severity = 'a'", [("expression-symbol", 10)]),
    ("!open.repair && hour > 1 || hour <> 2", [("expression-symbol", c) for c in (1, 14, 26, 34)]),
    ("hour > 1 AND Not open.repair", [("expression-symbol", 10), ("expression-symbol", 14)]),
    ("severity in ['a', 'b']", [("expression-symbol", 13), ("expression-symbol", 22)]),
    ("hour % 2 == 0", [("expression-foreign", 6)]),
    ("hour ** 2 > 1", [("expression-foreign", 6)]),
    ("hour // 2 > 1", [("expression-foreign", 6)]),
    ("severity is None", [("expression-foreign", 10), ("expression-foreign", 13)]),
    ("severity == 'a\\n'", [("expression-foreign", 15)]),
    ("hour > 1\x00", [("expression-foreign", 9)]),
    ("hour > 1 # xyz", [("expression-foreign", 10), ("expression-undeclared-name", 12)]),
    ("+hour > 1", [("expression-foreign", 1)]),
    ("{} == {}", [("expression-foreign", 1), ("expression-foreign", 7)]),
    ("(hour)(1) > 1", [("expression-missing-operator", 7)]),
    ("1(2) > 1", [("expression-missing-operator", 2)]),
    ("min(*hour) > 1", [("expression-foreign", 5)]),
    ("severity == '重大", [("expression-open-text", 13)]),
    ("severity == 'a\nb'", [("expression-open-text", 13)]),
    ("hour > 1e5", [("expression-number-form", 8)]),
    ("hour > 0x10 or hour > 1_0", [("expression-number-form", 8), ("expression-number-form", 23)]),
    ("hour > 5小时", [("expression-number-form", 8)]),
    ("hour > 1.2.3", [("expression-number-form", 8)]),
    ("hour > 1" + "0" * 28, [("expression-number-form", 8)]),
    ("hour > 0." + "0" * 28 + "1", [("expression-number-form", 8)]),
    ("category == 0101", [("expression-leading-zero", 13)]),
    ("(hour > 1", [("expression-bracket", 1)]),
    ("hour > 1)", [("expression-bracket", 9)]),
    ("(hour in {1)}", [("expression-bracket", 12)]),
    ("((hour > 1", [("expression-bracket", 1), ("expression-bracket", 2)]),
    ("hour 3", [("expression-missing-operator", 6)]),
    ("severity == 'a' 'b'", [("expression-missing-operator", 17)]),
    ("severity == '''a'''", [("expression-missing-operator", 15), ("expression-missing-operator", 18)]),
    ("1 if hour > 1", [("expression-else-missing", 3)]),
    ("hour > 1 and ", [("expression-incomplete", 13)]),
    ("hour >", [("expression-incomplete", 7)]),
    ("hour > > 1", [("expression-syntax", 8)]),
    ("重 == 1 and or hour", [("expression-undeclared-name", 1), ("expression-syntax", 12)]),
    ("sevrity == 'a'", [("expression-unknown-name", 1)]),
    ("'井盖' == sevrity", [("expression-unknown-name", 9)]),
    ("severity == '井盖'\nand sevrity == 'a'", [("expression-unknown-name", 22)]),
    ("severity == 重大", [("expression-undeclared-name", 13)]),
    ("().__class__", [("expression-foreign", 3), ("expression-undeclared-name", 4)]),
    ("severity.__class__.__mro__ == 'a'", [("expression-undeclared-name", 1)]),
    (
        "fact . depth_cm > 1",
        [("expression-unknown-name", 1), ("expression-foreign", 6), ("expression-unknown-name", 8)],
    ),
    ("maximum(hour, 1) > 1", [("expression-unknown-function", 1)]),
    ("hour(1) > 1", [("expression-unknown-function", 1)]),
    ("min() > 1", [("expression-argument-count", 1)]),
    ("abs(1, 2) > 1", [("expression-argument-count", 1)]),
    ("round(1) > 1", [("expression-argument-count", 1)]),
    ("severity > 1", [("expression-number-expected", 1)]),
    ("'a' * 900000000 == 'a'", [("expression-number-expected", 1), ("expression-unlike", 20)]),
    ("hour + severity > -severity", [("expression-number-expected", 8), ("expression-number-expected", 20)]),
    ("1 < 2 < 'a'", [("expression-number-expected", 9)]),
    ("severity in {1, 2}", [("expression-number-expected", 1)]),
    ("known({1})", [("expression-number-expected", 7)]),
    ("hour in fact.tags", [("expression-text-expected", 1)]),
    ("starts_with(1, 'a')", [("expression-text-expected", 13)]),
    ("len(1) > 1", [("expression-text-expected", 5)]),
    ("hour", [("expression-boolean-expected", 1)]),
    ("not hour and severity", [("expression-boolean-expected", 5), ("expression-boolean-expected", 14)]),
    ("(1 if hour else 2) > 1", [("expression-boolean-expected", 7)]),
    ("severity in 'major'", [("expression-set-expected", 13)]),
    ("severity in ('a', 'b')", [("expression-set-expected", 13)]),
    ("severity == 1", [("expression-unlike", 13)]),
    ("hour == {1}", [("expression-unlike", 9)]),
    ("(1 if open.repair else 'a') == 1", [("expression-unlike", 24)]),
    ("severity in {'a', hour, 1}", [("expression-set-element", 19), ("expression-set-element", 25)]),
    ("hour in {severity, hour}", [("expression-set-element", 10), ("expression-set-element", 20)]),
    ("hour in {-'a'}", [("expression-set-element", 10)]),
]


def faults_of(text, names=NAMES, result="boolean"):
    with pytest.raises(ExpressionFaults) as caught:
        compile_expression(text, names, result)
    return caught.value.faults


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[repr(text)[:60] for text, _ in CASES])
def test_every_fault_stands_at_its_character(text, expected):
    assert [(fault.code, fault.column) for fault in faults_of(text)] == expected


def test_every_code_has_a_case_and_a_sentence():
    package = Path(core.expression.__file__).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in package.glob("*.py"))
    raised = set(re.findall(r'"(expression-[a-z-]+)"', sources)) - {"expression-faults"}
    raised |= {f"expression-{kind}-expected" for kind in ("number", "text", "boolean", "set")}
    written = {code for code, message in catalogue().items() if message.area == "expression"} - {"expression-faults"}
    assert raised == written
    assert {code for _, expected in CASES for code, _ in expected} == written


@pytest.mark.parametrize(("text", "expected"), CASES, ids=[repr(text)[:60] for text, _ in CASES])
def test_every_sentence_and_hint_is_filled(text, expected):
    for fault in faults_of(text):
        for language in ("zh", "en"):
            for sentence in (render(fault.code, fault.params, language), hint(fault.code, fault.params, language)):
                assert sentence
                assert not re.search(r"\{[a-z_]+\}", sentence.replace(fault.params.get("written", "{}"), ""))
        assert catalogue()[fault.code].severity == "error"


def test_the_exception_counts_its_faults():
    with pytest.raises(ExpressionFaults) as caught:
        compile_expression("sevrity == 1 and hur > 2", NAMES)
    assert render(caught.value.code, caught.value.params) == "表达式有 2 处错误"
    assert caught.value.status == 422
    assert caught.value.source == "sevrity == 1 and hur > 2"


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("sevrity", "severity"),
        ("depth_cm", "fact.depth_cm"),
        ("Severity", "severity"),
        ("SEVERITY", "severity"),
        ("stage.mian", "stage.main"),
    ],
)
def test_an_unknown_name_is_told_the_nearest(name, nearest):
    (fault,) = faults_of(f"known({name})")
    assert fault.params == {"name": name, "nearest": nearest}
    assert nearest in hint(fault.code, fault.params)


@pytest.mark.parametrize("wide", "（）＜＞＝！＋－＊／，｛｝０９ａＺ＿．。、“”‘’「」《》【】［］×÷—−　\u00a0")
def test_full_width_characters_are_named_with_their_half_width_ones(wide):
    found = [f for f in faults_of(f"severity == 'a' {wide} hour") if f.code == "expression-full-width"]
    assert [fault.column for fault in found] == [17]
    assert found[0].params["meant"].isascii()
    assert found[0].params["written"] in (wide, f"U+{ord(wide):04X}")


def test_a_full_width_equals_sign_means_comparison():
    (fault,) = faults_of("hour ＝ 3")
    assert fault.params == {"written": "＝", "meant": "=="}


def test_nothing_inside_quotes_is_a_fault():
    text = 'severity == \'（重大），“急”；％ ＝ # \u3000 lambda\' or severity == "it\'s" or severity == "他说“好”了"'
    assert compile_expression(text, NAMES).evaluate({"severity": "it's"}) is True
    assert compile_expression(text, NAMES).evaluate({"severity": "他说“好”了"}) is True


def test_faults_behind_full_width_characters_are_found_too():
    codes = [fault.code for fault in faults_of("sevrity ＝＝ “重大” and hour ＞ “３”")]
    assert codes.count("expression-full-width") == 7
    assert "expression-unknown-name" in codes
    assert "expression-number-expected" not in codes  # a fault is given once for a column


def test_long_pieces_are_shortened_and_faults_are_limited():
    (fault,) = faults_of("x" * 1500)
    assert len(fault.params["name"]) == 40
    assert len(faults_of("？" * 1999)) == 50


@pytest.mark.parametrize("error", [MemoryError, RecursionError])
def test_a_parser_that_gives_up_means_too_complex(error, monkeypatch):
    def give_up(*arguments, **options):
        raise error

    monkeypatch.setattr("core.expression.parse.ast", SimpleNamespace(parse=give_up))
    assert [fault.code for fault in faults_of("hour > 1")] == ["expression-too-complex"]


def test_every_result_type_is_checked():
    for result, code in [("number", "number"), ("text", "text"), ("set", "set")]:
        assert [f.code for f in faults_of("true", result=result)] == [f"expression-{code}-expected"]
