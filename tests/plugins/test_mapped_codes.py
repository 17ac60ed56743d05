"""Codes of a class in published lists: its standard code, what a plugin says of it, and the district's own table."""

from __future__ import annotations

from pathlib import Path

from plugin_folders import district

from core.manifest.pipeline import check
from core.manifest.source import Source, source_of
from core.scheme.mapping import Mapped, mapped
from core.scheme.scheme import Scheme
from core.testing import shipped_plugins

NEW, MIDDLE, OLD = "gbt_47678_5_2026", "gbt_30428_2_2013", "cjt_214_2007"
LOGGED = "lint-notices-only-logged"  # these districts use code lists only
CLASSES = """\
code,parent,level,kind,label_zh,label_en,case_kind,form,severity,standard_code,organisation,origin
01,,major,event,市容,city appearance,,,,06,,demo
0101,01,minor,event,暴露垃圾,litter,event,damage,ordinary,06010,works,standard:gbt_47678_5_2026
0102,01,minor,event,求助,request for help,event,,ordinary,,centre,demo
"""


def using(own: str = "", classes: str = CLASSES) -> Source:
    made = district(
        "plugins: [{id: china_code_lists}]\n",
        ("locality.yaml", "code_list: local_2026", f"code_list: {NEW}"),
        ("categories.yaml", 'version: "1"\n', 'version: "1"\nmappings: mappings.csv\n' if own else 'version: "1"\n'),
    )
    files = {**made.files, "categories.csv": classes.encode()}
    if own:
        files["mappings.csv"] = f"from_generation,from_code,to_generation,to_code,relation,origin\n{own}".encode()
    return source_of("minimal", files)


def scheme_of(own: str = "") -> Scheme:
    report = check(using(own), shipped_plugins().resolve)
    assert {found.code for found in report.findings} <= {LOGGED}, report.findings
    assert isinstance(report.scheme, Scheme)
    return report.scheme


def codes(scheme: Scheme, code: str) -> list[tuple[str, str, str]]:
    found = mapped(scheme.codes, scheme.extensions.code_lists, code)
    return [(each.list, each.code, each.relation) for each in found]


def test_a_class_has_its_standard_code_and_those_of_other_generations() -> None:
    scheme = scheme_of()
    assert codes(scheme, "0101") == [(NEW, "06010", "same"), (OLD, "0102", "same"), (MIDDLE, "0110", "same")]
    assert codes(scheme, "0102") == []
    first = mapped(scheme.codes, scheme.extensions.code_lists, "0101")[0]
    assert first == Mapped(
        NEW, "matter", "06010", "same", scheme.extensions.code_lists[NEW].classes["matter", "06010"].label
    )


def test_the_districts_own_table_goes_before_the_plugins() -> None:
    assert codes(scheme_of(f"{NEW},06010,{MIDDLE},0111,narrower,demo\n"), "0101") == [
        (NEW, "06010", "same"),
        (OLD, "0102", "same"),
        (MIDDLE, "0111", "narrower"),
    ]
    assert codes(scheme_of(f"{NEW},06010,{MIDDLE},,gone,demo\n"), "0101") == [
        (NEW, "06010", "same"),
        (OLD, "0102", "same"),
    ]
    assert codes(scheme_of(f"{MIDDLE},0199,local_2026,0102,broader,demo\n"), "0102") == [(MIDDLE, "0199", "narrower")]


def test_a_standard_code_that_the_list_does_not_have_is_a_warning_with_the_nearest() -> None:
    wrong = CLASSES.replace("06010", "06100", 1)
    (found,) = [one for one in check(using(classes=wrong), shipped_plugins().resolve).findings if one.code != LOGGED]
    assert (found.code, found.severity, found.place.file) == ("lint-standard-code-unknown", "warning", "categories.csv")
    assert found.params["nearest"].startswith("06")


def test_without_the_plugin_nothing_is_known_of_the_list(tmp_path: Path) -> None:
    found = check(district("", ("locality.yaml", "code_list: local_2026", f"code_list: {NEW}"))).findings
    assert [each.code for each in found] == ["reference-unknown-code-list"]
