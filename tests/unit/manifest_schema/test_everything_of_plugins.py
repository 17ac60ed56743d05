"""What a manifest can say of plugins, and what a plugin can say, in one example each: all of it is said."""

from pathlib import Path

import pytest
from test_everything_can_be_said import EVERYTHING, said, unsaid

from core.manifest.documents import read_documents
from core.manifest.pipeline import check
from core.manifest.schemas import schema_of
from core.manifest.source import Source, source_of
from core.manifest.yaml_text import read_yaml
from core.testing import plugins_of

PLUGIN = """
schema: gridwright/plugin/1
id: notify
origin: demo
label: {zh: 通知, en: notices}
description: {zh: 什么也不发, en: sends nothing}
version: "1.2"
engine: ">=0.1"
module: hooks
provides: {hooks: [deliver_notice], code_lists: [codes], calendars: [days]}
config: {type: object, properties: {sms: {type: boolean}, retries: {type: integer, maximum: 5, default: 3}}}
asks: [{kind: message, reason: {zh: 发短信, en: sends messages}}]
requires: [quiet]
"""
HOOKS = '''"""A sample."""
from core.hookspecs import hookimpl


class Sample:
    @hookimpl
    def deliver_notice(self, notice):
        """Tell nobody."""


def create(setup):
    return Sample()
'''
CODES = """
schema: gridwright/code_list/1
id: codes
label: {zh: 代码表, en: codes}
source: an example
confidence: low
note: {zh: 仅作示例, en: an example only}
classes: codes.csv
mappings: codes_to.csv
"""
DAYS = """
schema: gridwright/holidays/1
id: days
label: {zh: 节假日, en: holidays}
source: an example
announced: [2026]
closed: ["2026-05-01/2026-05-05"]
open: ["2026-05-09"]
"""
CLASSES = "code,kind,label_zh,label_en,parent\n01,event,市容,city,\n0101,event,垃圾,waste,01\n"
MAPPINGS = "from_kind,from_code,to_list,to_kind,to_code,relation\nevent,01,later,matter,06,same\n"
FILES = {
    "pack/plugins/notify/plugin.yaml": PLUGIN,
    "pack/plugins/notify/hooks.py": HOOKS,
    "pack/plugins/notify/code_lists/codes.yaml": CODES,
    "pack/plugins/notify/code_lists/codes.csv": CLASSES,
    "pack/plugins/notify/code_lists/codes_to.csv": MAPPINGS,
    "pack/plugins/notify/calendars/days.yaml": DAYS,
    "quiet/quiet/plugin.yaml": "schema: gridwright/plugin/1\nid: quiet\nlabel: {zh: 静}\nversion: '1'\nengine: '*'\n",
}
USES = """plugins:
  - {id: notify, version: ">=1.0", config: {sms: false, retries: 4}}
packs:
  - {id: quiet}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def using(tail: str = USES) -> Source:
    files = dict(EVERYTHING.files)
    files["locality.yaml"] += tail.encode()
    timers = files["timers.yaml"].decode()
    files["timers.yaml"] = timers.replace(
        "    announced:", "    follows: days\n    make_up_as: tue\n    announced:"
    ).encode()
    return source_of("everything", files)


def test_a_manifest_that_uses_plugins_checks_without_error(folder: Path) -> None:
    report = check(using(), plugins_of(folder / "pack", folder / "quiet").resolve)
    assert report.errors == 0, report.findings
    assert dict(report.scheme.extensions.versions) == {"notify": "1.2", "quiet": "1"}


def test_a_version_of_a_pack_is_that_of_its_distribution(folder: Path) -> None:
    report = check(
        using(USES.replace("{id: quiet}", '{id: quiet, version: "1"}')), plugins_of(*folder.iterdir()).resolve
    )
    assert [finding.code for finding in report.findings if finding.severity == "error"] == ["pack-version-unmet"]


@pytest.mark.parametrize("kind", ["locality", "timers"])
def test_every_property_that_needs_a_plugin_is_said(kind: str) -> None:
    document = read_documents(using(USES.replace("{id: quiet}", '{id: quiet, version: "1"}')))[0].document(kind)
    assert document is not None
    assert unsaid(kind, document.value) == set()


@pytest.mark.parametrize(("kind", "text"), [("plugin", PLUGIN), ("code_list", CODES), ("holidays", DAYS)])
def test_a_plugin_says_everything_that_it_can(kind: str, text: str) -> None:
    document, findings = read_yaml("plugin.yaml", text.encode())
    assert document is not None and findings == []
    assert unsaid(kind, document.value) == set()


def test_every_column_of_a_plugins_tables_is_said() -> None:
    for table, file in (("standard_classes", "codes.csv"), ("standard_mappings", "codes_to.csv")):
        head = FILES[f"pack/plugins/notify/code_lists/{file}"].partition("\n")[0].split(",")
        assert set(head) == set(schema_of(f"{table}.table")["properties"])


def test_what_needs_a_plugin_is_not_said_elsewhere() -> None:
    """So that the example without plugins needs none."""
    assert not {"/plugins", "/packs"} & set(said(read_documents(EVERYTHING)[0].document("locality").value))
