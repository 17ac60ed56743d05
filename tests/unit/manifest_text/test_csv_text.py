"""Cells, places and faults of CSV text."""

import csv
import io

from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import Finding
from core.manifest.csv_text import MOST_CELLS, MOST_COLUMNS, read_csv
from core.manifest.document import Table

CELL = st.text(st.sampled_from("ab网格𠮷0 \"',;\n\t=　"), max_size=6)


def table_of(text: str | bytes) -> Table:
    table, findings = read_csv("cells.csv", text.encode() if isinstance(text, str) else text)
    assert findings == []
    assert table is not None
    return table


def findings_of(text: str) -> list[Finding]:
    return read_csv("cells.csv", text.encode())[1]


def test_cells_are_stripped_text() -> None:
    table = table_of('code , label_zh,formula\n 0101 ,"底张, ""一"" ",=SUM(A1)\n')
    assert table.columns == ("code", "label_zh", "formula")
    assert dict(table.rows[0].values) == {"code": "0101", "label_zh": '底张, "一"', "formula": "=SUM(A1)"}


def test_places_are_of_the_first_character() -> None:
    table = table_of('编号,名称,备注\n1, 底张 ,\n2,"多\n行", "引"\n\n3,,𠮷x\n')
    assert [dict(row.positions) for row in table] == [
        {"编号": (2, 1), "名称": (2, 4), "备注": (2, 8)},
        {"编号": (3, 1), "名称": (3, 3), "备注": (4, 5)},
        {"编号": (6, 1), "名称": (6, 3), "备注": (6, 4)},
    ]
    assert table.rows[1].values["名称"] == "多\n行"
    assert str(table.rows[2].place("备注")) == "cells.csv:6:4 $[2]['备注']"


def test_an_empty_cell_stands_where_it_begins_whether_or_not_it_holds_space() -> None:
    for last in ("x", '"x"'):
        (row,) = table_of(f"a,b,c\n1,  ,  {last}\n")
        assert dict(row.positions) == {"a": (2, 1), "b": (2, 3), "c": (2, 8)}


def test_byte_order_mark_line_ends_and_blank_rows() -> None:
    for end in ("\n", "\r\n", "\r"):
        table = table_of("\ufeff" + end.join(["code,label", "1,x", "", " , ", '"2","y' + end + 'z"']))
        assert [row.values["code"] for row in table] == ["1", "2"]
        assert [row.index for row in table] == [0, 1]
        assert table.rows[1].values["label"] == "y\nz"
        assert table.rows[1].positions["label"] == (5, 5)


def test_a_quote_inside_a_bare_cell_is_text() -> None:
    assert table_of('code,size\n1,5" 管\n').rows[0].values["size"] == '5" 管'


def test_a_ragged_row_is_kept_with_what_it_has() -> None:
    table, findings = read_csv("cells.csv", b"code,label,kind\n1,x\n2,y,z,more\n3,y,z\n")
    assert [finding.params for finding in findings] == [{"expected": 3, "found": 2}, {"expected": 3, "found": 4}]
    assert table is not None
    assert [row.values["kind"] for row in table] == ["", "z", "z"]
    assert table.rows[0].positions["kind"] == (2, 3)


def test_of_two_columns_of_one_name_the_first_counts() -> None:
    table, _ = read_csv("cells.csv", b"code,code\n1,2\n")
    assert table is not None
    assert table.rows[0].values["code"] == "1"
    assert table.rows[0].positions["code"] == (2, 1)


def test_limits_are_met_exactly() -> None:
    assert findings_of(",".join(f"c{n}" for n in range(MOST_COLUMNS)) + "\n") == []
    assert findings_of("a\n" + "x" * 10_000 + "\n") == []
    assert findings_of('a\n"' + "x" * 10_001 + '"\n')[0].code == "csv-cell-too-long"
    wide = MOST_CELLS // 400
    text = ",".join(f"c{n}" for n in range(400)) + "\n" + ("1" + "," * 399 + "\n") * (wide + 1)
    assert [(finding.code, finding.place.line) for finding in findings_of(text)] == [("csv-too-many-rows", wide + 2)]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(CELL, min_size=3, max_size=3), max_size=5), st.booleans())
def test_reads_what_the_standard_module_writes_and_knows_where_it_stands(rows: list[list[str]], quote: bool) -> None:
    out = io.StringIO()
    quoting = csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL
    csv.writer(out, quoting=quoting, lineterminator="\n").writerows([["a", "名", "c"], *rows])
    table = table_of(out.getvalue())

    kept = [[cell.strip() for cell in row] for row in rows]
    kept = [row for row in kept if any(row)]
    assert [[row.values[column] for column in ("a", "名", "c")] for row in table] == kept
    lines = out.getvalue().split("\n")
    for row in table:
        for column, cell in row.values.items():
            line, start = row.positions[column]
            rest = lines[line - 1][start - 1 :]
            assert rest.startswith('"') or rest.startswith(cell)
            before = lines[line - 1][: start - 1].rstrip()
            assert start == 1 or not before or before.endswith((",", '"'))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.text("a网 \t", max_size=4), min_size=2, max_size=2), max_size=4))
def test_places_of_bare_cells(rows: list[list[str]]) -> None:
    text = "a,b\n" + "".join(",".join(row) + "\n" for row in rows)
    for row in table_of(text):
        for column, cell in row.values.items():
            line, start = row.positions[column]
            found = text.split("\n")[line - 1][start - 1 :]
            assert found.startswith(cell)
            assert not cell or not found[0].isspace()
