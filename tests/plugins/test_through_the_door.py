"""The shipped plugins as a district uses them: named in locality.yaml, checked, published, at work."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from standardwebhooks import Webhook
from test_notice_webhook import NOTICE, Receiver, serve
from town import START, Town, build_town, files_of

from core.cli.group import Composition, commands
from core.factory import build_plugins, create_worker
from core.governance.publishing import publish
from core.manifest.documents import read_documents
from core.manifest.pipeline import check
from core.manifest.source import Source, source_of
from core.settings import Settings
from core.testing import check_plugin

PLUGINS = Path(__file__).parents[2] / "plugins"
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
USED = """\
plugins:
  - id: notice_log
  - id: notice_webhook
    config: {url: "http://127.0.0.1:PORT/hook", plain_http: true}
  - id: near_duplicates
    config: {radius_m: 50}
"""


@dataclass
class District:
    town: Town
    receiver: Receiver
    source: Source


def source_with(plugins: str) -> Source:
    files = files_of("harbour")
    return source_of(
        "harbour", {**files, "locality.yaml": files["locality.yaml"].replace(b"plugins: []\n", plugins.encode())}
    )


@pytest.fixture
def district(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[District]:
    monkeypatch.setenv("GRIDWRIGHT_OUTSIDE_HOSTS", "127.0.0.1")
    monkeypatch.setattr("town.Settings", lambda **given: _settings(**given))
    folder = tmp_path / "instance" / "plugins" / "harbour" / "notice_webhook"
    folder.mkdir(parents=True)
    (folder / "signing.key").write_text(SECRET, encoding="ascii")
    town = build_town(sqlite_url, tmp_path / "instance", ("harbour",))
    with serve(Receiver()) as receiver:
        source = source_with(USED.replace("PORT", str(receiver.port)))
        publish(town.services.store, source, START, "test", town.services.plugins.resolve)
        yield District(town, receiver, source)
    town.services.store.close()


def _settings(**given: Any) -> Settings:
    return Settings(**given, outside_hosts=Settings.read(os.environ).outside_hosts)


def test_a_report_is_told_of_and_a_second_one_is_pointed_to_the_first(district: District) -> None:
    town = district.town
    here = {"longitude": 120.005, "latitude": 30.005, "system": "WGS84"}
    case = town.report(point=here, cell=None)
    asked = "category=0102&longitude=120.0052&latitude=30.005&system=WGS84"
    answer = town.get(f"/duplicates?{asked}")
    assert [found["case"] for found in answer.json["suggestions"]] == [case["id"]]
    create_worker(town.services).run_once()
    ((path, headers, body),) = district.receiver.got
    event = Webhook(SECRET).verify(body, headers)
    assert path == "/hook" and event["data"]["about"]["number"] == case["number"]
    with town.services.store.read("harbour") as reading:
        assert len(reading.outbox.list("done")) == 2 and reading.outbox.list("waiting") == ()


def test_a_host_inside_that_no_setting_names_is_not_reached(district: District, tmp_path: Path) -> None:
    settings = Settings(instance=tmp_path / "instance", log_level="error")
    extensions = build_plugins(settings).resolve(check_root(district.source)).extensions
    with pytest.raises(Exception, match="host-not-allowed"):
        extensions.deliver_notice["notice_webhook"](NOTICE, True)
    assert district.receiver.got == []


def check_root(source: Source) -> Any:
    documents, _ = read_documents(source)
    return documents.root("locality")


@pytest.mark.parametrize(
    ("plugins", "codes"),
    [
        ("plugins: [{id: notice_webhook}]\n", ["plugin-config-missing"]),
        ("plugins: [{id: notice_webhook, config: {url: 'http://a.org/'}}]\n", ["plugin-create-failed"]),
        ("plugins: [{id: notice_mail, config: {host: mx, sender: nobody}}]\n", ["plugin-create-failed"]),
        ("plugins: [{id: near_duplicates, config: {radius_m: 5000}}]\n", ["plugin-config-wrong"]),
        ("plugins: [{id: near_duplicates}]\n", ["lint-notices-only-logged"]),
        ("plugins: [{id: notice_log}]\n", []),
    ],
)
def test_a_wrong_configuration_is_found_when_the_manifest_is_checked(
    tmp_path: Path, plugins: str, codes: list[str]
) -> None:
    host = build_plugins(Settings(instance=tmp_path, log_level="error"))
    findings = check(source_with(plugins), host.resolve).findings
    assert [finding.code for finding in findings] == codes


@pytest.mark.parametrize(
    ("plugin", "config"),
    [
        ("notice_log", {}),
        ("notice_webhook", {"url": "https://8.8.8.8/grid"}),
        ("notice_mail", {"host": "8.8.8.8", "sender": "grid@example.org", "default": "desk@example.org"}),
        ("near_duplicates", {}),
        ("near_duplicates", {"threshold": 0, "days": 60, "radius_m": 1000}),
    ],
)
def test_the_plugins_keep_the_contract(plugin: str, config: dict[str, Any]) -> None:
    check_plugin(PLUGINS / plugin, config)


def test_the_command_says_who_would_be_told_and_sends_nothing(
    district: District, capsys: pytest.CaptureFixture[str]
) -> None:
    services = district.town.services

    def run(*arguments: str) -> tuple[int, str]:
        composition = Composition(
            settings=lambda: services.settings, build=lambda *_: services, app=None, worker=None, plugins=None
        )
        with pytest.raises(SystemExit) as left:
            commands(["--language", "en", "notify", "harbour", *arguments], obj=composition)
        return int(left.value.code or 0), capsys.readouterr().out

    code, out = run("head", "--cell", "HB-01", "--dry-run")
    assert code == 0 and "head2" not in out
    assert "notice_webhook: checked, nothing was sent" in out and district.receiver.got == []
    code, out = run("head", "--via", "notice_webhook")
    assert code == 0 and "head2" in out and "notice_webhook: sent" in out
    assert len(district.receiver.got) == 1
    district.receiver.status = 410
    code, out = run("head", "--via", "notice_webhook")
    assert code == 1 and "[notice-rejected]" in out and "410" in out
    assert run("head", "--via", "notice_webhok")[0] == 1
