"""One set of findings as text, JSON and SARIF."""

import json
from decimal import Decimal

import pytest

from core.errors import Finding, Place
from core.manifest.report import Report
from core.manifest.reports import render_json, render_sarif, render_text

DUPLICATE = Finding("yaml-duplicate-key", "error", Place("grid.yaml", 7, 3, "$.tiers"), {"key": "id", "first_line": 2})
IGNORED = Finding("file-ignored", "warning", Place("grid.yml"))
WAIVED = Finding("file-ignored", "warning", Place("cells.CSV")).waive({"zh": "旧表", "en": "an old table"})
NOTE = Finding("text-more-findings", "note", Place("网格 1.csv"), {"more": 4, "share": Decimal("0.5")})
REPORT = Report(
    "konggang", (IGNORED, NOTE, DUPLICATE, WAIVED), {"tiers": 3, "share": Decimal("0.5")}, None, "sha256:aa", None
)
CLEAN = Report("lianhu", counts={"tiers": 5}, source_digest="sha256:bb", scheme_digest="sha256:cc")


def test_counts() -> None:
    assert (REPORT.errors, REPORT.warnings, REPORT.notes, REPORT.waived, REPORT.ok) == (1, 1, 1, 1, False)
    assert (CLEAN.errors, CLEAN.ok) == (0, True)
    assert Report("x", (IGNORED,)).ok


def test_text_in_chinese() -> None:
    assert render_text([REPORT, CLEAN]).splitlines() == [
        "konggang/cells.CSV $ [file-ignored] 提示：这个文件不会被读取（已豁免：旧表）",
        "konggang/grid.yaml:7:3 $.tiers [yaml-duplicate-key] 错误：键“id”重复，第一次在第 2 行; "
        "保留一个，删除或改名另一个",
        "konggang/grid.yml $ [file-ignored] 警告：这个文件不会被读取; "
        "只读取小写后缀的 *.yaml、*.csv、*.geojson 和 tests/*.yaml；请另存为其中一种，或移到别处",
        "konggang/网格 1.csv $ [text-more-findings] 提示：本文件还有 4 处问题未列出; 先改正已列出的，再检查一次",
        "konggang：1 个错误，1 个警告，1 条提示，1 条已豁免",
        "lianhu：0 个错误，0 个警告，0 条提示，0 条已豁免",
    ]


def test_text_in_english() -> None:
    lines = render_text([REPORT], "en").splitlines()
    assert lines[0] == "konggang/cells.CSV $ [file-ignored] note: this file is not read (waived: an old table)"
    assert lines[1].startswith("konggang/grid.yaml:7:3 $.tiers [yaml-duplicate-key] error: the key 'id' is repeated")
    assert lines[-1] == "konggang: 1 errors, 1 warnings, 1 notes, 1 waived"
    assert render_text([]) == ""


def test_text_is_one_line_a_finding_whatever_the_manifest_holds() -> None:
    hostile = Finding("yaml-tag", "error", Place("grid.yaml", 1, 1), {"tag": "\x1b[2J\n\u202e假"})
    lines = render_text([Report("x", (hostile,))]).split("\n")
    assert len(lines) == 3
    assert "\\x1b[2J\\n\\u202e假" in lines[0]


def test_a_reason_in_one_language_serves_both() -> None:
    found = [IGNORED.waive("旧表"), IGNORED.waive({"zh": "旧表"}), IGNORED.waive({"en": "old", "zh": ""})]
    waived = [
        item["waived"] for item in json.loads(render_json([Report("x", tuple(found))]))["localities"]["x"]["findings"]
    ]
    assert waived == [{"zh": "旧表", "en": "旧表"}, {"zh": "旧表", "en": "旧表"}, {"zh": "old", "en": "old"}]


def test_json() -> None:
    localities = json.loads(render_json([REPORT, CLEAN]))["localities"]
    assert localities["lianhu"] == {
        "errors": 0,
        "warnings": 0,
        "notes": 0,
        "waived": 0,
        "counts": {"tiers": 5},
        "source_digest": "sha256:bb",
        "scheme_digest": "sha256:cc",
        "findings": [],
    }
    konggang = localities["konggang"]
    assert [konggang[key] for key in ("errors", "warnings", "notes", "waived")] == [1, 1, 1, 1]
    assert konggang["counts"] == {"tiers": 3, "share": "0.5"}
    assert [item["file"] for item in konggang["findings"]] == ["cells.CSV", "grid.yaml", "grid.yml", "网格 1.csv"]
    assert konggang["findings"][1] == {
        "code": "yaml-duplicate-key",
        "severity": "error",
        "file": "grid.yaml",
        "line": 7,
        "column": 3,
        "path": "$.tiers",
        "message": {"zh": "键“id”重复，第一次在第 2 行", "en": "the key 'id' is repeated; it first stands on line 2"},
        "hint": {"zh": "保留一个，删除或改名另一个", "en": "keep one, delete or rename the other"},
        "params": {"key": "id", "first_line": 2},
        "waived": None,
    }
    assert konggang["findings"][3]["params"] == {"more": 4, "share": "0.5"}


@pytest.mark.parametrize(("language", "tag"), [("zh", "zh-CN"), ("en", "en")])
def test_sarif(language, tag: str) -> None:
    log = json.loads(render_sarif([REPORT, CLEAN], language))
    (run,) = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert (log["version"], run["language"], run["columnKind"]) == ("2.1.0", tag, "unicodeCodePoints")
    assert [rule["id"] for rule in rules] == ["file-ignored", "text-more-findings", "yaml-duplicate-key"]
    assert all(rule["help"]["text"] and rule["shortDescription"]["text"] for rule in rules)
    assert "{key}" in rules[2]["shortDescription"]["text"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
    assert [result["level"] for result in run["results"]] == ["warning", "error", "warning", "note"]
    waived, duplicate, ignored, note = run["results"]
    reason = {"zh": "旧表", "en": "an old table"}[language]
    assert waived["suppressions"] == [{"kind": "external", "status": "accepted", "justification": reason}]
    assert ignored["suppressions"] == []
    place = duplicate["locations"][0]
    assert place["physicalLocation"]["artifactLocation"] == {"uri": "konggang/grid.yaml", "uriBaseId": "MANIFESTS"}
    assert place["physicalLocation"]["region"] == {"startLine": 7, "startColumn": 3}
    assert place["logicalLocations"] == [{"fullyQualifiedName": "$.tiers"}]
    assert "region" not in ignored["locations"][0]["physicalLocation"]
    uri = note["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "konggang/%E7%BD%91%E6%A0%BC%201.csv"


def test_text_paths_begin_with_the_folder_as_it_was_given() -> None:
    given = Report("konggang", (DUPLICATE,), folder="../manifests/空港/")
    assert render_text([given]).startswith("../manifests/空港/grid.yaml:7:3 $.tiers [")
    (found,) = json.loads(render_json([given]))["localities"]["konggang"]["findings"]
    assert found["file"] == "grid.yaml"


def test_a_hint_does_not_name_the_nearest_where_there_is_none() -> None:
    def hints(code: str, nearest: str) -> dict[str, str]:
        finding = Finding(code, "error", Place("grid.yaml"), {"name": "x", "nearest": nearest})
        (found,) = json.loads(render_json([Report("x", (finding,))]))["localities"]["x"]["findings"]
        return found["hint"]

    assert hints("reference-unknown-cell", "—") == {
        "zh": "写错了就改，确实没有就先定义",
        "en": "correct it, or define it first",
    }
    assert hints("reference-unknown-cell", "y")["en"] == "the nearest is 'y'; correct it, or define it first"
    assert hints("schema-missing-file", "—") == {"zh": "补上这个文件", "en": "add it"}
    assert hints("schema-unknown-column", "—") == {"zh": "", "en": ""}
    bare = Finding("schema-unknown-column", "error", Place("cells.csv"), {"name": "x", "nearest": "—"})
    assert "最接近" not in render_text([Report("x", (bare,))])
    assert json.loads(render_sarif([Report("x", (bare,))]))["runs"][0]["results"][0]["message"]["text"].endswith(
        "这一列"
    )
