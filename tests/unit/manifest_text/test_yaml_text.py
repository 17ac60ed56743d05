"""Values, places and documents of YAML text."""

from decimal import Decimal

import pytest

from core.manifest.document import Document
from core.manifest.yaml_text import DEEPEST, MOST_NODES, read_yaml


def document_of(text: str) -> Document:
    document, findings = read_yaml("grid.yaml", text.encode())
    assert findings == []
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("0", 0),
        ("-12", -12),
        ("999999999999999999", 999999999999999999),
        ("0.50", Decimal("0.50")),
        ("-3.25", Decimal("-3.25")),
        ("'true'", "true"),
        ('"12"', "12"),
        *((same, same) for same in ("0101", "no", "on", "yes", "TRUE", "1:30", "2026-01-01", "1e5", "0x1f", "0o7")),
        *((same, same) for same in ("1_000", "+1", ".5", "1.", ".inf", ".nan", "1000000000000000000", "１２", "=")),
        ("0." + "1" * 19, "0." + "1" * 19),
    ],
)
def test_plain_scalars_stay_text_unless_they_are_plainly_something_else(text: str, value: object) -> None:
    read = document_of(f"code: {text}\n").value["code"]
    assert (type(read), read) == (type(value), value)
    assert str(read) == str(value)  # 0.50 keeps its digits


def test_keys_stay_text() -> None:
    assert list(document_of("01: a\ntrue: b\n~: c\n1.5: d\n网格: e\n").value) == ["01", "true", "~", "1.5", "网格"]


def test_places_count_characters() -> None:
    document = document_of("网格: {名称: 底张, 𠮷: [一, '二', \"三\"]} # 注\n# 说明\ntiers:\n  - id: >\n      折叠\n")
    assert document.positions == {
        (): (1, 1),
        ("网格",): (1, 5),
        ("网格", "名称"): (1, 10),
        ("网格", "𠮷"): (1, 17),
        ("网格", "𠮷", 0): (1, 18),
        ("网格", "𠮷", 1): (1, 21),
        ("网格", "𠮷", 2): (1, 26),
        ("tiers",): (4, 3),
        ("tiers", 0): (4, 5),
        ("tiers", 0, "id"): (4, 9),
    }
    assert document.key_positions[("网格", "𠮷")] == (1, 14)
    assert document.key_positions[("tiers",)] == (3, 1)
    assert document.place(("tiers", 0, "id"), key=True).column == 5


@pytest.mark.parametrize("prefix", ["", "\ufeff"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_byte_order_mark_and_line_ends_move_no_place(prefix: str, end: str) -> None:
    document = document_of(prefix + end.join(["# 注", "id: grid", "label: |", "  一", "  二", ""]))
    assert document.value == {"id": "grid", "label": "一\n二\n"}
    assert document.positions[("id",)] == (2, 5)
    assert document.key_positions[("id",)] == (2, 1)


def test_an_empty_file_is_a_document_of_nothing() -> None:
    assert document_of("").value is None
    assert document_of("# 只有注释\n").place().line == 1


def test_of_a_repeated_key_the_first_stands() -> None:
    document, findings = read_yaml("grid.yaml", b"a: {b: 1}\nc: 2\na: {b: 3, d: 4}\n")
    assert document is not None
    assert document.value == {"a": {"b": 1}, "c": 2}
    assert document.positions[("a", "b")] == (1, 8)
    assert ("a", "d") not in document.positions
    assert findings[0].params == {"key": "a", "first_line": 1}


@pytest.mark.parametrize("text", ["a: *b\n", "<<: {}\n", "? [x]\n: y\n", "a: 1\n---\n", "*a : b\n", "id：x\n", "a: ["])
def test_no_document_when_a_value_is_not_known(text: str) -> None:
    document, findings = read_yaml("grid.yaml", text.encode())
    assert document is None
    assert findings


def test_everything_that_can_be_collected_is() -> None:
    text = "a: &x 1\nb: *x\n<<: *x\nc: !t 2\nc: 3\n*x : 4\n? {d: 5}\n: 6\ne: 7\n  f: 8\n"
    _, findings = read_yaml("grid.yaml", text.encode())
    assert [(finding.code, finding.place.line) for finding in findings] == [
        ("yaml-anchor", 1),
        ("yaml-alias", 2),
        ("yaml-merge-key", 3),
        ("yaml-alias", 3),
        ("yaml-tag", 4),
        ("yaml-duplicate-key", 5),
        ("yaml-alias", 6),
        ("yaml-key-not-text", 7),
        ("yaml-syntax", 10),
    ]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("id：x\nlabel: y\n", [(1, 3)]),
        ("a: b\nid：x\nc: d\n", [(2, 3)]),
        ("id：x\nname：z\nlabel: y\n", [(1, 3), (2, 5)]),
        ("- id：x\n  b: 1\n", [(1, 5)]),
        ("tiers:\n- {zh：空港, en: x}\n", [(2, 6)]),
        ("a: b\nid：x\n", [(2, 3)]),
    ],
)
def test_full_width_colon_after_a_key(text: str, places: list[tuple[int, int]]) -> None:
    _, findings = read_yaml("grid.yaml", text.encode())
    assert [finding.code for finding in findings] == ["yaml-full-width-colon"] * len(places)
    assert [(finding.place.line, finding.place.column) for finding in findings] == places


@pytest.mark.parametrize(
    "value", ["App：下载", "{zh: 注：说明}", "'id：x'", '\n  "id：x"', "\n  注意：不要", "|\n  id：x"]
)
def test_full_width_colon_within_a_text_is_text(value: str) -> None:
    assert "：" in str(document_of(f"hint: {value}\n").value["hint"])


def test_limits_are_met_exactly() -> None:
    deep = "[" * DEEPEST + "]" * DEEPEST
    assert read_yaml("x.yaml", deep.encode())[1] == []
    assert read_yaml("x.yaml", f"[{deep}]".encode())[1][0].code == "yaml-too-deep"
    wide = "[" + "0," * (MOST_NODES - 1) + "]"
    assert read_yaml("x.yaml", wide.encode())[1] == []


def test_a_tab_in_a_text_is_no_indentation() -> None:
    assert document_of("a: |\n  x\n  \tb\nc: 'd\te'\n").value == {"a": "x\n\tb\n", "c": "d\te"}


def test_an_escaped_control_character_does_not_reach_the_value() -> None:
    document, findings = read_yaml("grid.yaml", b'a: "x\\0y"\n"k\\a": 1\n')
    assert [finding.code for finding in findings] == ["text-control-character"] * 2
    assert document is not None
    assert document.value == {"a": "x\ufffdy", "k\ufffd": 1}


@pytest.mark.parametrize("indent", ["\t", "\t ", " \t", "  \t  ", "\t \t"])
def test_a_line_indented_with_tabs_among_spaces(indent: str) -> None:
    document, (finding,) = read_yaml("grid.yaml", f"a:\n  b: 1\n{indent}c: 2\n".encode())
    assert document is None
    assert (finding.code, finding.place.line, finding.place.column) == ("yaml-tab", 3, indent.index("\t") + 1)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("a: {id: x， label: y}", (1, 10)),
        ("a: {id: x，label: {zh: 好，的, en: b}}", (1, 10)),
        ('a: {zh: "好"， en: b}', (1, 12)),
        ("a: {id: x，\n  label: y}", (1, 10)),
    ],
)
def test_a_full_width_comma_in_braces(text: str, place: tuple[int, int]) -> None:
    _, (finding,) = read_yaml("grid.yaml", f"{text}\n".encode())
    assert (finding.code, (finding.place.line, finding.place.column)) == ("yaml-full-width-comma", place)


def test_a_full_width_comma_in_a_text_is_text() -> None:
    assert document_of("a: {zh: 你好，世界, en: b}\n").value == {"a": {"zh": "你好，世界", "en": "b"}}
    _, (finding,) = read_yaml("grid.yaml", "a: {zh: 你好，世界, en: b\nc: [\n".encode())
    assert finding.code == "yaml-syntax"
