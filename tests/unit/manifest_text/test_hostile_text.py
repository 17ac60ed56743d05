"""Text that attacks the readers: refused with a place, quickly, in little memory, and never with an exception."""

import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.manifest.csv_text import read_csv
from core.manifest.geojson_text import read_geojson
from core.manifest.plain_text import MOST_FINDINGS
from core.manifest.yaml_text import read_yaml

READERS = [read_yaml, read_csv, read_geojson]
LAUGHS = "a: &a [lol]\n" + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{f'*{chr(97 + n)},' * 9}]\n" for n in range(20))
MERGES = "a0: &a0 {k: v}\n" + "".join(f"a{n + 1}: &a{n + 1} {{<<: [*a{n}, *a{n}]}}\n" for n in range(60))
CODE = "a: !!python/object/apply:os.system ['touch /tmp/owned']\n"
YAML_SAMPLE = """\
schema: gridwright/grid/1   # 注释
tiers:
  - {id: new_town, label: {zh: 空港新城, en: "new\\ttown"}}
  - id: grid
    label: {zh: '网格', en: grid}
    quota: 0.5
    note: |
      第一行
      第二行
"""
MUTATIONS = [*"{}[]:：,\"'\n\t -#&*!|>%@?\\=<\r\x00𠮷", "<<: *a", "---\n", "\n\t", '""']
CSV_SAMPLE = 'code,parent,label_zh\nKG,,空港新城\n0101,"KG","底张,""一""\n街道"\n'


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        (LAUGHS, {"yaml-anchor", "yaml-alias", "text-more-findings"}),
        (MERGES, {"yaml-anchor", "yaml-alias", "yaml-merge-key", "text-more-findings"}),
        ("a: &a [*a]\n", {"yaml-anchor", "yaml-alias"}),
        (CODE, {"yaml-tag"}),
        ("[" * 10_000, {"yaml-too-deep"}),
        ("{a: " * 10_000, {"yaml-too-deep"}),
        ("- " * 10_000, {"yaml-too-deep"}),
        ("? " * 10_000, {"yaml-key-not-text", "yaml-too-deep"}),
        ("[" + "0," * 300_000 + "]", {"yaml-too-many-nodes"}),
        ("k: 1\n" * 100_000, {"yaml-duplicate-key", "text-more-findings"}),
        ("a: \x00\n", {"text-control-character"}),
        ("\x01" * 1_000_000, {"text-control-character", "text-more-findings"}),
        ('a: "\\ud800"\n', {"yaml-syntax"}),
        ("a: 网\u2028格\n", {"text-control-character"}),
        ("[" + "a：," * 100_000 + "]", None),
        ("\n" + " " * 400_000 + "a：" + "\n- b：" * 50_000, None),
        ("- " + "\t" * 500_000 + "\n" * 500_000, None),
        ("a: '" + "''" * 500_000, {"yaml-syntax"}),
    ],
    ids=lambda value: repr(value)[:24] if isinstance(value, str) else "",
)
def test_hostile_yaml(text: str, codes: set[str] | None) -> None:
    tracemalloc.start()
    started = time.process_time()
    _, findings = read_yaml("grid.yaml", text.encode())
    spent = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    if codes is not None:
        assert {finding.code for finding in findings} == codes
        assert all(finding.place.line for finding in findings if finding.severity == "error")
    assert len(findings) <= MOST_FINDINGS + 1
    assert spent < 20  # a hang, not a measurement: each of these takes about a second under tracing
    assert peak < 200 << 20


@pytest.mark.parametrize(
    "text",
    [
        "," * 4_000_000,
        '"",' * 1_000_000,
        '"' * 2_000_001,
        '"' * 2_000_000,
        'a\n"' + "\n" * 1_000_000,
        "a,b\n" + " " * 2_000_000 + ",x\n",
        "a,b\n" + '"x" ' * 500_000,
        "a\n" + "1,2\n" * 190_000,
        "a\n" + ("," * 1_000_000 + "1\n") * 4,
        "a\n" + ('"",' * 300_000 + "1\n") * 4,
    ],
    ids=lambda text: repr(text)[:16],
)
def test_hostile_csv(text: str) -> None:
    started = time.process_time()
    table, findings = read_csv("cells.csv", text.encode())
    assert findings or (table is not None and len(table.rows) == 1)
    assert len(findings) <= MOST_FINDINGS + 1
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("[" * 100_000, "geojson-too-deep"),
        ('{"type": "FeatureCollection", "features": ' + "[" * 100_000, "geojson-too-deep"),
        ('{"a":' * 100_000, "geojson-too-deep"),
        ('{"a": ' + "9" * 1_000_000 + "}", "geojson-number"),
        ('{"a": -Infinity}', "geojson-number"),
        ('{"a": 1' + "0" * 400 + ".5}", "geojson-number"),
        ('{"features": [' + "{}," * 100_000 + "{}]}", "geojson-not-collection"),
        ('{"type": "FeatureCollection", "features": [' + "{}," * 100_000 + "{}]}", "geojson-not-feature"),
        ('{"type": "FeatureCollection", "features": {}}', "geojson-not-collection"),
        ('{"type": ["FeatureCollection"], "features": []}', "geojson-not-collection"),
    ],
    ids=lambda value: value[:24],
)
def test_hostile_geojson(text: str, code: str) -> None:
    document, findings = read_geojson("cells.geojson", text.encode())
    assert document is None
    assert code in {finding.code for finding in findings}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize(
    ("data", "code"),
    [
        ("编号,名称\n".encode()[:-2], "text-not-utf8"),
        (b"a: \xed\xa0\x80\n", "text-not-utf8"),  # a lone surrogate
        (b"a: \xf4\x90\x80\x80\n", "text-not-utf8"),  # beyond Unicode
        (b"\x80\x81\x82\xff", "text-not-utf8"),
        ("网格".encode() + b"\xc0\xae\n", "text-not-utf8"),  # GB18030 could read it, but it began as UTF-8
        ("名称: 底张街道\n".encode("gb18030"), "text-gb18030"),
        ("名称: 底张街道\n".encode("utf-16"), "text-utf16"),
        ("name: grid\n".encode("utf-16-be"), "text-utf16"),
    ],
)
def test_other_encodings(reader, data: bytes, code: str) -> None:
    document, findings = reader("x", data)
    assert document is None
    assert [finding.code for finding in findings] == [code]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_raise(data: bytes) -> None:
    for reader in READERS:
        document, findings = reader("x", data)
        assert document is not None or findings


@st.composite
def mutated(draw: st.DrawFn, sample: str) -> str:
    text = sample
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(text)))
        drop = draw(st.integers(0, 6))
        put = draw(st.sampled_from(MUTATIONS))
        text = text[:at] + put + text[at + drop :]
    return text


@settings(max_examples=200, deadline=None)
@given(mutated(YAML_SAMPLE))
def test_mutated_yaml_never_raises_and_findings_have_places_in_the_text(text: str) -> None:
    document, findings = read_yaml("grid.yaml", text.encode())
    assert document is not None or findings
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for finding in findings:
        assert 1 <= finding.place.line <= len(lines) + 1
        assert finding.place.column >= 1
    lines.append("")  # where a value that is missing at the end stands
    for line, column in document.positions.values() if document else ():
        assert 1 <= column <= len(lines[line - 1]) + 1


@settings(max_examples=200, deadline=None)
@given(mutated(CSV_SAMPLE))
def test_mutated_csv_never_raises_and_places_lie_in_the_text(text: str) -> None:
    table, findings = read_csv("cells.csv", text.encode())
    assert table is not None or findings
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for row in table or ():
        for line, column in row.positions.values():
            assert 1 <= column <= len(lines[line - 1]) + 1
    for finding in findings:
        if finding.place.line:
            assert 1 <= finding.place.column <= len(lines[finding.place.line - 1]) + 1
