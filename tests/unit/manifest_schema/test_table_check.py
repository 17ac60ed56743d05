"""The check of tables: columns, typed cells, lists, and the columns that kinds of object declare."""

from pathlib import Path

import pytest

from core.manifest.csv_text import read_csv
from core.manifest.documents import Documents
from core.manifest.source import read_source
from core.manifest.table_check import check_table
from core.manifest.yaml_text import read_yaml

MINIMAL = read_source(Path(__file__).parents[2] / "manifests" / "positive" / "minimal")
REGISTRY, _ = read_yaml("registry.yaml", MINIMAL.files["registry.yaml"])


def findings(kind: str, text: str) -> list[tuple[str, int, int, str]]:
    table, unreadable = read_csv("table.csv", text.encode())
    assert unreadable == []
    found, _ = check_table(table, kind, Documents({"registry.yaml": REGISTRY}))
    return [(each.code, each.place.line, each.place.column, each.place.path) for each in found]


def cell(column: str, text: str) -> list[tuple[str, int, int, str]]:
    return findings("cells", f"code,tier,label_zh,{column}\nA1,grid,一,{text}\n")


@pytest.mark.parametrize("text", ["yes", "no", "true", "FALSE", "是", "否", ""])
def test_booleans_as_officials_write_them(text):
    assert cell("dedicated", text) == []


@pytest.mark.parametrize("text", ["y", "1", "对"])
def test_other_words_are_no_booleans(text):
    assert cell("dedicated", text) == [("schema-wrong-type", 2, 11, "$[0].dedicated")]


@pytest.mark.parametrize("text", ["0", "300", "+5", "007"])
def test_whole_numbers(text):
    assert cell("households", text) == []


@pytest.mark.parametrize("text", ["3.5", "1e3", "三", "1,5", "９", "--1", "9" * 40])
def test_no_whole_numbers(text):
    quoted = f'"{text}"' if "," in text else text
    assert [code for code, *_ in cell("households", quoted)] == ["schema-wrong-type"]


def test_a_number_out_of_range_stands_in_its_cell():
    assert cell("households", "-1") == [("schema-range", 2, 11, "$[0].households")]


@pytest.mark.parametrize("text", ["2026-02-30", "2026-2-3", "2026/02/03", "yesterday"])
def test_no_dates(text):
    assert cell("valid_from", text) == [("schema-pattern", 2, 11, "$[0].valid_from")]


def test_lists_are_split_at_semicolons_and_checked_item_by_item():
    assert cell("successors", "A2; A3;A4") == []
    assert cell("successors", "A2;？;A4") == [("schema-pattern", 2, 11, "$[0].successors")]
    assert cell("successors", "A2;A2") == [("schema-repeated", 2, 11, "$[0].successors")]


def test_an_empty_cell_that_every_row_needs():
    text = "code,tier,label_zh,households\nA1,grid,,5\n,grid,二,x\n"
    assert findings("cells", text) == [
        ("schema-wrong-type", 3, 9, "$[1].households"),
        ("schema-missing-property", 2, 9, "$[0].label_zh"),
        ("schema-missing-property", 3, 1, "$[1].code"),
    ]


def test_a_missing_column_is_reported_once_and_not_for_each_row():
    assert findings("cells", "code,label_zh\nA1,一\nA2,二\n") == [("schema-missing-column", 1, 1, "$")]


def test_columns_that_kinds_declare():
    head = "code,kind,label_zh,cell,status,watts,material\n"
    assert findings("registry", head + "L1,lamp,灯,D01,intact,60.5,steel\n") == []
    assert findings("registry", head + "L1,lamp,灯,D01,intact,bright,steal\n") == [
        ("schema-wrong-type", 2, 22, "$[0].watts"),
        ("schema-not-one-of", 2, 29, "$[0].material"),
    ]
    assert findings("registry", head + "B1,bench,椅,D01,intact,,steel\n") == [
        ("schema-column-not-of-kind", 2, 24, "$[0].material")
    ]


def test_one_coordinate_needs_the_other():
    text = "code,kind,label_zh,cell,status,longitude,latitude\nB1,bench,椅,D01,intact,108.7,\n"
    assert findings("registry", text) == [("schema-missing-property", 2, 29, "$[0].latitude")]


@pytest.mark.parametrize("handler", ["post:head", "organisation:works", "pool:p1", "object:maintainer", "reporter"])
def test_handlers_of_rules(handler):
    assert findings("rules", f"id,layer,handler\nR1,normal,{handler}\n") == []


@pytest.mark.parametrize("handler", ["head", "post:", "post：head", "object:user", "dispatch", "post:A"])
def test_what_is_no_handler(handler):
    assert findings("rules", f"id,layer,handler\nR1,normal,{handler}\n") == [("schema-pattern", 2, 11, "$[0].handler")]


def test_a_cell_of_the_wrong_type_is_not_called_missing_as_well():
    text = "code,kind,label_zh,cell,status,longitude,latitude\nB1,bench,椅,D01,intact,east,34.4\n"
    assert findings("registry", text) == [("schema-wrong-type", 2, 23, "$[0].longitude")]
